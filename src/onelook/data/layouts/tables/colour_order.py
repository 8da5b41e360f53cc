"""Find the order of colours or bands in pictures that are rows of numbers: pixel by pixel, or plane by plane.

Neighbouring pixels are similar, beside each other and above each other. In the right order, the pixels beside and above
are therefore more similar than the values that the wrong order takes for them.
"""

from __future__ import annotations

from enum import Enum, auto
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

_COLOURS = 3
_FEWEST_PIXELS = 49  # in smaller pictures, most pixels are at a border
_SAMPLE = 200  # pictures examined, evenly spread
_MOST_VALUES = 8_000_000  # examined, of large pictures
# The difference of neighbours in one order, as a share of that in the other, must be below this. Photographs of 8×8 to
# 128×128 pixels: 0.1 to 0.7, also in shades of grey.
_CLEARLY = 0.85
_CLEARLY_FOUR_BANDS = 0.6  # satellite pictures have 0.3; drawings in grey, with stripes, have down to 0.7


class ColourOrder(Enum):
    """The order of colours in a row."""

    PIXELS = auto()  # red, green and blue of the first pixel, then of the next
    PLANES = auto()  # all red values, then all green ones, then all blue ones


def colour_order(rows: NDArray[Any]) -> ColourOrder | None:
    """Return the order of three colours in rows of square pictures; None if it cannot be found, as in noise.

    Args:
        rows: (rows, 3·n²), of any dtype.
    """
    if rows.shape[1] < _COLOURS * _FEWEST_PIXELS:
        return None
    sample = _sample(rows)
    side = isqrt(rows.shape[1] // _COLOURS)
    by_pixels = _difference(sample, _COLOURS) + _difference(sample, _COLOURS * side)
    by_planes = _difference(sample, 1) + _difference(sample, side)
    if by_pixels < _CLEARLY * by_planes:
        return ColourOrder.PIXELS
    if by_planes < _CLEARLY * by_pixels:
        return ColourOrder.PLANES
    return None


def note_on_order(found: ColourOrder | None) -> str:
    """Return a sentence on the order of colours; None, which could not be found, is read as pixel by pixel."""
    if found is ColourOrder.PLANES:
        return "Colour lies plane by plane: all red values, then all green ones, then all blue ones."
    verb = "lies" if found else "is taken to lie"
    return f"Colour {verb} pixel by pixel: red, green and blue of the first pixel, then of the next."


def in_colour(rows: NDArray[Any], side: int, order: ColourOrder) -> NDArray[Any]:
    """Return rows of 3·side² values as pictures, (rows, side, side, 3), a view if possible."""
    if order is ColourOrder.PLANES:
        return rows.reshape(len(rows), _COLOURS, side, side).transpose(0, 2, 3, 1)
    return rows.reshape(len(rows), side, side, _COLOURS)


def has_four_bands(rows: NDArray[Any]) -> bool:
    """Return whether rows of 4·n² values look like n×n pixels with four bands, and not like a grey picture of 2n×2n."""
    if rows.shape[1] < 4 * _FEWEST_PIXELS:
        return False
    sample = _sample(rows)
    side = isqrt(rows.shape[1])  # of a grey picture
    in_bands = _difference(sample, 4) + _difference(sample, 2 * side)
    return in_bands < _CLEARLY_FOUR_BANDS * (_difference(sample, 1) + _difference(sample, side))


def _sample(rows: NDArray[Any]) -> NDArray[Any]:
    count = max(1, min(_SAMPLE, _MOST_VALUES // rows.shape[1]))
    return rows[:: max(1, len(rows) // count)][:count].astype(np.float64)


def _difference(sample: NDArray[Any], distance: int) -> float:
    """Return the mean difference of values that are this many positions apart."""
    return float(np.abs(sample[:, distance:] - sample[:, :-distance]).mean())
