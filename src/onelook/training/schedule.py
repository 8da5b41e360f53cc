"""The schedule of the learning rate: pure functions from a step to a factor of the highest rate.

A step is one batch, counted from 0 over the whole run. Every shape starts above 0 and ends above 0, so that no
step is wasted, and is exactly 1 at its height.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi

from onelook.settings import ScheduleSettings


@dataclass(frozen=True)
class Schedule:
    """The schedule of a run of a given length.

    Args:
        settings: the shape of the schedule.
        total_steps: batches in the whole run.
        steps_per_epoch: batches in one epoch.

    Example:
        >>> settings = ScheduleSettings(name="one_cycle", warmup_fraction=0.5)
        >>> [round(Schedule(settings, 4, 2).factor(step), 2) for step in range(4)]
        [0.33, 0.67, 1.0, 0.5]
    """

    settings: ScheduleSettings
    total_steps: int
    steps_per_epoch: int

    def factor(self, step: float) -> float:
        """Return the factor of the highest learning rate at `step`, which may lie between two steps."""
        settings = self.settings
        match settings.name:
            case "constant":
                return 1.0
            case "one_cycle":
                return one_cycle(step, self.total_steps, settings.warmup_fraction, settings.final_fraction)
            case "cosine":
                return cosine(step, self.total_steps, settings.warmup_fraction, settings.final_fraction)
            case "step":
                return stepwise(step, settings.step_epochs * self.steps_per_epoch, settings.step_factor)


def one_cycle(step: float, total_steps: int, warmup_fraction: float, final_fraction: float) -> float:
    """Return the factor of a schedule that rises in a straight line, then falls in a straight line.

    It is the triangle of Smith & Topin 2017 (arXiv:1708.07120) as fast image training uses it: Page's "How to train
    your ResNet" and Jordan's airbench (2024, arXiv:2404.00498) both fall in a straight line until the run's end.
    """
    warmup_steps = round(warmup_fraction * total_steps)
    if step < warmup_steps:
        return _rise(step, warmup_steps)
    return 1.0 - (1.0 - final_fraction) * _share_of_descent(step, warmup_steps, total_steps)


def cosine(step: float, total_steps: int, warmup_fraction: float, final_fraction: float) -> float:
    """Return the factor of a schedule that rises in a straight line, then falls along half a cosine.

    The rise is that of Goyal et al. 2017 (arXiv:1706.02677), the descent that of Loshchilov & Hutter 2016
    (arXiv:1608.03983), without restarts.
    """
    warmup_steps = round(warmup_fraction * total_steps)
    if step < warmup_steps:
        return _rise(step, warmup_steps)
    descended = _share_of_descent(step, warmup_steps, total_steps)
    return final_fraction + (1.0 - final_fraction) * 0.5 * (1.0 + cos(pi * descended))


def stepwise(step: float, steps_between_drops: int, drop_factor: float) -> float:
    """Return the factor of a schedule with drops (He et al. 2015, arXiv:1512.03385).

    The factor is multiplied by `drop_factor` after every `steps_between_drops` steps, and constant between.
    """
    factor: float = drop_factor ** int(step // steps_between_drops)
    return factor


def _rise(step: float, warmup_steps: int) -> float:
    """Return the factor while rising: just above 0 at the first step, just below 1 at the last before the height."""
    return (step + 1) / (warmup_steps + 1)


def _share_of_descent(step: float, warmup_steps: int, total_steps: int) -> float:
    """Return how much of the descent is done: 0 at the height, 1 at the step after the last one and later.

    Later steps occur in a run that is made longer.
    """
    return min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))
