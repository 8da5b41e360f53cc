"""Find the order of colours or bands in pictures that are rows of numbers: pixel by pixel, or plane by plane.

Neighbouring pixels are similar. If colours are stored pixel by pixel, a value is more similar to the value `bands`
positions later, its neighbour in the same colour, than to the next value, which is another colour.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FEWEST_PIXELS = 49  # in smaller pictures, most pixels are at a border
_SAMPLE = 200  # pictures examined, evenly spread
# The difference of neighbours in one order, as a share of that in the other, must be below this. Photographs: 0.5.
_CLEARLY = 0.8


class ColourOrder(Enum):
    """The order of colours in a row."""

    PIXELS = auto()  # red, green and blue of the first pixel, then of the next
    PLANES = auto()  # all red values, then all green ones, then all blue ones


def colour_order(rows: NDArray[Any], bands: int) -> ColourOrder | None:
    """Return the order of colours in rows of pixels; None if it cannot be found, as in grey pictures.

    Args:
        rows: (rows, values), of any dtype.
        bands: the number of colours.
    """
    if rows.shape[1] < bands * _FEWEST_PIXELS:
        return None
    sample = rows[:: max(1, len(rows) // _SAMPLE)][:_SAMPLE].astype(np.float64)
    near = np.abs(np.diff(sample, axis=1)).mean()
    far = np.abs(sample[:, bands:] - sample[:, :-bands]).mean()
    if far < _CLEARLY * near:
        return ColourOrder.PIXELS
    if near < _CLEARLY * far:
        return ColourOrder.PLANES
    return None


def has_four_bands(rows: NDArray[Any]) -> bool:
    """Return whether rows of 4·n² values look like n×n pixels with four bands, and not like a grey picture of 2n×2n."""
    return colour_order(rows, 4) is ColourOrder.PIXELS
