"""Whether a confidence of 80 % is right 80 % of the time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_BINS = 15  # as in Guo et al. 2017


def calibration_error(probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]]) -> float:
    """Expected calibration error, in [0, 1]: |confidence - accuracy| in 15 equal bins of confidence, by rows.

    Naeini et al. 2015 (AAAI); with these bins, Guo et al. 2017, arXiv:1706.04599.

    Example:
        >>> sure_and_half_right = np.array([[1.0, 0.0], [1.0, 0.0]])
        >>> calibration_error(sure_and_half_right, np.array([0, 1]))
        0.5
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    bins = np.ceil(confidence * _BINS).astype(np.int64).clip(1, _BINS) - 1  # a bin holds its upper edge
    gaps = np.bincount(bins, weights=confidence - right, minlength=_BINS)  # in each bin, rows times the gap
    return float(np.abs(gaps).sum() / len(labels))
