"""How far rows of numbers are from the mean of others, measured by the spread of those."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

# The least variance of any direction, as a share of the largest. Directions are rounded to 16 bits, which leaves errors
# of a thousandth.
_LEAST_SHARE = 1e-3


@dataclass(frozen=True, eq=False, repr=False)
class Spread:
    """Means and a shrunk covariance, for Mahalanobis distances to the nearest mean.

    As in Lee et al. 2018 (arXiv:1807.03888), each class has its own mean, and all share one covariance. It is that of
    probabilistic principal components (Tipping and Bishop 1999, doi:10.1111/1467-9868.00196): its own variance in each
    of a few directions, those in which all rows vary most, and one variance in all others. So a row also counts as far
    from the mean where it leaves those directions.
    """

    mean: NDArray[np.float32]  # (values,), of all rows
    directions: NDArray[np.float32]  # (directions, values), orthonormal
    variances: NDArray[np.float32]  # (directions,), within the classes
    rest: float  # the variance in every other direction
    # (classes, directions): the mean of each class, less that of all, in deviations of each direction.
    centres: NDArray[np.float32]

    def distances(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the distance of each row to the nearest mean, (rows,)."""
        centred = rows - self.mean
        inside = centred @ self.directions.T
        outside = np.maximum(np.vecdot(centred, centred) - np.vecdot(inside, inside), 0)
        scaled = inside / self._deviations
        to_centres = (self._squared_centres - scaled @ self._doubled_centres).min(axis=1)
        squares = np.maximum(np.vecdot(scaled, scaled) + to_centres, 0)
        distances: NDArray[np.float32] = np.sqrt(squares + outside / np.float32(self.rest))
        return distances

    @cached_property
    def _deviations(self) -> NDArray[np.float32]:
        deviations: NDArray[np.float32] = np.sqrt(self.variances)
        return deviations

    @cached_property
    def _doubled_centres(self) -> NDArray[np.float32]:
        return 2 * self.centres.T

    @cached_property
    def _squared_centres(self) -> NDArray[np.float32]:
        squares: NDArray[np.float32] = np.vecdot(self.centres, self.centres)
        return squares


def fit_spread(rows: NDArray[np.float32], directions: int, labels: NDArray[np.int64] | None = None) -> Spread:
    """Return the means and the covariance of these rows, (rows, values).

    Args:
        rows: two at least.
        directions: how many directions have a variance of their own, at most.
        labels: the class of each row; by default all are of one.
    """
    values = rows.astype(np.float64)
    mean = values.mean(axis=0)
    centred = values - mean
    classes = np.zeros(len(rows), np.int64) if labels is None else np.unique(labels, return_inverse=True)[1]
    of_all, vectors = np.linalg.eigh(centred.T @ centred / len(rows))
    of_all, vectors = np.maximum(of_all[::-1], 0), vectors[:, ::-1]
    least = max(_LEAST_SHARE * of_all[0], float(np.finfo(np.float32).tiny))
    kept = min(directions, len(of_all))
    rest = max(float(of_all[kept:].mean()), least) if kept < len(of_all) else float(of_all[0]) + least
    inside = centred @ vectors[:, :kept]
    sums = np.zeros((classes.max() + 1, kept))
    np.add.at(sums, classes, inside)
    centres = sums / np.bincount(classes)[:, np.newaxis]
    within = inside - centres[classes]
    variances, turn = np.linalg.eigh(within.T @ within / len(rows))
    variances = np.maximum(variances, least)
    # As few bits as in a file, so that a model gives the same answers before and after it is saved.
    chosen = (vectors[:, :kept] @ turn).T.astype(np.float16).astype(np.float32)
    return Spread(
        mean.astype(np.float32),
        chosen,
        variances.astype(np.float32),
        rest,
        (centres @ turn / np.sqrt(variances)).astype(np.float16).astype(np.float32),
    )
