"""Many small tiles as one picture file."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_GAP = 1  # pixels between tiles; they are clear, so that the page's own ground is seen


def draw_tiles(tiles: NDArray[np.uint8], columns: int) -> bytes:
    """Return a PNG of all tiles, row after row, with clear lines between them.

    Args:
        tiles: (count, height, width, channels), of which 1 is grey and 3 are colour.
        columns: tiles in a row.

    Example:
        >>> content = draw_tiles(np.zeros((5, 3, 3, 1), np.uint8), columns=4)
        >>> Image.open(io.BytesIO(content)).size
        (15, 7)
    """
    count, height, width, channels = tiles.shape
    columns = min(columns, count)
    rows = -(-count // columns)
    sheet = np.zeros((rows * (height + _GAP) - _GAP, columns * (width + _GAP) - _GAP, channels + 1), np.uint8)
    for at, tile in enumerate(tiles):
        top, left = at // columns * (height + _GAP), at % columns * (width + _GAP)
        sheet[top : top + height, left : left + width, :channels] = tile
        sheet[top : top + height, left : left + width, channels] = 255
    encoded = io.BytesIO()
    Image.fromarray(sheet, "LA" if channels == 1 else "RGBA").save(encoded, "PNG", optimize=True)
    return encoded.getvalue()


def around_grey(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return tiles in which 0 is the middle grey, and the largest value of each tile, without its sign, is full.

    Args:
        values: (count, height, width, channels). With another number of channels than 3, their mean is shown.
    """
    seen = values if values.shape[-1] == 3 else values.mean(axis=-1, keepdims=True)
    largest = np.abs(seen).max(axis=(1, 2, 3), keepdims=True)
    shares = np.divide(seen, largest, out=np.zeros_like(seen), where=largest > 0)
    scaled: NDArray[np.uint8] = np.rint(127.5 + 127.5 * shares).astype(np.uint8)
    return scaled
