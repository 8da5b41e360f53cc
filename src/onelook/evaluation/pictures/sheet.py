"""Many small pictures in one picture file, for a map that shows each of them on demand."""

from __future__ import annotations

import base64
import io
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onelook.data.dataset import ImageSet
from onelook.evaluation.feature_map import Sheet
from onelook.evaluation.pictures.thumbnails import as_bytes

_SIDES = (64, 48, 40, 32, 28, 24, 20, 16, 12, 8)
_MOST_PIXELS = 4_000_000  # of a sheet: 10,000 pictures of 20 pixels
_MOST_BYTES = 1_000_000  # in base64; the page of 10,000 pictures stays below 3 MB
_QUALITIES = (60, 40, 20)
_CHUNK = 256


def make_sheet(pictures: ImageSet, rows: NDArray[np.int64], value_range: tuple[float, float]) -> Sheet | None:
    """Return small pictures of these rows in one file; None if even small ones would be too large.

    Args:
        pictures: each is (height, width, channels).
        rows: the positions of the pictures.
        value_range: the values that mean black and white.
    """
    longest = max(pictures.images.shape[1:3])
    side = next((side for side in _SIDES if len(rows) * side**2 <= _MOST_PIXELS), _SIDES[-1])
    side = min(side, longest)
    columns = ceil(sqrt(len(rows)))
    colour = pictures.images.shape[-1] >= 3
    sheet = Image.new("RGB" if colour else "L", (columns * side, ceil(len(rows) / columns) * side))
    for start in range(0, len(rows), _CHUNK):
        for at, image in enumerate(as_bytes(pictures.take(rows[start : start + _CHUNK]), value_range), start):
            picture = Image.fromarray(np.ascontiguousarray(image[..., :3] if colour else image[..., 0]))
            small = _within(picture, side)
            x, y = at % columns * side, at // columns * side
            sheet.paste(small, (x + (side - small.width) // 2, y + (side - small.height) // 2))
    for quality in _QUALITIES:
        encoded = io.BytesIO()
        sheet.save(encoded, "WEBP", quality=quality, method=2)
        text = base64.b64encode(encoded.getvalue()).decode()
        if len(text) <= _MOST_BYTES:
            return Sheet(picture=text, side=side, columns=columns)
    return None


def _within(picture: Image.Image, side: int) -> Image.Image:
    """Return the picture shrunk to fit into a square."""
    longest = max(picture.size)
    if longest <= side:
        return picture
    size = tuple(max(1, round(length * side / longest)) for length in picture.size)
    return picture.resize((size[0], size[1]), Image.Resampling.BOX)
