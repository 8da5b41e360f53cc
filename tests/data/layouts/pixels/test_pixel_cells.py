"""Tables with all pixels of a picture in a cell: parts, labels, and columns that are no classes."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from onelook.data.dataset import Dataset
from onelook.data.layouts.pixels import cell_table
from onelook.data.open import open_dataset
from onelook.errors import ConfigError, DataError

RNG = np.random.default_rng(9)
PICTURES = RNG.integers(0, 256, (12, 8, 8))
CELLS = [" ".join(map(str, picture.ravel())) for picture in PICTURES]
USAGE = ["Training"] * 6 + ["PublicTest"] * 3 + ["PrivateTest"] * 3


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path_factory.mktemp("cache")))


def write(folder: Path, header: Sequence[str], *columns: Sequence[object], name: str = "fer2013.csv") -> Path:
    with (folder / name).open("w", newline="") as file:
        csv.writer(file).writerows([header, *zip(*columns, strict=True)])
    return folder / name


def images(dataset: Dataset, part: str = "all") -> np.ndarray:
    found: np.ndarray = dataset.parts[part].pictures.images  # type: ignore[attr-defined]
    return found[..., 0]


def named(dataset: Dataset, part: str = "all") -> list[str]:
    return [dataset.class_names[label] for label in dataset.parts[part].labels]  # type: ignore[union-attr]


@pytest.mark.parametrize("header", [["emotion", "pixels", "Usage"], ["emotion", " pixels", " Usage"]])
def test_usage_tells_the_parts(tmp_path: Path, header: list[str]) -> None:
    labels = [at % 3 for at in range(12)]
    dataset = open_dataset(write(tmp_path, header, labels, CELLS, USAGE))
    assert dataset.layout == "pixel-cells"
    for part, rows in (("train", slice(0, 6)), ("val", slice(6, 9)), ("test", slice(9, 12))):
        np.testing.assert_array_equal(images(dataset, part), PICTURES[rows])
        assert named(dataset, part) == [str(label) for label in labels[rows]]
    assert dataset.notes == (
        "The parts are in 'Usage': 'PrivateTest' was taken for test, 'PublicTest' for val and 'Training' for train.",
    )


def test_labels_keep_their_zeros_and_one_number_is_one_class(tmp_path: Path) -> None:
    labels = [f"{at % 3:02d}" for at in range(12)]
    assert open_dataset(write(tmp_path, ["emotion", "pixels"], labels, CELLS)).class_names == ("00", "01", "02")
    mixed = open_dataset(write(tmp_path, ["emotion", "pixels"], ["1", *labels[1:]], CELLS))
    assert mixed.class_names == ("0", "1", "2")
    assert any("'01' and '1' are the class 1" in note for note in mixed.notes)


def test_files_may_be_the_parts(tmp_path: Path) -> None:
    for name, rows in (("Training", slice(0, 6)), ("PublicTest", slice(6, 9)), ("PrivateTest", slice(9, 12))):
        labels = [at % 3 for at in range(12)][rows]
        write(tmp_path, ["emotion", "pixels"], labels, CELLS[rows], name=f"{name}.csv")
    dataset = open_dataset(tmp_path)
    assert {name: len(part) for name, part in dataset.parts.items()} == {"train": 6, "val": 3, "test": 3}
    np.testing.assert_array_equal(images(dataset, "val"), PICTURES[6:9])


def test_a_test_table_without_labels_is_left_out_and_predicted_by_its_own_path(tmp_path: Path) -> None:
    write(tmp_path, ["emotion", "pixels"], [at % 3 for at in range(12)], CELLS, name="train.csv")
    write(tmp_path, ["pixels"], CELLS[:4], name="test.csv")
    (tmp_path / "readme.txt").write_text("words")
    dataset = open_dataset(tmp_path)
    assert list(dataset.parts) == ["all"]
    assert dataset.notes == (
        f"{tmp_path}/test.csv has no labels and was left out: after training, predict on it by its own path.",
        "Files that are of no part were left out: readme.txt.",
    )
    test = open_dataset(tmp_path / "test.csv", needs_labels=False)
    assert test.parts["all"].labels is None
    np.testing.assert_array_equal(images(test), PICTURES[:4])


@pytest.mark.parametrize("between", [",", ", ", ";", "  "])
def test_pixels_may_be_written_as_a_list(tmp_path: Path, between: str) -> None:
    cells = [f"[{between.join(map(str, picture.ravel()))}]" for picture in PICTURES]
    dataset = open_dataset(write(tmp_path, ["image", "label"], cells, ["ab"[at % 2] for at in range(12)]))
    np.testing.assert_array_equal(images(dataset), PICTURES)
    assert named(dataset) == ["a", "b"] * 6


def test_decimals_in_0_to_1_are_kept(tmp_path: Path) -> None:
    cells = [" ".join(f"{value / 255:.4f}" for value in picture.ravel()) for picture in PICTURES]
    dataset = open_dataset(write(tmp_path, ["pixels", "label"], cells, [at % 2 for at in range(12)]))
    np.testing.assert_allclose(images(dataset), PICTURES / 255, atol=1e-4)
    assert dataset.parts["all"].pictures.facts().value_range == (0.0, 1.0)


def test_cells_longer_than_the_reader_s_own_limit_are_read(tmp_path: Path) -> None:
    cells = [" ".join(["200"] * 40_000), " ".join(["100"] * 40_000)]
    before = csv.field_size_limit()
    dataset = open_dataset(write(tmp_path, ["label", "pixels"], [0, 1], cells))
    assert images(dataset).shape == (2, 200, 200)
    assert csv.field_size_limit() == before


def test_several_columns_that_may_be_the_label_are_asked_about(tmp_path: Path) -> None:
    people = [f"{at}.jpg" for at in range(12)]
    header = ["gender", "group", "file", "pixels"]
    path = write(tmp_path, header, ["f", "m"] * 6, [at % 3 for at in range(12)], people, CELLS)
    with pytest.raises(ConfigError, match="2 columns may be the label") as caught:
        open_dataset(path)
    assert caught.value.options == ("--label-column gender", "--label-column group")
    dataset = open_dataset(path, label_column="gender")
    assert named(dataset) == ["f", "m"] * 6
    assert dataset.notes[-1].endswith(
        "columns that are neither pixels nor the label were left out: 'group' and 'file'."
    )
    with pytest.raises(ConfigError, match="unknown column 'gendre'. Did you mean 'gender'?"):
        open_dataset(path, label_column="gendre")
    assert open_dataset(path, needs_labels=False).parts["all"].labels is None


def test_numbers_with_decimals_are_no_classes(tmp_path: Path) -> None:
    places = [f"{at * 1.37:.3f}" if at % 5 else "" for at in range(12)]
    path = write(tmp_path, ["eye_x", "eye_y", "Image"], places, places, CELLS)
    with pytest.raises(DataError, match="'eye_x' and 'eye_y' hold numbers with decimals: numbers to predict, and no"):
        open_dataset(path)
    assert open_dataset(path, needs_labels=False).parts["all"].labels is None


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([CELLS[0], CELLS[1] + " 7"], r"row 2: 65 pixels, expected 64"),
        ([CELLS[0], CELLS[1][:-1] + "x"], r"row 2: found '\d*x' among the pixels"),
        ([CELLS[0], " ".join(["300"] * 64)], r"values from \d+ to 300\. Expected pixels"),
        ([" ".join(["1"] * 65)] * 2, r"65 pixels a cell, neither a square"),
    ],
)
def test_a_cell_that_is_no_picture_is_refused(tmp_path: Path, cells: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        open_dataset(write(tmp_path, ["label", "pixels"], [0, 1], cells))


def test_a_ragged_row_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, ["label", "pixels"], [0, 1], CELLS[:2])
    path.write_text(path.read_text() + "1\n")
    with pytest.raises(DataError, match=r"row 3: 1 value, expected 2, as many as the header has"):
        open_dataset(path)


def test_pixels_are_read_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, ["label", "pixels"], [at % 2 for at in range(12)], CELLS)
    open_dataset(path)
    monkeypatch.setattr(cell_table, "_pixels", None)
    np.testing.assert_array_equal(images(open_dataset(path)), PICTURES)


def test_labels_go_with_their_rows_where_the_parts_stand_mixed(tmp_path: Path) -> None:
    usage = ["PublicTest", "Training", "Training", "PrivateTest"] * 3
    labels = [3, 5, 4, 4, 5, 3, 3, 5, 4, 4, 5, 3]
    dataset = open_dataset(write(tmp_path, ["emotion", "pixels", "Usage"], labels, CELLS, usage))
    for part, rows in (("train", [1, 2, 5, 6, 9, 10]), ("val", [0, 4, 8]), ("test", [3, 7, 11])):
        np.testing.assert_array_equal(images(dataset, part), PICTURES[rows])
        assert named(dataset, part) == [str(labels[row]) for row in rows]


def test_a_table_of_no_part_is_left_out_beside_the_one_to_train_on_and_is_that_beside_a_test(tmp_path: Path) -> None:
    labels = ["cat", "dog"] * 3
    for at, name in enumerate(("train.csv", "extra.csv")):
        write(tmp_path, ["label", "pixels"], labels, CELLS[6 * at : 6 * at + 6], name=name)
    dataset = open_dataset(tmp_path)
    np.testing.assert_array_equal(images(dataset), PICTURES[:6])
    assert dataset.notes[-1] == "Files that are of no part were left out: extra.csv."
    (tmp_path / "train.csv").rename(tmp_path / "test.csv")
    dataset = open_dataset(tmp_path)
    np.testing.assert_array_equal(images(dataset, "train"), PICTURES[6:])
    np.testing.assert_array_equal(images(dataset, "test"), PICTURES[:6])
