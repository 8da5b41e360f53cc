"""A run that has to be through at a given time, with its learning rate come down by then."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter


class Timetable:
    """How far a run has come: by its steps, or by the clock where that is ahead.

    A schedule that looks here is through when the time is, even on a machine that turns out slower than it was
    measured to be: it skips ahead, smoothly, instead of being cut off at a high rate (Li, Yumer & Ramanan 2020,
    "Budgeted Training", arXiv:1905.04753). Without a budget only the steps count, and the run is exact.

    Args:
        total_steps: steps in the run as it was planned.
        budget_seconds: time for all of them; None is as long as it takes.
        seconds_before: what of it was used before a resume.
    """

    def __init__(
        self,
        total_steps: int,
        budget_seconds: float | None = None,
        seconds_before: float = 0.0,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._total_steps = total_steps
        self._budget_seconds = budget_seconds
        self._clock = clock
        self._began = clock() - seconds_before

    @property
    def seconds(self) -> float:
        """Time used so far, that before a resume included."""
        return self._clock() - self._began

    @property
    def is_time_up(self) -> bool:
        """Whether nothing more may be begun."""
        return self._budget_seconds is not None and self.seconds >= self._budget_seconds

    def place(self, steps_done: int) -> float:
        """Where in the planned steps the schedule stands: `steps_done`, or further on where time runs ahead."""
        if self._budget_seconds is None:
            return steps_done
        by_clock = self._total_steps * self.seconds / self._budget_seconds
        return min(max(float(steps_done), by_clock), float(self._total_steps))
