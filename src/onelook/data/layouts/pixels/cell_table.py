"""Read a table with all pixels of a picture in one cell: its rows, its pixels, and the roles of its other columns."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.data.column_names import LABEL_NAMES, SPLIT_NAMES, split_header
from onelook.data.layouts.array_dataset import PictureShape, explain_no_shape, picture_shape
from onelook.data.layouts.pixels.header import is_number
from onelook.data.layouts.question import Choice, ask_which, classes_in_words
from onelook.data.layouts.tables.cache import PixelTable, cached_table
from onelook.data.layouts.tables.files import open_table
from onelook.data.layouts.tables.grid import GridColumns
from onelook.data.layouts.tables.plain_grid import read_plain_grid
from onelook.data.layouts.tables.text import read_table_text
from onelook.data.part_names import PART_FOLDERS
from onelook.data.storage.location import Location
from onelook.errors import DataError, in_words, unknown_name
from onelook.wording import agree, counted, named

_READER_VERSION = 1
_FEWEST_PIXELS = 49
_MOST_COLUMNS = 200  # with more columns, each pixel has its own
_LONGEST_LINE = 16 << 20
_LONGEST_CELL = 16 << 20
_MOST_CLASSES = 200
_PUNCTUATION = re.compile(r"[\[\](),;\s]+")  # the signs of a list of pixels in Python or JSON
_LABELS = (*LABEL_NAMES, "emotion", "expression")
_PARTS: Mapping[str, str] = {
    **PART_FOLDERS,
    # FER-2013's names, after Kaggle's public and private leaderboards.
    "publictest": "val",
    "privatetest": "test",
}


@dataclass(frozen=True)
class CellTable:
    """A table that was read."""

    name: str  # its name in errors and notes
    pixels: NDArray[np.generic]  # (rows, values), uint8 or float32
    shape: PictureShape
    pixel_column: str
    columns: Mapping[str, Sequence[str]]  # the other columns, as text

    @property
    def rows(self) -> int:
        """The number of pictures."""
        return len(self.pixels)


def pixel_cell(location: Location, entry: str) -> str | None:
    """Return the column with all pixels of a picture, by the first two lines; None if there is none."""
    try:
        with open_table(location, entry) as file:
            lines = [file.readline(_LONGEST_LINE).decode("utf-8-sig") for _ in range(2)]
    except (DataError, UnicodeDecodeError):
        return None
    names, delimiter = split_header(lines[0].rstrip("\r\n"))
    if len(names) > _MOST_COLUMNS or "\0" in lines[1] or any(map(_holds_pixels, names)):
        return None
    try:
        with _long_cells():
            cells = next(csv.reader([lines[1]], delimiter=delimiter if len(names) > 1 else ","), [])
    except csv.Error:
        return None
    if len(names) == 1 and len(cells) > 1:  # a single column whose unquoted cells contain commas
        return None
    return next((name for name, cell in zip(names, cells, strict=False) if _holds_pixels(cell)), None)


def read_cell_table(location: Location, entry: str) -> CellTable:
    """Return the table of one file, with its pixels from the cache if they were read before.

    Raises:
        DataError: a row or a cell is wrong, or the number of pixels is not that of a picture.
    """
    text = read_table_text(location, entry)
    column = pixel_cell(location, entry)
    if column is None:
        raise DataError(f"{text.name}: no column holds all pixels of a picture in a cell, as '0 12 255 …'.")
    names, delimiter = split_header(text.first_line)
    at = names.index(column)
    cells: list[str] = []
    others: dict[str, list[str]] = {name: [] for name in names if name != column}
    for row, values in _rows(bytes(text.content[text.second_line_at :]), text.name, delimiter):
        if len(values) != len(names):
            raise DataError(
                f"{text.name}, row {row:,}: {counted(len(values), 'value')}, expected {len(names)}, as many as the "
                "header has. The file is refused whole; correct or remove that row."
            )
        cells.append(values[at])
        for name, value in zip(names, values, strict=True):
            if name != column:
                others[name].append(value.strip())
    if not cells:
        raise DataError(f"{text.name}: a header and no rows. Expected a row a picture.")
    count = len(_PUNCTUATION.sub(" ", cells[0]).split())
    shape = picture_shape(count)
    if shape is None:
        raise DataError(
            f"{text.name}, column '{column}': {counted(count, 'pixel')} a cell, {explain_no_shape(count)}. Expected "
            "all pixels of a square picture."
        )
    key = hashlib.sha256(f"cells {_READER_VERSION}|{text.checksum()}|{column}".encode()).hexdigest()
    place = f"{text.name}, column '{column}'"
    table = cached_table(key, lambda: PixelTable(_pixels(cells, count, place), None, ()))
    return CellTable(text.name, table.pixels, shape, column, others)


def split_column(table: CellTable) -> str | None:
    """Return the column with the part of each picture, such as FER-2013's `Usage`; None if there is none."""
    for name, values in table.columns.items():
        known = name.casefold() in (*SPLIT_NAMES, "usage")
        if known and {value.casefold() for value in values} <= set(_PARTS):
            return name
    return None


def part_of(value: str) -> str:
    """Return the part that a cell of the split column means."""
    return _PARTS[value.casefold()]


def label_column(table: CellTable, asked: str | None, split: str | None) -> str | None:
    """Return the column of the label; None if there is none.

    Raises:
        ConfigError: several columns may be the label; or none has the name that the user gave.
        DataError: the other columns are numbers to predict, not classes.
    """
    if asked is not None:
        if asked not in table.columns:
            raise unknown_name("column", asked, table.columns)
        return asked
    names = {name.casefold(): name for name in table.columns if name != split}
    if (known := next((names[name] for name in _LABELS if name in names), None)) is not None:
        return known
    fitting = [name for name in names.values() if _may_be_classes(table.columns[name])]
    if len(fitting) > 1:
        choices = [Choice(f"--label-column {name}", classes_in_words(table.columns[name])) for name in fitting]
        raise ask_which(f"{table.name}: {counted(len(fitting), 'column')} may be the label.", choices)
    if fitting:
        return fitting[0]
    decimals = [name for name in names.values() if _are_measurements(table.columns[name])]
    if decimals:
        raise DataError(
            f"{table.name}: {named(decimals)} {agree(len(decimals), 'holds', 'hold')} numbers with decimals: numbers "
            "to predict, and no classes. onelook tells apart classes; it does no regression."
        )
    return None


def _may_be_classes(values: Sequence[str]) -> bool:
    """Return whether a column may be classes: it has several values, and several pictures have each of them."""
    distinct = set(values)
    if not 1 < len(distinct) <= min(_MOST_CLASSES, len(values) // 2) or "" in distinct:
        return False
    return all(not is_number(value) or float(value).is_integer() for value in distinct)


def _are_measurements(values: Sequence[str]) -> bool:
    numbers = [float(value) for value in values if is_number(value)]
    return any(not number.is_integer() for number in numbers)


def _holds_pixels(cell: str) -> bool:
    values = _PUNCTUATION.sub(" ", cell).split()
    return len(values) >= _FEWEST_PIXELS and all(map(is_number, values[:_FEWEST_PIXELS]))


def _rows(content: bytes, name: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of each row, from 1, and its cells."""
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline=""), delimiter=delimiter)
    row = 0
    with _long_cells():
        try:
            for cells in reader:
                if cells:
                    row += 1
                    yield row, cells
        except (csv.Error, UnicodeDecodeError) as problem:
            raise DataError(
                f"{name}, after row {row:,}: not readable as CSV text ({in_words(problem)}). Expected UTF-8 text."
            ) from problem


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let the CSV reader accept cells with a whole picture; the limit belongs to the process."""
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _pixels(cells: Sequence[str], count: int, place: str) -> NDArray[np.generic]:
    """Return the numbers of all cells, (rows, count): read at once if they are plain, or else one by one."""
    names = [str(at + 1) for at in range(count)]
    is_plain = _PUNCTUATION.sub(" ", cells[0]) == cells[0]
    if is_plain:
        text = "\n".join(cells).encode()
        grid = read_plain_grid(text, 0, GridColumns(names, range(count), None, " ", has_header=False))
        if grid is not None and len(grid.pixels) == len(cells):
            return grid.pixels
    values = np.empty((len(cells), count), np.float32)
    for row, cell in enumerate(cells):
        parts = _PUNCTUATION.sub(" ", cell).split()
        if len(parts) != count:
            raise DataError(
                f"{place}, row {row + 1:,}: {counted(len(parts), 'pixel')}, expected {count:,}, as many as the first "
                "row has. The file is refused whole; correct or remove that row."
            )
        try:
            values[row] = parts
        except ValueError:
            wrong = next(part for part in parts if not is_number(part))
            raise DataError(
                f"{place}, row {row + 1:,}: found '{wrong[:30]}' among the pixels. Expected numbers."
            ) from None
    return _as_pixels(values, place)


def _as_pixels(values: NDArray[np.float32], place: str) -> NDArray[np.generic]:
    low, high = float(values.min()), float(values.max())
    if low >= 0 and high <= 255 and (values == np.floor(values)).all():
        return values.astype(np.uint8)
    if low >= -1 and high <= 1:
        return values
    raise DataError(
        f"{place}: values from {low:g} to {high:g}. Expected pixels: whole numbers from 0 to 255, or numbers in 0 to 1."
    )
