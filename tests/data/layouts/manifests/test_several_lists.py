"""Lists of several domains or sets, without a header, and the folder that names in a table are of."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from onelook.data.layouts.manifests.names.listed_files import Whereabouts, best_places
from onelook.data.open import open_dataset
from onelook.errors import DataError


def write(root: Path, pictures: str, tables: dict[str, str]) -> Path:
    """Pictures of one grey each, and tables with `;` for the end of a line."""
    for number, name in enumerate(pictures.split()):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (2, 2), number).save(root / name)
    for name, text in tables.items():
        (root / name).write_text(text.replace(";", "\n") + "\n")
    return root


def test_lists_without_a_header_are_one_where_their_codes_are_the_folders(tmp_path: Path) -> None:
    lines = {
        f"{domain}_{part}.txt": ";".join(
            f"{domain}/{name}/{domain}_{code + 1:03d}_{at:06d}.png {code}"
            for code, name in enumerate(("angel", "zebra"))
            for at in rows
        )
        for domain in ("clipart", "real")
        for part, rows in (("train", range(1, 6)), ("test", range(6, 9)))
    }
    names = " ".join(line.split()[0] for text in lines.values() for line in text.split(";"))
    found = open_dataset(write(tmp_path / "d", names, lines), layout="manifest")
    assert {name: len(part) for name, part in found.parts.items()} == {"train": 20, "test": 12}
    assert found.class_names == ("angel", "zebra")
    # The names number the pictures of each folder, and tell no tracks.
    assert found.parts["train"].groups is None
    other = {**lines, "real_train.txt": lines["real_train.txt"].replace("zebra", "angel")}
    with pytest.raises(DataError, match="4 tables list pictures"):
        open_dataset(write(tmp_path / "e", names, other), layout="manifest")


def test_names_in_a_table_are_of_the_nearest_folder_around_it() -> None:
    alike = Counter({Whereabouts("one/"): 3, Whereabouts("one/two/"): 3, Whereabouts("three/"): 3})
    found = [best_places(alike, "t.csv", folder) for folder in ("one/two/Label/", "one/Label/")]
    assert [[place.folder for place in each] for each in found] == [["one/two/"], ["one/"]]
    assert len(best_places(alike, "t.csv", "four/Label/")) == 3
