"""The slow reader of pixel tables, cell by cell: it reads tables that the fast one refuses, or explains the error."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from io import TextIOWrapper
from operator import itemgetter
from typing import BinaryIO

import numpy as np

from onelook.data.layouts.tables.grid import Grid, GridColumns
from onelook.errors import DataError, in_words
from onelook.wording import counted

_LEVELS = {str(value): value for value in range(256)}
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?"})
_MISSING_LABELS = frozenset({"", "nan"})  # `none` and `?` may be names of classes
_EXPECTED = "a whole number from 0 to 255"


def read_careful_grid(file: BinaryIO, name: str, columns: GridColumns) -> Grid:
    """Return the pixels and labels of a table with quotes, blanks or numbers such as `12.0`.

    Args:
        file: the bytes of the whole file.
        name: the name of the file in errors.
        columns: the positions of the pixels and the label.

    Raises:
        DataError: a cell or row cannot be a picture, or values are missing; the error names the first place: the
            line of the file, the row, the column and the value.
    """
    names, pixels, label = columns.names, columns.pixels, columns.label
    take_pixels = _taker(pixels)
    images: list[bytes] = []
    labels: list[str] = []
    missing = _MissingCells()
    for row, line, cells in _rows(file, name, columns):
        if len(cells) != len(names):
            measure = "the header" if columns.has_header else "the first row"
            raise DataError(
                f"{name}, line {line} (row {row}): {counted(len(cells), 'value')}, expected {len(names):,}, as many as "
                f"{measure} has. The file is refused whole; correct or remove that row."
            )
        chosen = take_pixels(cells)
        try:
            images.append(bytes(map(_LEVELS.__getitem__, chosen)))
        except KeyError:
            values = []
            for position, cell in zip(pixels, chosen, strict=True):
                place = f"line {line} (row {row}), column '{names[position]}'"
                if cell.strip().casefold() in _MISSING:
                    missing.note(place)
                    values.append(0)
                else:
                    values.append(_level(cell, f"{name}, {place}"))
            images.append(bytes(values))
        if label is not None:
            text = cells[label].strip()
            if text.casefold() in _MISSING_LABELS:
                missing.note(f"line {line} (row {row}), column '{names[label]}'")
            labels.append(text)
    if missing.count:
        raise DataError(
            f"{name}: {counted(missing.count, 'missing value')}, the first at {missing.first}. "
            "Expected a value in every cell; fill these in or remove the rows."
        )
    grid = np.frombuffer(b"".join(images), np.uint8).reshape(len(images), len(pixels))
    return Grid(grid, labels if label is not None else None)


def read_careful_texts(file: BinaryIO, name: str, columns: GridColumns, position: int) -> list[str]:
    """Return the cells of one column as text, without spaces around them.

    Raises:
        DataError: the file is not CSV text.
    """
    return [cells[position].strip() if position < len(cells) else "" for _, _, cells in _rows(file, name, columns)]


class _MissingCells:
    """The number of empty cells, and the place of the first."""

    def __init__(self) -> None:
        self.count = 0
        self.first = ""

    def note(self, place: str) -> None:
        self.first = self.first or place
        self.count += 1


def _level(cell: str, place: str) -> int:
    """Return the pixel value of a cell; `12.0` and ` 12` are 12."""
    try:
        value = float(cell)
    except ValueError:
        value = float("nan")
    if value.is_integer() and 0 <= value <= 255:
        return int(value)
    hint = " Multiply pixels in 0 to 1 by 255 and round them." if 0 < value < 1 else ""
    raise DataError(f"{place}: found '{_short(cell)}', expected {_EXPECTED}.{hint} The file is refused whole.")


def _rows(file: BinaryIO, name: str, columns: GridColumns) -> Iterator[tuple[int, int, list[str]]]:
    """Yield the number of each row from 1, the line on which it ends, and its cells; empty lines are not rows."""
    reader = csv.reader(TextIOWrapper(file, encoding="utf-8-sig", newline=""), delimiter=columns.delimiter)
    row = 0
    try:
        if columns.has_header:
            next(reader, None)
        for cells in reader:
            if cells:
                row += 1
                yield row, reader.line_num, cells
    except (csv.Error, UnicodeDecodeError) as problem:
        place = f", after line {reader.line_num}" if reader.line_num else ""
        raise DataError(
            f"{name}{place}: not readable as CSV text ({in_words(problem)}). Expected UTF-8 text."
        ) from problem


def _taker(positions: Sequence[int]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Return a function that returns the cells at these positions, always as a tuple."""
    if len(positions) == 1:
        return lambda cells: (cells[positions[0]],)
    return itemgetter(*positions)


def _short(cell: str) -> str:
    return cell if len(cell) <= 30 else f"{cell[:30]}…"
