"""Find the pairs of near copies, or read them from the cache if the same pictures were compared before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from onelook.data.cache.entries import cache_key, new_entry, read_entry
from onelook.data.duplicates.near.confirm import Pairs
from onelook.data.duplicates.near.find import NEAR_VERSION, find_near_pairs
from onelook.data.pictures.protocol import Images, OnProgress


class NearPair(NamedTuple):
    """Two pictures that are near copies, by their rows. Pairs contain only the first of exact copies.

    Before the split, a part is one of the data (train, val, test, all); after it, a side of the split.
    """

    part: str
    row: int
    other_part: str
    other_row: int


def near_pairs(
    arrays: Sequence[Images],
    groups: Sequence[NDArray[np.int64]],
    fingerprints: Sequence[str],
    on_progress: OnProgress | None = None,
) -> Pairs:
    """Return the pairs of `find_near_pairs`, from the cache if these pictures were compared before.

    Args:
        arrays, groups, on_progress: as in `find_near_pairs`.
        fingerprints: the fingerprint of all pixels of each array.

    Raises:
        DataError: the cache cannot be written.
    """
    key = cache_key("near", NEAR_VERSION, *fingerprints)
    found = read_entry(key)
    if found is not None and found.pictures.dtype == np.int64 and found.pictures.shape[1:] == (2,):
        return np.array(found.pictures)
    pairs, _ = find_near_pairs(arrays, groups, on_progress)
    with new_entry(key, (2,), np.int64) as writer:
        writer.append(pairs)
    return pairs
