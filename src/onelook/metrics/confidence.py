"""Scores of the probabilities themselves: log loss and calibration error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.metrics.scores import Score

BINS = 15  # as in Guo et al. 2017


def log_loss(probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]]) -> float:
    """Return the cross-entropy, which training lowers: the mean of -log p(label), in nats, from 0.

    A coin's throw gets 0.693 on two classes. A probability of 0 counts as the smallest step of its float type (about
    1.2e-7 in float32, a loss of 15.9), as in scikit-learn, so that one sure error does not make the sum infinite.

    Example:
        >>> round(log_loss(np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([0, 1])), 4)
        0.4904
    """
    smallest = float(np.finfo(probabilities.dtype).eps)
    of_label = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return float(0.0 - np.log(of_label.clip(smallest, 1.0)).mean())  # not -0, which would be written as -0.0000


def calibration_error(confidence: NDArray[np.floating[Any]], right: NDArray[np.bool_]) -> float:
    """Return how far confidence lies from accuracy, in [0, 1]: the expected calibration error.

    It is the mean of |confidence - accuracy| over 15 equal bins of confidence, weighted by their rows. Naeini et al.
    2015 (AAAI); with these bins, Guo et al. 2017, arXiv:1706.04599.

    Args:
        confidence: (rows,), the probability of the predicted class, in [0, 1].
        right: (rows,), whether that class is the label.

    Example:
        >>> calibration_error(np.array([0.9, 0.9]), np.array([True, False]))
        0.4
    """
    # In each bin, rows times the gap.
    gaps = np.bincount(bins_of(confidence), weights=confidence.astype(np.float64) - right, minlength=BINS)
    return float(np.abs(gaps).sum() / len(right))


def bins_of(confidence: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """Return the bin of each confidence, (rows,), from 0 to 14. A bin holds its upper edge.

    Example:
        >>> bins_of(np.array([0.0, 1 / 15, 0.07, 1.0])).tolist()
        [0, 0, 1, 14]
    """
    bins: NDArray[np.int64] = np.ceil(confidence.astype(np.float64) * BINS).astype(np.int64).clip(1, BINS) - 1
    return bins


LOG_LOSS = Score(
    "log loss",
    log_loss,
    higher_is_better=False,
    limits=(0.0, np.inf),
    shown_in=("report", "evaluate", "folds", "comparison"),
    short="loss",
)
CALIBRATION_ERROR = Score(
    "calibration error",
    calibration_error,
    reads="confidence",
    higher_is_better=False,
    shown_in=("evaluate", "comparison"),
    short="calib.",
)
