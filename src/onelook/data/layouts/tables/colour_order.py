"""The order of colours or bands in pictures that are rows of numbers: pixel by pixel, or plane by plane.

Neighbours in a picture are alike. Where colours lie pixel by pixel, a value is more like the one `bands` further on,
its neighbour of the same colour, than like the next one, which is another colour.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FEWEST_PIXELS = 49  # of smaller pictures most pixels are at a border
_SAMPLE = 200  # pictures that are looked at, spread over all
# How much less neighbours have to differ one way than the other. Photographs reach 0.5 and less.
_CLEARLY = 0.8


class ColourOrder(Enum):
    """How colours lie in a row."""

    PIXELS = auto()  # red, green and blue of the first pixel, then of the next
    PLANES = auto()  # all red values, then all green ones, then all blue ones


def colour_order(rows: NDArray[Any], bands: int) -> ColourOrder | None:
    """Return how colours lie in rows of pixels; None where they do not tell, as in grey ones.

    Args:
        rows: (rows, values), of any dtype.
        bands: number of colours.
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
    """Return whether rows of 4·n² values look like n×n pixels of four bands rather than one grey picture of 2n×2n."""
    return colour_order(rows, 4) is ColourOrder.PIXELS
