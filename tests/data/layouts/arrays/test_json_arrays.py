"""JSON files of pictures: lists, records, parts, colours and bands, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onelook.data.dataset import Dataset
from onelook.data.layouts.arrays.json_arrays import JsonArrays
from onelook.data.layouts.arrays.json_values import _count
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError

RNG = np.random.default_rng(2)
PICTURES = RNG.integers(0, 256, (6, 8, 8))
FLAT = PICTURES.reshape(6, 64).tolist()
LABELS = [0, 1, 2, 0, 1, 2]


def write(folder: Path, content: Any, name: str = "data.json") -> Path:
    (folder / name).write_text(json.dumps(content))
    return folder / name


def images(dataset: Dataset, part: str = "all") -> np.ndarray:
    found: np.ndarray = dataset.parts[part].pictures.images  # type: ignore[attr-defined]
    return found


def named(dataset: Dataset, part: str = "all") -> list[str]:
    return [dataset.class_names[label] for label in dataset.parts[part].labels]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "content",
    [
        {"data": FLAT, "labels": LABELS},
        {"labels": LABELS, "x": PICTURES.tolist(), "version": 3},
        [{"id": f"a{at}", "image": FLAT[at], "label": LABELS[at]} for at in range(6)],
        [{"pixels": PICTURES[at].tolist(), "kind": LABELS[at]} for at in range(6)],
    ],
)
def test_lists_and_records_hold_the_same_pictures(tmp_path: Path, content: Any) -> None:
    dataset = open_dataset(write(tmp_path, content))
    assert dataset.layout == "json-arrays"
    np.testing.assert_array_equal(images(dataset)[..., 0], PICTURES)
    assert named(dataset) == [str(label) for label in LABELS]


def test_whole_numbers_below_nought_keep_their_sign(tmp_path: Path) -> None:
    rows = (PICTURES % 2 * 2 - 1).reshape(6, 64)  # -1 and 1
    dataset = open_dataset(write(tmp_path, {"data": rows.tolist(), "labels": LABELS}))
    np.testing.assert_array_equal(images(dataset).reshape(6, 64), rows)
    assert dataset.parts["all"].pictures.facts().value_range == (-1.0, 1.0)


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    path = write(tmp_path, {"data": FLAT, "labels": LABELS, "locations": [[1.5, 2.5]] * 6, "version": "1"})
    assert open_dataset(path).notes == (
        f"{path}: lists that are neither pictures nor labels were left out: 'locations' and 'version'.",
    )


def test_a_list_of_another_length_is_no_label_whatever_its_name(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path, {"data": FLAT, "class": ["zero", "one", "two"], "digit": LABELS}))
    assert named(dataset) == [str(label) for label in LABELS]
    assert dataset.notes[0].endswith("lists that are neither pictures nor labels were left out: 'class'.")


def test_the_training_pictures_say_what_white_is_in_all_parts(tmp_path: Path) -> None:
    dark = [[value % 2 for value in row] for row in FLAT]
    content = {"x_test": dark[:3], "y_test": LABELS[:3], "x_train": FLAT, "y_train": LABELS}
    dataset = open_dataset(write(tmp_path, content))
    np.testing.assert_array_equal(images(dataset, "test")[..., 0], PICTURES[:3] % 2)
    assert dataset.notes == ()


@pytest.mark.parametrize("planes", [True, False])
def test_the_order_of_colours_is_told_by_the_pixels(tmp_path: Path, planes: bool) -> None:
    ramp = np.arange(8)[:, None] + np.arange(8)
    colour = np.stack([ramp * 2 + 100, ramp, ramp * 3 + 200], axis=-1)[None] + np.arange(6)[:, None, None, None]
    rows = (colour.transpose(0, 3, 1, 2) if planes else colour).reshape(6, 192).tolist()
    np.testing.assert_array_equal(images(open_dataset(write(tmp_path, {"data": rows, "labels": LABELS}))), colour)


def test_parts_come_from_keys_and_from_files(tmp_path: Path) -> None:
    content = {"x_train": FLAT, "y_train": LABELS, "x_test": FLAT[:3], "y_test": LABELS[:3]}
    dataset = open_dataset(write(tmp_path, content))
    assert named(dataset, "test") == ["0", "1", "2"]
    np.testing.assert_array_equal(images(dataset, "train")[..., 0], PICTURES)
    (tmp_path / "data.json").unlink()
    write(tmp_path, [{"image": FLAT[at], "label": LABELS[at]} for at in range(6)], "train.json")
    test = write(tmp_path, [{"image": FLAT[at]} for at in range(2)], "test.json")
    (tmp_path / "readme.md").write_text("words")
    dataset = open_dataset(tmp_path)
    assert list(dataset.parts) == ["all"]
    assert dataset.notes == (
        f"{test} has no labels and was left out: predict on it by its own path.",
        "Files that are no arrays in JSON were left out: readme.md.",
    )
    assert len(open_dataset(test, needs_labels=False).parts["all"]) == 2


def test_three_bands_are_colours_and_two_are_refused(tmp_path: Path) -> None:
    bands = [{f"band_{at}": FLAT[row] for at in range(3)} | {"is_ship": row % 2} for row in range(6)]
    dataset = open_dataset(write(tmp_path, bands))
    np.testing.assert_array_equal(images(dataset), PICTURES[..., None].repeat(3, -1))
    assert named(dataset) == ["0", "1"] * 3
    two = [{key: value for key, value in record.items() if key != "band_2"} for record in bands]
    with pytest.raises(DataError, match="a picture has 2 bands, 'band_0' and 'band_1'"):
        open_dataset(write(tmp_path, two))


def test_several_lists_that_may_be_labels_are_asked_about(tmp_path: Path) -> None:
    path = write(tmp_path, {"data": FLAT, "sex": ["f", "m"] * 3, "kind": LABELS})
    with pytest.raises(ConfigError, match="2 lists may be the labels") as caught:
        open_dataset(path)
    assert caught.value.options == ("--label-column sex", "--label-column kind")
    assert named(open_dataset(path, label_column="sex")) == ["f", "m"] * 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"data": [*FLAT[:5], FLAT[5][:-1]], "labels": LABELS}, "lists of different lengths"),
        ({"data": [row[:-1] for row in FLAT], "labels": LABELS}, "63 numbers a picture, neither a square"),
        (
            {"data": [[value * 1.5 for value in row] for row in FLAT], "labels": LABELS},
            "Expected pixels: whole numbers",
        ),
        ({"data": FLAT, "labels": [[0], [1, 2], [1], [0], [0], [0]]}, "several labels a picture"),
        ([{"image": FLAT[0], "label": 1}, {"image": FLAT[1]}], "record 2 has the keys image, the first one image and"),
        ({"signal": FLAT * 20, "labels": LABELS}, "no list of pictures was found among signal and labels"),
    ],
)
def test_what_is_no_set_of_pictures_is_refused(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        open_dataset(write(tmp_path, content))


def test_damaged_json_is_refused_with_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, {"data": FLAT, "labels": LABELS})
    path.write_text(path.read_text()[:-9])
    with pytest.raises(DataError, match=r"data\.json: not readable as JSON"):
        open_dataset(path)
    path.write_text(path.read_text()[:900] + "[" * 200_000)
    with pytest.raises(DataError, match=r"data\.json: not readable as JSON"):
        open_dataset(path)


@pytest.mark.parametrize(
    "content",
    [
        {"0": "cat", "1": "dog"},
        {"images": [{"id": 1, "bbox": [1, 2, 3, 4]}]},
        [1, 2, 3],
        "words",
        {"label": LABELS * 9},
    ],
)
def test_other_json_is_left_alone(tmp_path: Path, content: Any) -> None:
    assert JsonArrays().recognise(Location(write(tmp_path, content))) is None


@pytest.mark.parametrize(
    ("value", "count"),
    [(3, 1), (0.5, 1), (True, 0), ("3", 0), (None, 0), ([], 0), ([1, 2, 3], 3), ([[1, 2], [3, 4]], 4), ([True] * 9, 0)],
)
def test_numbers_in_lists_are_counted_by_the_first_of_each(value: object, count: int) -> None:
    assert _count(value) == count
