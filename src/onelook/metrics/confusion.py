"""How often each class was taken for each: what most scores are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


def confusion_matrix(labels: NDArray[np.integer[Any]], predicted: NDArray[np.integer[Any]], num_classes: int) -> Counts:
    """Row: the label. Column: the class that was predicted. (num_classes, num_classes), counts.

    Args:
        labels, predicted: (rows,), integers from 0 to num_classes - 1.

    Example:
        >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), 2).tolist()
        [[1, 1], [0, 1]]
    """
    cells = labels.astype(np.int64) * num_classes + predicted.astype(np.int64)
    return np.bincount(cells, minlength=num_classes**2).reshape(num_classes, num_classes)


def confusion_of(probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]]) -> Counts:
    """The confusion matrix where the likeliest class is the predicted one (of equals, the first)."""
    return confusion_matrix(labels, probabilities.argmax(axis=1), probabilities.shape[1])


def divided(numerators: NDArray[Any], denominators: NDArray[Any]) -> NDArray[np.float64]:
    """Element-wise ratio; 0 where nothing is divided by nothing, as scikit-learn's `zero_division=0`."""
    ratios: NDArray[np.float64] = np.zeros(len(denominators))
    np.divide(numerators, denominators, out=ratios, where=denominators != 0)
    return ratios
