"""Pictures that anyone can tell apart: class `left` is bright on the left, `right` on the right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Arrays = tuple[NDArray[np.uint8], NDArray[np.str_]]


def draw_sides(rows: int, seed: int = 0) -> Arrays:
    """`rows` pictures of 12×12 grey, and their labels in turn."""
    generator = np.random.default_rng(seed)
    images = generator.integers(0, 100, (rows, 12, 12, 1), dtype=np.uint8)
    labels = np.array(["left", "right"])[np.arange(rows) % 2]
    images[labels == "left", :, :6] += 120
    images[labels == "right", :, 6:] += 120
    return images, labels
