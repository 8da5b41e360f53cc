"""The speed at which this machine trains and multiplies matrices, measured before a run with a time limit."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from time import perf_counter

import torch

from onelook.training.listeners import BatchStatus
from onelook.training.torch_settings import fast_on_gpu
from onelook.training.trainer import Trainer

# The first steps allocate memory and choose kernels. A mean over the next seconds is exact to a few percent.
_WARM_UP_STEPS = 5
_MEASURED_SECONDS = 2.0

# A last epoch shorter than this is not worth its validation.
_SHARE_NOT_WORTH_AN_EPOCH = 0.2

_SIDE_ON_CPU, _SIDE_ON_GPU = 1024, 4096  # large enough to keep all cores, or the card, busy
_TRIES = 6


@dataclass(frozen=True)
class Pace:
    """The time of an epoch, in seconds."""

    training_seconds: float
    validation_seconds: float

    @property
    def epoch_seconds(self) -> float:
        """The time of training and validation in one epoch."""
        return self.training_seconds + self.validation_seconds

    def epochs_within(self, seconds: float) -> int:
        """Return how many epochs fit, at least 1. An epoch of which a fair share fits counts; the clock cuts it short.

        Example:
            >>> pace = Pace(training_seconds=9, validation_seconds=1)
            >>> pace.epochs_within(31), pace.epochs_within(35)
            (3, 4)
        """
        return max(1, ceil(seconds / self.epoch_seconds - _SHARE_NOT_WORTH_AN_EPOCH))


def measure_pace(trainer: Trainer) -> Pace:
    """Return the time of an epoch, after training for some seconds and validating once.

    This changes the weights of the trainer's network: pass a copy.
    """
    warm_up = min(_WARM_UP_STEPS, len(trainer.train) - 1)
    start, measured = perf_counter(), 0

    def keep_training(status: BatchStatus) -> bool:
        nonlocal start, measured
        measured = status.step - warm_up
        if measured == 0:
            trainer.wait()
        _, now = trainer.processes.agree(interrupted=False, now=perf_counter())
        if measured <= 0:
            start = now
        return now - start < _MEASURED_SECONDS

    trainer.train_epoch(1, lambda _: 1e-6, keep_training)
    trainer.wait()
    step_seconds = (perf_counter() - start) / max(1, measured)
    start = perf_counter()
    trainer.validate()
    trainer.wait()
    return Pace(training_seconds=step_seconds * len(trainer.train), validation_seconds=perf_counter() - start)


def measure_matmul_speed(device: torch.device) -> float:
    """Return the operations a second in a product of square float32 matrices; a multiply-add counts as two.

    The fastest of some tries counts, because other work of the machine can only slow a try down. It takes a tenth of
    a second.
    """
    if device.type == "cuda":
        with fast_on_gpu():
            return _fastest(torch.rand(_SIDE_ON_GPU, _SIDE_ON_GPU, device=device))
    return _fastest(torch.rand(_SIDE_ON_CPU, _SIDE_ON_CPU))


def _fastest(matrix: torch.Tensor) -> float:
    seconds = []
    for _ in range(_TRIES):
        start = perf_counter()
        product = matrix @ matrix
        product[0, 0].item()  # waits for the GPU
        seconds.append(perf_counter() - start)
    side = len(matrix)
    return 2 * side**3 / min(seconds)
