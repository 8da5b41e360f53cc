"""A table with a header and a column a pixel, as Kaggle's Digit Recognizer: one file, or train.csv and test.csv."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from onelook.data.array_pictures import array_dataset
from onelook.data.class_names import encode_labels, positions_among
from onelook.data.dataset import Dataset, Images, Labels
from onelook.data.sources.four_csv import FILES as FOUR_FILES
from onelook.data.sources.grid import GridColumns
from onelook.data.sources.pixel_header import (
    PixelHeader,
    is_row_of_values,
    numbered_columns,
    read_header,
    split_header,
)
from onelook.data.sources.source import Location, SourceOptions
from onelook.data.sources.table_cache import PixelTable, cached_table
from onelook.data.sources.table_text import TableText, read_first_line, read_table_text
from onelook.errors import DataError

_SUFFIXES = (".csv", ".tsv", ".txt")
# Raised when the same file would be read as another table: what was read before is then read again.
_READER_VERSION = 1


class PixelCsv:
    """The layout `pixel-csv`."""

    def recognise(self, location: Location) -> str | None:
        """Why this is a pixel table; None where no file has numbered columns."""
        if location.is_file:
            return self._recognise_file(location, location.entries()[0])
        files = _files_by_part(location)
        return f"it holds pixel tables: {', '.join(files.values())}" if files else None

    def open(self, location: Location, options: SourceOptions) -> Dataset:
        """The table or tables, refused whole where a cell is wrong.

        Raises:
            DataError: a cell, a row, the header or the number of pixels is wrong; says where.
            ConfigError: there is no column of the name that the user gave for the label.
        """
        files = {"all": location.entries()[0]} if location.is_file else _files_by_part(location)
        if not files:
            raise DataError(f"{location.root}: no CSV file with a header and a column a pixel was found there.")
        tables = {part: _read(location, name, options.label_column) for part, name in files.items()}
        return _dataset(location, tables)

    def _recognise_file(self, location: Location, name: str) -> str | None:
        if location.suffix not in _SUFFIXES:
            return None
        line = read_first_line(location, name)
        if not line:  # an empty .csv is best refused by the reader of tables
            return "it is a CSV file" if location.suffix == ".csv" else None
        columns, _ = split_header(line)
        if is_row_of_values(columns):
            return "it is a table of numbers"
        pixels = numbered_columns(columns)
        if len(pixels) * 2 < len(columns):
            return None
        return f"the header has {len(pixels):,} numbered columns, {columns[pixels[0]]} to {columns[pixels[-1]]}"


@dataclass(frozen=True)
class _Table:
    """One file as read."""

    name: str
    header: PixelHeader
    table: PixelTable

    @property
    def images(self) -> Images:
        """(rows, height, width, channels), uint8, without a copy."""
        return self.table.pixels.reshape(len(self.table.pixels), *self.header.shape)


def _files_by_part(location: Location) -> Mapping[str, str]:
    """The pixel tables directly in a folder, by part; empty where they cannot be told apart by name."""
    tables = []
    for name in location.entries():
        if "/" in name or PurePosixPath(name).suffix.lower() not in _SUFFIXES or name.casefold() in FOUR_FILES:
            continue
        columns, _ = split_header(read_first_line(location, name) or "")
        if not is_row_of_values(columns) and 2 * len(numbered_columns(columns)) > len(columns):
            tables.append(name)
    if len(tables) == 1:
        return {"all": tables[0]}
    parts = {part: [name for name in tables if part in name.casefold()] for part in ("train", "val", "test")}
    if sum(map(len, parts.values())) != len(tables) or any(len(names) > 1 for names in parts.values()):
        return {}
    return {part: names[0] for part, names in parts.items() if names}


def _read(location: Location, entry: str, label_column: str | None) -> _Table:
    """One file, from the cache where it was read before."""
    text = read_table_text(location, entry)
    names, delimiter = split_header(text.first_line)
    if is_row_of_values(names):
        raise DataError(
            f"{text.name}: the first line holds values, not names of columns. Expected a header, as "
            "'label,pixel0,pixel1,…'; put one in front. (Four files without headers are opened as their folder.)"
        )
    header = read_header(names, text.name, label_column)
    columns = GridColumns(header.columns, header.pixels, header.label, delimiter)
    # The same bytes are another table where another column is the label.
    key = hashlib.sha256(f"{_READER_VERSION}|{text.checksum()}|{header.label}".encode()).hexdigest()
    return _Table(text.name, header, cached_table(key, lambda: _parse(text, columns)))


def _parse(text: TableText, columns: GridColumns) -> PixelTable:
    grid = text.read_grid(columns)
    if not len(grid.pixels):
        raise DataError(f"{text.name}: a header and no rows. Expected a row a picture.")
    if grid.labels is None:
        return PixelTable(grid.pixels, None, ())
    class_names, labels = encode_labels(grid.labels, text.name)
    return PixelTable(grid.pixels, labels, class_names)


def _dataset(location: Location, tables: dict[str, _Table]) -> Dataset:
    first = next(iter(tables.values()))
    notes = list(_notes(location, tables))
    # Beside a labelled training table, one without labels is what Kaggle wants predicted: no set to score on.
    if len(tables) > 1 and first.table.labels is not None:
        for part in [part for part, table in tables.items() if table.table.labels is None]:
            notes.append(f"{tables.pop(part).name} has no labels and was left out; predict on it by its own path.")
    parts: dict[str, tuple[Images, Labels | None]] = {}
    for part, table in tables.items():
        if table.header.shape != first.header.shape:
            raise DataError(
                f"{table.name} has pictures of {len(table.header.pixels)} pixels, {first.name} of "
                f"{len(first.header.pixels)}. Expected the same size in both."
            )
        labels = table.table.labels
        if labels is not None:
            labels = positions_among(table.table.class_names, first.table.class_names, table.name)[labels]
        parts[part] = table.images, labels
    return array_dataset(
        parts,
        name=location.name,
        layout="pixel-csv",
        why=_why(first.header),
        class_names=first.table.class_names,
        notes=tuple(notes),
    )


def _why(header: PixelHeader) -> str:
    height, width, channels = header.shape
    label = "no label column" if header.label is None else f"the label in column '{header.columns[header.label]}'"
    kind = "grey" if channels == 1 else "colour"
    return (
        f"a CSV header with {len(header.pixels):,} pixel columns, {header.first_and_last} "
        f"({height}×{width} {kind}), and {label}"
    )


def _notes(location: Location, tables: Mapping[str, _Table]) -> list[str]:
    notes = []
    for table in tables.values():
        header = table.header
        if header.shape[2] == 3:
            notes.append(
                "Colour is taken to lie pixel by pixel: red, green and blue of the first pixel, then of the next."
            )
        if header.others:
            columns = ", ".join(f"'{column}'" for column in header.others[:5])
            more = f" and {len(header.others) - 5} more" if len(header.others) > 5 else ""
            label = "" if header.label is not None else ". If the label is among them, name it with --label-column"
            notes.append(f"{table.name}: columns that are no pixels were left out: {columns}{more}{label}.")
    read = {PurePosixPath(table.name).name for table in tables.values()}
    left_out = [name for name in location.entries() if not location.is_file and PurePosixPath(name).name not in read]
    if left_out:
        notes.append(f"Files that are no pixel tables were left out: {', '.join(left_out[:5])}.")
    return list(dict.fromkeys(notes))
