"""Divide a time limit, and turn it into epochs. No other file does arithmetic on a time limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from math import ceil, inf
from typing import Any

from onelook.planning.pretrained_request import is_pretrained
from onelook.settings.merge import Overrides
from onelook.training.measurements.pace import Pace, is_worth_an_epoch
from onelook.wording import counted, duration

# Training costs three passes (one forward, two for the backward pass), with two operations per multiply-add.
_OPERATIONS_PER_MULTIPLY_ADD = 6
# The share of a limit for training; opening, validation, scoring and the report take the rest.
_TRAINING_SHARE = 0.85
# For the features of a pretrained network: seconds without a limit, and the largest share of a limit.
_FEATURE_SECONDS = 60.0
_FEATURE_SHARE = 0.4
# Saving the model, drawing the evidence and writing the report take this long on two idle cores, with a margin. If it
# is more, this share of a long limit is reserved, or the time without a margin on a busy machine. Under 45 s both
# shrink with the limit: beside four busy processes it was 1.3 s with the digits, 2.5 s with all of Fashion-MNIST.
_FINISHING_SECONDS = 6.0
_FINISHING_SHARE = 0.02
_SHORT_LIMIT_SECONDS, _LEAST_FINISHING_WORK = 45.0, 1.7
# For each model that is compared: its speed is measured for about 2.6 s, then the page is written. The margin shrinks
# with a limit under 45 s.
_COMPARING_SECONDS, _LEAST_COMPARING_SECONDS = 5.0, 3.5
# Measuring the pace of a network takes this long: two seconds of training and one of validation, and
# no more than this share of a short limit.
_MEASURING_SECONDS, _MEASURING_SHARE = 3.0, 0.05
_FINISHING_WORK, _FINISHING_LARGE_WORK = 3.5, 6.0  # the latter saves and checks a pretrained network
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
_STEPS_TO_ENOUGH = 12
_LEAST_TRAINING_SECONDS = 0.1  # if opening has used all of the time: one batch, so that there is a model
_HOPELESS = 0.3  # of an epoch, by an estimate
_LEAST_SHARE_SECONDS = 1.0  # for each of the remaining trainings


@dataclass(frozen=True)
class TimeBudget:
    """The time that a command may take, and the speed of this machine.

    Attributes:
        limit_seconds: the limit of the whole command, from opening to report; None without a limit.
        trainings: how many trainings share the limit: the folds, else 1.
        matmul_speed: floating-point operations a second in products of float32 matrices; None if not measured.
        has_report: whether a model is saved, scored and reported on within the limit.
        is_large: whether that model is a pretrained network.
    """

    limit_seconds: float | None = None
    trainings: int = 1
    matmul_speed: float | None = None
    has_report: bool = True
    is_large: bool = False

    @property
    def training_limit_seconds(self) -> float | None:
        """The limit of one training; None without a limit."""
        return None if self.limit_seconds is None else self.limit_seconds / self.trainings

    @property
    def operations(self) -> float | None:
        """The operations that the machine does in one training's limit; None without a limit or a measured speed."""
        limit = self.training_limit_seconds
        return None if limit is None or self.matmul_speed is None else limit * self.matmul_speed

    @property
    def feature_seconds(self) -> float:
        """The seconds that computing the features of a pretrained network may take."""
        limit = self.training_limit_seconds
        return _FEATURE_SECONDS if limit is None else min(_FEATURE_SECONDS, _FEATURE_SHARE * limit)

    def epochs(self, *, multiply_adds: float, rows: int, share_of_speed: float) -> float:
        """Estimate the epochs that fit into one training, before its network is built; 0 without a limit or a speed.

        Args:
            multiply_adds: the multiply-adds of one picture's forward pass.
            rows: the pictures in an epoch.
            share_of_speed: the part of the speed of matrix products that training reaches, in (0, 1].
        """
        affordable = (self.operations or 0.0) * _TRAINING_SHARE
        return affordable / operations_of_epoch(multiply_adds, rows, share_of_speed)

    def share(self, spent_seconds: float, *, left: float, ending_seconds: float = 0.0) -> float | None:
        """Return the seconds for the next of `left` remaining trainings; None without a limit.

        Args:
            spent_seconds: the part of the limit that is spent.
            left: the remaining trainings, each counted as many times as it needs of the next one's time.
            ending_seconds: the time that is needed after the last one.
        """
        if self.limit_seconds is None:
            return None
        return max(_LEAST_SHARE_SECONDS, (self.limit_seconds - spent_seconds - ending_seconds) / left)

    def comparing_seconds(self, models: int) -> float:
        """Return the seconds for comparing so many models: the speed of each is measured for a fixed time."""
        part = min(1.0, (self.limit_seconds or inf) / _SHORT_LIMIT_SECONDS)
        return models * max(_LEAST_COMPARING_SECONDS, part * _COMPARING_SECONDS)

    def left_for_training(self, spent_seconds: float, *, slowness: float = 1.0) -> float:
        """Return the seconds until the model must be finished; negative if too much was spent. Needs a limit.

        Args:
            spent_seconds: the part of the limit that is spent.
            slowness: how many times as long the report takes as on an idle machine.
        """
        limit = self.limit_seconds or 0.0
        return limit - spent_seconds - self._finishing_seconds(limit, slowness)

    def _finishing_seconds(self, limit: float, slowness: float) -> float:
        """Return the seconds for saving, evidence and report within a limit."""
        if not self.has_report:
            return 0.0
        part = min(1.0, limit / _SHORT_LIMIT_SECONDS)
        work = _FINISHING_LARGE_WORK if self.is_large else max(_LEAST_FINISHING_WORK, part * _FINISHING_WORK)
        return max(part * _FINISHING_SECONDS, work * slowness, _FINISHING_SHARE * limit)

    @property
    def measuring_share(self) -> float:
        """The share of a whole measurement of a network's pace that the limit leaves time for, in (0, 1]."""
        limit = self.training_limit_seconds
        return 1.0 if limit is None else min(1.0, _MEASURING_SHARE * limit / _MEASURING_SECONDS)

    @property
    def measuring_seconds(self) -> float:
        """The seconds that measuring the pace of a network takes."""
        return _MEASURING_SECONDS * self.measuring_share

    def left_for_features(self, spent_seconds: float, *, slowness: float, rows: int, later_rows: int) -> float | None:
        """Return the seconds for the features of the pictures that are trained on; None without a limit.

        Args:
            spent_seconds, slowness: as for `left_for_training`.
            rows: the pictures that are trained on.
            later_rows: the pictures whose features are computed afterwards, to validate and score the model.
        """
        if self.limit_seconds is None:
            return None
        left = _TRAINING_SHARE * self.left_for_training(spent_seconds, slowness=slowness)
        return left * rows / (rows + later_rows)

    def left_for_epochs(self, spent_seconds: float, pace: Pace, *, scoring_seconds: float = 0.0) -> float:
        """Return the seconds for training and validation; negative if too much was spent. Needs a limit.

        Args:
            spent_seconds: the part of the limit that is spent.
            pace: the time of an epoch on this machine.
            scoring_seconds: the time of the predictions at the end.
        """
        # The clock may stop training within the last epoch, which is then validated.
        left = self.left_for_training(spent_seconds, slowness=pace.slowness)
        return left - scoring_seconds - pace.validation_seconds

    def plan_epochs(self, left_seconds: float, pace: Pace, *, most_epochs: int | None = None) -> TimePlan:
        """Plan as many epochs as fit into the remaining time. Needs a limit.

        Args:
            left_seconds: the time for training and validation.
            pace: the time of an epoch on this machine.
            most_epochs: the largest useful number; with more, the network only remembers its pictures.
        """
        epochs = pace.epochs_within(left_seconds)
        return TimePlan(
            epochs=epochs if most_epochs is None else min(epochs, most_epochs),
            budget_seconds=max(left_seconds, _LEAST_TRAINING_SECONDS),
            limit_seconds=self.limit_seconds or 0.0,
        )

    def begin_course(
        self, spent_seconds: float, pace: Pace, *, scoring_seconds: float = 0.0, most_epochs: int | None = None
    ) -> TimeCourse:
        """Plan the epochs of a training by its measured pace. Needs a limit.

        Args:
            spent_seconds, pace, scoring_seconds: as for `left_for_epochs`.
            most_epochs: as for `plan_epochs`.
        """
        left = self.left_for_epochs(spent_seconds, pace, scoring_seconds=scoring_seconds)
        plan = self.plan_epochs(left, pace, most_epochs=most_epochs)
        return TimeCourse(
            plan,
            epoch_seconds=pace.epoch_seconds,
            validation_seconds=pace.validation_seconds,
            reserve_seconds=(self.limit_seconds or 0.0) - spent_seconds - left,
            most_epochs=most_epochs,
        )

    def is_hopeless(self, left_seconds: float, epoch_seconds: float) -> bool:
        """Return whether the pace of a network need not be measured, by an estimate of its epoch that may be wrong.

        Args:
            left_seconds: the time for training and validation, before the pace is measured.
            epoch_seconds: the estimate.
        """
        return left_seconds - self.measuring_seconds < _HOPELESS * epoch_seconds

    def is_too_little(self, left_seconds: float, pace: Pace, fewest_epochs: float) -> bool:
        """Return whether a network with this pace should give way to a smaller one.

        Args:
            left_seconds: the time for training and validation.
            pace: the time of an epoch of the network on this machine.
            fewest_epochs: the epochs that it needs to be better than the smaller one. A measurement of two seconds can
                be wrong, so half of them are enough, but one is always needed.
        """
        return left_seconds < max(1.0, fewest_epochs / 2) * pace.epoch_seconds

    def warning(self, left_seconds: float, pace: Pace) -> str | None:
        """Return a sentence if not even one epoch fits, with a limit that is enough for one; else None.

        Example:
            >>> warning = TimeBudget(20).warning(-2.5, Pace(training_seconds=29, validation_seconds=1))
            >>> str(warning).partition(": ")[2]
            'it is cut short. --time-limit 56s is enough for one'
        """
        if left_seconds >= pace.epoch_seconds:
            return None
        limit = self.limit_seconds or 0.0
        before = limit - left_seconds - self._finishing_seconds(limit, pace.slowness)
        enough = limit
        for _ in range(_STEPS_TO_ENOUGH):  # each step brings it four times as near, or nearer
            enough = before + pace.epoch_seconds + self._finishing_seconds(enough, pace.slowness)
        return (
            f"{duration(limit)} leave {duration(max(left_seconds, 0))} for training, and an epoch takes about "
            f"{duration(pace.epoch_seconds)}: it is cut short. --time-limit {ceil(enough - _ROUNDING)}s is enough "
            "for one"
        )

    def deadline(self, started: float, *, ending_seconds: float = 0.0, slowness: float = 1.0) -> float | None:
        """Return the moment at which training must end, on the clock of `started`; None without a limit.

        Args:
            started: the moment at which the limit began.
            ending_seconds: the time that is needed afterwards, besides that for the report.
            slowness: as for `left_for_training`.
        """
        left = self.left_for_training(ending_seconds, slowness=slowness)
        return None if self.limit_seconds is None else started + left

    def course_of_trial(self, epochs: int, spent_seconds: float) -> TimeCourse:
        """Return the course of a training whose epochs are planned, and which ends with the limit at the latest."""
        left = max((self.limit_seconds or 0.0) - spent_seconds, _LEAST_TRAINING_SECONDS)
        return TimeCourse(TimePlan(epochs, left, self.limit_seconds or 0.0))


@dataclass(frozen=True)
class TimePlan:
    """The use of a time limit. `run.json` keeps it, so that a resumed run follows the plan that it began with."""

    epochs: int  # the last one may be cut short
    budget_seconds: float  # for training and validation, after opening and before scoring and the report
    limit_seconds: float  # as the user gave it

    def with_limit(self, limit_seconds: float | None) -> TimePlan:
        """Return the plan for a raised limit: the added time is used for training."""
        if limit_seconds is None or limit_seconds == self.limit_seconds:
            return self
        budget = self.budget_seconds + limit_seconds - self.limit_seconds
        epochs = max(self.epochs, round(self.epochs * budget / max(self.budget_seconds, 1.0)))
        return TimePlan(epochs=epochs, budget_seconds=budget, limit_seconds=limit_seconds)


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
        most_epochs: the largest useful number of epochs.
        state: the corrections so far.
    """

    plan: TimePlan
    epoch_seconds: float = 0.0
    validation_seconds: float = 0.0
    reserve_seconds: float = 0.0
    most_epochs: int | None = None
    corrected: CourseState | None = None

    @property
    def state(self) -> CourseState:
        """The corrections so far; before the first, the plan."""
        if self.corrected is not None:
            return self.corrected
        plan, epochs = self.plan, float(self.plan.epochs)
        if self.epoch_seconds:
            epochs = min(epochs, plan.budget_seconds / self.epoch_seconds)
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
        state, window = self.state, max(_LEAST_WINDOW_SECONDS, _WINDOW_SHARE * self.plan.budget_seconds)
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
        slow = min(max(slowness, newest, _LEAST_SLOWNESS), _MOST_SLOWNESS)
        budget = self.plan.budget_seconds + _RESERVE_FOLLOWS * self.reserve_seconds * (1 - slow)
        epochs = self._epochs_until(budget, epochs_done, seconds, slowness)
        planned, possible = state.epochs - epochs_done, epochs - epochs_done
        if abs(possible - planned) <= max(_WRONG_BY * planned, _NOTICEABLE * epochs_done):
            return replace(self, corrected=seen)
        return replace(self, corrected=self._from_here(seen, epochs, budget, epochs_done, seconds))

    def _epochs_until(self, budget: float, epochs_done: float, seconds: float, slowness: float) -> float:
        """Return the epochs in all that fit; those of which too little fits to be worth a validation are left out."""
        epochs = epochs_done + max(0.0, budget - seconds) / (slowness * self.epoch_seconds)
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
        added = self.plan.limit_seconds - state.limit_seconds
        before = replace(self, corrected=state)
        if not added:
            return before
        budget = state.budget_seconds + added
        share = before.share(epochs_done, seconds) * state.budget_seconds / budget
        epochs = float(self.plan.epochs)
        if self.epoch_seconds:
            epochs = self._epochs_until(budget, epochs_done, seconds, state.slowness)
        longer = self._from_here(state, epochs, budget, epochs_done, seconds)
        longer = replace(longer, from_share=share, limit_seconds=self.plan.limit_seconds)
        raised = replace(self, corrected=longer)
        return replace(self, corrected=replace(longer, announced=raised.epochs))


def operations_of_epoch(multiply_adds: float, rows: int, share_of_speed: float) -> float:
    """Return the operations in matrix products that take as long as an epoch of training.

    Args:
        multiply_adds, rows, share_of_speed: as for `TimeBudget.epochs`.
    """
    return _OPERATIONS_PER_MULTIPLY_ADD * multiply_adds * rows / share_of_speed


def _part(value: float, start: float, end: float) -> float:
    """Return the part of the way from start to end; 1 if there is no way."""
    return (value - start) / (end - start) if end > start else 1.0


def until(deadline: float | None, now: float) -> float | None:
    """Return the seconds that are left for a trial, at least one; None without a deadline."""
    return None if deadline is None else max(_LEAST_SHARE_SECONDS, deadline - now)


def budget_of(asked: Overrides, matmul_speed: float | None = None) -> TimeBudget:
    """Return the budget of a request. Measure the machine's speed if a network or a picture size is picked by it.

    Args:
        asked: the settings that the user gave.
        matmul_speed: the speed, if it is known; see `TimeBudget`.
    """
    limit, folds = asked.get("time_limit_seconds"), asked.get("folds")
    is_picked = is_pretrained(asked) if "model" in asked else "recipe" not in asked
    if matmul_speed is None and limit is not None and is_picked:
        from onelook.runtime import choose_device
        from onelook.training.measurements.speed import measure_matmul_speed

        matmul_speed = measure_matmul_speed(choose_device(asked.get("device", "auto")))
    return TimeBudget(None if limit is None else float(limit), int(folds or 1), matmul_speed)


def recorded_time_plan(run: Mapping[str, Any]) -> TimePlan | None:
    """Return the time plan in a run's `run.json`; None if it has none yet."""
    recorded = run.get("time_plan")
    return None if recorded is None else TimePlan(**recorded)
