"""Fit the temperature that turns decision values into probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_LOWEST, _HIGHEST = 0.01, 100.0
_GOLDEN = (5**0.5 - 1) / 2
_STEPS = 40  # of golden section: 4e-8 of the interval's logarithm


def fit_temperature(decisions: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Return the factor of decision values before softmax that minimises the log loss on these pictures.

    A single factor for all classes does not change their order (Guo et al., "On Calibration of Modern Neural Networks",
    2017). The log loss is a convex function of it, and golden section finds its minimum. Where all pictures are right,
    the loss would decrease for ever. So a label counts as wrong with probability 1 / (n + 2), as in Platt (1999).

    Args:
        decisions: (rows, classes), for pictures that the model was not fitted on.
        labels: (rows,), positions of the pictures' classes.

    Example:
        >>> undecided = fit_temperature(np.array([[1.0, 0.0]] * 4), np.array([0, 1, 0, 1]))
        >>> sure = fit_temperature(np.array([[1.0, 0.0]] * 4), np.array([0, 0, 0, 0]))
        >>> undecided < 0.1 < 1 < sure
        True
    """
    if not len(labels):
        return 1.0
    doubt = 1 / (len(labels) + 2)
    targets = np.full(decisions.shape, doubt / max(1, decisions.shape[1] - 1))
    targets[np.arange(len(labels)), labels] = 1 - doubt
    centred = decisions - decisions.max(axis=1, keepdims=True)

    def loss(exponent: float) -> float:
        logits = centred * np.exp(exponent)
        return float((np.log(np.exp(logits).sum(axis=1)) - (targets * logits).sum(axis=1)).mean())

    low, high = np.log(_LOWEST), np.log(_HIGHEST)
    for _ in range(_STEPS):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))
