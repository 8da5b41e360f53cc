"""A part of the training pictures that stands for all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def drawn_by_class(labels: NDArray[np.int64], rows: int, seed: int) -> NDArray[np.int64]:
    """Positions of `rows` pictures, sorted: of each class its share, and of each one at least where there is room.

    A draw of fewer rows with the same seed lies within one of more, as far as the shares go.

    Args:
        labels: (pictures,).
        rows: how many to draw; all where there are not so many.
        seed: of the draw.

    Example:
        >>> labels = np.array([0] * 90 + [1] * 10)
        >>> drawn = drawn_by_class(labels, 20, seed=0)
        >>> np.bincount(labels[drawn]).tolist()
        [18, 2]
    """
    if rows >= len(labels):
        return np.arange(len(labels))
    shuffled = np.random.default_rng(seed).permutation(len(labels))
    # The first of each class come first, then the second of each ...: by the share of its class that stands before it.
    place = np.empty(len(labels))
    for each in np.unique(labels):
        own = shuffled[labels[shuffled] == each]
        place[own] = np.arange(len(own)) / len(own)
    order = shuffled[np.argsort(place[shuffled], kind="stable")]
    return np.sort(order[:rows])
