"""Divide a time limit, and turn it into epochs. No other file does arithmetic on a time limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from onelook.settings.merge import Overrides
from onelook.wording import duration

if TYPE_CHECKING:
    from onelook.training.measurements.speed import Pace

# Training costs three passes (one forward, two for the backward pass), with two operations per multiply-add.
_OPERATIONS_PER_MULTIPLY_ADD = 6
# The share of a limit for training; opening, validation, scoring and the report take the rest.
_TRAINING_SHARE = 0.85
# For the features of a pretrained network: seconds without a limit, and the largest share of a limit.
_FEATURE_SECONDS = 60.0
_FEATURE_SHARE = 0.4
# Saving the model, drawing the evidence and writing the report take this long on two cores, with a margin. If it is
# more, this share of a long limit is reserved.
_FINISHING_SECONDS = 6.0
_FINISHING_SHARE = 0.02
_LEAST_TRAINING_SECONDS = 0.1  # if opening has used all of the time: one batch, so that there is a model
_LEAST_SHARE_SECONDS = 1.0  # for each of the remaining trainings


@dataclass(frozen=True)
class TimeBudget:
    """The time that a command may take, and the speed of this machine.

    Attributes:
        limit_seconds: the limit of the whole command, from opening to report; None without a limit.
        trainings: how many trainings share the limit: the folds, else 1.
        matmul_speed: floating-point operations a second in products of float32 matrices; None if not measured.
        has_report: whether a model is saved, scored and reported on within the limit.
    """

    limit_seconds: float | None = None
    trainings: int = 1
    matmul_speed: float | None = None
    has_report: bool = True

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
        affordable = (self.operations or 0.0) * _TRAINING_SHARE * share_of_speed
        return affordable / (_OPERATIONS_PER_MULTIPLY_ADD * multiply_adds * rows)

    def share(self, spent_seconds: float, *, left: int) -> float | None:
        """Return the seconds for the next of `left` remaining trainings; None without a limit."""
        if self.limit_seconds is None:
            return None
        return max(_LEAST_SHARE_SECONDS, (self.limit_seconds - spent_seconds) / left)

    def left_for_training(self, spent_seconds: float) -> float:
        """Return the seconds until the model must be finished; negative if too much was spent. Needs a limit."""
        limit = self.limit_seconds or 0.0
        return limit - spent_seconds - (max(_FINISHING_SECONDS, _FINISHING_SHARE * limit) if self.has_report else 0.0)

    def left_for_epochs(self, spent_seconds: float, pace: Pace, *, scoring_seconds: float = 0.0) -> float:
        """Return the seconds for training and validation; negative if too much was spent. Needs a limit.

        Args:
            spent_seconds: the part of the limit that is spent.
            pace: the time of an epoch on this machine.
            scoring_seconds: the time of the predictions at the end.
        """
        # The clock may stop training within the last epoch, which is then validated.
        return self.left_for_training(spent_seconds) - scoring_seconds - pace.validation_seconds

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

    def warning(self, left_seconds: float, pace: Pace) -> str | None:
        """Return a sentence if not even one epoch fits, with a limit that is enough for one; else None.

        Example:
            >>> from onelook.training.measurements.speed import Pace
            >>> warning = TimeBudget(20).warning(-2.5, Pace(training_seconds=29, validation_seconds=1))
            >>> str(warning).partition(": ")[2]
            'it is cut short. --time-limit 53s is enough for one'
        """
        if left_seconds >= pace.epoch_seconds:
            return None
        limit = self.limit_seconds or 0.0
        return (
            f"{duration(limit)} leave {duration(max(left_seconds, 0))} for training, and an epoch takes about "
            f"{duration(pace.epoch_seconds)}: it is cut short. --time-limit "
            f"{ceil(limit - left_seconds + pace.epoch_seconds)}s is enough for one"
        )

    def deadline(self, started: float) -> float | None:
        """Return the moment at which the limit ends, on the clock that `started` was read from."""
        return None if self.limit_seconds is None else started + self.limit_seconds


@dataclass(frozen=True)
class TimePlan:
    """The use of a time limit. `run.json` keeps it, so that a resumed run follows the plan that it began with."""

    epochs: int  # the last one may be cut short
    budget_seconds: float  # for training and validation, after opening and before scoring and the report
    limit_seconds: float  # as the user gave it

    def share_used(self, seconds: float) -> float:
        """Return the share of the budget that so many seconds of training and validation are; 1 when it is used up.

        Example:
            >>> TimePlan(epochs=8, budget_seconds=80, limit_seconds=100).share_used(20)
            0.25
        """
        return seconds / self.budget_seconds

    def with_limit(self, limit_seconds: float | None) -> TimePlan:
        """Return the plan for a raised limit: the added time is used for training."""
        if limit_seconds is None or limit_seconds == self.limit_seconds:
            return self
        budget = self.budget_seconds + limit_seconds - self.limit_seconds
        epochs = max(self.epochs, round(self.epochs * budget / max(self.budget_seconds, 1.0)))
        return TimePlan(epochs=epochs, budget_seconds=budget, limit_seconds=limit_seconds)


def budget_of(asked: Overrides, matmul_speed: float | None = None) -> TimeBudget:
    """Return the budget of a request. Measure the machine's speed if a network is picked by it.

    Args:
        asked: the settings that the user gave.
        matmul_speed: the speed, if it is known; see `TimeBudget`.
    """
    limit, folds = asked.get("time_limit_seconds"), asked.get("folds")
    if matmul_speed is None and limit is not None and "model" not in asked and "recipe" not in asked:
        from onelook.runtime import choose_device
        from onelook.training.measurements.speed import measure_matmul_speed

        matmul_speed = measure_matmul_speed(choose_device(asked.get("device", "auto")))
    return TimeBudget(None if limit is None else float(limit), int(folds or 1), matmul_speed)


def recorded_time_plan(run: Mapping[str, Any]) -> TimePlan | None:
    """Return the time plan in a run's `run.json`; None if it has none yet."""
    recorded = run.get("time_plan")
    return None if recorded is None else TimePlan(**recorded)
