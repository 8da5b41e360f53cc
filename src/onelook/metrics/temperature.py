"""Temperature scaling: fit how sure a model's answers are, and apply it, without changing the answers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_LOWEST, _HIGHEST = 0.01, 100.0
_GOLDEN = (5**0.5 - 1) / 2
_STEPS = 40  # of golden section: 4e-8 of the interval's logarithm
_COLDEST, _HOTTEST = 0.1, 10.0
FEWEST = 50  # pictures; with fewer, chance would decide the temperature
_DIGITS = 4
_SMALLEST = 1e-30  # a float32 probability that was rounded to 0


def fit_temperature(probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]]) -> float:
    """Return the temperature that minimises the log loss of a model's probabilities on these pictures.

    The logarithms of the probabilities, or the logits, are divided by it before softmax: above 1 the answers are less
    sure, and which class is the likeliest never changes (Guo et al., "On Calibration of Modern Neural Networks", 2017).

    Args:
        probabilities: (rows, classes), float, for pictures that the model was not fitted on.
        labels: (rows,), positions of the pictures' classes.

    Returns:
        From 0.1 to 10, with four digits; 1 for fewer than 50 pictures.

    Example:
        >>> ninety = np.array([[0.99, 0.01]] * 100)  # an answer that is 99 % sure, and right 9 times of 10
        >>> fit_temperature(ninety, np.arange(100) // 90)
        2.175
        >>> fit_temperature(ninety[:20], np.zeros(20, int))
        1.0
    """
    if len(labels) < FEWEST:
        return 1.0
    logits = np.maximum(probabilities, _SMALLEST, dtype=np.float64)
    np.log(logits, out=logits)
    temperature = min(max(1 / fit_factor(logits, labels.astype(np.int64)), _COLDEST), _HOTTEST)
    return float(f"{temperature:.{_DIGITS}g}")


def tempered(probabilities: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Return probabilities whose logarithms are divided by a temperature; 0 stays 0.

    Args:
        probabilities: (rows, classes), each row summing to 1.
        temperature: above 0.

    Example:
        >>> tempered(np.array([[0.8, 0.2]]), 2.0).round(3).tolist()
        [[0.667, 0.333]]
    """
    if temperature == 1.0:
        return probabilities
    # Divided by the largest, so that a low temperature does not round a whole row to 0.
    odds = (probabilities / probabilities.max(axis=1, keepdims=True)) ** (1 / temperature)
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def fit_factor(decisions: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Return the factor of decision values before softmax that minimises the log loss on these pictures.

    It is 1 / temperature. The log loss is a convex function of it, and golden section finds its minimum. Where all
    pictures are right, the loss would decrease for ever. So a label counts as wrong with probability 1 / (n + 2), as in
    Platt (1999).

    Args:
        decisions: (rows, classes), for pictures that the model was not fitted on.
        labels: (rows,), positions of the pictures' classes.

    Example:
        >>> undecided = fit_factor(np.array([[1.0, 0.0]] * 4), np.array([0, 1, 0, 1]))
        >>> sure = fit_factor(np.array([[1.0, 0.0]] * 4), np.array([0, 0, 0, 0]))
        >>> undecided < 0.1 < 1 < sure
        True
    """
    if not len(labels):
        return 1.0
    doubt = 1 / (len(labels) + 2)
    centred = decisions - decisions.max(axis=1, keepdims=True)
    own = centred[np.arange(len(labels)), labels]
    of_others = centred.sum(axis=1) - own
    expected = ((1 - doubt) * own + doubt / max(1, decisions.shape[1] - 1) * of_others).mean()
    odds = np.empty_like(centred)  # of 2,000 pictures of 1,000 classes, 16 MB

    def loss(exponent: float) -> float:
        factor = np.exp(exponent)
        np.exp(np.multiply(centred, factor, out=odds), out=odds)
        return float(np.log(odds.sum(axis=1)).mean() - factor * expected)

    low, high = np.log(_LOWEST), np.log(_HIGHEST)
    for _ in range(_STEPS):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))
