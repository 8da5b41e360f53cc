"""Find pictures that were decoded before, by the content of their files, in the cache entries of other data sets.

A data set in which some pictures were renamed, moved or added is another data set, with an entry of its own. Its other
pictures are copied from the entry that has them, which takes a tenth of the time of decoding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from onelook.data.cache.entries import CacheEntry, read_entries

HASH_BYTES = 16


class StoredPicture(NamedTuple):
    """A decoded picture with all that an entry of the cache keeps about it."""

    pixels: NDArray[np.uint8]  # (height, width, channels)
    height: int  # of the upright original
    width: int
    is_grey: bool
    content_hash: bytes
    measures: NDArray[np.float64] | None  # (measures,), of the copy; None if nothing was measured


def content_hash(content: bytes) -> bytes:
    """Return 16 bytes that are equal for equal files only."""
    return hashlib.sha256(content).digest()[:HASH_BYTES]


class DecodedBefore:
    """Pictures in the cache that were decoded, and measured, in one way.

    Args:
        entries: entries of one way of decoding, with the columns `contents`, `sizes`, `grey` and maybe `measures`.
    """

    def __init__(self, entries: Sequence[CacheEntry] = ()) -> None:
        # An entry with a column of another length is damaged.
        self._entries = [
            entry for entry in entries if {len(each) for each in entry.columns.values()} == {len(entry.pictures)}
        ]
        self._place_of = {
            hashed.tobytes(): (position, row)
            for position, entry in enumerate(self._entries)
            for row, hashed in enumerate(entry.columns["contents"])
        }

    @classmethod
    def read(cls, prefix: str, *, measured_as: str) -> DecodedBefore:
        """Return the pictures in the entries whose keys begin with `prefix`.

        Args:
            measured_as: how each of them has to be measured; with an empty string any will do.
        """
        entries = read_entries(prefix, marks_used=False)  # an entry that is only looked at may expire
        return cls([entry for entry in entries if measured_as in ("", entry.facts["measured_as"])])

    def find(self, hashed: bytes) -> StoredPicture | None:
        """Return the picture whose file has this hash; None if the cache has no such picture."""
        place = self._place_of.get(hashed)
        if place is None:
            return None
        entry, row = self._entries[place[0]], place[1]
        height, width = entry.columns["sizes"][row].tolist()
        measures = entry.columns.get("measures")
        return StoredPicture(
            np.array(entry.pictures[row]),
            height,
            width,
            bool(entry.columns["grey"][row]),
            hashed,
            None if measures is None else measures[row],
        )
