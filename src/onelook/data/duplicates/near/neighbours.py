"""Find the nearest neighbours of every point, without comparing it with all others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from onelook.runtime import available_cores

# The approximate number of points in a cell, and the number of cells in which a point's neighbours are searched. For
# 60,000 pictures (117 cells) this finds every planted copy that comparing all pairs finds; with 8 cells, 7 % of the
# copies that were shrunk and enlarged are lost.
_CELL = 512
_PROBED = 12
_LLOYD_STEPS = 3  # they only make the cells more even
_BLOCK = 4_096  # points compared at once

Points = NDArray[np.float16] | NDArray[np.float32]


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
    rows = np.full((len(points), count), -1, np.int32)
    squares = np.full((len(points), count), np.inf, np.float32)
    probed = _cells(points)
    members = _sorted_by(probed[:, 0])
    with ThreadPoolExecutor(available_cores()) as threads:
        # One cell of each point after the other, so that no two threads change the result of the same point.
        for step in range(probed.shape[1]):
            askers = _sorted_by(probed[:, step])
            jobs = [
                threads.submit(_compare, points, asking, members[cell], rows, squares)
                for cell, asking in askers.items()
                if cell in members
            ]
            for job in jobs:
                job.result()
    return rows, np.sqrt(squares)


def _sorted_by(cells: NDArray[np.int32]) -> dict[int, NDArray[np.int64]]:
    """Return the points of each cell that has any."""
    order = np.argsort(cells, kind="stable")
    filled, first = np.unique(cells[order], return_index=True)
    return dict(zip(filled.tolist(), np.split(order, first[1:]), strict=False))


def _compare(
    points: Points,
    askers: NDArray[np.int64],
    members: NDArray[np.int64],
    rows: NDArray[np.int32],
    squares: NDArray[np.float32],
) -> None:
    """Update `rows` and `squares` of the `askers` with those `members` that are nearer than their neighbours so far."""
    for start in range(0, len(members), _BLOCK):  # a cell is large if many points are equal
        for first in range(0, len(askers), _BLOCK):
            _compare_block(points, askers[first : first + _BLOCK], members[start : start + _BLOCK], rows, squares)


def _compare_block(
    points: Points,
    askers: NDArray[np.int64],
    members: NDArray[np.int64],
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


def _cells(points: Points) -> NDArray[np.int32]:
    """Return the cells to search for each point, (rows, probed), its own cell first."""
    cells = max(1, len(points) // _CELL)
    # Raw words of PCG64 give the same rows on every machine, in every version of numpy.
    drawn = np.argsort(np.random.PCG64(0).random_raw(len(points)), kind="stable")[:cells]
    centres = points[np.sort(drawn)].astype(np.float32)
    for _ in range(_LLOYD_STEPS if cells > 1 else 0):
        member_of = _nearest_centres(points, centres, 1).ravel()
        sums = np.zeros_like(centres)
        order = np.argsort(member_of, kind="stable")
        for start in range(0, len(order), _BLOCK):  # all points in this order would take their memory again
            some = order[start : start + _BLOCK]
            filled, first = np.unique(member_of[some], return_index=True)
            sums[filled] += np.add.reduceat(points[some].astype(np.float32), first, axis=0)
        counts = np.bincount(member_of, minlength=cells)[:, None]
        centres = np.where(counts > 0, sums / np.maximum(counts, 1), centres).astype(np.float32)
    return _nearest_centres(points, centres, min(_PROBED, cells))


def _nearest_centres(points: Points, centres: NDArray[np.float32], count: int) -> NDArray[np.int32]:
    """Return the numbers of the `count` nearest centres of each point, the nearest first: (rows, count)."""
    found = np.empty((len(points), count), np.int32)
    offset = (centres**2).sum(axis=1) / 2
    for start in range(0, len(points), _BLOCK):
        far = offset - points[start : start + _BLOCK].astype(np.float32) @ centres.T
        if count == 1:
            found[start : start + _BLOCK, 0] = far.argmin(axis=1)
            continue
        best = np.argpartition(far, count - 1, axis=1)[:, :count]
        order = np.argsort(np.take_along_axis(far, best, axis=1), axis=1, kind="stable")
        found[start : start + _BLOCK] = np.take_along_axis(best, order, axis=1)
    return found
