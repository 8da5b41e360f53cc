"""Make small grey pictures, on which near copies are compared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onelook.data.pictures.protocol import Images

LARGEST_SIDE = 32  # pixels
# Rec. 601 luma, as in JPEG and in Pillow's mode "L".
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def thumbnails(images: Images) -> NDArray[np.float32]:
    """Return the pictures in grey, reduced by area averages to at most 32 pixels a side.

    Each side is reduced by itself: near copies have one size and are squeezed in the same way, and a long picture keeps
    more of its short side.

    Args:
        images: (rows, height, width, channels) of any numeric dtype.

    Returns:
        (rows, height, width). Values in the range of bytes are not changed; other pictures are scaled to at most 1, so
        that sums of squares cannot overflow.

    Example:
        >>> white_over_black = np.repeat([255, 0], 32).astype(np.uint8).reshape(1, 64, 1, 1)
        >>> small = thumbnails(white_over_black)
        >>> small.shape, small[0, 15:17, 0].tolist()
        ((1, 32, 1), [255.0, 0.0])
    """
    plain = images.astype(np.float32)
    if images.dtype != np.uint8:
        largest = np.abs(plain).max(axis=(1, 2, 3), keepdims=True, initial=0)
        plain /= np.where(largest > 0, largest, 1)
    grey = plain @ _LUMA if plain.shape[3] == 3 else plain.mean(axis=3)
    height, width = grey.shape[1:]
    if max(height, width) <= LARGEST_SIDE:
        return grey
    by_height = area_average(height, min(height, LARGEST_SIDE))
    by_width = area_average(width, min(width, LARGEST_SIDE))
    return np.asarray(by_height @ grey @ by_width.T, np.float32)


def area_average(size: int, small: int) -> NDArray[np.float32]:
    """Return the matrix, (small, size), that averages a line of `size` pixels over `small` equal intervals.

    Example:
        >>> (3 * area_average(3, 2)).round(3).tolist()
        [[2.0, 1.0, 0.0], [0.0, 1.0, 2.0]]
    """
    edges = np.arange(small + 1) * (size / small)
    pixel = np.arange(size)
    # How much of each pixel, [p, p + 1), is in each interval.
    inside = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    return np.asarray(np.clip(inside, 0, None) * (small / size), np.float32)
