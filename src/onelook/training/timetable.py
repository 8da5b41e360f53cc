"""The progress of a run: its epochs, and the position of its learning rate's schedule, with or without a time limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, Protocol


class Course(Protocol):
    """The course of a run through its time limit, as planned and as corrected while it runs. An object never changes.

    Epochs count with a fraction; seconds count from the first start, without the time between an interruption and the
    resume.
    """

    @property
    def epochs(self) -> int:
        """The epochs in all; the last one may be cut short."""
        ...

    def share(self, epochs_done: float, seconds: float) -> float:
        """Return the share of the schedule that is due, 1 at its end."""
        ...

    def is_over(self, epochs_done: float, seconds: float) -> bool:
        """Return whether no step may begin."""
        ...

    def seen(self, epochs_done: float, validations: int, seconds: float) -> Course:
        """Return the course, corrected if the pace is another than planned."""
        ...

    def announce(self, *, is_last: bool, done: int | None = None) -> tuple[Course, str | None]:
        """Return the course, and a sentence for the user if it was corrected; `is_last` after the last of `done`."""
        ...

    def to_state(self) -> dict[str, float]:
        """Return what the checkpoint keeps, as plain JSON values."""
        ...

    def resumed(self, recorded: Mapping[str, Any], epochs_done: float, seconds: float) -> Course:
        """Return the course of a run that is resumed at this position, from what the checkpoint kept."""
        ...


class Timetable:
    """The progress of a run, by its steps or by the course of its time limit.

    Without a limit only the steps count, and the run can be repeated exactly. With one the schedule ends when the time
    does, instead of being cut off at a high rate.

    Args:
        epochs: the planned epochs of the run.
        steps_per_epoch: batches in one epoch.
        course: the course through the time limit; None sets no limit.
        seconds_before: the time that was used before a resume.
        clock: returns the present time in seconds.
    """

    def __init__(
        self,
        epochs: int,
        steps_per_epoch: int,
        course: Course | None = None,
        seconds_before: float = 0.0,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._planned = epochs
        self._steps_per_epoch = steps_per_epoch
        self.course = course
        self._clock = clock
        self._began = clock() - seconds_before

    @property
    def seconds(self) -> float:
        """The time used so far, including that before a resume."""
        return self._clock() - self._began

    @property
    def epochs(self) -> int:
        """The epochs in all, as the time limit now allows."""
        return self._planned if self.course is None else self.course.epochs

    def is_time_up(self, steps_done: int) -> bool:
        """Return whether the time limit allows no further step."""
        return self.course is not None and self.course.is_over(steps_done / self._steps_per_epoch, self.seconds)

    def place(self, steps_done: int) -> float:
        """Return the schedule's position in the planned steps: `steps_done`, or that of the course."""
        if self.course is None:
            return steps_done
        return (
            self._planned * self._steps_per_epoch * self.course.share(steps_done / self._steps_per_epoch, self.seconds)
        )

    def look(self, steps_done: int, validations: int) -> None:
        """Correct the course by the pace since the last look."""
        if self.course is not None:
            self.course = self.course.seen(steps_done / self._steps_per_epoch, validations, self.seconds)

    def take_note(self, *, is_last: bool, done: int | None = None) -> list[str]:
        """Return a sentence if the number of epochs was corrected; else nothing.

        Args:
            is_last: whether the last epoch is done.
            done: the epochs so far.
        """
        if self.course is None:
            return []
        self.course, note = self.course.announce(is_last=is_last, done=done)
        return [] if note is None else [note]

    def resume(self, recorded: Mapping[str, Any] | None, steps_done: int, seconds: float) -> None:
        """Continue from a checkpoint.

        Args:
            recorded: what it kept of the course; None keeps the plan.
            steps_done, seconds: the steps and the time until then.
        """
        self._began = self._clock() - seconds
        if self.course is not None and recorded is not None:
            self.course = self.course.resumed(recorded, steps_done / self._steps_per_epoch, seconds)
