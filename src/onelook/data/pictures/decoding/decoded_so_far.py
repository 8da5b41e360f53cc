"""The facts about the pictures of a part that are decoded so far, and how a batch of them is noted in the cache.

The notes are JSON values in the journal of an unfinished entry; the next call continues from them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.pictures.decoding.decoded_before import HASH_BYTES, StoredPicture
from onelook.data.pictures.decoding.parallel_decode import Batch, Unreadable


class Tally:
    """The facts about the pictures decoded so far: the sum of the notes on their batches."""

    def __init__(self) -> None:
        self.position = 0  # the number of pictures done, readable or not
        self._batches: defaultdict[str, list[NDArray[Any]]] = defaultdict(list)  # column -> its rows of each batch
        self.quarantined: dict[int, str] = {}
        self.try_again: list[int] = []

    def add(self, note: dict[str, Any]) -> None:
        """Add the note on the next batch."""
        self.quarantined |= {self.position + int(offset): reason for offset, reason in note["unreadable"].items()}
        self.try_again += [self.position + offset for offset in note["try_again"]]
        self.position += note["pictures"]
        if not note["sizes"]:
            return
        self._batches["sizes"].append(np.array(note["sizes"], np.int64))
        self._batches["grey"].append(np.array(note["grey"], np.bool_))
        hashes = np.frombuffer(bytes.fromhex("".join(note["contents"])), np.uint8)
        self._batches["contents"].append(hashes.reshape(-1, HASH_BYTES))
        if note["measures"]:
            self._batches["measures"].append(np.array(note["measures"], np.float64))

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return a row for each readable picture, by the name of the column; empty if none could be read.

        There is a column of measures if the pictures were measured.
        """
        return {name: np.concatenate(batches) for name, batches in self._batches.items()}


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
