"""Pictures that a table lists, of which some are missing: each in its place, the missing ones with their reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from onelook.data.pictures.from_lists import ListedPictures
from onelook.data.pictures.protocol import UnreadablePictureError
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.settings import DecodeSettings

SETTINGS = DecodeSettings(height=6, width=8, channels=3)


@pytest.fixture
def listed(tmp_path: Path, draw: Callable[..., Path]) -> ListedPictures:
    """Seven rows: the second, the fifth and the last are missing, the fourth is damaged."""
    for number in (0, 2, 3, 5):
        draw(f"data/{number}.png", seed=number, size=(8 + number, 6))
    (tmp_path / "data" / "3.png").write_bytes(b"")
    names = ["0.png", None, "2.png", "3.png", None, "5.png", None]
    # The reasons come by cause, and not by row.
    return ListedPictures(Location(tmp_path / "data"), names, {4: "no file d", 6: "no file f", 1: "no file a"})


def test_rows_keep_their_places_and_reasons_come_by_row(listed: ListedPictures) -> None:
    told: list[tuple[int, int]] = []
    decoded = listed.decode(SETTINGS, lambda *done: told.append(done))
    assert len(listed) == 7
    assert decoded.kept.tolist() == [0, 2, 5]
    assert list(decoded.quarantined.items()) == [
        (1, "no file a"),
        (3, "the file is empty (0 bytes)"),
        (4, "no file d"),
        (6, "no file f"),
    ]
    assert decoded.sizes is not None
    assert decoded.sizes[:, 1].tolist() == [8, 10, 13]
    assert told == [(0, 7), (7, 7)]
    assert listed.facts().sizes == {(6, 8): 1, (6, 10): 1, (6, 13): 1}


def test_strict_names_the_first_that_is_missing_and_then_the_first_that_is_damaged(
    listed: ListedPictures, tmp_path: Path
) -> None:
    with pytest.raises(UnreadablePictureError) as caught:
        listed.decode(SETTINGS, strict=True)
    assert (caught.value.position, caught.value.reason) == (1, "no file a")
    with pytest.raises(UnreadablePictureError) as caught:
        ListedPictures(Location(tmp_path / "data"), ["0.png", "3.png"], {}).decode(SETTINGS, strict=True)
    assert (caught.value.position, caught.value.reason) == (1, "the file is empty (0 bytes)")


def test_some_of_them_are_taken_in_the_order_that_is_asked_for(listed: ListedPictures) -> None:
    some = listed.take(np.array([6, 5, 1, 0]))
    decoded = some.decode(SETTINGS)
    assert decoded.kept.tolist() == [1, 3]
    assert dict(decoded.quarantined) == {0: "no file f", 2: "no file a"}
    assert decoded.sizes is not None
    assert decoded.sizes[:, 1].tolist() == [13, 8]


def test_one_of_them_comes_at_its_own_size(listed: ListedPictures) -> None:
    assert [listed.original(row).shape for row in (0, 2, 5)] == [(6, 8, 3), (6, 10, 3), (6, 13, 3)]
    with pytest.raises(DataError, match=r"data: picture 5 cannot be read: no file d$"):
        listed.original(4)
