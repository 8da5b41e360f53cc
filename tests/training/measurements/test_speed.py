"""The measured speed of training and of matrix products, and the epochs that fit into a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate, chain

import pytest
import torch

from onelook.training.measurements import speed
from onelook.training.measurements.speed import (
    Pace,
    _fastest,
    choose_threads,
    measure_convolutions,
    measure_matmul_speed,
    measure_pace,
)
from onelook.training.parallel import ALONE


@pytest.mark.parametrize(("seconds", "epochs"), [(35, 4), (31.9, 3), (29.9, 3), (10, 1), (3, 1), (-5, 1)])
def test_epochs_that_fit_the_last_one_in_part_and_at_least_one(seconds: float, epochs: int) -> None:
    assert Pace(training_seconds=9, validation_seconds=1).epochs_within(seconds) == epochs


class ScriptedTrainer:
    """Trains on a clock of its own: the first five steps take 10 s each, later ones half a second."""

    train, val = range(100), range(14)  # batches
    device = torch.device("cpu")
    processes = ALONE

    def __init__(self) -> None:
        self.now = 0.0
        self.steps = 0

    def train_epoch(self, epoch: int, rate, continues) -> None:  # type: ignore[no-untyped-def]
        for step in range(1, len(self.train) + 1):
            self.steps = step
            self.now += 10.0 if step <= 5 else 0.5
            if not continues(type("Status", (), {"step": step})()):
                return

    def wait(self) -> None:
        pass

    def validate(self, batches: int) -> None:
        self.now += 0.5 * batches


def test_the_first_steps_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = ScriptedTrainer()
    monkeypatch.setattr("onelook.training.measurements.speed.perf_counter", lambda: trainer.now)
    pace = measure_pace(trainer)  # type: ignore[arg-type]
    assert pace == Pace(training_seconds=50.0, validation_seconds=7.0)
    assert trainer.steps == 9  # five to warm up, four of half a second


@pytest.mark.parametrize(
    ("batches", "first_seconds", "validation_seconds"),
    [
        (14, 0.5, 7.0),  # two are measured
        (3, 0.01, 0.03),  # a hundred would be, but there are three
        (1, 0.01, 0.01),
        (14, 3.0, 42.0),  # the first alone
    ],
)
def test_validation_takes_the_time_of_all_its_batches(
    batches: int, first_seconds: float, validation_seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Validates(ScriptedTrainer):
        val = range(batches)

        def validate(self, batches: int) -> None:
            self.now += first_seconds * min(batches, len(self.val))

    trainer = Validates()
    monkeypatch.setattr("onelook.training.measurements.speed.perf_counter", lambda: trainer.now)
    pace = measure_pace(trainer)  # type: ignore[arg-type]
    assert pace.validation_seconds == pytest.approx(validation_seconds)


def test_a_part_of_the_measurement_takes_a_part_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = ScriptedTrainer()
    monkeypatch.setattr("onelook.training.measurements.speed.perf_counter", lambda: trainer.now)
    assert measure_pace(trainer, share=0.5) == Pace(50.0, 7.0)  # type: ignore[arg-type]
    assert trainer.steps == 7  # five to warm up, two of half a second
    assert trainer.now == 5 * 10.0 + 2 * 0.5 + 0.5  # and one batch to validate


@pytest.mark.parametrize(
    ("steps", "warm_up"), [(1, 0), (2, 1), (3, 1), (39, 1), (40, 2), (59, 2), (99, 4), (100, 5), (1_000, 5)]
)
def test_an_epoch_of_few_steps_warms_up_with_fewer(monkeypatch: pytest.MonkeyPatch, steps: int, warm_up: int) -> None:
    class Slower(ScriptedTrainer):
        train = range(steps)

        def train_epoch(self, epoch: int, rate, continues) -> None:  # type: ignore[no-untyped-def]
            for step in range(1, steps + 1):
                self.steps = step
                self.now += 10.0 + step
                if not continues(type("Status", (), {"step": step})()):
                    return

    trainer = Slower()
    monkeypatch.setattr("onelook.training.measurements.speed.perf_counter", lambda: trainer.now)
    pace = measure_pace(trainer)  # type: ignore[arg-type]
    assert trainer.steps == warm_up + 1  # a single step takes longer than what is measured
    assert pace.training_seconds == (10 + trainer.steps) * steps


def test_the_speed_is_that_of_a_computer() -> None:
    assert 1e8 < measure_matmul_speed(torch.device("cpu")) < 1e14


def test_convolutions_are_measured_against_products_and_the_first_ones_do_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(speed, "_SIDE_ON_CPU", 3)  # 54 operations
    monkeypatch.setattr(speed, "_CONVOLVED", (1, 1, 3, 3))
    monkeypatch.setattr(speed, "_KERNELS", (1, 1, 3, 3))  # 162 operations
    turns = [(1.0, 9.0, 90.0), (2.0, 3.0, 1.5), (9.0, 3.0, 1.5), (2.0, 8.0, 1.0)]  # something else comes between
    ends = accumulate(seconds for turn in turns for seconds in turn)
    clock = chain([0.0], *((end, end) for end in ends))
    monkeypatch.setattr(speed, "process_time", lambda: next(clock))
    gains = measure_convolutions()
    assert (gains.float32, gains.bfloat16) == (pytest.approx(2.0), pytest.approx(2.0))


def test_the_fastest_product_counts_and_a_multiply_add_is_two_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = [0.0, 4.0, 10.0, 10.5, 20.0, 23.0, 30.0, 32.0, 40.0, 41.0, 50.0, 56.0]
    clock = iter(ends)
    monkeypatch.setattr("onelook.training.measurements.speed.perf_counter", lambda: next(clock))
    assert _fastest(torch.ones(10, 10)) == 2 * 10**3 / 0.5


def test_a_busy_machine_trains_on_fewer_threads_and_an_idle_one_on_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A product takes a second for each thread that has to wait, and a second of its own, divided by the threads."""
    clock = {"now": 0.0, "waiting": 0.0, "threads": 1, "products": 0, "cores": 7 / 3}  # the mean of 4, 2 and 1 threads

    @contextmanager
    def on_threads(count: int) -> Iterator[None]:
        clock["threads"] = count
        yield

    class Matrix:
        def __matmul__(self, other: object) -> None:
            clock["now"] += 1 / clock["threads"] + clock["waiting"] * (clock["threads"] - 1)
            clock["products"] += 1

    monkeypatch.setattr(speed, "perf_counter", lambda: clock["now"])
    monkeypatch.setattr(speed, "process_time", lambda: clock["now"] * clock["cores"])
    monkeypatch.setattr(speed, "on_threads", on_threads)
    monkeypatch.setattr("torch.rand", lambda *_: Matrix())
    monkeypatch.setattr("torch.get_num_threads", lambda: 4)
    assert choose_threads() == 4
    assert measure_matmul_speed(torch.device("cpu")) == pytest.approx(2 * 1024**3 * 4)
    clock["waiting"] = 0.2
    assert choose_threads() == 4  # 0.85 s against 0.7 s with two: not worth a change
    clock["cores"] = 1.0  # others take turns with us
    assert choose_threads() == 2
    clock["waiting"] = 5.0
    clock["products"] = 0
    assert choose_threads() == 1
    assert clock["products"] == 3 * 2  # one round, of a product to wake the threads and one that is measured
    assert measure_matmul_speed(torch.device("cpu")) == pytest.approx(2 * 1024**3)
