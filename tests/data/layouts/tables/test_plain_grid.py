"""The fast reader of tables takes nothing that the careful one would read otherwise."""

from __future__ import annotations

import random
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest

from onelook.data.layouts.tables import plain_grid
from onelook.data.layouts.tables.careful_grid import read_careful_grid
from onelook.data.layouts.tables.grid import Grid, GridColumns
from onelook.data.layouts.tables.plain_grid import read_plain_grid
from onelook.errors import DataError

NAMES = ("label", "id", "p0", "p1", "p2", "p3")
COLUMNS = GridColumns(NAMES, (2, 3, 4, 5), 0, has_header=False)
SHUFFLED = GridColumns(NAMES, (5, 3, 2, 4), 0, has_header=False)
CELLS = [
    "0",
    "7",
    "42",
    "255",
    "256",
    "300",
    "999",
    "1000",
    "007",
    "-1",
    "1.5",
    "",
    " 1",
    "a",
    "1 2",
    '"3"',
    "1e2",
    "+5",
]


def carefully(text: bytes, columns: GridColumns) -> Grid | None:
    try:
        return read_careful_grid(BytesIO(text), "table", columns)
    except DataError:
        return None


def test_every_byte_is_read_and_every_larger_number_is_left() -> None:
    for value in range(1100):
        grid = read_plain_grid(f"1,2,{value},0,0,9\n".encode(), 0, COLUMNS)
        assert (None if grid is None else grid.pixels.tolist()) == ([[value, 0, 0, 9]] if value <= 255 else None)


@pytest.mark.parametrize("seed", range(200))
def test_what_is_taken_is_what_the_careful_reader_reads(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_grid, "_BLOCK_BYTES", 16)
    draw = random.Random(seed)
    rows = [[str(draw.randrange(256)) for _ in NAMES] for _ in range(6)]
    for _ in range(draw.randrange(3)):  # up to two cells, or the number of cells, are odd
        row = draw.choice(rows)
        row[draw.randrange(len(row))] = draw.choice(CELLS)
        if draw.random() < 0.2:
            row.pop()
    end = draw.choice(["\n", "\r\n"])
    text = (end.join(",".join(row) for row in rows) + draw.choice(["", end, end * 2])).encode()
    for columns in (COLUMNS, SHUFFLED):
        plain, careful = read_plain_grid(text, 0, columns), carefully(text, columns)
        if plain is None:
            continue
        assert careful is not None
        np.testing.assert_array_equal(plain.pixels, careful.pixels)
        assert plain.labels is not None
        assert careful.labels is not None
        if isinstance(plain.labels, np.ndarray):
            assert plain.labels.tolist() == [int(label) for label in careful.labels]
        else:
            assert plain.labels == careful.labels


def test_plain_tables_are_taken() -> None:
    text = b"5,10000,0,10,255,99\ncat,any text,1,2,3,4"
    grid = read_plain_grid(text, 0, COLUMNS)
    assert grid is not None
    assert grid.pixels.tolist() == [[0, 10, 255, 99], [1, 2, 3, 4]]
    assert grid.labels == ["5", "cat"]


def test_labels_are_all_text_where_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_grid, "_BLOCK_BYTES", 8)  # a row or two a block
    rows = ["007,1,0,0,0,0", "7,1,0,0,0,0", "1000,1,0,0,0,0", "x,1,0,0,0,0"]
    grid = read_plain_grid("\n".join(rows).encode(), 0, COLUMNS)
    assert grid is not None
    assert grid.labels == ["007", "7", "1000", "x"]


@pytest.mark.parametrize("spelled", ["01", "00", "007", "070", "000"])
@pytest.mark.parametrize("column", [0, 1])
def test_labels_with_zeros_in_front_are_text(spelled: str, column: int) -> None:
    rows = [[spelled, spelled, "0", "01", "002", "255"], ["100", "100", "0", "0", "0", "0"]]
    grid = read_plain_grid(("\n".join(map(",".join, rows)) + "\n").encode(), 0, replace(COLUMNS, label=column))
    assert grid is not None
    assert grid.labels == [spelled, "100"]
    assert grid.pixels.tolist() == [[0, 1, 2, 255], [0, 0, 0, 0]]


def test_labels_without_zeros_in_front_are_numbers_whatever_stands_around_them() -> None:
    for label, before in ((0, "00"), (5, "10"), (10, "0"), (10, "255"), (100, "000"), (255, "7")):
        grid = read_plain_grid(
            f"{before},{label},0,0,0,0\n{before},{label},0,0,0,0\n".encode(), 0, replace(COLUMNS, label=1)
        )
        assert grid is not None
        assert isinstance(grid.labels, np.ndarray)
        assert grid.labels.tolist() == [label, label]


def test_plain_labels_stay_numbers_whatever_stands_before_them() -> None:
    # In front of each label are a number and a sign, and no zeros: `7` is no `07`.
    grid = read_plain_grid(b"1,5,9,9,9,9\n2,7,9,9,9,9\n", 0, replace(COLUMNS, label=1))
    assert grid is not None
    assert isinstance(grid.labels, np.ndarray)
    assert grid.labels.tolist() == [5, 7]
    for text, labels in ((b"1,05,9,9,9,9\n", ["05"]), (b"1,007,9,9,9,9\n", ["007"]), (b"1,0,9,9,9,9\n", [0])):
        grid = read_plain_grid(text, 0, replace(COLUMNS, label=1))
        assert grid is not None
        assert list(grid.labels if grid.labels is not None else ()) == labels
