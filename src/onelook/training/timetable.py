"""The progress of a run with a time limit: its learning rate reaches the end of its schedule in time."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter


class Timetable:
    """The progress of a run, by its steps or by the clock where that is ahead.

    A schedule that follows it ends when the time does, even on a machine that turns out slower than measured: it skips
    ahead smoothly, instead of being cut off at a high rate (Li, Yumer & Ramanan 2020, "Budgeted Training",
    arXiv:1905.04753). Without a budget only the steps count, and the run can be repeated exactly.

    Args:
        total_steps: the planned steps of the run.
        budget_seconds: the time for all of them; None sets no limit.
        seconds_before: the time that was used before a resume.
        clock: returns the present time in seconds.
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
        """The time used so far, including that before a resume."""
        return self._clock() - self._began

    @property
    def is_time_up(self) -> bool:
        """Whether the budget is used up, so that no step may begin."""
        return self._budget_seconds is not None and self.seconds >= self._budget_seconds

    def place(self, steps_done: int) -> float:
        """Return the schedule's position in the planned steps: `steps_done`, or more where the clock is ahead."""
        if self._budget_seconds is None:
            return steps_done
        by_clock = self._total_steps * self.seconds / self._budget_seconds
        return min(max(float(steps_done), by_clock), float(self._total_steps))
