"""Gains that the course of the training shows: more pictures, and more epochs."""

from __future__ import annotations

from collections.abc import Sequence
from math import log, sqrt
from typing import Protocol

from onelook.evaluation.gains.gain import Gain
from onelook.evaluation.learning_curve import LearningCurve

_FEWEST_EPOCHS = 6  # three of them in the last half, through which a line is drawn
_WIDE_GAP = 0.02  # of training above validation accuracy: more epochs would make the model remember
_SIDES = 2.0  # standard deviations of an interval


class EpochAccuracy(Protocol):
    """The accuracies of an epoch."""

    @property
    def train_accuracy(self) -> float | None: ...

    @property
    def val_accuracy(self) -> float | None: ...


def of_more_pictures(
    curve: LearningCurve | None, why_not: str, *, errors: int, rows: int, train_rows: int
) -> Gain | None:
    """Return the gain of twice as many training pictures; None if the model makes no error.

    Args:
        curve: the learning curve of a quick model; None if there is none.
        why_not: why there is none, as the end of a sentence.
        errors, rows: of the scored pictures.
        train_rows: the training pictures.
    """
    if not errors:
        return None
    if curve is None:
        return Gain(kind="pictures", count=train_rows, rows=rows, why=why_not)
    gain, low, high = curve.gain(errors / rows)
    return Gain(kind="pictures", gain=gain, low=low, high=high, count=train_rows, rows=rows)


def of_longer_training(history: Sequence[EpochAccuracy], *, falls_to_the_end: bool) -> Gain | None:
    """Return the gain of twice as many epochs; None if nothing speaks for more.

    A line through validation accuracy and the logarithm of the epoch, over the last half of the epochs, is continued to
    twice as many.

    Args:
        history: of all epochs.
        falls_to_the_end: whether the learning rate fell to the end, so that the last epochs say nothing about more.
    """
    known = [(epoch, one.val_accuracy) for epoch, one in enumerate(history, 1) if one.val_accuracy is not None]
    if len(known) < _FEWEST_EPOCHS:
        return None
    last = history[-1]
    if falls_to_the_end:
        remembers = (last.train_accuracy or 0.0) - (last.val_accuracy or 0.0) > _WIDE_GAP
        why = "the learning rate fell to its end, so the last epochs do not show what more would give"
        return None if remembers else Gain(kind="epochs", count=len(history), why=why)
    tail = known[len(known) // 2 :]
    along = [log(epoch) for epoch, _ in tail]
    middle = sum(along) / len(along)
    mean = sum(accuracy for _, accuracy in tail) / len(tail)
    spread = sum((each - middle) ** 2 for each in along)
    slope = sum((each - middle) * accuracy for each, (_, accuracy) in zip(along, tail, strict=True)) / spread
    left = sum(
        (accuracy - mean - slope * (each - middle)) ** 2 for each, (_, accuracy) in zip(along, tail, strict=True)
    )
    deviation = sqrt(left / (len(tail) - 2) / spread)
    gain, low, high = (log(2) * (slope + side * deviation) for side in (0.0, -_SIDES, _SIDES))
    if gain <= 0:
        return None
    room = 1 - max(accuracy for _, accuracy in tail)
    return Gain(
        kind="epochs", gain=min(gain, room), low=max(0.0, min(low, room)), high=min(high, room), count=len(history)
    )
