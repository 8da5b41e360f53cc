"""The course of a run through its time limit: the planned epochs, and their correction by the pace that is seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from math import ceil
from typing import Any

from onelook.planning.time_budget import TimeBudget, TimePlan
from onelook.training.measurements.pace import Pace, is_worth_an_epoch
from onelook.wording import counted

# While it runs, the pace is measured again in windows of this length. The newest counts twice as much as all before it.
_LEAST_WINDOW_SECONDS, _WINDOW_SHARE = 0.5, 0.04
_NEWEST = 2 / 3
# The number of epochs is corrected if so much more or less is possible, as a share of what is left and of what is done.
_WRONG_BY, _NOTICEABLE = 0.1, 0.01
# How much the time for scoring and the report follows the pace. Half of it is margin, which need not grow.
_RESERVE_FOLLOWS, _LEAST_SLOWNESS, _MOST_SLOWNESS = 0.5, 0.5, 3.0
# Many epochs are short ones, in which checkpoints, which are not measured, take a part of the time: it is no news that
# these are somewhat fewer.
_FEW_EPOCHS, _WRONG_BY_OF_MANY = 20, 0.4
_ROUNDING = 1e-9


@dataclass(frozen=True)
class CourseState:
    """The state of a `TimeCourse` at one moment: plain numbers, which the checkpoint keeps."""

    epochs: float  # at which the run ends; a fraction cuts the last epoch short
    budget_seconds: float  # at which it ends at the latest
    limit_seconds: float  # of the plan that the numbers above belong to
    from_epochs: float = 0.0  # where the plan was last corrected: the epochs and seconds until then,
    from_seconds: float = 0.0
    from_share: float = 0.0  # and the share of the schedule that was due
    slowness: float = 1.0  # how many times as long an epoch takes as was measured before the first
    seen_epochs: float = 0.0  # where it was last measured
    seen_validations: int = 0
    seen_seconds: float = 0.0
    announced: int = 0  # the number of epochs that the user knows of


@dataclass(frozen=True)
class TimeCourse:
    """The course of a run through its time limit: the plan, and its corrections by the pace that is seen.

    The schedule of the learning rate follows it to its end, however the pace changes. Between two corrections its
    position is that of the steps, or that of the clock where the clock is ahead. After each it continues from where it
    is, without a jump, and reaches its end with the limit (Li, Yumer & Ramanan 2020, "Budgeted Training",
    arXiv:1905.04753). The same seconds and steps give the same course, so that a resumed run equals one that was never
    interrupted.

    Attributes:
        plan: the plan before the first step.
        epoch_seconds: the time of an epoch and its validation, measured before the first step; 0 if it is not known,
            as for a run of an older version: it is never corrected.
        validation_seconds: the part of it for validation.
        reserve_seconds: the time for scoring, the report and the validation of a last epoch that is cut short.
        idle_reserve_seconds: what of it would be needed on an idle machine; 0 if that is not known.
        most_epochs: the largest useful number of epochs.
        state: the corrections so far.
    """

    plan: TimePlan
    epoch_seconds: float = 0.0
    validation_seconds: float = 0.0
    reserve_seconds: float = 0.0
    idle_reserve_seconds: float = 0.0
    most_epochs: int | None = None
    corrected: CourseState | None = None

    @classmethod
    def begin(
        cls,
        budget: TimeBudget,
        spent_seconds: float,
        pace: Pace,
        *,
        scoring_seconds: float = 0.0,
        most_epochs: int | None = None,
    ) -> TimeCourse:
        """Plan the epochs of a training by its measured pace. The budget needs a limit.

        Args:
            budget: the time of the command.
            spent_seconds, pace, scoring_seconds: as for `TimeBudget.left_for_epochs`.
            most_epochs: as for `TimeBudget.plan_epochs`.
        """
        left = budget.left_for_epochs(spent_seconds, pace, scoring_seconds=scoring_seconds)
        reserve, idle_reserve = budget.reserves(spent_seconds, left, pace)
        return cls(
            budget.plan_epochs(left, pace, most_epochs=most_epochs),
            epoch_seconds=pace.epoch_seconds,
            validation_seconds=pace.validation_seconds,
            reserve_seconds=reserve,
            idle_reserve_seconds=idle_reserve,
            most_epochs=most_epochs,
        )

    @property
    def state(self) -> CourseState:
        """The corrections so far; before the first, the plan."""
        if self.corrected is not None:
            return self.corrected
        plan = self.plan
        epochs = plan.epochs_at(self.epoch_seconds)
        return CourseState(epochs, plan.budget_seconds, plan.limit_seconds, announced=plan.epochs)

    @property
    def epochs(self) -> int:
        """The epochs in all; the last one may be cut short."""
        return max(1, ceil(self.state.epochs - _ROUNDING))

    @property
    def cuts_last_epoch(self) -> bool:
        """Whether less than nine tenths of the last of several epochs are planned."""
        return self.epochs > 1 and self.epochs - self.state.epochs > _WRONG_BY

    @property
    def measured(self) -> Mapping[str, Any]:
        """The keyword arguments besides the plan: the measured times. `run.json` keeps them."""
        return {name: value for name, value in asdict(self).items() if name not in ("plan", "corrected")}

    def share(self, epochs_done: float, seconds: float) -> float:
        """Return the share of the schedule that is due after so many epochs and seconds; 1 at its end.

        Example:
            >>> course = TimeCourse(TimePlan(epochs=8, budget_seconds=80, limit_seconds=100))
            >>> course.share(2, 20), course.share(2, 40)
            (0.25, 0.5)
        """
        state = self.state
        by_steps = _part(epochs_done, state.from_epochs, state.epochs)
        by_clock = _part(seconds, state.from_seconds, state.budget_seconds)
        return state.from_share + (1 - state.from_share) * min(1.0, max(by_steps, by_clock))

    def is_over(self, epochs_done: float, seconds: float) -> bool:
        """Return whether no step may begin: the time is used up, or the planned steps are done."""
        state = self.state
        return seconds >= state.budget_seconds or epochs_done >= state.epochs - _ROUNDING

    def seen(self, epochs_done: float, validations: int, seconds: float) -> TimeCourse:
        """Return the course with the number of epochs corrected, if the pace is another than planned.

        Args:
            epochs_done: the epochs so far, with the part of the present one.
            validations: the epochs that were validated.
            seconds: the time of the run so far.
        """
        state, window = self.state, max(_LEAST_WINDOW_SECONDS, self.plan.part(_WINDOW_SHARE))
        is_early = seconds - state.seen_seconds < window and epochs_done < state.epochs - _ROUNDING
        if not self.epoch_seconds or is_early:
            return self
        training = (epochs_done - state.seen_epochs) * (self.epoch_seconds - self.validation_seconds)
        expected = training + (validations - state.seen_validations) * self.validation_seconds
        newest = (seconds - state.seen_seconds) / max(expected, _ROUNDING)
        slowness = _NEWEST * newest + (1 - _NEWEST) * state.slowness
        seen = replace(
            state,
            slowness=slowness,
            seen_epochs=epochs_done,
            seen_validations=validations,
            seen_seconds=seconds,
        )
        plan = self.plan.lengthened(self._not_needed_after(max(slowness, newest)))
        epochs = self._epochs_within(plan, epochs_done, seconds, slowness)
        planned, possible = state.epochs - epochs_done, epochs - epochs_done
        if abs(possible - planned) <= max(_WRONG_BY * planned, _NOTICEABLE * epochs_done):
            return replace(self, corrected=seen)
        return replace(self, corrected=self._from_here(seen, epochs, plan.budget_seconds, epochs_done, seconds))

    def _not_needed_after(self, slowness: float) -> float:
        """Return what of the reserve is not needed at this pace; negative if more is needed."""
        slow = min(max(slowness, _LEAST_SLOWNESS), _MOST_SLOWNESS)
        of_all = _RESERVE_FOLLOWS * self.reserve_seconds * (1 - slow)
        # What was reserved for a load is free when the load has gone.
        idle = self.idle_reserve_seconds or self.reserve_seconds
        return (
            max(of_all, self.reserve_seconds - max(idle, slowness * self.reserve_seconds)) if slowness < 1 else of_all
        )

    def _epochs_within(self, plan: TimePlan, epochs_done: float, seconds: float, slowness: float) -> float:
        """Return the epochs in all that fit; those of which too little fits to be worth a validation are left out."""
        epochs = epochs_done + plan.left(seconds) / (slowness * self.epoch_seconds)
        whole = int(epochs)
        if epochs_done <= whole and whole >= 1 and not is_worth_an_epoch(epochs):
            epochs = float(whole)
        return epochs if self.most_epochs is None else min(epochs, float(self.most_epochs))

    def _from_here(
        self, seen: CourseState, epochs: float, budget: float, epochs_done: float, seconds: float
    ) -> CourseState:
        """Return the state of a plan that is corrected at this moment."""
        return replace(
            seen,
            epochs=epochs,
            budget_seconds=budget,
            from_epochs=epochs_done,
            from_seconds=seconds,
            from_share=self.share(epochs_done, seconds),
        )

    def announce(self, *, is_last: bool, done: int | None = None) -> tuple[TimeCourse, str | None]:
        """Return the course, and a sentence for the user if the number of epochs has changed much.

        There are two sentences at most: for the first change, and for what came of it in the end.

        Args:
            is_last: whether the last epoch is done.
            done: the epochs so far. The clock may have cut the last one before the planned number was reached.

        Example:
            >>> course = TimeCourse(TimePlan(8, 80, 100), corrected=CourseState(4.6, 80, 100, announced=8))
            >>> course.announce(is_last=False)[1]
            'the machine became slower: 5 epochs instead of 8.'
        """
        state, epochs = self.state, self.epochs
        known = state.announced
        if is_last and done is not None and epochs != known:
            epochs = min(epochs, done)
        is_due = is_last or known == self.plan.epochs
        share = _WRONG_BY if known <= _FEW_EPOCHS else _WRONG_BY_OF_MANY
        if not is_due or abs(epochs - known) < max(1.0, known * share):
            return self, None
        became = "slower" if epochs < known else "faster"
        words = f"the machine became {became}: {counted(epochs, 'epoch')} instead of {known}."
        return replace(self, corrected=replace(state, announced=epochs)), words

    def to_state(self) -> dict[str, float]:
        """Return the state as plain JSON values."""
        return asdict(self.state)

    def resumed(self, recorded: Mapping[str, Any], epochs_done: float, seconds: float) -> TimeCourse:
        """Return the course of a resumed run. Time that a raised limit adds is used for training.

        Args:
            recorded: the state in the checkpoint.
            epochs_done, seconds: the position of the checkpoint.
        """
        state = CourseState(**recorded)
        before = replace(self, corrected=state)
        if self.plan.limit_seconds == state.limit_seconds:
            return before
        until_now = TimePlan(self.plan.epochs, state.budget_seconds, state.limit_seconds)
        plan = until_now.with_limit(self.plan.limit_seconds)
        part_of_longer = _part(state.budget_seconds, 0.0, plan.budget_seconds)
        epochs = float(self.plan.epochs)
        if self.epoch_seconds:
            epochs = self._epochs_within(plan, epochs_done, seconds, state.slowness)
        longer = self._from_here(state, epochs, plan.budget_seconds, epochs_done, seconds)
        share = part_of_longer * before.share(epochs_done, seconds)
        longer = replace(longer, from_share=share, limit_seconds=self.plan.limit_seconds)
        raised = replace(self, corrected=longer)
        return replace(self, corrected=replace(longer, announced=raised.epochs))


def recorded_time_plan(run: Mapping[str, Any]) -> TimePlan | None:
    """Return the time plan in a run's `run.json`; None if it has none yet."""
    recorded = run.get("time_plan")
    return None if recorded is None else TimePlan(**recorded)


def _part(value: float, start: float, end: float) -> float:
    """Return the part of the way from start to end; 1 if there is no way."""
    return (value - start) / (end - start) if end > start else 1.0
