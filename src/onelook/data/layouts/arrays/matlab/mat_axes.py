"""Read one array of Matlab's with an axis for the classes: (pixels, pictures, classes), without labels beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from onelook.data.layouts.array_dataset import picture_shape

_FEWEST_PIXELS = 49  # 7×7, as in tables of pixels
_SLENDER = 4  # times as long as wide; as a picture, 256×1,100 would be


def with_classes_apart(values: Mapping[str, Any]) -> tuple[dict[str, Any], str] | None:
    """Return the pictures of the only array, with labels 1, 2, 3 … by its last axis, and a note; None for other arrays.

    Args:
        values: the variables by name.

    Example:
        >>> values, note = with_classes_apart({"data": np.zeros((256, 1100, 10), np.uint8)})
        >>> {name: value.shape for name, value in values.items()}
        {'data': (11000, 16, 16), 'data_labels': (11000,)}
    """
    arrays = [name for name, value in values.items() if isinstance(value, np.ndarray) and value.size > 1]
    if len(arrays) != 1 or values[arrays[0]].ndim != 3:
        return None
    name = arrays[0]
    pixels, pictures, classes = values[name].shape
    shape = picture_shape(pixels)
    is_slender = max(pixels, pictures) >= _SLENDER * min(pixels, pictures)
    if shape is None or shape[2] != 1 or pixels < _FEWEST_PIXELS or not is_slender or min(pictures, classes) < 2:
        return None
    side = shape[0]
    # Matlab writes pictures column by column.
    images = values[name].transpose(2, 1, 0).reshape(-1, side, side).transpose(0, 2, 1)
    note = (
        f"'{name.rpartition(chr(0))[2]}' is {pixels}×{pictures}×{classes}: {pictures:,} pictures of {side}×{side} in "
        f"each of {classes} classes, which are called 1 to {classes} in their order. --class-names gives them names."
    )
    return {name: images, f"{name}_labels": np.repeat(np.arange(1, classes + 1), pictures)}, note
