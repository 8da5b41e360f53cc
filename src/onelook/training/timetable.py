"""The progress of a run with a time limit: its learning rate reaches the end of its schedule in time."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

ShareUsed = Callable[[float], float]  # seconds of training, to their share of the time that the run may take


class Timetable:
    """The progress of a run, by its steps or by the clock where that is ahead.

    A schedule that follows it ends when the time does, even on a machine that turns out slower than measured: it skips
    ahead smoothly, instead of being cut off at a high rate (Li, Yumer & Ramanan 2020, "Budgeted Training",
    arXiv:1905.04753). Without a limit only the steps count, and the run can be repeated exactly.

    Args:
        total_steps: the planned steps of the run.
        share_used: the share of the run's time that so many seconds are, 1 at its end; None sets no limit.
        seconds_before: the time that was used before a resume.
        clock: returns the present time in seconds.
    """

    def __init__(
        self,
        total_steps: int,
        share_used: ShareUsed | None = None,
        seconds_before: float = 0.0,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._total_steps = total_steps
        self._share_used = share_used
        self._clock = clock
        self._began = clock() - seconds_before

    @property
    def seconds(self) -> float:
        """The time used so far, including that before a resume."""
        return self._clock() - self._began

    @property
    def is_time_up(self) -> bool:
        """Whether the time is used up, so that no step may begin."""
        return self._share_used is not None and self._share_used(self.seconds) >= 1

    def place(self, steps_done: int) -> float:
        """Return the schedule's position in the planned steps: `steps_done`, or more if the clock is ahead."""
        if self._share_used is None:
            return steps_done
        by_clock = self._total_steps * self._share_used(self.seconds)
        return min(max(float(steps_done), by_clock), float(self._total_steps))
