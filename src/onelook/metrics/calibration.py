"""Whether a confidence of 80 % is right 80 % of the time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.metrics.scores import Score

_BINS = 15  # as in Guo et al. 2017


def calibration_error(confidence: NDArray[np.floating[Any]], right: NDArray[np.bool_]) -> float:
    """Expected calibration error, in [0, 1]: |confidence - accuracy| in 15 equal bins of confidence, by rows.

    Naeini et al. 2015 (AAAI); with these bins, Guo et al. 2017, arXiv:1706.04599.

    Args:
        confidence: (rows,), the probability of the class that was predicted, in [0, 1].
        right: (rows,), whether that class is the label.

    Example:
        >>> calibration_error(np.array([0.9, 0.9]), np.array([True, False]))
        0.4
    """
    bins = np.ceil(confidence.astype(np.float64) * _BINS).astype(np.int64).clip(1, _BINS) - 1  # holds its upper edge
    # In each bin, rows times the gap.
    gaps = np.bincount(bins, weights=confidence.astype(np.float64) - right, minlength=_BINS)
    return float(np.abs(gaps).sum() / len(right))


CALIBRATION_ERROR = Score(
    "calibration error",
    calibration_error,
    reads="confidence",
    higher_is_better=False,
    shown_in=("evaluate", "comparison"),
    short="calib.",
)
