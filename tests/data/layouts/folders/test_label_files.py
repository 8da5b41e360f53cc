"""Files of labels beside pictures: each label belongs to its picture, and what has none is counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from onelook.data.layouts.folders.files_beside.label_files import LabelFiles, _parts, _read_label
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import DataError


def draw(root: Path, labels: dict[str, str | None]) -> Path:
    for number, (name, label) in enumerate(labels.items()):
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), 9 * number).save(file)
        if label is not None:
            file.with_suffix(".cls").write_text(label)
    return root


def labels_of(root: Path, part: str) -> dict[str, str]:
    dataset = open_dataset(root)
    found = dataset.parts[part]
    assert found.labels is not None
    return {name: dataset.class_names[label] for name, label in zip(found.ids, found.labels, strict=True)}


def test_each_picture_has_the_label_of_its_own_file(tmp_path: Path) -> None:
    draw(tmp_path, {"000002.png": "10\n", "000001.png": "2\n", "000003.png": "10", "000004.png": None})
    assert labels_of(tmp_path, "all") == {"000001.png": "2", "000002.png": "10", "000003.png": "10"}
    dataset = open_dataset(tmp_path)
    assert dataset.layout == "label-files"
    assert dataset.notes[0] == "1 picture without a .cls file left out: '000004.png'."
    assert dataset.set_aside == {"000004.png": "it has no .cls file"}
    assert not any("no picture by suffix" in note for note in dataset.notes)


def test_folders_called_after_parts_are_parts(tmp_path: Path) -> None:
    draw(tmp_path, {"train/1.png": "ant", "train/2.png": "bee", "val/1.png": "bee", "val/2.png": "ant"})
    assert labels_of(tmp_path, "train") == {"train/1.png": "ant", "train/2.png": "bee"}
    assert labels_of(tmp_path, "val") == {"val/1.png": "bee", "val/2.png": "ant"}


@pytest.mark.parametrize(("content", "found"), [("", "nothing"), ("1\n2", "'1"), ("x" * 2_000, "'xxx")])
def test_a_file_without_a_label_is_refused_by_name(tmp_path: Path, content: str, found: str) -> None:
    draw(tmp_path, {"1.png": "ant", "2.png": content})
    with pytest.raises(DataError, match=rf"2\.cls: holds {found}.*Expected one line: the picture's label"):
        open_dataset(tmp_path)


def with_texts(root: Path, texts: list[str]) -> Path:
    for number, text in enumerate(texts, start=1):
        Image.new("L", (8, 8), 9 * number).save(root / f"img_{number}.jpg")
        (root / f"img_{number}.txt").write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("form", ["img_{}.jpg, {}", "img_{}.jpg {}\n", "img_{};{}", "{1}", "\n{1}\n"])
def test_a_text_with_the_label_of_each_picture_is_read(tmp_path: Path, form: str) -> None:
    texts = [form.format(number, "old shoe" if "{1}" not in form and number % 2 else "hat") for number in range(1, 9)]
    texts = [text.replace("hat", "cap") if number % 4 < 2 else text for number, text in enumerate(texts)]
    with_texts(tmp_path, texts)
    dataset = open_dataset(tmp_path)
    assert dataset.layout == "label-files"
    expected = {
        f"img_{n}.jpg": "old shoe" if "old" in t else "cap" if "cap" in t else "hat" for n, t in enumerate(texts, 1)
    }
    assert labels_of(tmp_path, "all") == expected


def test_a_text_without_one_label_leaves_its_picture_out(tmp_path: Path) -> None:
    with_texts(tmp_path, [f"img_{number}.jpg, {number % 2}" for number in range(1, 50)])
    (tmp_path / "img_4.txt").write_text("img_9.jpg, 1")
    dataset = open_dataset(tmp_path)
    assert len(dataset.parts["all"]) == 48
    assert dataset.set_aside == {"img_4.jpg": "its text file has not one label"}


@pytest.mark.parametrize(
    "texts",
    [
        [f"{number % 2} 0.5 0.5 0.2 0.1" for number in range(8)],  # boxes
        ["a cat on a mat", "a dog", "a cat in a hat", "a dog"],  # captions
        [f"scan-{number}" for number in range(8)],  # all differ
        ["cat"] * 8,
        ["cat", "dog", "cat", "dog", "cat\ndog"],
        ["cat", "dog", "dog", ""],
    ],
)
def test_texts_that_hold_no_labels_are_no_layout(tmp_path: Path, texts: list[str]) -> None:
    with_texts(tmp_path, texts)
    Image.new("L", (8, 8)).save(tmp_path / "other.jpg")
    assert open_dataset(tmp_path, for_training=False).layout != "label-files"


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        (["train/1.jpg", "test/2.jpg"], {"train": ["train/1.jpg"], "test": ["test/2.jpg"]}),
        (
            ["train-000/1.jpg", "train-001/2.jpg", "val-000/3.jpg"],
            {"train": ["train-000/1.jpg", "train-001/2.jpg"], "val": ["val-000/3.jpg"]},
        ),
        (["train/1.jpg", "test/2.jpg", "3.jpg"], {"all": ["train/1.jpg", "test/2.jpg", "3.jpg"]}),
        (["train/1.jpg", "more/2.jpg"], {"all": ["train/1.jpg", "more/2.jpg"]}),
        (["val/1.jpg", "test/2.jpg"], {"all": ["val/1.jpg", "test/2.jpg"]}),
    ],
)
def test_folders_and_shards_are_parts_if_all_pictures_lie_in_some(
    names: list[str], parts: dict[str, list[str]]
) -> None:
    assert _parts(names, "") == parts


@pytest.mark.parametrize(("labelled", "is_it"), [(2, True), (1, False)])
def test_half_of_the_pictures_have_a_file_with_a_label(tmp_path: Path, labelled: int, is_it: bool) -> None:
    for at in range(4):
        Image.new("L", (2, 2), at).save(tmp_path / f"{at}.png")
    for at in range(labelled):
        (tmp_path / f"{at}.cls").write_text("cat")
    assert (LabelFiles().recognise(Location(tmp_path)) is not None) is is_it


@pytest.mark.parametrize(
    ("text", "is_label"), [("x" * 1_000, True), ("x" * 1_001, False), ("cat\n", True), ("a\nb", False)]
)
def test_a_label_is_one_line_of_a_thousand_bytes_at_most(tmp_path: Path, text: str, is_label: bool) -> None:
    (tmp_path / "1.cls").write_text(text)
    if is_label:
        assert _read_label(Location(tmp_path), "1.cls") == text.strip()
    else:
        with pytest.raises(DataError, match="Expected one line: the picture's label"):
            _read_label(Location(tmp_path), "1.cls")


def with_json(root: Path, record_of: Callable[[int], dict[str, Any]], place: str) -> Path:
    for number in range(12):
        file = root / place.format(folder="ab"[number % 2]) / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), 9 * number).save(file)
        file.with_suffix(".json").write_text(json.dumps(record_of(number)))
    return root


def test_the_label_in_the_json_of_each_picture_is_read(tmp_path: Path) -> None:
    labels = [None, "owl", "wren", "owl"]
    root = with_json(tmp_path, lambda number: {"id": number, "category": labels[number % 4]}, "pictures")
    found = labels_of(root, "all")
    assert found == {f"{number}.png": labels[number % 4] for number in range(12) if number % 4}
    assert open_dataset(root).set_aside == dict.fromkeys(
        ("pictures/0.png", "pictures/4.png", "pictures/8.png"), "its JSON file has not one label"
    )


@pytest.mark.parametrize(
    ("record_of", "place", "layout"),
    [
        (lambda number: {"x": 3, "y": number % 2}, "pictures", "picture-folder"),  # a place, and no label
        (lambda number: {"label": f"view {number}"}, "pictures", "picture-folder"),  # of one picture each
        (lambda number: {"label": "scan"}, "pictures", "picture-folder"),  # says nothing
        (lambda number: {"label": number % 3}, "{folder}", "class-folders"),  # folders are classes already
        (lambda number: {"label": True}, "pictures", "picture-folder"),
    ],
)
def test_other_json_beside_each_picture_is_no_label(
    record_of: Callable[[int], dict[str, Any]], place: str, layout: str, tmp_path: Path
) -> None:
    assert open_dataset(with_json(tmp_path, record_of, place)).layout == layout
