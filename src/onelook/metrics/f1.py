"""Precision, recall and F1 (van Rijsbergen 1979) of each class, and their mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.metrics.confusion import Counts, divided
from onelook.metrics.scores import Score


@dataclass(frozen=True)
class ClassScores:
    """One value a class, each (classes,); 0 where a class has nothing to divide by."""

    precision: NDArray[np.float64]  # of the rows predicted as the class, the share that is
    recall: NDArray[np.float64]  # of the rows of the class, the share that was predicted as it
    f1: NDArray[np.float64]  # their harmonic mean
    support: NDArray[np.int64]  # rows of the class


def class_scores(confusion: Counts) -> ClassScores:
    """The scores of every class.

    Example:
        >>> scores = class_scores(np.array([[3, 1], [0, 2]]))
        >>> scores.recall.tolist(), scores.support.tolist()
        ([0.75, 1.0], [4, 2])
    """
    right, support, predicted = confusion.diagonal(), confusion.sum(axis=1), confusion.sum(axis=0)
    return ClassScores(
        precision=divided(right, predicted),
        recall=divided(right, support),
        f1=divided(2 * right, support + predicted),
        support=support,
    )


def macro_f1(confusion: Counts) -> float:
    """The mean F1 of the classes that occur among labels or predictions, in [0, 1].

    Example:
        >>> macro_f1(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 0]]))
        1.0
    """
    occurs = (confusion.sum(axis=0) + confusion.sum(axis=1)) > 0
    return float(class_scores(confusion).f1[occurs].mean())


MACRO_F1 = Score(
    "macro F1", macro_f1, reads="confusion", shown_in=("report", "evaluate", "folds", "comparison"), short="F1"
)
