"""How long a fit will take, told from small ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log

import numpy as np

_FIRST_ROWS = 500
_GROWTH = 2  # from one measured subset to the next
_ENOUGH_SECONDS = 1.5  # once a fit takes so long, its length tells the next ones' well enough
_LARGEST_SHARE = 0.25  # of all rows that are measured
_STEEPEST, _FLATTEST = 3.0, 0.5  # exponents: an SVM's fit grows with the square to the cube of the rows


@dataclass(frozen=True)
class Forecast:
    """Seconds by rows: `seconds * (rows / measured) ** exponent`."""

    measured: int  # rows of the largest fit that was tried
    seconds: float  # that it took
    exponent: float

    def seconds_for(self, rows: int) -> float:
        """How long so many rows should take."""
        return self.seconds * float((rows / self.measured) ** self.exponent)

    def rows_within(self, seconds: float) -> int:
        """The most rows that should fit into a time.

        Example:
            >>> Forecast(measured=1000, seconds=1.0, exponent=2.0).rows_within(4.0)
            2000
        """
        return int(self.measured * (max(seconds, 0.0) / max(self.seconds, 1e-9)) ** (1 / self.exponent))


def forecast(measure: Callable[[int], float], rows: int) -> Forecast | None:
    """The time that a fit on all rows will take, from some on 500, 1,000, 2,000 …; None where there is little to fit.

    Args:
        measure: fits a model on so many rows and gives the seconds that it took, with what comes after it.
        rows: how many there are.

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
    return Forecast(*measured[-1], exponent)
