"""Accuracy: how often the label is the likeliest class, or among the five likeliest."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.metrics.scores import Score

_CLASSES = 5  # of top-5 accuracy


def accuracy(probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]]) -> float:
    """Return the share of rows whose likeliest class is the label, in [0, 1]. Ties keep the first class.

    Example:
        >>> accuracy(np.array([[0.9, 0.1], [0.6, 0.4]]), np.array([0, 1]))
        0.5
    """
    return float((probabilities.argmax(axis=1) == labels).mean())


def top5_accuracy(probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]]) -> float | None:
    """Return the share of rows whose label is among the five likeliest classes, in [0, 1].

    With five classes or fewer it is None. It is the second score of the ImageNet challenge (Russakovsky et al. 2015,
    IJCV 115:211). Ties keep the first class, as in accuracy.

    Example:
        >>> six = np.array([[0.3, 0.2, 0.2, 0.1, 0.1, 0.1]])
        >>> [top5_accuracy(six, np.array([label])) for label in (4, 5)]
        [1.0, 0.0]
        >>> top5_accuracy(six[:, :5], np.array([4])) is None
        True
    """
    classes = probabilities.shape[1]
    if classes <= _CLASSES:
        return None
    of_label = probabilities[np.arange(len(labels)), labels][:, None]
    is_before = np.arange(classes) < labels[:, None]
    likelier = (probabilities > of_label) | ((probabilities == of_label) & is_before)  # (rows, classes)
    return float((likelier.sum(axis=1) < _CLASSES).mean())


ACCURACY = Score("accuracy", accuracy, format="percent", shown_in=("report", "evaluate", "folds", "comparison"))
TOP5_ACCURACY = Score("top-5 accuracy", top5_accuracy, format="percent")
