"""The gain of twice as many training pictures, by the learning curve of a quick model.

A quick model is fitted on an eighth, a quarter, half and all of some training pictures. Its error falls as a power of
their number, error = a · rows^-b, over wide ranges (Cortes et al. 1993, NIPS 6; Viering & Loog 2021, arXiv:2103.10948).
The exponent b depends on the task more than on the model (Hestness et al. 2017, arXiv:1712.00409). So it says by which
share the error of the run's own model would shrink: 1 - 2^-b.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from onelook.evaluation.pictures.index import Record
from onelook.runtime import single_threaded_blas

Values = NDArray[np.float32]  # (rows, values)

_MOST_ROWS = 4_000  # training pictures: the work grows with their third power
_MOST_JUDGES = 1_500
_MOST_CLASSES = 200
_FEWEST_ROWS, _FEWEST_JUDGES = 200, 50  # from fewer, the curve is chance
_FEWEST_OF_A_CLASS = 2  # on average, in an eighth
_PARTS = (8, 4, 2, 1)
_RESAMPLED = 200
_ROWS_AT_ONCE = 256  # of a matrix of distances
_WIDTHS = (0.05, 0.2, 0.8)  # of the kernel, as shares of the mean squared distance
_RIDGES = (0.01, 0.1, 1.0)
_AS_GOOD_AS_CHANCE = 0.9  # of the error of guessing: from there the quick model has learnt next to nothing
# How far the exponent of a run is from that of the quick model, one standard deviation: 0.21 in
# benchmarks/results/learning_curve.json.
_OF_ANOTHER_MODEL = 0.2
_SIDES = 1.96  # of a 95 % interval


class CurvePoint(Record):
    """The error of the quick model after so many training pictures."""

    rows: int
    error: float  # the mean over the draws
    draws: int


class LearningCurve(Record):
    """How the error of a quick model falls with the number of its training pictures.

    Attributes:
        seen: what it saw of each picture: small pixels, or the features below the head of the run's network.
        points: from the fewest pictures to the most.
        judged: the validation pictures that each error was measured on.
        exponent: b in error = a · rows^-b.
        deviation: the standard deviation of the exponent of the run's own model.
    """

    format_version: int = 1
    seen: Literal["pixels", "features"]
    points: tuple[CurvePoint, ...]
    judged: int
    exponent: float
    deviation: float

    def gain(self, error: float) -> tuple[float, float, float]:
        """Return what twice as many pictures would take from an error, and the ends of its 95 % interval.

        Args:
            error: of the run's model, in [0, 1].
        """
        low, high = (self.exponent + side * self.deviation for side in (-_SIDES, _SIDES))
        share, least, most = (error * (1 - 2.0 ** -max(0.0, exponent)) for exponent in (self.exponent, low, high))
        return share, least, most


def why_no_curve(rows: int, judges: int, num_classes: int) -> str:
    """Return why no curve can be had from so many training and validation pictures; empty if one can."""
    if rows < max(_FEWEST_ROWS, _PARTS[0] * _FEWEST_OF_A_CLASS * num_classes):
        return "too few training pictures"
    if judges < _FEWEST_JUDGES:
        return "too few validation pictures"
    return "too many classes" if num_classes > _MOST_CLASSES else ""


def rows_of_curve(rows: int, judges: int) -> tuple[int, int]:
    """Return how many training and validation pictures are looked at."""
    return min(rows, _MOST_ROWS), min(judges, _MOST_JUDGES)


def measure_curve(
    train: tuple[Values, NDArray[np.int64]],
    judges: tuple[Values, NDArray[np.int64]],
    num_classes: int,
    *,
    seen: Literal["pixels", "features"],
    seed: int = 0,
) -> LearningCurve | None:
    """Measure a learning curve; None if the quick model learns next to nothing, or makes no error.

    Args:
        train: (rows, values) and labels of training pictures.
        judges: the same of pictures that are not among them.
        num_classes: of the data.
        seen: what the values are.
        seed: draws the parts.
    """
    (values, labels), (judge_values, judge_labels) = train, judges
    draw = np.random.default_rng(seed)
    order = draw.permutation(len(labels))
    with single_threaded_blas():
        model = _QuickModel(values, labels, judge_values, num_classes)
        width, ridge = model.choose(order[: len(order) // _PARTS[1]], judge_labels)
        wrong = [
            np.stack([model.answers(rows, width, ridge) != judge_labels for rows in np.array_split(order, parts)])
            for parts in _PARTS
        ]
    rows = np.array([len(order) // parts for parts in _PARTS])
    errors = np.array([found.mean() for found in wrong])
    by_chance = 1 - np.bincount(judge_labels, minlength=num_classes).max() / len(judge_labels)
    if errors[-1] >= _AS_GOOD_AS_CHANCE * by_chance or not wrong[0].any():
        return None
    resampled = [_exponent(rows, errors_of) for errors_of in _resampled(wrong, draw)]
    return LearningCurve(
        seen=seen,
        points=tuple(
            CurvePoint(rows=int(count), error=round(float(error), 6), draws=len(found))
            for count, error, found in zip(rows, errors, wrong, strict=True)
        ),
        judged=len(judge_labels),
        exponent=round(_exponent(rows, _not_zero(errors, len(judge_labels))), 4),
        deviation=round(float(np.hypot(np.std(resampled), _OF_ANOTHER_MODEL)), 4),
    )


def _resampled(wrong: list[NDArray[np.bool_]], draw: np.random.Generator) -> list[NDArray[np.float64]]:
    """Return the errors as other judges and other draws would have them."""
    count = wrong[0].shape[1]
    found = []
    for _ in range(_RESAMPLED):
        weights = draw.multinomial(count, np.full(count, 1 / count)) / count
        means = [each[draw.integers(0, len(each), len(each))].mean(axis=0) @ weights for each in wrong]
        found.append(_not_zero(np.array(means), count))
    return found


def _not_zero(errors: NDArray[np.float64], judges: int) -> NDArray[np.float64]:
    """Return the errors with half a picture added: the logarithm of no error is not a number."""
    return (errors * judges + 0.5) / (judges + 1)


def _exponent(rows: NDArray[np.int64], errors: NDArray[np.float64]) -> float:
    """Return b of the line through log(error) = log(a) - b log(rows)."""
    along = np.log(rows) - np.log(rows).mean()
    return float(-(along @ np.log(errors)) / (along @ along))


class _QuickModel:
    """Ridge regression on a radial kernel: it is fitted by solving one system of equations.

    Its errors keep falling with more pictures, as those of networks do. A linear model stops early: on Fashion-MNIST
    its curve is flat from 4,000 pictures on, where a network still gains.
    """

    def __init__(self, values: Values, labels: NDArray[np.int64], judge_values: Values, num_classes: int) -> None:
        self._values, self._judges = values, judge_values
        self._targets = np.eye(num_classes, dtype=np.float32)[labels]
        # Half of the mean squared distance of two pictures is the sum of the variances.
        self._mean_distance = 2 * (float(values.var(axis=0).sum()) or 1.0)

    def choose(self, rows: NDArray[np.int64], judge_labels: NDArray[np.int64]) -> tuple[float, float]:
        """Return the width and the ridge with the fewest errors after these rows."""
        pairs = [(width, ridge) for width in _WIDTHS for ridge in _RIDGES]
        return min(pairs, key=lambda pair: np.count_nonzero(self.answers(rows, *pair) != judge_labels))

    def answers(self, rows: NDArray[np.int64], width: float, ridge: float) -> NDArray[np.int64]:
        """Return the judges' classes after a fit on these rows."""
        # One kernel at a time: that of 4,000 pictures is 64 MB.
        some = self._values[rows]
        weights, prior = self._fitted(rows, _radial(self._distances(some, some), width), ridge)
        scores = _radial(self._distances(self._judges, some), width) @ weights + prior
        answers: NDArray[np.int64] = scores.argmax(axis=1)
        return answers

    def _fitted(self, rows: NDArray[np.int64], kernel: Values, ridge: float) -> tuple[Values, Values]:
        """Return the weights, (rows, classes), and the mean of the targets, (classes,); the kernel is overwritten."""
        from scipy.linalg import cho_factor, cho_solve

        kernel[np.diag_indices_from(kernel)] += np.float32(ridge)
        targets = self._targets[rows]
        prior = targets.mean(axis=0)
        # The kernel is its own transpose, which is in the order that LAPACK works on without a copy.
        factor = cho_factor(kernel.T, overwrite_a=True, check_finite=False)
        return cho_solve(factor, targets - prior, check_finite=False), prior

    def _distances(self, left: Values, right: Values) -> Values:
        squared = _squared_distances(left, right)
        squared /= self._mean_distance
        return squared


def _radial(distances: Values, width: float) -> Values:
    """Return the kernel of these squared distances, in their place: thousands squared take tens of megabytes."""
    distances /= -width
    return np.exp(distances, out=distances)


def _squared_distances(left: Values, right: Values) -> Values:
    squared: Values = left @ right.T
    own, other = np.einsum("rv,rv->r", left, left), np.einsum("rv,rv->r", right, right)
    for start in range(0, len(left), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        np.maximum(own[rows, None] + other - 2 * squared[rows], 0, out=squared[rows])
    return squared
