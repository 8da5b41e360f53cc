"""Reorder pictures in Matlab's arrays: the axis of pictures is often last, and columns come before rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.layouts.array_dataset import explain_no_shape, picture_shape
from onelook.data.layouts.tables.colour_order import ColourOrder, colour_order
from onelook.errors import DataError
from onelook.wording import counted

_CHANNELS = (1, 3)


@dataclass(frozen=True)
class Ordered:
    """Pictures in our order, and how the array was read."""

    images: NDArray[Any]  # (rows, height, width) or (rows, height, width, channels), a view if possible
    reading: str  # how it was read, in a few words
    note: str | None = None  # an assumption that the array cannot confirm
    order: ColourOrder | None = None  # of the colours in flat pictures


def pictures_first(
    array: NDArray[Any], rows: int | None, *, by_columns: bool, order: ColourOrder | None = None
) -> Ordered:
    """Return the pictures of an array in Matlab's order.

    Args:
        array: (height, width, channels, rows), (height, width, rows), (rows, pixels) or (pixels, rows), or in the
            order of Python.
        rows: the number of labels; None if there are none.
        by_columns: whether the pixels of a flat picture are in order column by column.
        order: the order of colours that an earlier part has shown.

    Raises:
        DataError: no axis has as many entries as there are labels, or the values are not a picture.
    """
    shape = "×".join(map(str, array.shape))
    if array.ndim == 2:
        return _flat(array, rows, shape, by_columns, order)
    if array.ndim == 3:
        # The number of pictures equals their height or width: assume Matlab's own order.
        if rows == array.shape[0] != array.shape[2]:
            return Ordered(array, f"{shape}, the number of the picture first")
        _check_rows(array.shape[2], rows, shape)
        return Ordered(np.moveaxis(array, 2, 0), f"{shape}, the number of the picture last")
    if array.ndim == 4:
        if array.shape[2] in _CHANNELS and rows in (None, array.shape[3]):
            return Ordered(array.transpose(3, 0, 1, 2), f"{shape}, the number of the picture last")
        if rows == array.shape[3] and array.shape[3] not in _CHANNELS:
            raise DataError(
                f"an array of {shape}: pictures of {array.shape[2]} bands. Expected 1 or 3, grey or colour: choose "
                "three of them."
            )
        _check_rows(array.shape[0], rows, shape)
        return Ordered(array, f"{shape}, the number of the picture first")
    raise DataError(f"an array of {shape}: {array.ndim} axes. Expected pictures of two or three, and one more.")


def _flat(array: NDArray[Any], rows: int | None, shape: str, by_columns: bool, order: ColourOrder | None) -> Ordered:
    """Return pictures whose pixels are one row or one column each."""
    is_rows = rows == array.shape[0] or (rows is None and picture_shape(array.shape[1]) is not None)
    pixels = array if is_rows else array.T
    _check_rows(len(pixels), rows, shape)
    square = picture_shape(pixels.shape[1])
    if square is None:
        values = pixels.shape[1]
        raise DataError(
            f"an array of {shape}: {counted(values, 'value')} a picture, {explain_no_shape(values)}. "
            "Expected square pictures, grey or of three colours, or an axis each for height and width."
        )
    side, _, channels = square
    colour = ""
    if channels == 3:
        # Matlab writes plane by plane; what Python saved as rows may lie pixel by pixel.
        order = order or colour_order(pixels) or ColourOrder.PLANES
        colour = ", colour by colour" if order is ColourOrder.PLANES else ", the three colours of each pixel together"
    if order is ColourOrder.PIXELS:
        images = pixels.reshape(len(pixels), side, side, channels)
        images = images.transpose(0, 2, 1, 3) if by_columns else images
    else:
        planes = pixels.reshape(len(pixels), channels, side, side)
        images = planes.transpose(0, 3, 2, 1) if by_columns else planes.transpose(0, 2, 3, 1)
    way = "column by column" if by_columns else "row by row"
    reading = f"{shape}, a {'row' if is_rows else 'column'} a picture of {side}×{side}"
    if by_columns:
        note = f"Pixels were taken column by column, as Matlab writes them{colour}: the pictures were turned upright."
    else:
        note = (
            f"Pixels were taken {way}{colour}. If the pictures lie on their side, transpose them in Python and "
            "train on the arrays: onelook.train((X, y))."
        )
    return Ordered(images, reading, note, order)


def _check_rows(found: int, rows: int | None, shape: str) -> None:
    if rows not in (None, found):
        raise DataError(
            f"an array of {shape} for {counted(rows, 'label')}: no axis is that long. Expected a label for every "
            "picture."
        )
