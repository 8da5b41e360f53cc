"""Pictures as a few hundred numbers, for quick models that say something about the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onelook.data.dataset import ImageSet

_MOST_VALUES = 300  # of a picture: 14 × 14 grey values, or 10 × 10 in colour
_CHUNK = 256  # pictures that are read at a time


def spread_rows(count: int, most: int) -> NDArray[np.int64]:
    """Return at most so many positions, evenly spread from the first to the last."""
    return np.linspace(0, count - 1, min(count, most), dtype=np.int64)


def small_pixels(pictures: ImageSet, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the pictures shrunk by whole factors, each value the mean of a block: (rows, height, width, channels).

    Args:
        pictures: each is (height, width, channels).
        rows: the positions of the pictures in the set.
    """
    _, height, width, channels = pictures.images.shape
    factor = 1
    while (-(-height // factor)) * (-(-width // factor)) * channels > _MOST_VALUES:
        factor += 1
    # The mean of a block that is cut off by the border is that of the pixels there.
    down, across = np.arange(0, height, factor), np.arange(0, width, factor)
    sizes = np.outer(np.diff([*down, height]), np.diff([*across, width]))[None, :, :, None].astype(np.float32)
    chunks = []
    for start in range(0, len(rows), _CHUNK):
        images = pictures.take(rows[start : start + _CHUNK]).astype(np.float32)
        chunks.append(np.add.reduceat(np.add.reduceat(images, down, axis=1), across, axis=2) / sizes)
    return np.concatenate(chunks)


def flat(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each picture as one row of numbers."""
    return pixels.reshape(len(pixels), -1)
