"""Find the batch size that makes the most of a GPU: double it as long as that is faster and fits into memory."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from time import perf_counter

import torch
from torch import nn

from onelook.errors import ConfigError
from onelook.settings import TrainSettings
from onelook.training.inputs.training_inputs import TrainingInputs
from onelook.training.listeners import BatchStatus
from onelook.training.torch_settings import tuned_for_training
from onelook.training.trainer import Trainer
from onelook.wording import percent

_PAYS_FROM = 1.05  # a size is worth it from this many times the pictures a second of half the size
_MOST_MEMORY = 0.9  # share of the device's memory: allocations vary a little from step to step
_WARM_UP_STEPS, _MEASURED_STEPS = 3, 10


@dataclass(frozen=True)
class SizeTrial:
    """The speed and the memory of some training steps with a batch size."""

    rows_per_second: float
    memory_share: float  # the highest share of the device's memory that was in use


@dataclass(frozen=True)
class FoundBatchSize:
    """The batch size to train with, and the reason."""

    batch_size: int
    reason: str
    trials: tuple[tuple[int, SizeTrial | None], ...]  # in the order of the trials; None did not fit


def search_batch_size(try_size: Callable[[int], SizeTrial | None], *, first: int, largest: int) -> FoundBatchSize:
    """Return the batch size at which doubling stops: memory is full, or twice the size is hardly faster.

    Where the first size does not fit, it is halved until one does.

    Args:
        try_size: trains some steps with a batch size; returns None if they do not fit into the memory.
        first: the size to begin with, rounded down to a power of two.
        largest: the largest useful size, since an epoch needs some steps; at least 1.

    Raises:
        ConfigError: not even one picture at a time fits.

    Example:
        >>> speeds = {32: 1000.0, 64: 1900.0, 128: 2500.0, 256: 2510.0}
        >>> search_batch_size(lambda size: SizeTrial(speeds[size], size / 1000), first=50, largest=4096).batch_size
        128
    """
    trials: list[tuple[int, SizeTrial | None]] = []

    def fitting(size: int) -> SizeTrial | None:
        trial = try_size(size)
        trials.append((size, trial))
        return trial if trial is not None and trial.memory_share <= _MOST_MEMORY else None

    size = _power_of_two(min(first, largest))
    best = fitting(size)
    if best is None:
        while best is None:
            if size == 1:
                raise ConfigError(
                    "--batch-size auto: not even one picture at a time fits into the memory of the GPU. Try a smaller "
                    "--image-size or --model, or --device cpu."
                )
            size //= 2
            best = fitting(size)
        return FoundBatchSize(size, f"{_fits(best)}; {size * 2} do not fit", tuple(trials))
    while size * 2 <= largest:
        trial = fitting(size * 2)
        if trial is None:
            return FoundBatchSize(size, f"{_fits(best)}; {size * 2} do not fit with a tenth to spare", tuple(trials))
        if trial.rows_per_second < _PAYS_FROM * best.rows_per_second:
            speed = f"{trial.rows_per_second:,.0f} pictures a second"
            return FoundBatchSize(size, f"{_fits(best)}; {size * 2} are hardly faster ({speed})", tuple(trials))
        size, best = size * 2, trial
    return FoundBatchSize(size, f"{_fits(best)}; of larger ones an epoch would have too few", tuple(trials))


def measure_batch_sizes(
    network: nn.Module, inputs: TrainingInputs, settings: TrainSettings
) -> Callable[[int], SizeTrial | None]:
    """Return what `search_batch_size` calls on a CUDA device: a function that times some steps of a copy.

    Args:
        network, inputs, settings: as `Trainer` takes them.
    """
    device = inputs.device

    def try_size(size: int) -> SizeTrial | None:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)
        free, in_all = torch.cuda.mem_get_info(device)
        others = in_all - free - torch.cuda.memory_reserved(device)  # what other programs hold
        try:
            with tuned_for_training(device):
                trainer = Trainer(deepcopy(network), inputs, settings.model_copy(update={"batch_size": size}))
                speed = _rows_per_second(trainer, device)
        except RuntimeError as problem:  # as torch, cuDNN and cuBLAS raise when memory is full
            if isinstance(problem, torch.OutOfMemoryError) or "ALLOC_FAILED" in str(problem):
                return None
            raise
        return SizeTrial(speed, (others + torch.cuda.max_memory_reserved(device)) / in_all)

    return try_size


def _rows_per_second(trainer: Trainer, device: torch.device) -> float:
    """Return the pictures a second over some steps, after some steps to warm up, in as many epochs as they need."""
    steps_done = rows_before = measured_rows = 0
    began = perf_counter()

    def keep_training(status: BatchStatus) -> bool:
        nonlocal steps_done, rows_before, measured_rows, began
        steps_done += 1
        if steps_done <= _WARM_UP_STEPS:
            torch.cuda.synchronize(device)
            began = perf_counter()
        else:
            measured_rows += status.metrics.rows - rows_before
        rows_before = status.metrics.rows
        return steps_done < _WARM_UP_STEPS + _MEASURED_STEPS

    epoch = 0
    while steps_done < _WARM_UP_STEPS + _MEASURED_STEPS:
        epoch, rows_before = epoch + 1, 0
        trainer.train_epoch(epoch, lambda _: 1e-6, keep_training)
    torch.cuda.synchronize(device)
    return measured_rows / (perf_counter() - began)


def _power_of_two(number: int) -> int:
    return 1 << (number.bit_length() - 1)


def _fits(trial: SizeTrial) -> str:
    return f"{trial.rows_per_second:,.0f} pictures a second with {percent(trial.memory_share, 0)} of the GPU's memory"
