"""Data sets beside each other, each with tables of its own parts: a question which to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.open import open_dataset
from onelook.errors import ConfigError


def draw(root: Path, parts: Sequence[str], suffix: str = ".png", stem: str = "") -> None:
    """Draw two classes of pictures with a table for each part, and a list of the classes."""
    for number, part in enumerate(parts):
        rows = []
        for at in range(4):
            name = f"{('cat', 'dog')[at % 2]}/{stem}{part}{at}{suffix}"
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.full((2, 2), 10 * number + at, np.uint8)).save(root / name)
            rows.append(f"{at},{name},{at % 2},{name[:3]}\n")
        (root / f"{part}.csv").write_text("".join([",Filename,Label,ClassName\n", *rows]))
    (root / "label_map.json").write_text('{"cat": 0, "dog": 1}')


@pytest.mark.parametrize(("stem", "are_alike"), [("", True), ("x", False)])
def test_two_sets_with_the_same_parts_are_a_question_that_names_their_paths(
    tmp_path: Path, stem: str, are_alike: bool
) -> None:
    draw(tmp_path / "RGB", ("train", "test"))
    draw(tmp_path / "bands", ("train", "test"), ".tif", stem)
    with pytest.raises(ConfigError) as caught:
        open_dataset(tmp_path)
    assert caught.value.options == (f"{tmp_path}/bands", f"{tmp_path}/RGB")
    text = str(caught.value)
    assert "holds 2 data sets beside each other, each with its own tables" in text
    assert ("on pictures of the same names" in text) is are_alike
    assert "8 pictures (.tif), with 'test.csv' and 'train.csv'" in text
    found = open_dataset(tmp_path / "bands")
    assert ({name: len(part.ids) for name, part in found.parts.items()}, found.class_names) == (
        {"train": 4, "test": 4},
        ("cat", "dog"),
    )


@pytest.mark.parametrize(
    ("folders", "parts"),
    [
        ({"train": ["train"], "test": ["test"]}, {"train": 4, "test": 4}),
        ({"a": ["train"], "b": ["train"]}, {"all": 8}),
        ({"a": ["train", "test"], "b": ["train"]}, {"train": 8, "test": 4}),
        ({"a": ["train", "test"], "b": ["train", "val"]}, {"train": 8, "val": 4, "test": 4}),
    ],
)
def test_folders_of_one_part_or_of_unlike_parts_are_one_data_set(
    tmp_path: Path, folders: Mapping[str, Sequence[str]], parts: Mapping[str, int]
) -> None:
    for folder, of_folder in folders.items():
        draw(tmp_path / folder, of_folder, stem=folder)
    found = open_dataset(tmp_path, layout="manifest")
    assert {name: len(part.ids) for name, part in found.parts.items()} == parts


def test_a_list_of_classes_is_not_joined_by_the_labels_of_a_table_with_one_picture_of_each(tmp_path: Path) -> None:
    draw(tmp_path, ("train", "test"))
    rows = (tmp_path / "test.csv").read_text().splitlines()
    (tmp_path / "test.csv").write_text("\n".join(rows[:3]))
    assert not any("label_map.json" in note for note in open_dataset(tmp_path).notes)
