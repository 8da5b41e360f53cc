"""Exact copies: pictures with equal pixels."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from onelook.data.pictures.mapped import release_pages
from onelook.data.pictures.protocol import Images
from onelook.runtime import in_threads

Digests = NDArray[np.uint8]  # (pictures, 16)

# 128 bits: among a billion pictures, the chance that two different ones have one digest is 10^-21.
DIGEST_BYTES = 16
_CHUNK = 1_024  # pictures per task of a thread


def group_copies(arrays: Sequence[Images]) -> list[NDArray[np.int64]]:
    """Return, for each array, the group of each picture: equal numbers mean equal pixels, over all arrays.

    Groups count from 0 in order of first appearance. Pictures with different shapes or dtypes are different.

    Example:
        >>> black, white = np.zeros((1, 2, 2, 1), np.uint8), np.full((1, 2, 2, 1), 255, np.uint8)
        >>> [groups.tolist() for groups in group_copies([np.concatenate([black, white, black]), white])]
        [[0, 1, 0], [1]]
    """
    return group_digests([digest_pictures(array) for array in arrays])


def group_digests(digests: Sequence[Digests]) -> list[NDArray[np.int64]]:
    """Return the groups as `group_copies` does, from the digests of each array."""
    # A dictionary of a million digests takes three times the memory, and longer.
    halves = np.concatenate(digests).view(np.uint64)
    order = np.lexsort((halves[:, 1], halves[:, 0]))  # equal ones stay in their order
    is_first = np.append(True, (halves[order[1:]] != halves[order[:-1]]).any(axis=1))[: len(order)]
    firsts = order[is_first]
    number = np.empty(len(firsts), np.int64)
    number[np.argsort(firsts)] = np.arange(len(firsts))
    groups = np.empty(len(order), np.int64)
    groups[order] = number[np.cumsum(is_first) - 1]
    return np.split(groups, np.cumsum([len(of_array) for of_array in digests])[:-1])


def first_of_groups(groups: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the array and the row in which each group appears first.

    Example:
        >>> [found.tolist() for found in first_of_groups([np.array([0, 1, 0]), np.array([1, 2])])]
        [[0, 0, 1], [0, 1, 1]]
    """
    _, first = np.unique(np.concatenate(groups), return_index=True)
    starts = np.cumsum([0, *map(len, groups)])
    # If several arrays start at this position, take the last one, because those before it are empty.
    array_of = np.searchsorted(starts, first, side="right") - 1
    return array_of, first - starts[array_of]


def digest_pictures(images: Images, rows: NDArray[np.int64] | None = None) -> Digests:
    """Return a digest of each picture's pixels, shape and dtype, (pictures, 16); only equal pictures have equal ones.

    Args:
        images: (rows, height, width, channels); may be memory-mapped.
        rows: the pictures, by position; by default all.
    """
    plain = np.asarray(images)  # rows of a memory map are slower to read
    # The digest includes shape and dtype, so that a black 2 × 2 and a black 4 × 1 are different pictures.
    kind = hashlib.blake2b(f"{plain.shape[1:]} {plain.dtype}".encode(), digest_size=DIGEST_BYTES).digest()

    chosen = np.arange(len(plain)) if rows is None else rows
    digests = np.empty((len(chosen), DIGEST_BYTES), np.uint8)

    def chunk(start: int) -> None:
        # One row at a time: a memory-mapped set stays on disk, and only one non-contiguous row is copied at once.
        found = [
            hashlib.blake2b(np.ascontiguousarray(plain[row]).data, digest_size=DIGEST_BYTES, key=kind).digest()
            for row in chosen[start : start + _CHUNK].tolist()
        ]
        digests[start : start + _CHUNK] = np.frombuffer(b"".join(found), np.uint8).reshape(-1, DIGEST_BYTES)
        release_pages(plain)

    # Python releases its lock while it hashes more than 2,047 bytes, so threads run in parallel.
    deque(in_threads(chunk, range(0, len(chosen), _CHUNK)), maxlen=0)
    return digests


def in_hexadecimal(digests: Digests) -> list[str]:
    """Return the digests as texts of 32 digits; an empty text for one of zeros, which means that there is none.

    Example:
        >>> in_hexadecimal(np.array([[0] * 16, [1] * 16], np.uint8))
        ['', '01010101010101010101010101010101']
    """
    digits, each = digests.tobytes().hex(), 2 * DIGEST_BYTES
    texts = (digits[at : at + each] for at in range(0, len(digits), each))
    return ["" if text == "0" * each else text for text in texts]
