"""Time training steps in float32 and in bfloat16, in turn, on copies of a network."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time

from torch import nn

from onelook.settings import TrainSettings
from onelook.training.inputs.training_inputs import TrainingInputs
from onelook.training.listeners import BatchStatus
from onelook.training.torch_settings import tuned_for_training
from onelook.training.trainer import Trainer

# Processor time, because other work on the machine may slow down one turn and not the next. With eight busy processes
# on two cores, ratios of wall-clock times were from 1.3 to 3.7, and those of processor time from 1.45 to 1.52.
_SECONDS, _FEWEST_ROUNDS = 1.0, 2
_MOST_SECONDS = 2.5  # by the clock, after which no round begins
_STEPS_A_ROUND, _SLOW_STEP = 2, 0.1  # a round of slower steps has only one


@dataclass(frozen=True)
class StepTimes:
    """The processor time of a training step in each precision, over all threads.

    Attributes:
        float32_seconds: the median of the steps in float32.
        bfloat16_seconds: the same in bfloat16.
    """

    float32_seconds: float
    bfloat16_seconds: float

    @property
    def gain(self) -> float:
        """How many times as fast a step is in bfloat16."""
        return self.float32_seconds / self.bfloat16_seconds


def time_precisions(network: nn.Module, inputs: TrainingInputs, settings: TrainSettings) -> StepTimes:
    """Return the processor time of a training step in each precision. Network and random numbers are unchanged.

    Args:
        network, inputs, settings: as `Trainer` takes them.
    """
    with tuned_for_training(inputs.device):
        sides = {
            precision: Trainer(deepcopy(network), inputs, settings.model_copy(update={"precision": precision}))
            for precision in ("float32", "bfloat16")
        }
        return time_in_turn(*(lambda steps, side=side: _seconds_of_steps(side, steps) for side in sides.values()))


def time_in_turn(float32: Callable[[int], float], bfloat16: Callable[[int], float]) -> StepTimes:
    """Return the median of each side; the sides take turns.

    Args:
        float32, bfloat16: train the given number of steps and return the processor seconds that they took.

    Example:
        >>> time_in_turn(lambda steps: 0.3 * steps, lambda steps: 0.2 * steps)
        StepTimes(float32_seconds=0.3, bfloat16_seconds=0.2)
    """
    began = perf_counter()
    first = max(float32(1), bfloat16(1))  # these steps allocate memory and choose kernels
    steps = _STEPS_A_ROUND if first < _SLOW_STEP else 1
    times: list[tuple[float, float]] = []
    while len(times) < _FEWEST_ROUNDS or (
        sum(map(sum, times)) * steps < _SECONDS and perf_counter() - began < _MOST_SECONDS
    ):
        times.append((float32(steps) / steps, bfloat16(steps) / steps))
    return StepTimes(*(median(of_side) for of_side in zip(*times, strict=True)))


def _seconds_of_steps(trainer: Trainer, steps: int) -> float:
    """Train some steps of an epoch, or as many as it has, and return the processor seconds for `steps`."""
    start, done = process_time(), 0

    def keep_training(status: BatchStatus) -> bool:
        nonlocal done
        done = status.step
        return done < steps

    trainer.train_epoch(1, lambda _: 1e-6, keep_training)
    return (process_time() - start) * steps / done
