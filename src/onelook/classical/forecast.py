"""Forecast the time of a fit from fits on small subsets of the pictures, and draw such a subset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

_FIRST_ROWS = 500
_GROWTH = 2  # factor from one measured subset to the next
_ENOUGH_SECONDS = 1.5  # after a fit of this length, the forecast is good enough
_LARGEST_SHARE = 0.25  # of all rows, for the largest measured subset
_STEEPEST, _FLATTEST = 3.0, 0.5  # exponents: an SVM's fit grows with the square to the cube of the rows


@dataclass(frozen=True)
class FitForecast:
    """A forecast of seconds by rows: `seconds * (rows / measured) ** exponent`."""

    measured: int  # rows of the largest measured fit
    seconds: float  # the time of that fit
    exponent: float

    def seconds_for(self, rows: int) -> float:
        """Return the expected seconds for this number of rows."""
        return self.seconds * float((rows / self.measured) ** self.exponent)

    def rows_within(self, seconds: float) -> int:
        """Return the largest number of rows whose fit should take at most the seconds.

        Example:
            >>> FitForecast(measured=1000, seconds=1.0, exponent=2.0).rows_within(4.0)
            2000
        """
        return int(self.measured * (max(seconds, 0.0) / max(self.seconds, 1e-9)) ** (1 / self.exponent))


def forecast(measure: Callable[[int], float], rows: int) -> FitForecast | None:
    """Return a forecast from fits on 500, 1,000, 2,000 … rows; None if the rows are too few to measure.

    Args:
        measure: fits a model on this number of rows, and returns the seconds of the fit and of its predictions.
        rows: the number of all rows.

    Example:
        >>> forecast(lambda rows: (rows / 1000) ** 2, rows=60_000).seconds_for(60_000)
        3600.0
    """
    measured: list[tuple[int, float]] = []
    size = _FIRST_ROWS
    while size <= rows * _LARGEST_SHARE:
        measured.append((size, max(measure(size), 1e-6)))
        if measured[-1][1] >= _ENOUGH_SECONDS:
            break
        size *= _GROWTH
    if not measured:
        return None
    exponent = 1.0
    if len(measured) > 1:
        (fewer, short), (more, long) = measured[-2:]
        exponent = float(np.clip(log(long / short) / log(more / fewer), _FLATTEST, _STEEPEST))
    return FitForecast(*measured[-1], exponent)


def draw_by_class(labels: NDArray[np.int64], rows: int, seed: int) -> NDArray[np.int64]:
    """Return the sorted positions of `rows` pictures: each class gets its share, and one at least where possible.

    With the same seed, a draw of fewer rows is contained in a draw of more, as far as the shares allow.

    Args:
        labels: (pictures,).
        rows: the number to draw; all pictures if there are fewer.
        seed: the seed of the draw.

    Example:
        >>> labels = np.array([0] * 90 + [1] * 10)
        >>> drawn = draw_by_class(labels, 20, seed=0)
        >>> np.bincount(labels[drawn]).tolist()
        [18, 2]
    """
    if rows >= len(labels):
        return np.arange(len(labels))
    shuffled = np.random.default_rng(seed).permutation(len(labels))
    # The order interleaves the classes: a picture's place is the share of its class that comes before it.
    place = np.empty(len(labels))
    for each in np.unique(labels):
        own = shuffled[labels[shuffled] == each]
        place[own] = np.arange(len(own)) / len(own)
    order = shuffled[np.argsort(place[shuffled], kind="stable")]
    return np.sort(order[:rows])
