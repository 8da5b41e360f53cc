"""The views that a model looks at, as plain numbers, free of torch, so that every engine looks at the same pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.settings.pictures import ViewSettings

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class View:
    """A way to look at a picture: at each place of the view, which of the picture's rows and columns stands there."""

    rows: Positions  # (height,)
    columns: Positions  # (width,)
    weight: float  # of its logits in the mean; those of all views add up to 1


def views_of(settings: ViewSettings, height: int, width: int) -> tuple[View, ...]:
    """All views of a picture, the picture itself first.

    They are made of the raw picture, before the fixed preparation, where training makes its own random changes. What
    comes in over an edge is the picture mirrored at that edge, whose pixels are not repeated.

    Weights are those of Jordan 2024 (arXiv:2404.00498): half for the picture where it is, half for the two moved
    ones together, and each half shared with the mirror images. They are powers of two, so that equal logits come
    out of the mean to the last bit.

    Args:
        settings: which views.
        height, width: of the pictures; larger than the shift.

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
    """Where along an axis the pixels come from that stand there after a move by `move` pixels to higher places."""
    places = np.abs(np.arange(size, dtype=np.int64) - move)
    reflected: Positions = (size - 1) - np.abs((size - 1) - places)
    return reflected
