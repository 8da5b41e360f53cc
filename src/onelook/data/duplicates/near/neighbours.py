"""Find the nearest neighbours of every point, without comparing it with all others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from onelook.data.duplicates.near.cells import Cells, Points, grouped
from onelook.runtime import available_cores

# The number of cells in which a point's neighbours are searched. For 60,000 pictures (117 cells) this finds every
# planted copy that comparing all pairs finds; with 8 cells, 7 % of the copies that were shrunk and enlarged are lost.
_PROBED = 12
_ASKED_AT_ONCE = 8_192  # points per task of a thread
_DISTANCES_AT_ONCE = 1 << 20  # 4 MB per thread, and twice as much to find the least


def nearest(points: Points, count: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the `count` nearest other points of each point, the nearest first, and their distances.

    The points are divided into cells around centres, and each point is compared with those in the cells with the
    nearest centres (an inverted file, as in Jégou, Douze, Schmid: Product Quantization for Nearest Neighbor Search,
    2011, without the quantization). So the work grows hardly faster than the number of points. For copies, which are
    much nearer to each other than to their other neighbours, the result is practically exact.

    Args:
        points: (rows, values). They are compared in float32; as float16, a million descriptors take 0.2 GB.
        count: at least 1.

    Returns:
        Rows (rows, count), -1 if there are fewer, and Euclidean distances (rows, count), infinite there.

    Example:
        >>> rows, distances = nearest(np.array([[0.0], [1.0], [5.0]], np.float32), count=1)
        >>> rows.ravel().tolist(), distances.ravel().tolist()
        ([1, 0, 1], [1.0, 1.0, 4.0])
    """
    cells = Cells.of(points)
    rows = np.full((len(points), count), -1, np.int32)
    squares = np.full((len(points), count), np.inf, np.float32)

    def ask(start: int) -> None:
        # The points of cells one after the other, which search the same cells. No other thread has the same points.
        askers = cells.order[start : start + _ASKED_AT_ONCE]
        probed = cells.centres.nearest(points[askers].astype(np.float32), min(_PROBED, len(cells.ends)))
        for searched in (probed[:, :1], probed[:, 1:]):  # the nearest first: few neighbours are found in the others
            for cell, at in grouped(searched.ravel()):
                _compare(points, askers[at // searched.shape[1]], cells.members(cell), rows, squares)

    with ThreadPoolExecutor(available_cores()) as threads:
        list(threads.map(ask, range(0, len(points), _ASKED_AT_ONCE)))  # raises an error of a thread
    return rows, np.sqrt(squares, out=squares)


def _compare(
    points: Points,
    askers: NDArray[np.int32],
    members: NDArray[np.int32],
    rows: NDArray[np.int32],
    squares: NDArray[np.float32],
) -> None:
    """Update `rows` and `squares` of the `askers` with those `members` that are nearer than their neighbours so far."""
    side = int(np.sqrt(_DISTANCES_AT_ONCE))
    for start in range(0, len(members), side):  # a cell is large if many points are equal
        some = members[start : start + side]
        at_once = _DISTANCES_AT_ONCE // len(some)
        for first in range(0, len(askers), at_once):
            _compare_block(points, askers[first : first + at_once], some, rows, squares)


def _compare_block(
    points: Points,
    askers: NDArray[np.int32],
    members: NDArray[np.int32],
    rows: NDArray[np.int32],
    squares: NDArray[np.float32],
) -> None:
    count = rows.shape[1]
    asking, asked = points[askers].astype(np.float32), points[members].astype(np.float32)
    found = asking @ asked.T
    found *= -2
    found += (asked**2).sum(axis=1)
    found += (asking**2).sum(axis=1)[:, None]
    np.maximum(found, 0, out=found)
    found[askers[:, None] == members] = np.inf
    gains = found.min(axis=1) < squares[askers, -1]
    if not gains.any():
        return
    askers, found = askers[gains], found[gains]
    candidates = np.broadcast_to(members, found.shape)
    if len(members) > count:
        best = np.argpartition(found, count - 1, axis=1)[:, :count]
        found, candidates = np.take_along_axis(found, best, axis=1), members[best]
    both = np.concatenate([squares[askers], found], axis=1)
    both_rows = np.concatenate([rows[askers], candidates], axis=1)
    best = np.argsort(both, axis=1, kind="stable")[:, :count]
    squares[askers] = np.take_along_axis(both, best, axis=1)
    rows[askers] = np.where(np.isfinite(squares[askers]), np.take_along_axis(both_rows, best, axis=1), -1)
