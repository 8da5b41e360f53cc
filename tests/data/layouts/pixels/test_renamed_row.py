"""Rows of pixels without a header that pandas read as one with a header, and saved."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from onelook.data.dataset import Dataset
from onelook.data.layouts.pixels.bare_columns import BareColumns
from onelook.data.layouts.pixels.renamed_row import row_in_header, with_row_in_header
from onelook.data.layouts.tables.cache import PixelTable
from onelook.data.open import open_dataset

PIXELS = np.random.default_rng(4).integers(0, 256, (20, 64)) // 60 * 60  # many values occur again
READ_BACK = "The first row had become the header, as pandas writes it ('0.1' for a second 0), and was read back."


def saved_by_pandas(path: Path, rows: np.ndarray, rename: str = "") -> Path:  # type: ignore[type-arg]
    text = "\n".join(",".join(map(str, row)) for row in rows)
    frame = pd.read_csv(io.StringIO(text))
    if rename:
        frame = frame.rename(columns={frame.columns[0]: rename})
    frame.to_csv(path, index=False)
    return path


def pixels_of(dataset: Dataset) -> np.ndarray:  # type: ignore[type-arg]
    images: np.ndarray = dataset.parts["all"].pictures.images  # type: ignore[attr-defined,type-arg]
    return images.reshape(len(images), -1)


@pytest.mark.parametrize("end", ["first", "last", "named"])
def test_the_row_in_the_header_is_read_back_with_its_label(tmp_path: Path, end: str) -> None:
    labels = np.arange(20)[:, None] % 4
    rows = np.hstack([PIXELS, labels] if end == "last" else [labels, PIXELS])
    path = saved_by_pandas(tmp_path / "d.csv", rows, "label" if end == "named" else "")
    dataset = open_dataset(path, label_column="last" if end == "last" else "first")
    np.testing.assert_array_equal(pixels_of(dataset), PIXELS)
    found = dataset.parts["all"].labels
    assert found is not None
    assert [dataset.class_names[each] for each in found] == [str(each) for (each,) in labels]
    assert READ_BACK in dataset.notes


def test_pixels_without_labels_are_read_back_too(tmp_path: Path) -> None:
    dataset = open_dataset(saved_by_pandas(tmp_path / "d.csv", PIXELS))
    np.testing.assert_array_equal(pixels_of(dataset), PIXELS)


def test_a_row_whose_label_is_lost_is_counted(tmp_path: Path) -> None:
    rows = np.hstack([np.full((20, 1), 7), PIXELS])
    rows[1:, 0] = np.arange(19) % 2  # no other row has a 7, and no pixel has one
    dataset = open_dataset(saved_by_pandas(tmp_path / "d.csv", rows, "label"), label_column="first")
    assert dataset.rows == 19
    assert "The header holds the values of a row, which could not be read back: one row is lost." in dataset.notes


@pytest.mark.parametrize("line", ["0,1,2", "0,0.5,1", "a,b", "a,0,0.1,b,0.2", "0.1,0", "0,0.2", "0,0.1,x.1"])
def test_other_lines_are_no_renamed_row(line: str) -> None:
    assert row_in_header(line.split(",")) is None


@pytest.mark.parametrize(("end", "start"), [("first", 0), ("last", 0), ("first", 1)])
def test_a_header_that_only_numbers_the_columns_is_no_row(tmp_path: Path, end: str, start: int) -> None:
    labels = np.arange(20)[:, None] % 4
    rows = np.hstack([PIXELS, labels] if end == "last" else [labels, PIXELS])
    frame = pd.DataFrame(rows, columns=range(start, start + 65))
    frame.to_csv(tmp_path / "d.csv", index=False)
    for data in (tmp_path, tmp_path / "d.csv"):
        dataset = open_dataset(data, label_column=end)
        assert (dataset.layout, dataset.class_names) == ("pixel-rows", ("0", "1", "2", "3"))
        np.testing.assert_array_equal(pixels_of(dataset), PIXELS)


def test_numbered_pixels_without_a_label_stay_a_table_with_a_header(tmp_path: Path) -> None:
    pd.DataFrame(PIXELS).to_csv(tmp_path / "d.csv", index=False)
    assert open_dataset(tmp_path).layout == "pixel-csv"


@pytest.mark.parametrize(
    ("label", "pixel", "labels"),
    [("5", "255", [1, 0]), ("3", "0", [0, 0]), ("5", "256", None), ("5", "x", None), ("7", "255", None)],
)
def test_a_row_is_read_back_if_it_has_bytes_and_a_known_label(label: str, pixel: str, labels: list[int] | None) -> None:
    table = PixelTable(np.full((1, 49), 9, np.uint8), np.array([0]), ("3", "5"), ("a note",))
    columns = BareColumns(50, range(1, 50), range(1), (7, 7, 1))
    found = with_row_in_header(table, [label, *["7"] * 48, pixel], columns)
    if labels is None:
        lost = "The header holds the values of a row, which could not be read back: one row is lost."
        assert found == replace(table, notes=("a note", lost))
    else:
        assert found.pixels.tolist() == [[7] * 48 + [int(pixel)], [9] * 49]
        assert found.labels is not None
        assert (found.labels.tolist(), found.notes) == (labels, ("a note", READ_BACK))
