"""Find pictures again among known ones, by their fingerprints: equal pixels, or an altered copy.

The limits are measured (`benchmarks/picture_list.py`): on photographs and on hand-written digits, of which two are
sometimes more alike than a photograph and its copy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.data.duplicates.fingerprints import OUTLINE_BYTES, Fingerprints, unpack_outlines

# A smaller distance always means a copy. JPEG (quality 75) moves a photograph by 0.015 at most in 99 of 100 cases; of
# 10,000 MNIST test pictures none is as near to one of the 60,000 training pictures.
_ALWAYS_A_COPY = 0.03
# (distance, share): a smaller distance means a copy if it is also below this share of the distance to the eighth known
# picture. So a 1, which has many close neighbours, has to be closer than an 8. A digit that was halved and enlarged
# again moves by 0.08 in 99 of 100 cases, a photograph made a tenth brighter by 0.10; new photographs are 0.4 away.
# With one limit of (0.12, 0.4), 1 % of new digits resembled one of 300 known ones that much; with these two, 0.1 %.
_STANDS_OUT = ((0.08, 0.4), (0.12, 0.2))
_NEIGHBOURS = 8
# Halving and enlarging weakens high frequencies. So each picture is also compared with them strengthened, by the
# exponential of this times the square of the frequency: the gains measured on halved digits (0.87 at the highest with
# Lanczos, 0.76 with a linear filter).
_STRENGTHENED = (0.004, 0.008)
_WORTH_STRENGTHENING = 0.25  # a picture that is farther away unchanged does not become a copy
_VALUES_AT_ONCE = 8 << 20  # distances in memory, 32 MB


@dataclass(frozen=True)
class Copies:
    """For each picture that was looked up, the known picture that it copies."""

    exact: NDArray[np.int64]  # (rows,): the known picture with equal pixels; -1 if there is none
    near: NDArray[np.int64]  # (rows,): the known picture that it is an altered copy of; -1 if none, or if exact


class KnownPictures:
    """Pictures that are known by their fingerprints, prepared for looking up others.

    Args:
        known: the fingerprints. The first of equal digests counts.
    """

    def __init__(self, known: Fingerprints) -> None:
        self._row_of = {digest: row for row, digest in reversed([*enumerate(known.digest_bytes())])}
        self._outlined = np.flatnonzero(known.outlines.any(axis=1))
        self._vectors = unpack_outlines(known.outlines[self._outlined])
        self._half_squares = (self._vectors**2).sum(axis=1) / 2

    def find(self, asked: Fingerprints) -> Copies:
        """Return the copies among the pictures `asked`. 10,000 are looked up among 100,000 in seconds."""
        exact = np.fromiter((self._row_of.get(digest, -1) for digest in asked.digest_bytes()), np.int64, len(asked))
        near = np.full(len(asked), -1, np.int64)
        rows = np.flatnonzero((exact < 0) & asked.outlines.any(axis=1))
        if len(self._outlined):
            near[rows] = self._near(unpack_outlines(asked.outlines[rows]))
        return Copies(exact, near)

    def _near(self, vectors: NDArray[np.float32]) -> NDArray[np.int64]:
        at_once = max(1, _VALUES_AT_ONCE // len(self._outlined))
        blocks = [self._near_of_block(vectors[at : at + at_once]) for at in range(0, len(vectors), at_once)]
        return np.concatenate([np.zeros(0, np.int64), *blocks])

    def _near_of_block(self, vectors: NDArray[np.float32]) -> NDArray[np.int64]:
        found = np.full(len(vectors), -1, np.int64)
        least = np.full(len(vectors), np.inf)
        rest = np.arange(len(vectors))
        for strength in (0.0, *_STRENGTHENED):
            asked = _strengthened(vectors[rest], strength)
            # |a - k|² = |a|² - 2 (a·k - |k|² / 2): the largest of what is in brackets is the nearest.
            likeness = asked @ self._vectors.T
            likeness -= self._half_squares
            nearest = likeness.argmax(axis=1)
            squares = (asked**2).sum(axis=1)
            distance = _root(squares - 2 * likeness[np.arange(len(rest)), nearest])
            is_copy = distance < _ALWAYS_A_COPY
            doubtful = np.flatnonzero(~is_copy & (distance < max(limit for limit, _ in _STANDS_OUT)))
            if len(self._outlined) > _NEIGHBOURS and len(doubtful):
                eighth = np.partition(likeness[doubtful], -_NEIGHBOURS, axis=1)[:, -_NEIGHBOURS]
                reach = _root(squares[doubtful] - 2 * eighth)
                for limit, share in _STANDS_OUT:
                    is_copy[doubtful] |= distance[doubtful] < np.minimum(limit, share * reach)
            better = is_copy & (distance < least[rest])
            found[rest[better]] = self._outlined[nearest[better]]
            least[rest[better]] = distance[better]
            rest = rest[distance < _WORTH_STRENGTHENING] if strength == 0 else rest
            if not len(rest):
                break
        return found


def _root(squares: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return square roots; a square that rounding made negative counts as 0."""
    root: NDArray[np.float32] = np.sqrt(np.maximum(squares, 0))
    return root


def _strengthened(vectors: NDArray[np.float32], strength: float) -> NDArray[np.float32]:
    """Return outlines with their high frequencies strengthened, scaled to length 1 again."""
    down, right = np.divmod(np.arange(1, OUTLINE_BYTES + 1), int(np.sqrt(OUTLINE_BYTES + 2)))
    changed = vectors * np.exp(strength * (down**2 + right**2)).astype(np.float32)
    return np.asarray(changed / np.linalg.norm(changed, axis=1, keepdims=True), np.float32)
