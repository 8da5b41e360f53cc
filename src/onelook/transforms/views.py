"""The views of a picture over which a model averages, as positions of pixels, free of torch, for every engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.settings.pictures import ViewSettings

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class View:
    """A view of a picture, such as its mirror image: which rows and columns of the picture it shows, in order."""

    rows: Positions  # (height,)
    columns: Positions  # (width,)
    weight: float  # weight of its logits in the mean; the weights of all views add up to 1


def views_of(settings: ViewSettings, height: int, width: int) -> tuple[View, ...]:
    """Return all views of a picture, the picture itself first.

    Views are made from the raw picture, before the fixed preparation, as the random changes of training are. The gap at
    an edge is filled with the picture mirrored at that edge, whose pixels are not repeated.

    Weights are those of Jordan 2024 (arXiv:2404.00498): half for the picture that is not moved, half for the two moved
    ones together, and each half is shared with the mirror images. They are powers of two, so that the mean of equal
    logits is exact to the last bit.

    Args:
        settings: which views there are.
        height, width: the size of the pictures; larger than the shift.

    Example:
        >>> [view.columns.tolist() for view in views_of(ViewSettings(horizontal_flip=True), 1, 4)]
        [[0, 1, 2, 3], [3, 2, 1, 0]]
        >>> [(view.columns.tolist(), view.weight) for view in views_of(ViewSettings(shift=1), 4, 4)]
        [([0, 1, 2, 3], 0.5), ([1, 2, 3, 2], 0.25), ([1, 0, 1, 2], 0.25)]
    """
    moves = [(0, 1.0)] if not settings.shift else [(0, 0.5), (-settings.shift, 0.25), (settings.shift, 0.25)]
    views: list[View] = []
    for move, weight in moves:
        rows, columns = _moved(height, move), _moved(width, move)
        if settings.horizontal_flip:
            views += [View(rows, columns, weight / 2), View(rows, columns[::-1].copy(), weight / 2)]
        else:
            views.append(View(rows, columns, weight))
    return tuple(views)


def _moved(size: int, move: int) -> Positions:
    """Return the source position of each pixel along an axis after a move by `move` pixels to higher positions."""
    positions = np.abs(np.arange(size, dtype=np.int64) - move)
    reflected: Positions = (size - 1) - np.abs((size - 1) - positions)
    return reflected
