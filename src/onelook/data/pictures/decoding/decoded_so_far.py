"""The facts about the pictures of a part that are decoded so far, and how a batch of them is noted in the cache.

The notes are JSON values in the journal of an unfinished entry; the next call continues from them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.pictures.decoding.decoded_before import HASH_BYTES, StoredPicture
from onelook.data.pictures.decoding.parallel_decode import Batch, Unreadable


class Tally:
    """The facts about the pictures decoded so far: the sum of the notes on their batches."""

    def __init__(self) -> None:
        self.position = 0  # the number of pictures done, readable or not
        self.sizes: list[list[int]] = []
        self.grey: list[bool] = []
        self.contents: list[str] = []  # the hashes of the files, in hexadecimal
        self.measures: list[list[float]] = []  # empty if nothing was measured
        self.quarantined: dict[int, str] = {}
        self.try_again: list[int] = []

    def add(self, note: dict[str, Any]) -> None:
        """Add the note on the next batch."""
        self.quarantined |= {self.position + int(offset): reason for offset, reason in note["unreadable"].items()}
        self.try_again += [self.position + offset for offset in note["try_again"]]
        self.position += note["pictures"]
        self.sizes += note["sizes"]
        self.grey += note["grey"]
        self.contents += note["contents"]
        self.measures += note["measures"]

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return a row for each readable picture, by the name of the column."""
        hashes = np.frombuffer(bytes.fromhex("".join(self.contents)), np.uint8).reshape(-1, HASH_BYTES)
        columns: dict[str, NDArray[Any]] = {
            "sizes": np.array(self.sizes, np.int64),
            "grey": np.array(self.grey, np.bool_),
            "contents": hashes,
        }
        return columns | ({"measures": np.array(self.measures, np.float64)} if self.measures else {})


def note_on(batch: Batch) -> dict[str, object]:
    """Return the facts about a batch, as JSON values."""
    readable = [picture for picture in batch if isinstance(picture, StoredPicture)]
    return {
        "pictures": len(batch),
        "sizes": [[picture.height, picture.width] for picture in readable],
        "grey": [picture.is_grey for picture in readable],
        "contents": [picture.content_hash.hex() for picture in readable],
        "measures": [picture.measures.tolist() for picture in readable if picture.measures is not None],
        "unreadable": unreadable_in(batch, 0),
        "try_again": [
            at for at, picture in enumerate(batch) if isinstance(picture, Unreadable) and not picture.is_lasting
        ],
    }


def unreadable_in(batch: Batch, first: int) -> dict[int, str]:
    """Return position -> reason for each unreadable picture of a batch that begins at position `first`."""
    return {first + at: picture.reason for at, picture in enumerate(batch) if isinstance(picture, Unreadable)}
