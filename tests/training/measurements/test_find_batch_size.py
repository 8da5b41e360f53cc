"""The search for a batch size, on GPUs that are tables of numbers."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
import torch

from onelook.errors import ConfigError
from onelook.settings import TrainSettings
from onelook.training.inputs.training_inputs import TrainingInputs
from onelook.training.measurements import find_batch_size
from onelook.training.measurements.find_batch_size import FoundBatchSize, SizeTrial, search_batch_size


def gpu(*, fastest_from: int, fits_to: int) -> Callable[[int], SizeTrial | None]:
    """Pictures a second grow with the batch up to a size, and memory with it: a tenth is free at `fits_to`."""

    def try_size(size: int) -> SizeTrial | None:
        share = 0.9 * size / fits_to
        return None if share > 1 else SizeTrial(100.0 * min(size, fastest_from), share)

    return try_size


def found(try_size: Callable[[int], SizeTrial | None], first: int = 32, largest: int = 4096) -> FoundBatchSize:
    return search_batch_size(try_size, first=first, largest=largest)


def sizes(result: FoundBatchSize) -> list[int]:
    return [size for size, _ in result.trials]


def test_it_doubles_until_that_pays_no_more():
    result = found(gpu(fastest_from=256, fits_to=4096))
    assert result.batch_size == 256
    assert sizes(result) == [32, 64, 128, 256, 512]
    assert result.reason == (
        "25,600 pictures a second with 6 % of the GPU's memory; 512 are hardly faster (25,600 pictures a second)"
    )


def test_it_doubles_until_a_tenth_of_the_memory_is_left():
    result = found(gpu(fastest_from=9999, fits_to=128))
    assert result.batch_size == 128
    assert "256 do not fit with a tenth to spare" in result.reason
    assert result.trials[-1] == (256, None)


def test_what_fits_without_a_tenth_to_spare_is_not_taken():
    shares = {32: 0.4, 64: 0.89, 128: 0.95}
    assert found(lambda size: SizeTrial(size * 10.0, shares[size])).batch_size == 64


def test_four_percent_more_do_not_pay_and_five_do():
    speeds = {32: 100.0, 64: 105.0, 128: 110.0}
    assert found(lambda size: SizeTrial(speeds[size], 0.1)).batch_size == 64


def test_an_epoch_keeps_its_steps():
    result = found(gpu(fastest_from=9999, fits_to=9999), largest=200)
    assert result.batch_size == 128
    assert "of larger ones an epoch would have too few" in result.reason
    assert sizes(found(gpu(fastest_from=9999, fits_to=9999), largest=256)) == [32, 64, 128, 256]  # the largest itself
    assert sizes(found(gpu(fastest_from=9999, fits_to=9999), largest=255)) == [32, 64, 128]


@pytest.mark.parametrize(("first", "begins_at"), [(100, 64), (64, 64), (1, 1), (5000, 512)])
def test_it_begins_at_a_power_of_two(first, begins_at):
    assert sizes(found(gpu(fastest_from=1, fits_to=9999), first=first, largest=1000))[0] == begins_at


def test_where_the_first_does_not_fit_it_is_halved():
    result = found(gpu(fastest_from=9999, fits_to=10), first=64)
    assert result.batch_size == 8
    assert sizes(result) == [64, 32, 16, 8]
    assert result.reason.endswith("; 16 do not fit")


def test_where_nothing_fits_it_says_what_to_try():
    with pytest.raises(ConfigError, match="not even one picture at a time.*--image-size or --model"):
        found(lambda _: None, first=4)


class TalliedTrainer:
    """Epochs of four steps of 16 pictures and one of 6, on a clock: the first three steps take 100 s, later ones 2."""

    def __init__(self) -> None:
        self.now = 0.0
        self.steps = 0
        self.epochs: list[int] = []

    def train_epoch(self, epoch, rate, continues):
        self.epochs.append(epoch)
        rows = 0
        for size in (16, 16, 16, 16, 6):
            self.steps += 1
            self.now += 100.0 if self.steps <= 3 else 2.0
            rows += size
            if not continues(SimpleNamespace(metrics=SimpleNamespace(rows=rows))):
                return


def test_a_speed_is_of_ten_steps_after_three_over_as_many_epochs_as_they_need(monkeypatch):
    trainer = TalliedTrainer()
    monkeypatch.setattr(find_batch_size, "perf_counter", lambda: trainer.now)
    monkeypatch.setattr("torch.cuda.synchronize", lambda _: None)
    speed = find_batch_size._rows_per_second(trainer, torch.device("cpu"))
    # Steps 4 to 13: 16 and 6, then 16, 16, 16, 16 and 6, then 16, 16 and 16.
    assert speed == (16 + 6 + 70 + 48) / 20
    assert (trainer.steps, trainer.epochs) == (13, [1, 2, 3])


def cuda_of(monkeypatch, problem=None):
    """A device of 1,000 bytes of which others hold 200 and we at most 300; training goes at 55 pictures a second."""
    taken = {
        "empty_cache": lambda: None,
        "reset_peak_memory_stats": lambda _: None,
        "mem_get_info": lambda _: (700, 1000),
        "memory_reserved": lambda _: 100,
        "max_memory_reserved": lambda _: 300,
    }
    for name, answer in taken.items():
        monkeypatch.setattr(f"torch.cuda.{name}", answer)
    sizes_seen = []

    def build(network, inputs, settings):
        sizes_seen.append(settings.batch_size)
        if problem is not None:
            raise problem
        return SimpleNamespace(network=network)

    monkeypatch.setattr(find_batch_size, "Trainer", build)
    monkeypatch.setattr(find_batch_size, "_rows_per_second", lambda trainer, _: 55.0)
    network = torch.nn.Linear(1, 1)
    inputs = TrainingInputs(None, None, None, None, torch.device("cpu"))
    try_size = find_batch_size.measure_batch_sizes(network, inputs, TrainSettings())
    return try_size, sizes_seen


def test_the_memory_of_other_programs_counts(monkeypatch):
    try_size, sizes_seen = cuda_of(monkeypatch)
    assert try_size(48) == SizeTrial(rows_per_second=55.0, memory_share=0.5)
    assert sizes_seen == [48]


@pytest.mark.parametrize(
    ("problem", "is_memory"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), True),
        (RuntimeError("CUDNN_STATUS_ALLOC_FAILED"), True),
        (RuntimeError("shapes do not fit"), False),
    ],
)
def test_what_does_not_fit_is_no_error_and_anything_else_is(monkeypatch, problem, is_memory):
    try_size, _ = cuda_of(monkeypatch, problem)
    if is_memory:
        assert try_size(48) is None
    else:
        with pytest.raises(RuntimeError, match="shapes do not fit"):
            try_size(48)
