"""Draw a subset of the training pictures with the same shares of classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def draw_by_class(labels: NDArray[np.int64], rows: int, seed: int) -> NDArray[np.int64]:
    """Return the sorted positions of `rows` pictures: each class gets its share, and one at least where possible.

    With the same seed, a draw of fewer rows is contained in a draw of more, as far as the shares allow.

    Args:
        labels: (pictures,).
        rows: the number to draw; all pictures if there are fewer.
        seed: the seed of the draw.

    Example:
        >>> labels = np.array([0] * 90 + [1] * 10)
        >>> drawn = draw_by_class(labels, 20, seed=0)
        >>> np.bincount(labels[drawn]).tolist()
        [18, 2]
    """
    if rows >= len(labels):
        return np.arange(len(labels))
    shuffled = np.random.default_rng(seed).permutation(len(labels))
    # The order interleaves the classes: a picture's place is the share of its class that comes before it.
    place = np.empty(len(labels))
    for each in np.unique(labels):
        own = shuffled[labels[shuffled] == each]
        place[own] = np.arange(len(own)) / len(own)
    order = shuffled[np.argsort(place[shuffled], kind="stable")]
    return np.sort(order[:rows])
