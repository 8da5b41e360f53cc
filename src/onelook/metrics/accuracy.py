"""The share of right answers, over rows and over classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.metrics.confusion import Counts, divided
from onelook.metrics.scores import Score


def accuracy(probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]]) -> float:
    """The share of rows whose likeliest class is the label, in [0, 1].

    Example:
        >>> accuracy(np.array([[0.9, 0.1], [0.6, 0.4]]), np.array([0, 1]))
        0.5
    """
    return float((probabilities.argmax(axis=1) == labels).mean())


def balanced_accuracy(confusion: Counts) -> float:
    """The mean recall of the classes that the labels hold, in [0, 1]: a rare class weighs as much as a common one.

    Example:
        >>> balanced_accuracy(np.array([[3, 0], [1, 0]]))
        0.5
    """
    support = confusion.sum(axis=1)
    return float(divided(confusion.diagonal(), support)[support > 0].mean())


ACCURACY = Score("accuracy", accuracy, format="percent", shown_in=("report", "evaluate", "folds", "comparison"))
BALANCED_ACCURACY = Score(
    "balanced accuracy", balanced_accuracy, reads="confusion", format="percent", shown_in=("report", "evaluate")
)
