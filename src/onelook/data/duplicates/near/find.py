"""The search for near copies: candidate pairs by descriptor, confirmed on pixels."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.data.duplicates.exact import first_of_groups
from onelook.data.duplicates.near.confirm import Pairs, Yardstick, calibrate, residuals
from onelook.data.duplicates.near.descriptor import amplitudes, even_out
from onelook.data.duplicates.near.neighbours import nearest
from onelook.data.duplicates.near.thumbnails import LARGEST_SIDE, thumbnails
from onelook.data.pictures.protocol import Images, OnProgress
from onelook.runtime import available_cores, single_threaded_blas

NEAR_VERSION = 2  # raised when other pairs may come out
SMALLEST_SIDE = 12  # pixels: of fewer, too little is left between the borders to tell a copy from a resemblance
_NEIGHBOURS = 8
# A candidate is nearer than this share of the way to the eighth neighbour, or than half of what is usual for the
# first. 99.8 % of copies shifted by a pixel are, and one in five of natural neighbours.
_STANDS_OUT = 0.9
_CLOSE = 0.5
_NATURAL_PAIRS = 3_000  # looked at to learn what is natural
_WAYS_OUT = 5.0  # times the limit: what is left over beyond that, no softening or cropping explains
_CHUNK = 512  # pictures described at once
_STEPS = 8  # in which at most a sixteenth of a pixel is missed, which leaves some 0.06 of a drawing over
_BYTES_AT_ONCE = 4 << 20  # of pixels, which take some ten times as much while they are made small
_PAIRS_AT_ONCE = 16_384  # between two looks at the progress


@dataclass(frozen=True)
class DistinctPictures:
    """The pictures without their exact copies, numbered through all arrays."""

    arrays: Sequence[Images]
    array_of: NDArray[np.int64]  # (pictures,)
    row_of: NDArray[np.int64]  # (pictures,)

    @classmethod
    def of(cls, arrays: Sequence[Images], groups: Sequence[NDArray[np.int64]]) -> DistinctPictures:
        """Return the first picture of each group, under the number of the group."""
        # A memory map's own slices are slower to take.
        return cls([np.asarray(array) for array in arrays], *first_of_groups(groups))

    @property
    def steps(self) -> int:
        """The number of steps into which a shift by one pixel of a thumbnail is divided."""
        return _STEPS if max(self.arrays[0].shape[1:3]) > LARGEST_SIDE else 1

    def thumbnails(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the pictures small and grey, (pictures, height, width)."""
        height, width = (min(side, LARGEST_SIDE) for side in self.arrays[0].shape[1:3])
        found = np.empty((len(numbers), height, width), np.float32)
        at_once = max(1, _BYTES_AT_ONCE // max(1, self.arrays[0][:1].nbytes))
        for position, array in enumerate(self.arrays):
            chosen = np.flatnonzero(self.array_of[numbers] == position)
            for start in range(0, len(chosen), at_once):
                block = chosen[start : start + at_once]
                found[block] = thumbnails(array[self.row_of[numbers[block]]])
        return found


def find_near_pairs(
    arrays: Sequence[Images], groups: Sequence[NDArray[np.int64]], on_progress: OnProgress | None = None
) -> tuple[Pairs, NDArray[np.float32]]:
    """Return pairs of pictures that are altered copies of each other, the surest first, and what is left over of each.

    Altered means: brighter, darker, of more or less contrast; shifted by up to two pixels each way (of 32 that the
    picture has on a side, if it has more); cropped by about one and brought back to size; compressed; shrunk and
    enlarged again; with some noise; or several of these. A mirrored picture is another picture: of digits and letters
    it truly is, and to look for them would take twice as long.

    Args:
        arrays: (rows, height, width, channels) each, of one height, width and number of channels.
        groups: for each array, as `exact.group_copies` gives it, equal numbers for equal pixels.
        on_progress: called with pictures done and pictures in all; confirming them counts as half of that.

    Returns:
        (pairs, 2), the numbers of two groups, the lower first; and (pairs,), in [0, 1).
    """
    nothing = np.zeros((0, 2), np.int64), np.zeros(0, np.float32)
    pictures = DistinctPictures.of(arrays, groups)
    if len(pictures.row_of) < 2 or min(arrays[0].shape[1:3]) < SMALLEST_SIDE:
        return nothing
    with single_threaded_blas():  # the threads are ours, and small products are quicker for it
        points = _describe(pictures, on_progress)
        told = np.flatnonzero(points.any(axis=1))  # the others are blank
        if len(told) < 2:
            return nothing
        neighbours, distances = nearest(even_out(points[told]), min(_NEIGHBOURS, len(told) - 1))
        pairs = _candidates(neighbours, distances)

        def take(numbers: NDArray[np.int64]) -> NDArray[np.float32]:
            return pictures.thumbnails(told[numbers])

        yardstick = calibrate(*_natural(neighbours, distances), take, steps=pictures.steps)
        return _confirm(pairs, told, pictures, yardstick, on_progress)


def _describe(pictures: DistinctPictures, on_progress: OnProgress | None) -> NDArray[np.float32]:
    total = len(pictures.row_of)

    def chunk(start: int) -> NDArray[np.float32]:
        return amplitudes(pictures.thumbnails(np.arange(start, min(start + _CHUNK, total))))

    described = []
    with ThreadPoolExecutor(available_cores()) as threads:
        for start, found in zip(range(0, total, _CHUNK), threads.map(chunk, range(0, total, _CHUNK)), strict=True):
            described.append(found)
            if on_progress is not None:
                on_progress(start // 4, total)
    return np.concatenate(described)


def _candidates(neighbours: NDArray[np.int64], distances: NDArray[np.float32]) -> Pairs:
    """Pairs that are much nearer than natural neighbours are, the lower number first, each once."""
    far = distances[:, -1:]
    close = _CLOSE * float(np.median(distances[:, 0]))
    stands_out = (neighbours >= 0) & ((distances < _STANDS_OUT * far) | (distances <= close))
    if neighbours.shape[1] < _NEIGHBOURS:  # too few pictures to have natural neighbours
        stands_out = neighbours >= 0
    first, rank = np.nonzero(stands_out)
    both = np.sort(np.stack([first, neighbours[first, rank]], axis=1), axis=1)
    return np.unique(both, axis=0)


def _natural(neighbours: NDArray[np.int64], distances: NDArray[np.float32]) -> tuple[Pairs, NDArray[np.float64]]:
    """Some pairs of pictures and the last of their neighbours, and how far that is from each picture."""
    reach = np.where(np.isfinite(distances[:, -1]), distances[:, -1], 0).astype(np.float64)
    able = np.flatnonzero(neighbours[:, -1] >= 0)
    if neighbours.shape[1] < _NEIGHBOURS:
        able = able[:0]
    chosen = able[np.linspace(0, len(able) - 1, min(_NATURAL_PAIRS, len(able)), dtype=np.int64)]
    return np.stack([chosen, neighbours[chosen, -1]], axis=1), reach


def _confirm(
    pairs: Pairs,
    told: NDArray[np.int64],
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
            told[pairs[block]], pictures.thumbnails, steps=pictures.steps, below=_WAYS_OUT * limits[block]
        )
        if on_progress is not None:
            on_progress(total // 2 + start * (total // 2) // max(1, len(pairs)), total)
    if on_progress is not None:
        on_progress(total, total)
    copies = np.flatnonzero(left < limits)
    order = copies[np.lexsort((*pairs[copies].T[::-1], left[copies]))]
    return told[pairs[order]], left[order]
