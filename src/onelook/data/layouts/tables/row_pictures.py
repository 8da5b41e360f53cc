"""Turn rows of numbers into pictures: find the order of their colours and the range of their values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.layouts.tables.colour_order import ColourOrder, colour_order, has_four_bands, in_colour, note_on_order
from onelook.data.layouts.tables.levels import Levels, levels_of
from onelook.data.pictures.protocol import BYTE_RANGE, Images
from onelook.errors import DataError

_SMALLEST_SIDE = 16  # of a grey picture that may also be a picture with half the side and four bands
_SMALLEST_DOUBTED, _USUAL_SIDES = 40, frozenset({48, 64, 96, 128, 224, 256})  # of grey pictures in rows


@dataclass(frozen=True)
class RowReading:
    """The conversion of rows to pictures: the first part decides, and it is the same in every part."""

    shape: tuple[int, int, int]  # height, width, channels
    order: ColourOrder
    value_range: tuple[float, float]
    notes: tuple[str, ...]
    levels: Levels

    def images(self, rows: NDArray[Any]) -> Images:
        """Return the pictures of rows of numbers, (rows, height, width, channels)."""
        height, width, channels = self.shape
        pixels = self.levels.apply(rows)
        if channels == 3:
            return in_colour(pixels, height, self.order)
        return np.asarray(pixels.reshape(len(pixels), height, width, channels))


def read_rows(rows: NDArray[Any], shape: tuple[int, int, int], name: str) -> RowReading:
    """Return the conversion to pictures that suits these rows of the training part.

    Args:
        rows: (rows, values), uint8 or floats in 0 to 1 or -1 to 1.
        shape: the height, width and channels for this number of values.
        name: the name of the rows in errors.

    Raises:
        DataError: each row is a picture with four bands.
    """
    side, _, channels = shape
    notes = []
    order = ColourOrder.PIXELS
    if channels == 3:
        found = colour_order(rows)
        order = found or ColourOrder.PIXELS
        notes.append(note_on_order(found))
    elif side >= _SMALLEST_SIDE and side % 2 == 0:
        half = f"{side // 2}×{side // 2} pixels of four bands (colour and infrared)"
        if has_four_bands(rows):
            raise DataError(
                f"{name}: a row looks like {half}, which networks here do not take. Choose three of them and train on "
                "the arrays: onelook.train((X, y))."
            )
        if side >= _SMALLEST_DOUBTED and side not in _USUAL_SIDES:
            notes.append(f"A row is read as {side}×{side} grey pixels. It may be {half}, which are not read.")
    levels = levels_of(rows)
    notes += [levels.note] if levels.note else []
    value_range = BYTE_RANGE
    if rows.dtype != np.uint8:
        value_range = (0.0, 1.0) if float(rows.min()) >= 0 else (-1.0, 1.0)
    return RowReading(shape, order, value_range, tuple(notes), levels)
