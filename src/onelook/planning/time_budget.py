"""A time limit: how it is divided, spent, and turned into epochs. No other file does arithmetic on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from onelook.settings.merge import Overrides
from onelook.wording import duration

if TYPE_CHECKING:
    from onelook.training.measurements.speed import Pace

# Training costs three passes, forward and twice backward, of two operations for each multiply-add.
_OPERATIONS_PER_MULTIPLY_ADD = 6
# The part of a limit that is left to training after opening, validation, scoring and the report.
_TRAINING_SHARE = 0.85
# For features of a pretrained network: seconds where there is no limit, and at most this share of one.
_FEATURE_SECONDS = 60.0
_FEATURE_SHARE = 0.4
# Saving the model, drawing the evidence and writing the report take this long on two cores, with some to spare; of a
# long limit this share is kept, where that is more.
_FINISHING_SECONDS = 6.0
_FINISHING_SHARE = 0.02
_LEAST_TRAINING_SECONDS = 0.1  # where opening has used the time up: one batch, so that there is a model
_LEAST_SHARE_SECONDS = 1.0  # for each of the trainings that are still to come


@dataclass(frozen=True)
class TimeBudget:
    """The time that a command may take, and what this machine does in it.

    Attributes:
        limit_seconds: for the whole command, opening to report; None without a limit.
        trainings: how many trainings share the limit: the folds, else 1.
        matmul_speed: floating-point operations a second in products of float32 matrices; None where not measured.
        has_report: whether a model is saved, scored and reported on within the limit.
    """

    limit_seconds: float | None = None
    trainings: int = 1
    matmul_speed: float | None = None
    has_report: bool = True

    @property
    def training_limit_seconds(self) -> float | None:
        """The limit for one of the trainings; None without a limit."""
        return None if self.limit_seconds is None else self.limit_seconds / self.trainings

    @property
    def operations(self) -> float | None:
        """Operations that the machine does in one training's limit; None without a limit or a measured speed."""
        limit = self.training_limit_seconds
        return None if limit is None or self.matmul_speed is None else limit * self.matmul_speed

    @property
    def feature_seconds(self) -> float:
        """The seconds that computing the features of a pretrained network may take."""
        limit = self.training_limit_seconds
        return _FEATURE_SECONDS if limit is None else min(_FEATURE_SECONDS, _FEATURE_SHARE * limit)

    def epochs(self, *, multiply_adds: float, rows: int, share_of_speed: float) -> float:
        """Estimate the epochs that fit into one training, before its network is built. 0 where nothing is known.

        Args:
            multiply_adds: of one picture, forward.
            rows: pictures in an epoch.
            share_of_speed: the part of the speed of matrix products that training reaches, in (0, 1].
        """
        affordable = (self.operations or 0.0) * _TRAINING_SHARE * share_of_speed
        return affordable / (_OPERATIONS_PER_MULTIPLY_ADD * multiply_adds * rows)

    def share(self, spent_seconds: float, *, left: int) -> float | None:
        """Return the seconds for the next of `left` trainings that are to come; None without a limit."""
        if self.limit_seconds is None:
            return None
        return max(_LEAST_SHARE_SECONDS, (self.limit_seconds - spent_seconds) / left)

    def left_for_training(self, spent_seconds: float) -> float:
        """Return the seconds until the model must be finished. Negative where too much was spent; needs a limit."""
        limit = self.limit_seconds or 0.0
        return limit - spent_seconds - (max(_FINISHING_SECONDS, _FINISHING_SHARE * limit) if self.has_report else 0.0)

    def left_for_epochs(self, spent_seconds: float, pace: Pace, *, scoring_seconds: float = 0.0) -> float:
        """Return the seconds for training and validation. Negative where too much was spent; needs a limit.

        Args:
            spent_seconds: of the limit, until now.
            pace: what an epoch costs here.
            scoring_seconds: for the predictions at the end.
        """
        # The clock may cut the last epoch short, and that one is validated after it.
        return self.left_for_training(spent_seconds) - scoring_seconds - pace.validation_seconds

    def plan_epochs(self, left_seconds: float, pace: Pace, *, most_epochs: int | None = None) -> TimePlan:
        """Plan as many epochs as fit into the time that is left. Needs a limit.

        Args:
            left_seconds: for training and validation.
            pace: what an epoch costs here.
            most_epochs: more would only make the network learn its pictures by heart.
        """
        epochs = pace.epochs_within(left_seconds)
        return TimePlan(
            epochs=epochs if most_epochs is None else min(epochs, most_epochs),
            budget_seconds=max(left_seconds, _LEAST_TRAINING_SECONDS),
            limit_seconds=self.limit_seconds or 0.0,
        )

    def warning(self, left_seconds: float, pace: Pace) -> str | None:
        """Return a sentence where not one epoch fits, with the limit that is enough for one; else None.

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
    """How a time limit is spent: kept in `run.json`, so that a resumed run follows the plan that it began with."""

    epochs: int  # the last one may be cut short
    budget_seconds: float  # for training and validation, after opening and before scoring and the report
    limit_seconds: float  # what was asked for

    def with_limit(self, limit_seconds: float | None) -> TimePlan:
        """Return the plan for a limit that was raised: the time that is added goes to training."""
        if limit_seconds is None or limit_seconds == self.limit_seconds:
            return self
        budget = self.budget_seconds + limit_seconds - self.limit_seconds
        epochs = max(self.epochs, round(self.epochs * budget / max(self.budget_seconds, 1.0)))
        return TimePlan(epochs=epochs, budget_seconds=budget, limit_seconds=limit_seconds)


def budget_of(asked: Overrides, matmul_speed: float | None = None) -> TimeBudget:
    """Return the budget of a request, with the machine's speed measured where a network is picked by it.

    Args:
        asked: what was asked for.
        matmul_speed: the speed, where it is known; see `TimeBudget`.
    """
    limit, folds = asked.get("time_limit_seconds"), asked.get("folds")
    if matmul_speed is None and limit is not None and "model" not in asked and "recipe" not in asked:
        from onelook.runtime import choose_device
        from onelook.training.measurements.speed import measure_matmul_speed

        matmul_speed = measure_matmul_speed(choose_device(asked.get("device", "auto")))
    return TimeBudget(None if limit is None else float(limit), int(folds or 1), matmul_speed)


def recorded_time_plan(run: Mapping[str, Any]) -> TimePlan | None:
    """Return the plan that a run's `run.json` holds; None where none was made yet."""
    recorded = run.get("time_plan")
    return None if recorded is None else TimePlan(**recorded)
