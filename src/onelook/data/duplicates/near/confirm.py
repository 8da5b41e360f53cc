"""Compare candidate pairs on their pixels, and find the residual below which two pictures are copies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.data.duplicates.near.edges import Edges, enlarged, softened
from onelook.runtime import in_threads

Pairs = NDArray[np.int64]  # (pairs, 2): two pictures each
TakeThumbnails = Callable[[NDArray[np.int64]], NDArray[np.float32]]  # (rows,) -> (rows, height, width)

_CHUNK = 512  # pairs compared at once: 28 × 28 pictures and their variants take some 20 MB
# A smaller residual always means a copy: it is 0.25 % of the energy, less than JPEG removes, and less than the residual
# of any two hand-written digits (0.09 among 225,000 pairs of neighbours) or photographs.
_ALWAYS_A_COPY = 0.05
# A larger residual never means a copy: it is 25 % of the energy, such as the same object with another sky.
_NEVER_A_COPY = 0.5
# The share of natural neighbours that may be called copies, by a power law through their median and 1 % quantile.
_NATURAL_SHARE = 2.5e-4
# If the residual of natural neighbours is above this, they have nothing in common, and a chance likeness is excluded.
# That holds for photographs (CIFAR-10 0.984 to 0.989, Dogs vs. Cats 0.987), but not for drawings on one background
# (MNIST 0.64 among 60,000, and 0.95 among 40, where the eighth neighbour is not near and says little about the first).
# For drawings, a limit of a fifth loses no copy that was brightened, shifted, compressed (quality 75) or given noise
# (of 4 levels).
_STRANGERS = 0.98
_MOST_OF_RESEMBLING = 0.2
# How much the limit of a picture depends on the distance of its neighbours: a 1 has closer neighbours than an 8.
_CROWDED, _LONELY = 0.3, 1.2
_ENOUGH_NATURAL = 30  # with fewer pairs, the residual of natural neighbours is not measured


def residuals(
    pairs: Pairs, take: TakeThumbnails, *, steps: int = 1, below: NDArray[np.float64] | None = None
) -> NDArray[np.float32]:
    """Return the residual of each pair: the smallest over several ways to make one an altered copy of the other.

    The pictures are compared unchanged; with one softened (as after shrinking and enlarging); with one enlarged by a
    pixel on each side (as after cropping); and with one both softened and enlarged. Each variant is tried on both.

    Args:
        pairs: pairs of pictures by number; `take` returns their thumbnails.
        steps: as for `Edges`.
        below: (pairs,): the variants are tried only if the residual of the unchanged pair is below this.
    """

    def chunk(start: int) -> NDArray[np.float32]:
        of_chunk = pairs[start : start + _CHUNK]
        pictures, (first, second) = _numbered(of_chunk)
        plain = Edges(take(pictures), steps)
        found = plain.residuals(first, plain, second)
        again = np.arange(len(found)) if below is None else np.flatnonzero(found < below[start : start + _CHUNK])
        found[again] = np.minimum(found[again], _changed_residuals(of_chunk[again], take, steps))
        return found

    return np.concatenate([np.zeros(0, np.float32), *in_threads(chunk, range(0, len(pairs), _CHUNK))])


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
    """Return the pictures that occur, and the position of each picture of a pair among them, (2, pairs)."""
    pictures, at = np.unique(pairs, return_inverse=True)
    return pictures, at.reshape(-1, 2).T


@dataclass(frozen=True)
class Yardstick:
    """The residual below which two pictures of this data are copies."""

    typical: float  # the residual of natural neighbours; 0 if there are too few
    share: float  # the limit, as a share of the typical residual
    reach: NDArray[np.float64]  # (pictures,): the distance of each picture's natural neighbours

    def limits(self, pairs: Pairs) -> NDArray[np.float64]:
        """Return the residual below which each pair is a pair of copies: (pairs,)."""
        found = self.share * self.typical * self._place(pairs)
        limited: NDArray[np.float64] = np.clip(found, _ALWAYS_A_COPY, _NEVER_A_COPY)
        return limited

    def _place(self, pairs: Pairs) -> NDArray[np.float64]:
        place = np.minimum(self.reach[pairs[:, 0]], self.reach[pairs[:, 1]]) / max(np.median(self.reach), 1e-9)
        clipped: NDArray[np.float64] = np.clip(place, _CROWDED, _LONELY)
        return clipped


def calibrate(natural: Pairs, reach: NDArray[np.float64], take: TakeThumbnails, *, steps: int = 1) -> Yardstick:
    """Return the yardstick, measured on `natural` pairs: pictures that are similar but are not copies.

    Args:
        natural: pairs of neighbours, without the nearest ones, which may be copies.
        reach: (pictures,), the distance of the natural neighbours of each.
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
    # P(residual < r) grows as a power of r; the two quantiles give the exponent.
    power = np.log(0.5 / 0.01) / np.log(middle / low)
    share = float(low * (_NATURAL_SHARE / 0.01) ** (1 / power))
    if plain.typical < _STRANGERS:
        share = min(share, _MOST_OF_RESEMBLING)
    return Yardstick(plain.typical, share, reach)
