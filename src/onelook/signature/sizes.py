"""The sizes of pictures before they are brought to a model's size, and how others differ from them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Sizes = Mapping[tuple[int, int], int]  # (height, width) -> number of pictures
UsualSizes = NDArray[np.int32]  # (3, 2): height and width of the smallest, the middle and the largest, by their pixels

_FAR = 4  # times as many pixels, or as few
_OTHER_SHAPE = 1.5  # times as wide for the same height, or as narrow


def usual_sizes(sizes: Sizes) -> UsualSizes | None:
    """Return the smallest size, the middle one and the largest, by the number of pixels; None if none is known.

    Example:
        >>> usual_sizes({(28, 28): 5, (30, 40): 1, (10, 20): 1}).tolist()
        [[10, 20], [28, 28], [30, 40]]
    """
    if not sizes:
        return None
    ordered = sorted(sizes, key=lambda size: (size[0] * size[1], size))
    counts = np.cumsum([sizes[size] for size in ordered])
    middle = int(np.searchsorted(counts, counts[-1] / 2))
    return np.array([ordered[0], ordered[middle], ordered[-1]], np.int32)


def size_in_words(sizes: Sizes, usual: UsualSizes | None) -> str | None:
    """Return how the middle one of some sizes differs from the usual ones; None if it hardly does.

    Example:
        >>> size_in_words({(300, 400): 20}, usual_sizes({(28, 28): 60_000}))
        'of 300×400 pixels, where it learnt 28×28'
        >>> size_in_words({(30, 30): 20}, usual_sizes({(28, 28): 60_000}))
    """
    here = usual_sizes(sizes)
    if here is None or usual is None:
        return None
    height, width = here[1].tolist()
    areas, shapes = usual.prod(axis=1), usual[:, 1] / usual[:, 0]
    is_far = not areas.min() / _FAR < height * width < areas.max() * _FAR
    has_other_shape = not shapes.min() / _OTHER_SHAPE < width / height < shapes.max() * _OTHER_SHAPE
    if not is_far and not has_other_shape:
        return None
    learnt = " to ".join(dict.fromkeys(f"{low}×{wide}" for low, wide in (usual[0].tolist(), usual[2].tolist())))
    return f"of {height}×{width} pixels, where it learnt {learnt}"
