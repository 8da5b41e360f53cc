"""Find near copies: candidate pairs by descriptor, confirmed on pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.data.duplicates.exact import first_of_groups
from onelook.data.duplicates.near.confirm import Pairs, Yardstick, calibrate, residuals
from onelook.data.duplicates.near.descriptor import amplitudes, even_out, num_amplitudes
from onelook.data.duplicates.near.neighbours import nearest
from onelook.data.duplicates.near.thumbnails import LARGEST_SIDE, thumbnails
from onelook.data.pictures.mapped import take_rows
from onelook.data.pictures.protocol import Images, OnProgress
from onelook.runtime import in_threads, single_threaded_blas

NEAR_VERSION = 5  # raised with every change that may find other pairs
SMALLEST_SIDE = 12  # pixels; smaller pictures have too few pixels between their borders to confirm a copy
_NEIGHBOURS = 8
# A candidate is nearer than this share of the distance to the eighth neighbour, or than half of the usual distance to
# the first. That includes 99.8 % of copies shifted by a pixel, and one in five natural neighbours.
_STANDS_OUT = 0.9
_CLOSE = 0.5
_NATURAL_PAIRS = 3_000  # the number of pairs on which the yardstick is measured
_WAYS_OUT = 5.0  # times the limit; no softening or cropping explains a larger residual
_CHUNK = 512  # pictures per batch of descriptors
_STEPS = 8  # the error is then at most 1/16 of a pixel, which gives a drawing a residual of some 0.06
_BYTES_AT_ONCE = 4 << 20  # of pixels; making thumbnails takes some ten times as much
_PAIRS_AT_ONCE = 16_384  # between two reports of progress
# Pairs whose residuals differ by less are equally sure. Processors round sums differently: a residual of 0 on one is
# 0.0005 on another, and the order of drawings that are all alike would depend on that.
_EQUALLY_SURE = 0.01


@dataclass(frozen=True)
class DistinctPictures:
    """The pictures without their exact copies, numbered over all arrays."""

    arrays: Sequence[Images]
    array_of: NDArray[np.int64]  # (pictures,)
    row_of: NDArray[np.int64]  # (pictures,)

    @classmethod
    def of(cls, arrays: Sequence[Images], groups: Sequence[NDArray[np.int64]]) -> DistinctPictures:
        """Return the first picture of each group; its number is that of the group."""
        # Slices of a memory map are slower to read.
        return cls([np.asarray(array) for array in arrays], *first_of_groups(groups))

    @property
    def steps(self) -> int:
        """The number of shifts tried per pixel of a thumbnail."""
        return _STEPS if max(self.arrays[0].shape[1:3]) > LARGEST_SIDE else 1

    @property
    def thumbnail_size(self) -> tuple[int, int]:
        """Height and width of a thumbnail, in pixels."""
        height, width = (min(side, LARGEST_SIDE) for side in self.arrays[0].shape[1:3])
        return height, width

    def thumbnails(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the thumbnails of the pictures, (pictures, height, width)."""
        found = np.empty((len(numbers), *self.thumbnail_size), np.float32)
        at_once = max(1, _BYTES_AT_ONCE // max(1, self.arrays[0][:1].nbytes))
        for position, array in enumerate(self.arrays):
            chosen = np.flatnonzero(self.array_of[numbers] == position)
            for start in range(0, len(chosen), at_once):
                block = chosen[start : start + at_once]
                found[block] = thumbnails(take_rows(array, self.row_of[numbers[block]]))
        return found


def find_near_pairs(
    arrays: Sequence[Images], groups: Sequence[NDArray[np.int64]], on_progress: OnProgress | None = None
) -> tuple[Pairs, NDArray[np.float32]]:
    """Return pairs of pictures that are altered copies of each other, the surest first, and the residual of each.

    Altered means: brighter, darker, with more or less contrast; shifted by up to two pixels in each direction (of a
    thumbnail of at most 32 pixels a side); cropped by about one pixel and resized back; compressed; shrunk and enlarged
    again; with some noise; or several of these. A mirrored picture counts as another picture: that is right for digits
    and letters, and the search for mirrored ones would take twice as long.

    Args:
        arrays: (rows, height, width, channels) each; height, width and channels are the same in all.
        groups: for each array the result of `exact.group_copies`: equal numbers for equal pixels.
        on_progress: called with the pictures done and the total; confirming counts as half of the total.

    Returns:
        (pairs, 2), the numbers of two groups, the lower first; and (pairs,), in [0, 1). Pairs that are equally sure
        (to 0.01) are in the order of their numbers.
    """
    nothing = np.zeros((0, 2), np.int64), np.zeros(0, np.float32)
    pictures = DistinctPictures.of(arrays, groups)
    if len(pictures.row_of) < 2 or min(arrays[0].shape[1:3]) < SMALLEST_SIDE:
        return nothing
    with single_threaded_blas():  # we use threads of our own, and small products are faster on one thread
        points = _describe(pictures, on_progress)
        described = np.flatnonzero(points.any(axis=1))  # the others are blank
        if len(described) < 2:
            return nothing
        points = _packed(points, described)
        even_out(points)
        neighbours, distances = nearest(points, min(_NEIGHBOURS, len(described) - 1))
        del points  # a quarter of a kilobyte a picture
        pairs = _candidates(neighbours, distances)

        def take(numbers: NDArray[np.int64]) -> NDArray[np.float32]:
            return pictures.thumbnails(described[numbers])

        yardstick = calibrate(*_natural(neighbours, distances), take, steps=pictures.steps)
        return _confirm(pairs, described, pictures, yardstick, on_progress)


def _describe(pictures: DistinctPictures, on_progress: OnProgress | None) -> NDArray[np.float16]:
    total = len(pictures.row_of)

    def chunk(start: int) -> NDArray[np.float32]:
        return amplitudes(pictures.thumbnails(np.arange(start, min(start + _CHUNK, total))))

    points = np.empty((total, num_amplitudes(*pictures.thumbnail_size)), np.float16)
    starts = range(0, total, _CHUNK)
    for start, found in zip(starts, in_threads(chunk, starts), strict=True):
        points[start : start + _CHUNK] = found
        if on_progress is not None:
            on_progress(start // 4, total)
    return points


def _packed(points: NDArray[np.float16], rows: NDArray[np.int64]) -> NDArray[np.float16]:
    """Return some rows, in order, in the memory of all: a copy would take a quarter of a kilobyte a picture."""
    for start in range(0, len(rows) if len(rows) < len(points) else 0, _CHUNK):
        block = rows[start : start + _CHUNK]
        points[start : start + len(block)] = points[block]  # each row moves to the front, or stays
    return points[: len(rows)]


def _candidates(neighbours: NDArray[np.int32], distances: NDArray[np.float32]) -> Pairs:
    """Return the pairs that are much nearer than natural neighbours, the lower number first, each once."""
    far = distances[:, -1:]
    close = _CLOSE * float(np.median(distances[:, 0]))
    stands_out = (neighbours >= 0) & ((distances < _STANDS_OUT * far) | (distances <= close))
    if neighbours.shape[1] < _NEIGHBOURS:  # too few pictures to have natural neighbours
        stands_out = neighbours >= 0
    first, rank = np.nonzero(stands_out)
    both = np.sort(np.stack([first, neighbours[first, rank]], axis=1), axis=1)
    return np.unique(both, axis=0)


def _natural(neighbours: NDArray[np.int32], distances: NDArray[np.float32]) -> tuple[Pairs, NDArray[np.float64]]:
    """Return some pairs of a picture and its last neighbour, and the distance of the last neighbour of each picture."""
    reach = np.where(np.isfinite(distances[:, -1]), distances[:, -1], 0).astype(np.float64)
    able = np.flatnonzero(neighbours[:, -1] >= 0)
    if neighbours.shape[1] < _NEIGHBOURS:
        able = able[:0]
    chosen = able[np.linspace(0, len(able) - 1, min(_NATURAL_PAIRS, len(able)), dtype=np.int64)]
    return np.stack([chosen, neighbours[chosen, -1]], axis=1), reach


def _confirm(
    pairs: Pairs,
    described: NDArray[np.int64],
    pictures: DistinctPictures,
    yardstick: Yardstick,
    on_progress: OnProgress | None,
) -> tuple[Pairs, NDArray[np.float32]]:
    total = len(pictures.row_of)
    limits = yardstick.limits(pairs)
    left = np.ones(len(pairs), np.float32)
    for start in range(0, len(pairs), _PAIRS_AT_ONCE):
        block = slice(start, start + _PAIRS_AT_ONCE)
        left[block] = residuals(
            described[pairs[block]], pictures.thumbnails, steps=pictures.steps, below=_WAYS_OUT * limits[block]
        )
        if on_progress is not None:
            on_progress(total // 2 + start * (total // 2) // max(1, len(pairs)), total)
    if on_progress is not None:
        on_progress(total, total)
    copies = np.flatnonzero(left < limits)
    order = copies[np.lexsort((*pairs[copies].T[::-1], np.rint(left[copies] / _EQUALLY_SURE)))]
    return described[pairs[order]], left[order]
