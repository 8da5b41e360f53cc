"""The confusion matrix, and the precision, recall and F1 of each class that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


def confusion_matrix(labels: NDArray[np.integer[Any]], predicted: NDArray[np.integer[Any]], num_classes: int) -> Counts:
    """Return how often each class was taken for each: (num_classes, num_classes); row: label, column: prediction.

    Args:
        labels, predicted: (rows,), integers from 0 to num_classes - 1.
        num_classes: the number of classes, also of those that do not occur.

    Example:
        >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), 2).tolist()
        [[1, 1], [0, 1]]
    """
    cells = labels.astype(np.int64) * num_classes + predicted.astype(np.int64)
    return np.bincount(cells, minlength=num_classes**2).reshape(num_classes, num_classes)


def confusion_of(probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]]) -> Counts:
    """Return the confusion matrix, with the likeliest class as the prediction. Ties keep the first class."""
    return confusion_matrix(labels, probabilities.argmax(axis=1), probabilities.shape[1])


@dataclass(frozen=True)
class ClassScores:
    """The scores of each class, each (classes,); 0 if the divisor is 0."""

    precision: NDArray[np.float64]  # the share of the rows predicted as the class that belong to it
    recall: NDArray[np.float64]  # the share of the rows of the class that were predicted as it
    f1: NDArray[np.float64]  # the harmonic mean of both (van Rijsbergen 1979)
    support: NDArray[np.int64]  # the number of rows of the class


def class_scores(confusion: Counts) -> ClassScores:
    """Return the precision, recall, F1 and support of every class.

    Example:
        >>> scores = class_scores(np.array([[3, 1], [0, 2]]))
        >>> scores.recall.tolist(), scores.support.tolist()
        ([0.75, 1.0], [4, 2])
    """
    right, support, predicted = confusion.diagonal(), confusion.sum(axis=1), confusion.sum(axis=0)
    return ClassScores(
        precision=_divided(right, predicted),
        recall=_divided(right, support),
        f1=_divided(2 * right, support + predicted),
        support=support,
    )


def _divided(numerators: NDArray[Any], denominators: NDArray[Any]) -> NDArray[np.float64]:
    """Return the element-wise ratio; 0 if the denominator is 0, as with scikit-learn's `zero_division=0`."""
    ratios: NDArray[np.float64] = np.zeros(len(denominators))
    np.divide(numerators, denominators, out=ratios, where=denominators != 0)
    return ratios
