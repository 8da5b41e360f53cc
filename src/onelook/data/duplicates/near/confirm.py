"""Candidate pairs compared on their pixels, and the limit of difference under which two pictures are copies."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.data.duplicates.near.edges import Edges, enlarged, softened
from onelook.runtime import available_cores

Pairs = NDArray[np.int64]  # (pairs, 2): two pictures each
TakeThumbnails = Callable[[NDArray[np.int64]], NDArray[np.float32]]  # (rows,) -> (rows, height, width)

_CHUNK = 512  # pairs compared at once: some 20 MB of 28 × 28 pictures in all their forms
# Whatever the data: this much left over is 0.25 % of the energy, less than JPEG takes, and less than ever parted two
# hand-written digits (0.09 among 225,000 pairs of neighbours) or two photographs.
_ALWAYS_A_COPY = 0.05
# And this much is 25 %: the same thing in other colours, before another sky.
_NEVER_A_COPY = 0.5
# The share of natural neighbours that may be called copies, by the power law through their median and 1 % quantile.
_NATURAL_SHARE = 2.5e-4
# Where this much is left over of usual neighbours they have nothing in common, and nor will any others by chance:
# photographs (CIFAR-10 0.984 to 0.989, Dogs vs. Cats 0.987). Drawings on one ground do have (MNIST 0.64 among 60,000
# and 0.95 among 40, where the eighth neighbour is no near one and tells little of the first). Of these a share of a
# fifth loses no copy that was brightened, shifted, compressed (quality 75) or given noise (of 4 levels).
_STRANGERS = 0.98
_MOST_OF_RESEMBLING = 0.2
# How far the place of a picture among the others moves its limit: a 1 has more that resemble it than an 8 has.
_CROWDED, _LONELY = 0.3, 1.2
_ENOUGH_NATURAL = 30  # pairs, from which on they are asked what is natural


def residuals(
    pairs: Pairs, take: TakeThumbnails, *, steps: int = 1, below: NDArray[np.float64] | None = None
) -> NDArray[np.float32]:
    """Return what is left over of each pair: the least over some ways in which one may be an altered copy of the other.

    As they are; one softened (as what was shrunk and enlarged again is); one enlarged by a pixel all round (as what
    was slightly cropped is); one both softened and enlarged; each way round.

    Args:
        pairs: pictures by number, which `take` gives the thumbnails of.
        steps: as for `Edges`.
        below: (pairs,): only where less than this is left over of them as they are, the other ways are tried.
    """

    def chunk(start: int) -> NDArray[np.float32]:
        of_chunk = pairs[start : start + _CHUNK]
        pictures, (first, second) = _numbered(of_chunk)
        plain = Edges(take(pictures), steps)
        found = plain.residuals(first, plain, second)
        again = np.arange(len(found)) if below is None else np.flatnonzero(found < below[start : start + _CHUNK])
        found[again] = np.minimum(found[again], _changed_residuals(of_chunk[again], take, steps))
        return found

    with ThreadPoolExecutor(available_cores()) as threads:
        return np.concatenate([np.zeros(0, np.float32), *threads.map(chunk, range(0, len(pairs), _CHUNK))])


def _changed_residuals(pairs: Pairs, take: TakeThumbnails, steps: int) -> NDArray[np.float32]:
    if not len(pairs):
        return np.zeros(0, np.float32)
    pictures, (first, second) = _numbered(pairs)
    small = take(pictures)
    large = enlarged(small)
    plain = Edges(small, steps)
    ways = []
    for form in (softened(small), large, softened(large)):
        changed = Edges(form, steps)
        ways += [plain.residuals(first, changed, second), changed.residuals(first, plain, second)]
    least: NDArray[np.float32] = np.min(ways, axis=0)
    return least


def _numbered(pairs: Pairs) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pictures that occur, and where each of a pair is among these, (2, pairs)."""
    pictures, at = np.unique(pairs, return_inverse=True)
    return pictures, at.reshape(-1, 2).T


@dataclass(frozen=True)
class Yardstick:
    """The limit of what is left over of two pictures of this data, below which they are copies."""

    typical: float  # residual of natural neighbours; 0 where too few are known
    share: float  # of the typical residual that a copy stays below
    reach: NDArray[np.float64]  # (pictures,): how far each one's natural neighbours are

    def limits(self, pairs: Pairs) -> NDArray[np.float64]:
        """Return the residual below which each pair counts as copies: (pairs,)."""
        found = self.share * self.typical * self._place(pairs)
        limited: NDArray[np.float64] = np.clip(found, _ALWAYS_A_COPY, _NEVER_A_COPY)
        return limited

    def _place(self, pairs: Pairs) -> NDArray[np.float64]:
        place = np.minimum(self.reach[pairs[:, 0]], self.reach[pairs[:, 1]]) / max(np.median(self.reach), 1e-9)
        clipped: NDArray[np.float64] = np.clip(place, _CROWDED, _LONELY)
        return clipped


def calibrate(natural: Pairs, reach: NDArray[np.float64], take: TakeThumbnails, *, steps: int = 1) -> Yardstick:
    """Return the yardstick, learnt from `natural` pairs of pictures that resemble each other and are not copies.

    Args:
        natural: neighbours, but not each other's nearest ones, which may be copies.
        reach: (pictures,), the distance at which each has its natural neighbours.
        take, steps: as for `residuals`.
    """
    if len(natural) < _ENOUGH_NATURAL:
        return Yardstick(0.0, 0.0, reach)
    left = residuals(natural, take, steps=steps).astype(np.float64)
    plain = Yardstick(float(np.median(left)), 1.0, reach)
    relative = left / np.maximum(plain.typical * plain._place(natural), 1e-9)
    middle, low = np.quantile(relative, [0.5, 0.01])
    if low <= 0 or low >= middle:
        return Yardstick(plain.typical, 0.0, reach)
    # P(residual < r) grows as r to some power, which the two quantiles tell.
    power = np.log(0.5 / 0.01) / np.log(middle / low)
    share = float(low * (_NATURAL_SHARE / 0.01) ** (1 / power))
    if plain.typical < _STRANGERS:
        share = min(share, _MOST_OF_RESEMBLING)
    return Yardstick(plain.typical, share, reach)
