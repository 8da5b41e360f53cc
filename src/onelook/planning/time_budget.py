"""Divide a time limit, and plan epochs that fit into it. No other file computes with a time limit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, inf

from onelook import runtime
from onelook.planning.precision_choice import may_train_in_bfloat16
from onelook.planning.pretrained_request import is_pretrained
from onelook.settings.merge import Overrides
from onelook.training.measurements.pace import Pace
from onelook.wording import duration

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
# Seconds of processor time for it, with a margin, and for each picture that the model lists. Times the load that this
# very process has met they are reserved at least: beside 8 to 11 busy processes on two cores it took 2.8 to 3.3 s with
# the digits (0.5 s of processor time, 1,437 pictures), 5 to 9 s with MNIST (1.6 s, 60,000 pictures).
_PROCESSOR_SECONDS, _LARGE_PROCESSOR_SECONDS, _PROCESSOR_SECONDS_A_PICTURE = 0.75, 2.9, 2.3e-5
# For each model that is compared: its speed is measured for about 2.6 s, then the page is written. The margin shrinks
# with a limit under 45 s.
_COMPARING_SECONDS, _LEAST_COMPARING_SECONDS = 5.0, 3.5
# Measuring the pace of a network takes this long: two seconds of training and one of validation, and
# no more than this share of a short limit.
_MEASURING_SECONDS, _MEASURING_SHARE = 3.0, 0.05
_FINISHING_WORK, _FINISHING_LARGE_WORK = 3.5, 6.0  # the latter saves and checks a pretrained network
_ROUNDING = 1e-9
_STEPS_TO_ENOUGH = 12
_LEAST_TRAINING_SECONDS = 0.1  # if opening has used all of the time: one batch, so that there is a model
_HOPELESS = 0.3  # of an epoch, by an estimate
_LEAST_SHARE_SECONDS = 1.0  # for each of the remaining trainings


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

    def epochs_at(self, epoch_seconds: float) -> float:
        """Return the planned epochs, or the part of them that fits if an epoch takes so long; 0 s is not known."""
        epochs = float(self.epochs)
        return min(epochs, self.budget_seconds / epoch_seconds) if epoch_seconds else epochs

    def part(self, share: float) -> float:
        """Return a share of the time for training and validation, in seconds."""
        return share * self.budget_seconds

    def left(self, spent_seconds: float) -> float:
        """Return the time for training and validation that is left after so many seconds, at least 0."""
        return max(0.0, self.budget_seconds - spent_seconds)

    def lengthened(self, seconds: float) -> TimePlan:
        """Return the plan with so many seconds more for training and validation; with fewer if they are negative."""
        return replace(self, budget_seconds=self.budget_seconds + seconds)


@dataclass(frozen=True)
class TimeBudget:
    """The time that a command may take, and the speed of this machine.

    Attributes:
        limit_seconds: the limit of the whole command, from opening to report; None without a limit.
        trainings: how many trainings share the limit: the folds, else 1.
        matmul_speed: floating-point operations a second in products of float32 matrices; None if not measured.
        float32_gain: how many times as fast float32 convolutions are as those products, if it is known.
        bfloat16_gain: how many times as fast convolutions in bfloat16 are, if a network may be trained in it.
        has_report: whether a model is saved, scored and reported on within the limit.
        is_large: whether that model is a pretrained network.
        listed_pictures: the pictures that the model keeps a list of, those that it was trained and tuned on.
    """

    limit_seconds: float | None = None
    trainings: int = 1
    matmul_speed: float | None = None
    has_report: bool = True
    is_large: bool = False
    listed_pictures: int = 0
    float32_gain: float = 1.0
    bfloat16_gain: float = 1.0

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
        return part_of_limit(self.training_limit_seconds, most=_FEATURE_SECONDS, share=_FEATURE_SHARE)

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

    def left_for_training(self, spent_seconds: float, *, slowness: float = 1.0, load: float = 1.0) -> float:
        """Return the seconds until the model must be finished; negative if too much was spent. Needs a limit.

        Args:
            spent_seconds: the part of the limit that is spent.
            slowness: how many times as long the report takes as on an idle machine, by a short measurement.
            load: how many times as long the work of this process took until now.
        """
        limit = self.limit_seconds or 0.0
        return limit - spent_seconds - self._finishing_seconds(limit, slowness, load)

    def _finishing_seconds(self, limit: float, slowness: float, load: float) -> float:
        """Return the seconds for saving, evidence and report within a limit."""
        if not self.has_report:
            return 0.0
        part = min(1.0, limit / _SHORT_LIMIT_SECONDS)
        work = _FINISHING_LARGE_WORK if self.is_large else max(_LEAST_FINISHING_WORK, part * _FINISHING_WORK)
        processor = _LARGE_PROCESSOR_SECONDS if self.is_large else _PROCESSOR_SECONDS
        processor += _PROCESSOR_SECONDS_A_PICTURE * self.listed_pictures
        return max(part * _FINISHING_SECONDS, work * slowness, processor * load, _FINISHING_SHARE * limit)

    @property
    def measuring_share(self) -> float:
        """The share of a whole measurement of a network's pace that the limit leaves time for, in (0, 1]."""
        limit = self.training_limit_seconds
        return 1.0 if limit is None else min(1.0, _MEASURING_SHARE * limit / _MEASURING_SECONDS)

    @property
    def measuring_seconds(self) -> float:
        """The seconds that measuring the pace of a network takes."""
        return _MEASURING_SECONDS * self.measuring_share

    def left_for_features(
        self, spent_seconds: float, *, slowness: float, rows: int, later_rows: int, load: float = 1.0
    ) -> float | None:
        """Return the seconds for the features of the pictures that are trained on; None without a limit.

        Args:
            spent_seconds, slowness, load: as for `left_for_training`.
            rows: the pictures that are trained on.
            later_rows: the pictures whose features are computed afterwards, to validate and score the model.
        """
        if self.limit_seconds is None:
            return None
        left = _TRAINING_SHARE * self.left_for_training(spent_seconds, slowness=slowness, load=load)
        return left * rows / (rows + later_rows)

    def left_for_epochs(self, spent_seconds: float, pace: Pace, *, scoring_seconds: float = 0.0) -> float:
        """Return the seconds for training and validation; negative if too much was spent. Needs a limit.

        Args:
            spent_seconds: the part of the limit that is spent.
            pace: the time of an epoch on this machine.
            scoring_seconds: the time of the predictions at the end.
        """
        # The clock may stop training within the last epoch, which is then validated.
        left = self.left_for_training(spent_seconds, slowness=pace.slowness, load=pace.load)
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

    def reserves(self, spent_seconds: float, left_seconds: float, pace: Pace) -> tuple[float, float]:
        """Return the seconds that are kept for what follows training, and those of an idle machine. Needs a limit.

        Args:
            spent_seconds: the part of the limit that is spent.
            left_seconds: the time for training and validation.
            pace: the time of an epoch on this machine.
        """
        limit = self.limit_seconds or 0.0
        reserve = limit - spent_seconds - left_seconds
        for_load = self._finishing_seconds(limit, pace.slowness, pace.load) - self._finishing_seconds(limit, 1.0, 1.0)
        return reserve, reserve - for_load

    def is_late(self, spent_seconds: float, load: float) -> bool:
        """Return whether so little time is left that even a measurement would take too much of it. Needs a limit.

        Args:
            spent_seconds, load: as for `left_for_training`.
        """
        return self.left_for_training(spent_seconds, load=load) < self.measuring_seconds

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
        before = limit - left_seconds - self._finishing_seconds(limit, pace.slowness, pace.load)
        enough = limit
        for _ in range(_STEPS_TO_ENOUGH):  # each step brings it four times as near, or nearer
            enough = before + pace.epoch_seconds + self._finishing_seconds(enough, pace.slowness, pace.load)
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

    def plan_of_trial(self, epochs: int, spent_seconds: float) -> TimePlan:
        """Return the plan of a training whose epochs are given, and which ends with the limit at the latest."""
        left = max((self.limit_seconds or 0.0) - spent_seconds, _LEAST_TRAINING_SECONDS)
        return TimePlan(epochs, left, self.limit_seconds or 0.0)


def operations_of_epoch(multiply_adds: float, rows: int, share_of_speed: float) -> float:
    """Return the operations in matrix products that take as long as an epoch of training.

    Args:
        multiply_adds, rows, share_of_speed: as for `TimeBudget.epochs`.
    """
    return _OPERATIONS_PER_MULTIPLY_ADD * multiply_adds * rows / share_of_speed


def part_of_limit(limit_seconds: float | None, *, most: float, share: float) -> float:
    """Return the seconds of a step that is worth a share of a time limit, and `most` seconds without one.

    Example:
        >>> [part_of_limit(limit, most=4.0, share=0.02) for limit in (None, 100.0, 3_600.0)]
        [4.0, 2.0, 4.0]
    """
    return most if limit_seconds is None else min(most, share * limit_seconds)


def left_of(limit_seconds: float | None, spent_seconds: float) -> float | None:
    """Return the seconds that are left of a time limit; None without one."""
    return None if limit_seconds is None else limit_seconds - spent_seconds


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
    limit_seconds, trainings = None if limit is None else float(limit), int(folds or 1)
    if matmul_speed is None and limit is not None and is_picked:
        from onelook.training.measurements.speed import measure_convolutions, measure_matmul_speed

        device = runtime.choose_device(asked.get("device", "auto"))
        matmul_speed = measure_matmul_speed(device)
        if may_train_in_bfloat16(asked, device.type):
            gains = measure_convolutions()
            return TimeBudget(
                limit_seconds, trainings, matmul_speed, float32_gain=gains.float32, bfloat16_gain=gains.bfloat16
            )
    return TimeBudget(limit_seconds, trainings, matmul_speed)
