"""Tables of numbers without a header: where the label stands, what the values mean, and which files belong together."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from onelook.data.dataset import Dataset
from onelook.data.layouts.pixels.bare_columns import find_columns
from onelook.data.layouts.pixels.bare_table import bare_rows
from onelook.data.layouts.pixels.pixel_rows import PixelRows
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError

RNG = np.random.default_rng(11)


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path_factory.mktemp("cache")))


def drawn(rows: int = 30, side: int = 8) -> np.ndarray:
    """Pictures as people draw digits: bright in the middle, black at the border."""
    pictures = np.zeros((rows, side, side), int)
    pictures[:, 1:-1, 1:-1] = RNG.integers(0, 256, (rows, side - 2, side - 2))
    return pictures


def write(folder: Path, rows: Sequence[Sequence[object]], name: str = "digits.csv", between: str = ",") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(between.join(map(str, row)) + "\n" for row in rows)
    (folder / name).write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return folder / name


def images(dataset: Dataset, part: str = "all") -> np.ndarray:
    found: np.ndarray = dataset.parts[part].pictures.images  # type: ignore[attr-defined]
    return found


def named(dataset: Dataset, part: str = "all") -> list[str]:
    return [dataset.class_names[label] for label in dataset.parts[part].labels]  # type: ignore[union-attr]


PICTURES = drawn()
FLAT = PICTURES.reshape(30, 64).tolist()
CLASSES = [at % 3 for at in range(30)]


@pytest.mark.parametrize("end", ["first", "last"])
@pytest.mark.parametrize(("name", "between"), [("a.csv", ","), ("a.data", " "), ("a.txt.gz", "\t"), ("a.csv", ";")])
def test_the_label_is_found_at_either_end(tmp_path: Path, end: str, name: str, between: str) -> None:
    rows = [[label, *row] if end == "first" else [*row, label] for label, row in zip(CLASSES, FLAT, strict=True)]
    dataset = open_dataset(write(tmp_path, rows, name, between))
    assert dataset.layout == "pixel-rows"
    np.testing.assert_array_equal(images(dataset)[..., 0], PICTURES)
    assert named(dataset) == [str(label) for label in CLASSES]
    other = "last" if end == "first" else "first"
    assert dataset.notes == (
        f"The label was taken to be the {end} column: --label-column {other} takes the other end.",
    )


@pytest.mark.parametrize("end", ["first", "last"])
@pytest.mark.parametrize(("name", "between"), [("a.csv", ","), ("a.data", " ")])
def test_labels_keep_their_zeros(tmp_path: Path, end: str, name: str, between: str) -> None:
    labels = [f"{at % 3 * 5:02d}" for at in range(30)]
    rows = [[label, *row] if end == "first" else [*row, label] for label, row in zip(labels, FLAT, strict=True)]
    dataset = open_dataset(write(tmp_path, rows, name, between))
    assert dataset.class_names == ("00", "05", "10")
    assert named(dataset) == labels
    np.testing.assert_array_equal(images(dataset)[..., 0], PICTURES)


def test_labels_in_a_file_of_their_own_keep_their_zeros(tmp_path: Path) -> None:
    write(tmp_path, FLAT, "trainImages.csv")
    write(tmp_path, [[f"{label:02d}"] for label in CLASSES], "trainLabels.csv")
    assert open_dataset(tmp_path).class_names == ("00", "01", "02")


def test_a_table_sorted_by_class_shows_its_label_further_down(tmp_path: Path) -> None:
    rows = [[at // 10, *row] for at, row in enumerate(FLAT)]
    rows[0][1:] = [0] * 64  # and begins with a blank picture
    assert named(open_dataset(write(tmp_path, rows))) == [str(at // 10) for at in range(30)]


def test_the_label_may_be_a_word(tmp_path: Path) -> None:
    rows = [["ab"[at % 2], *row] for at, row in enumerate(FLAT)]
    assert named(open_dataset(write(tmp_path, rows))) == ["a", "b"] * 15
    assert named(open_dataset(write(tmp_path, rows[:1]), for_training=False)) == ["a"]


def test_where_both_ends_may_be_labels_it_asks_and_takes_the_answer(tmp_path: Path) -> None:
    rows = [[at % 2, *row[:-2], at % 3 % 2, (at + 1) % 2] for at, row in enumerate(FLAT)]
    path = write(tmp_path, rows)
    with pytest.raises(ConfigError, match="65 numbers a row and no header") as caught:
        open_dataset(path)
    assert caught.value.options == ("--label-column first", "--label-column last")
    first, last = open_dataset(path, label_column="first"), open_dataset(path, label_column="65")
    assert named(first)[:2] == ["0", "1"]
    assert named(last)[:2] == ["1", "0"]
    assert images(last)[1, 0, 0, 0] == 1
    # There is nobody to ask where pictures are only predicted.
    assert named(open_dataset(path, needs_labels=False))[:2] == ["0", "1"]
    with pytest.raises(ConfigError, match="the first column, 1, or the last, 65"):
        open_dataset(path, label_column="7")


def test_one_hot_labels_stand_at_the_end_and_few_levels_are_spread(tmp_path: Path) -> None:
    ink = [[f"{int(value > 99)}.0000" for value in row] for row in FLAT]
    rows = [[*row, *np.eye(10, dtype=int)[at % 10], ""] for at, row in enumerate(ink)]
    dataset = open_dataset(write(tmp_path, rows, "semeion.data", " "))
    assert named(dataset) == [str(at % 10) for at in range(30)]
    np.testing.assert_array_equal(images(dataset)[..., 0], np.where(PICTURES > 99, 255, 0))
    assert "the label one-hot in the last 10 columns" in dataset.why
    assert dataset.notes == ("No value is above 1: 1 was taken for white, 255.",)


def test_parts_come_from_names_and_share_their_levels(tmp_path: Path) -> None:
    for name, highest in (("optdigits.tra", 16), ("optdigits.tes", 8)):
        few = [np.array(row) * highest // 255 for row in FLAT]
        few[0][20] = highest
        write(tmp_path, [[*row, label] for row, label in zip(few, CLASSES, strict=True)], name)
    dataset = open_dataset(tmp_path)
    assert {name: int(images(dataset, name).max()) for name in dataset.parts} == {"train": 255, "test": 127}
    assert named(dataset, "test") == [str(label) for label in CLASSES]
    assert "No value is above 16: 16 was taken for white, 255." in dataset.notes


def test_the_test_table_takes_the_label_where_the_first_one_has_it(tmp_path: Path) -> None:
    write(tmp_path, [[label, *row] for label, row in zip(CLASSES, FLAT, strict=True)], "zip.train.gz")
    # Alone this one would show its label at the end.
    write(tmp_path, [[1, *row[:-1], at % 3] for at, row in enumerate(FLAT)], "zip.test.gz")
    dataset = open_dataset(tmp_path)
    assert set(named(dataset, "test")) == {"1"}
    assert images(dataset, "test")[2, -1, -1, 0] == 2


def test_labels_of_the_test_table_are_matched_to_the_classes_that_are_trained_on(tmp_path: Path) -> None:
    write(tmp_path, [[label, *row] for label, row in zip(CLASSES, FLAT, strict=True)], "zip.train.gz")
    write(tmp_path, [[1 + at % 2, *row] for at, row in enumerate(FLAT)], "zip.test.gz")  # without the class 0
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("0", "1", "2")
    assert named(dataset, "train") == [str(label) for label in CLASSES]
    assert named(dataset, "test") == [str(1 + at % 2) for at in range(30)]


def test_decimals_in_minus_1_to_1_are_kept(tmp_path: Path) -> None:
    scaled = [[f"{value / 127.5 - 1:.3f}" for value in row] for row in FLAT]
    rows = [[f"{label}.0000", *row] for label, row in zip(CLASSES, scaled, strict=True)]
    dataset = open_dataset(write(tmp_path, rows, "zip.train", " "))
    facts = dataset.parts["all"].pictures.facts()
    assert (facts.dtype, facts.value_range) == ("float32", (-1.0, 1.0))
    np.testing.assert_allclose(images(dataset)[..., 0], PICTURES / 127.5 - 1, atol=0.001)
    assert dataset.class_names == ("0", "1", "2")


@pytest.mark.parametrize("planes", [True, False])
def test_the_order_of_colours_is_told_by_the_pixels(tmp_path: Path, planes: bool) -> None:
    ramp = np.arange(8)[:, None] + np.arange(8)
    colour = np.stack([ramp * 2 + 100, ramp, ramp * 3 + 200], axis=-1)[None] + np.arange(6)[:, None, None, None]
    flat = (colour.transpose(0, 3, 1, 2) if planes else colour).reshape(6, 192)
    dataset = open_dataset(
        write(tmp_path, [[at % 2, *row] for at, row in enumerate(flat.tolist())]), label_column="first"
    )
    np.testing.assert_array_equal(images(dataset), colour)
    assert f"Colour lies {'plane by plane' if planes else 'pixel by pixel'}" in dataset.notes[0]


def test_pictures_and_labels_in_files_of_their_own(tmp_path: Path) -> None:
    for part, size, rows in (("Train", "60k", 30), ("Test", "10k", 9)):
        write(tmp_path, FLAT[:rows], f"csv{part}Images {size} x 64.csv")
        write(tmp_path, [[label] for label in CLASSES[:rows]], f"csv{part}Label {size} x 1.csv")
    dataset = open_dataset(tmp_path)
    assert named(dataset, "test") == [str(label) for label in CLASSES[:9]]
    np.testing.assert_array_equal(images(dataset, "train")[..., 0], PICTURES)
    assert "with the labels in csvTrainLabel 60k x 1.csv and csvTestLabel 10k x 1.csv" in dataset.why
    write(tmp_path, [[0]] * 8, "csvTestLabel 10k x 1.csv")
    with pytest.raises(DataError, match="has 9 pictures and .* 8 labels"):
        open_dataset(tmp_path)


def test_emnist_is_turned_upright_and_named_by_its_mapping(tmp_path: Path) -> None:
    flat = PICTURES.transpose(0, 2, 1).reshape(30, 64).tolist()
    for part in ("train", "test"):
        write(
            tmp_path,
            [[label + 1, *row] for label, row in zip(CLASSES, flat, strict=True)],
            f"emnist-letters-{part}.csv",
        )
    (tmp_path / "emnist-letters-mapping.txt").write_text("1 65 97\n2 66 98\n3 67 99\n")
    for data in (tmp_path, tmp_path / "emnist-letters-test.csv"):
        dataset = open_dataset(data)
        np.testing.assert_array_equal(images(dataset, next(iter(dataset.parts)))[..., 0], PICTURES)
        assert dataset.class_names == ("A", "B", "C")
        assert any("were turned upright" in note for note in dataset.notes)
        assert not any("mapping.txt" in note and "left out" in note for note in dataset.notes)


def test_several_sets_in_a_folder_are_asked_about(tmp_path: Path) -> None:
    for name in ("balanced", "letters"):
        for part in ("train", "test"):
            write(tmp_path, [[label, *row] for label, row in zip(CLASSES, FLAT, strict=True)], f"{name}-{part}.csv")
    with pytest.raises(ConfigError, match="holds 4 tables of pictures without headers") as caught:
        open_dataset(tmp_path)
    assert f"{tmp_path}/letters-train.csv --test {tmp_path}/letters-test.csv" in caught.value.options


def test_rows_without_labels_are_unlabelled_and_beside_labelled_ones_left_out(tmp_path: Path) -> None:
    write(tmp_path, FLAT, "test.csv")
    assert open_dataset(tmp_path).parts["all"].labels is None
    write(tmp_path, [[label, *row] for label, row in zip(CLASSES, FLAT, strict=True)], "train.csv")
    (tmp_path / "readme.md").write_text("words")
    dataset = open_dataset(tmp_path)
    assert list(dataset.parts) == ["all"]
    assert dataset.notes[1:] == (
        "test.csv has pictures without labels, and was left out: give its own path.",
        "Files that are no rows of pixels were left out: readme.md.",
    )


def test_four_bands_are_refused_and_not_read_as_a_larger_grey_picture(tmp_path: Path) -> None:
    ramp = np.add.outer(np.arange(8), np.arange(8))
    bands = np.stack([ramp + 100, ramp, ramp + 200, ramp + 50], axis=-1)[None] + np.arange(6)[:, None, None, None]
    path = write(tmp_path, bands.reshape(6, 256).tolist())
    with pytest.raises(DataError, match="8×8 pixels of four bands"):
        open_dataset(path)


def test_grey_drawings_of_stripes_are_no_pictures_of_four_bands(tmp_path: Path) -> None:
    stripes = 100 + 60 * (np.arange(32) // 2 % 2)  # of two dark and two bright pixels
    noise = np.random.default_rng(3).integers(-30, 31, (8, 32, 32))
    write(tmp_path, (stripes + noise).reshape(8, 1024).tolist(), "csvTrainImages 8x1024.csv")
    write(tmp_path, [[1 + at % 2] for at in range(8)], "csvTrainLabel 8x1.csv")
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("1", "2")
    assert images(dataset).shape == (8, 32, 32, 1)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[0, *range(64, 0, -1)], [1, *[300] * 64]] * 15, "numbers from 1 to 300, which are no pixels"),
        ([[0, *range(64, 0, -1)], [1, *range(64, 1, -1), "x"]], "could not convert string 'x'"),
        ([[0, *([0.5, 9.25] * 32)], [1, *([9.0] * 64)]] * 15, "numbers from 0.5 to 9.25, which are no pixels"),
        ([["0.0", *([0.5] * 64)], ["1.0", *([0.5] * 63)]], "number of columns changed from 65 to 64"),
        ([[0, *([0.5] * 64)], [1, *([0.5] * 63), "nan"]], "row 2: a missing or infinite value"),
    ],
)
def test_what_is_no_table_of_pixels_is_refused(tmp_path: Path, rows: list[list[object]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        open_dataset(write(tmp_path, rows), label_column="first")


@pytest.mark.parametrize("columns", [5, 14, 17, 26, 37, 51])
def test_a_table_of_few_measurements_is_not_taken_for_pictures(tmp_path: Path, columns: int) -> None:
    path = write(tmp_path, [[*range(columns, 1, -1), at % 2] for at in range(9)])
    assert PixelRows().recognise(Location(path)) is None


def test_a_text_file_a_picture_is_no_table(tmp_path: Path) -> None:
    for at in range(61):
        write(tmp_path, [[0, *FLAT[0]]], f"{at}.txt", " ")
    assert PixelRows().recognise(Location(tmp_path)) is None


def test_a_table_of_no_part_beside_one_to_train_on_is_left_out_and_without_one_it_is_that(tmp_path: Path) -> None:
    rows = [[label, *row] for label, row in zip(CLASSES, FLAT, strict=True)]
    write(tmp_path, rows[:20], "digits.csv")
    write(tmp_path, rows[20:], "digits-test.csv")
    dataset = open_dataset(tmp_path)
    assert {part: len(dataset.parts[part]) for part in dataset.parts} == {"train": 20, "test": 10}
    write(tmp_path, rows[:12], "digits-train.csv")
    dataset = open_dataset(tmp_path)
    assert {part: len(dataset.parts[part]) for part in dataset.parts} == {"train": 12, "test": 10}
    assert "digits.csv is a table of pictures, too, and was left out: give its own path." in dataset.notes


def test_a_mapping_that_calls_two_classes_alike_is_not_used(tmp_path: Path) -> None:
    rows = [[label + 1, *row] for label, row in zip(CLASSES, FLAT, strict=True)]
    (tmp_path / "emnist-letters-mapping.txt").write_text("1 65 97\n2 65 97\n3 67 99\n")
    assert open_dataset(write(tmp_path, rows, "emnist-letters-train.csv")).class_names == ("1", "2", "3")


@pytest.mark.parametrize(("side", "is_said"), [(56, True), (64, False), (16, False)])
def test_rows_that_may_be_four_bands_are_said_where_grey_pictures_of_this_size_are_rare(
    tmp_path: Path, side: int, is_said: bool
) -> None:
    rows = [[*RNG.integers(0, 256, side * side).tolist(), number % 2] for number in range(4)]
    (tmp_path / "train.csv").write_text("".join(",".join(map(str, row)) + "\n" for row in rows))
    notes = open_dataset(tmp_path / "train.csv").notes
    assert any(f"It may be {side // 2}×{side // 2} pixels of four bands" in note for note in notes) == is_said


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("7\n", 1),
        ("cat\n", 0),
        ("1,5,2\n", 3),
        ("1,2,3\n", 0),
        ("a,b\n", 0),
        ("1 5 2\n", 3),
        ("1.5;0;3\n", 3),
        ("\n", 0),
    ],
)
def test_a_first_line_is_a_row_of_so_many_numbers(tmp_path: Path, text: str, count: int) -> None:
    (tmp_path / "t.csv").write_text(text)
    assert bare_rows(Location(tmp_path), "t.csv") == count


def test_a_table_without_a_row_is_refused() -> None:
    with pytest.raises(DataError, match="t.csv: no row of numbers that can be read"):
        find_columns(np.empty((0, 50)), "t.csv")
