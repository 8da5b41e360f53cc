"""Recognise a table of numbers without a header by its first line, sample it, and read it."""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.column_names import DELIMITERS
from onelook.data.labels import NoClassesError, encode_labels
from onelook.data.layouts.pixels.bare_columns import BareColumns, find_columns, may_be_pictures
from onelook.data.layouts.pixels.header import is_number, is_row_of_values
from onelook.data.layouts.pixels.renamed_row import numbers_columns, row_in_header, with_row_in_header
from onelook.data.layouts.registry import layout_entry
from onelook.data.layouts.tables.cache import PixelTable, cached_table, labelled_table
from onelook.data.layouts.tables.grid import GridColumns
from onelook.data.layouts.tables.text import TableText, read_first_line, read_table_text
from onelook.data.storage.location import Location
from onelook.errors import DataError

SUFFIXES = layout_entry("pixel-rows").endings
_READER_VERSION = 4
_ZERO_IN_FRONT = re.compile(rb"(?<![\d.eE+])0\d")
_SAMPLE = 400  # rows examined to find the label, spread over the table
_LARGEST_BYTE = 255


@dataclass(frozen=True)
class BareTable:
    """A table that was read."""

    name: str  # its name in errors and notes
    columns: BareColumns
    table: PixelTable  # pixels as uint8, or as float32 if they have decimals or are negative


def split_row(line: str) -> tuple[list[str], str | None]:
    """Return the cells of a line, and the delimiter between them; None for blanks."""
    delimiter = max(DELIMITERS, key=line.count)
    if line.count(delimiter):
        return [cell.strip() for cell in line.split(delimiter)], delimiter
    return line.split(), None


def bare_rows(location: Location, entry: str) -> int:
    """Return the count of numbers in the first line; 0 if the table has a header, or the file is not a table."""
    line = read_first_line(location, entry)
    if not line:
        return 0
    cells, _ = split_row(line)
    if len(cells) == 1:  # a column of labels
        return int(is_number(cells[0]))
    return len(cells) if is_row_of_values(cells) else 0


def is_bare_picture_row(cells: Sequence[str]) -> bool:
    """Return whether these cells are a row of pixels, with a label or without, or a header that only numbers them."""
    return (is_row_of_values(cells) and may_be_pictures(cells)) or numbers_columns(cells)


def read_bare_table(
    location: Location, entry: str, label_column: str | None = None, *, may_ask: bool = True
) -> BareTable:
    """Return the table of one file, from the cache if it was read before.

    Args:
        label_column, may_ask: as in `find_columns`.

    Raises:
        DataError: a row or a cell is wrong, or the numbers are not pixels.
        ConfigError: the label may be the first or the last column.
    """
    text = read_table_text(location, entry)
    cells, delimiter = split_row(text.first_line)
    renamed = row_in_header(cells) if text.second_line_at < len(text.content) else None
    has_header = renamed is not None or (numbers_columns(cells) and text.second_line_at < len(text.content))
    if has_header:
        text = replace(text, first_line_at=text.second_line_at)
    sample = _sample(text, delimiter)
    columns = find_columns(sample, text.name, label_column, may_ask=may_ask)
    wanted = f"bare {_READER_VERSION}|{text.checksum()}|{columns.labels}|{has_header}"
    key = hashlib.sha256(wanted.encode()).hexdigest()

    def read() -> PixelTable:
        table = _parse(text, delimiter, columns, sample, has_header=has_header)
        if renamed is not None:
            return with_row_in_header(table, renamed, columns)
        note = ("The header only numbers the columns.",) if has_header else ()
        return replace(table, notes=(*table.notes, *note))

    return BareTable(text.name, columns, cached_table(key, read, text.name))


def read_bare_labels(location: Location, entry: str) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the class names and labels in a file of labels: a column of numbers, or one-hot rows.

    Raises:
        NoClassesError: a row is neither.
    """
    text = read_table_text(location, entry)
    _, delimiter = split_row(text.first_line)
    values = _numbers(text, delimiter)
    if values.shape[1] == 1:
        return encode_labels(_spelled(text, delimiter, 0, values[:, 0]), text.name)
    if not ((values == 0) | (values == 1)).all() or not (values.sum(axis=1) == 1).all():
        raise NoClassesError(
            f"{text.name}: {values.shape[1]} numbers a row, and not one 1 in each: several labels a picture, or "
            "numbers to predict. onelook learns one class per picture."
        )
    return tuple(str(at) for at in range(values.shape[1])), values.argmax(axis=1).astype(np.int64)


def _parse(
    text: TableText,
    delimiter: str | None,
    columns: BareColumns,
    sample: NDArray[np.float64],
    *,
    has_header: bool = False,
) -> PixelTable:
    pixels = sample[:, columns.pixels.start : columns.pixels.stop]
    is_bytes = ((pixels >= 0) & (pixels <= _LARGEST_BYTE) & (pixels == np.floor(pixels))).all()
    if is_bytes and delimiter is not None and not columns.is_one_hot:
        names = [str(at + 1) for at in range(columns.count)]
        label = columns.labels.start if columns.labels else None
        grid = text.read_grid(GridColumns(names, columns.pixels, label, delimiter, has_header=has_header))
        if grid.labels is None:
            return PixelTable(grid.pixels, None, ())
        return labelled_table(grid.pixels, grid.labels, text.name)
    return _parse_numbers(text, delimiter, columns)


def _parse_numbers(text: TableText, delimiter: str | None, columns: BareColumns) -> PixelTable:
    """Return a table with decimals, blanks between its cells, or one-hot labels."""
    values = _numbers(text, delimiter)
    pixels = np.ascontiguousarray(values[:, columns.pixels.start : columns.pixels.stop])
    low, high = float(pixels.min()), float(pixels.max())
    if (pixels == np.floor(pixels)).all() and low >= 0 and high <= _LARGEST_BYTE:
        pixels = pixels.astype(np.uint8)
    elif low < -1 or high > 1:
        raise DataError(
            f"{text.name}: numbers from {low:g} to {high:g}, which are no pixels. Expected whole numbers from 0 to "
            "255, or numbers in 0 to 1 or -1 to 1. onelook does not read tables of measurements."
        )
    if not columns.labels:
        return PixelTable(pixels, None, ())
    labels = values[:, columns.labels.start : columns.labels.stop]
    if columns.is_one_hot:
        if not (labels.sum(axis=1) == 1).all() or not ((labels == 0) | (labels == 1)).all():
            row = int(np.flatnonzero(labels.sum(axis=1) != 1)[:1].sum()) + 1
            raise DataError(
                f"{text.name}, row {row:,}: expected a single 1 in the {labels.shape[1]} columns of the label."
            )
        names = tuple(str(at) for at in range(labels.shape[1]))
        return PixelTable(pixels, labels.argmax(axis=1).astype(np.int64), names)
    return labelled_table(pixels, _spelled(text, delimiter, columns.labels.start, labels[:, 0]), text.name)


def _spelled(
    text: TableText, delimiter: str | None, column: int, numbers: NDArray[np.float32]
) -> list[str] | NDArray[np.float64]:
    """Return labels as numbers, or as texts if one has leading zeros, which then belong to the class names.

    Args:
        column: the position of the labels.
        numbers: (rows,), the labels.
    """
    content = bytes(text.content[text.first_line_at :])
    if _ZERO_IN_FRONT.search(content):
        cells = [
            line.decode("utf-8", "replace").split(delimiter)[column].strip() for line in content.splitlines() if line
        ]
        if len(cells) == len(numbers) and any(map(_ZERO_IN_FRONT.match, map(str.encode, cells))):
            return cells
    return numbers.astype(np.float64)


def _numbers(text: TableText, delimiter: str | None) -> NDArray[np.float32]:
    """Return all cells as numbers, (rows, columns).

    Raises:
        DataError: a cell is not a number, or a row has more or fewer cells than the others.
    """
    content = io.BytesIO(text.content[text.first_line_at :])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values: NDArray[Any] = np.loadtxt(content, np.float32, delimiter=delimiter, comments=None, ndmin=2)
    except (ValueError, UnicodeDecodeError) as problem:
        reason = str(problem).partition(";")[0].removesuffix(".")
        raise DataError(
            f"{text.name}: {reason}. Expected as many numbers in every row as in the first. The file is refused whole."
        ) from problem
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values).all(axis=1))[0]) + 1
        raise DataError(f"{text.name}, row {row:,}: a missing or infinite value. Expected a number in every cell.")
    return values


def _sample(text: TableText, delimiter: str | None) -> NDArray[np.float64]:
    """Return some rows, spread over the table, as numbers; NaN for cells that are not numbers."""
    content, start = text.content, text.first_line_at
    width = len(split_row(text.first_line)[0])
    rows = []
    for at in np.unique(np.linspace(start, max(start, len(content) - 1), _SAMPLE, dtype=np.int64)).tolist():
        begin = at if at == start else content.find(b"\n", at) + 1 or len(content)
        if begin >= len(content):
            continue
        end = content.find(b"\n", begin)
        line = bytes(content[begin : end if end >= 0 else len(content)]).decode("utf-8", "replace").strip()
        cells = [cell.strip() for cell in line.split(delimiter)]
        if len(cells) == width:  # reading the table reports ragged rows
            rows.append(_as_numbers(cells))
    return np.array(rows, np.float64).reshape(len(rows), width)


def _as_numbers(cells: Sequence[str]) -> list[float]:
    """Return cells as numbers, with NaN for those that are not."""
    try:
        return [float(cell) for cell in cells]  # as nearly all rows are
    except ValueError:
        return [float(cell) if is_number(cell) else np.nan for cell in cells]
