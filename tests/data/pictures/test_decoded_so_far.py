"""The facts about decoded pictures, batch by batch, as they are noted and read back."""

from __future__ import annotations

import json

import numpy as np

from onelook.data.pictures.decoding.decoded_before import HASH_BYTES, StoredPicture
from onelook.data.pictures.decoding.decoded_so_far import Tally, note_on, unreadable_in
from onelook.data.pictures.decoding.parallel_decode import Batch, Unreadable


def picture(number: int) -> StoredPicture:
    return StoredPicture(
        pixels=np.full((1, 1, 1), number, np.uint8),
        height=number,
        width=number + 1,
        is_grey=number % 2 == 0,
        content_hash=bytes([number]) * HASH_BYTES,
        measures=None,
    )


def test_positions_count_from_the_first_batch_on_whatever_could_be_read() -> None:
    batches: list[Batch] = [
        [picture(10), Unreadable("cut short", is_lasting=True), Unreadable("no permission", is_lasting=False)],
        [Unreadable("away", is_lasting=False), picture(11)],
        [Unreadable("no JPEG", is_lasting=True)],
        [picture(12), picture(13), Unreadable("away", is_lasting=False)],
    ]
    tally = Tally()
    for batch in batches:
        tally.add(json.loads(json.dumps(note_on(batch))))  # as the cache has it
    assert tally.position == 9
    assert tally.quarantined == {
        1: "cut short",
        2: "no permission",
        3: "away",
        5: "no JPEG",
        8: "away",
    }
    assert tally.try_again == [2, 3, 8]
    columns = tally.columns()
    assert sorted(columns) == ["contents", "grey", "sizes"]
    assert columns["sizes"].tolist() == [[10, 11], [11, 12], [12, 13], [13, 14]]
    assert columns["grey"].tolist() == [True, False, True, False]
    assert columns["contents"][:, 0].tolist() == [10, 11, 12, 13]
    assert unreadable_in(batches[1], 3) == {3: "away"}
