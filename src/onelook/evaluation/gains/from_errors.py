"""Gains that the errors show: two classes that are confused, leaks, a class with few pictures, unlike pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.evaluation.gains.gain import Gain
from onelook.evaluation.result import Evaluation
from onelook.metrics.interval import wilson_interval

_FEWEST_ERRORS = 2  # of a confusion: one is chance
_FEW = 0.5  # of the mean number of training pictures of a class
_WEAK = 0.05  # recall below the average
_FEWEST_OF_A_CLASS = 5  # scored pictures
_BEYOND_CHANCE = 2.0  # standard deviations


def of_leaks(evaluation: Evaluation) -> Gain | None:
    """Return how the accuracy changes without the pictures that the model has seen; None if it has seen none."""
    seen, left = sum((evaluation.leaked or {}).values()), evaluation.without_leaks
    if not seen:
        return None
    if left is None:
        return Gain(
            kind="leaks", count=seen, rows=evaluation.rows, why="no picture is left that the model has not seen"
        )
    return Gain(kind="leaks", gain=left.accuracy - evaluation.accuracy, count=seen, rows=evaluation.rows)


def of_confusion(evaluation: Evaluation) -> Gain | None:
    """Return the gain if the two classes with the most errors between them were always told apart.

    With two classes these are all errors, which says nothing new.
    """
    counts = np.array(evaluation.confusion_matrix, np.int64)
    between = np.triu(counts + counts.T, 1)
    most = int(between.max(initial=0))
    if len(counts) < 3 or most < _FEWEST_ERRORS:
        return None
    first, second = np.unravel_index(between.argmax(), between.shape)
    if counts[first, second] < counts[second, first]:
        first, second = second, first
    names = evaluation.class_names[int(first)], evaluation.class_names[int(second)]
    return _at_most("confusion", most, evaluation.rows, names)


def of_labels(doubtful: int, rows: int) -> Gain | None:
    """Return the gain if all doubtful labels of scored pictures are wrong; None if there are none."""
    if not doubtful:
        return None
    return Gain(
        kind="labels", gain=doubtful / rows, low=0.0, high=doubtful / rows, is_most=True, count=doubtful, rows=rows
    )


def of_few_pictures(evaluation: Evaluation, train_counts: Mapping[str, int]) -> Gain | None:
    """Return the gain if the rare class with the most to gain were found as often as the average class.

    A class is rare with less than half of the average training pictures of a class.
    """
    present = [one for one in evaluation.per_class if one.support >= _FEWEST_OF_A_CLASS]
    if not present or not train_counts:
        return None
    average = sum(one.recall for one in present) / len(present)
    rare = _FEW * sum(train_counts.values()) / len(train_counts)
    weak = [one for one in present if train_counts.get(one.class_name, 0) < rare and one.recall <= average - _WEAK]
    if not weak:
        return None
    best = max(weak, key=lambda one: (average - one.recall) * one.support)
    missed = (average - best.recall) * best.support
    return Gain(
        kind="few",
        gain=missed / evaluation.rows,
        low=0.0,
        high=missed / evaluation.rows,
        is_most=True,
        count=train_counts.get(best.class_name, 0),
        rows=sum(train_counts.values()),
        class_names=(best.class_name,),
    )


def of_unlike(is_unlike: NDArray[np.bool_], is_wrong: NDArray[np.bool_], expected_share: float) -> Gain | None:
    """Return the gain if pictures unlike the training pictures had no more errors than the others.

    Args:
        is_unlike, is_wrong: (rows,), of some scored pictures.
        expected_share: of pictures that are called unlike though they are like the training pictures.
    """
    unlike, rows = int(np.count_nonzero(is_unlike)), len(is_unlike)
    expected = expected_share * rows
    if unlike <= expected + _BEYOND_CHANCE * np.sqrt(expected) or unlike == rows:
        return None
    more = float(is_wrong[is_unlike].mean() - is_wrong[~is_unlike].mean())
    if more <= 0:
        return None
    gain = more * unlike / rows
    return Gain(kind="unlike", gain=gain, low=0.0, high=gain, is_most=True, count=unlike, rows=rows)


def _at_most(kind: Any, errors: int, rows: int, class_names: tuple[str, ...] = ()) -> Gain:
    low, high = wilson_interval(errors, rows)
    return Gain(
        kind=kind,
        gain=errors / rows,
        low=low,
        high=high,
        is_most=True,
        count=errors,
        rows=rows,
        class_names=class_names,
    )
