"""A list of the classes beside the pictures decides which of several folders is the class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from onelook.data.layouts.folders.listed_classes import _by_list
from onelook.data.layouts.label_from import FolderLevel
from onelook.data.storage.location import Location

NAMES = [f"{place}/{kind}/{at}.png" for place in ("north", "south") for kind in ("cat", "dog") for at in range(2)]


@pytest.mark.parametrize(
    ("lines", "level", "count"),
    [
        (("cat", "dog"), 2, 2),
        (("1 cat", "2 dog"), 2, 2),
        (("cat,1", "dog,2"), 2, 2),
        (("South", " north/ "), 1, 2),
        (("cat", "dog", "eel", "fox"), 2, 2),  # half of the classes have pictures
        (("cat", "dog", "eel", "fox", "gnu"), None, 0),
        (("cat", "eel"), None, 0),
        (("north/cat", "north/dog", "south/cat", "south/dog"), "path", 4),
        (("cat", "dog", "north", "south"), None, 0),  # either
    ],
)
def test_the_level_whose_folders_are_listed_is_the_class(
    tmp_path: Path, lines: Sequence[str], level: int | str | None, count: int
) -> None:
    (tmp_path / "classes.txt").write_text("\n".join(lines) + "\n")
    (tmp_path / "other.txt").write_text("cat\ndog\n")  # not called like a list of classes
    found = _by_list(Location(tmp_path), NAMES, "")
    assert found == (None if level is None else (FolderLevel(level), "classes.txt", count))  # type: ignore[arg-type]
