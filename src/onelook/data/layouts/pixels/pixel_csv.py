"""The layout `pixel-csv`: a header and a column for each pixel, in one file or in train.csv and test.csv."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from onelook.data.column_names import are_mostly_numbered, numbered_columns, split_header
from onelook.data.dataset import Dataset
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.pixels.bare_columns import may_be_pictures
from onelook.data.layouts.pixels.header import PixelHeader, is_row_of_values, read_header
from onelook.data.layouts.pixels.pixel_dataset import ReadTable, pixel_dataset
from onelook.data.layouts.pixels.renamed_row import numbers_columns
from onelook.data.layouts.registry import layout_entry
from onelook.data.layouts.tables.cache import PixelTable, cached_table, labelled_table
from onelook.data.layouts.tables.files import FOUR_CSV_FILES, open_table, table_suffix
from onelook.data.layouts.tables.grid import GridColumns
from onelook.data.layouts.tables.text import TableText, read_first_line, read_table_text
from onelook.data.pictures.by_content import PICTURE_SUFFIXES, picture_names
from onelook.data.storage.location import Location, suffix_of
from onelook.errors import DataError
from onelook.wording import named

_SUFFIXES = layout_entry("pixel-csv").endings
_MOST_BELOW = 10  # more tables in folders may be one a picture
_MOST_PICTURES = 3  # beside more pictures, a table in a folder below is about them
_SECOND_DOWNLOAD = re.compile(r"(?P<stem>.*[^\s/])(?: ?\(\d{1,2}\)| - copy(?: ?\(\d+\))?)(?P<suffix>(?:\.\w+)+)", re.I)
# Raised when the table of a file changes: cached tables are then read again.
_READER_VERSION = 4


class PixelCsv:
    """The layout `pixel-csv`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why this is a pixel table; None if no file has numbered columns."""
        why = _why_file(location, location.entries()[0]) if location.is_file else _why_folder(location)
        if why is None:
            return None
        # A file that is no UTF-8 text may still be a list of pictures in another encoding.
        is_read = not location.is_file or read_first_line(location, location.entries()[0])
        return Candidate(why, LabelSource.PIXEL_TABLE if is_read else LabelSource.NOTHING)

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the table or tables. If a cell is wrong, all of the table is refused.

        Raises:
            DataError: a cell, a row, the header or the number of pixels is wrong; the error says where.
            ConfigError: there is no column with the name that the user gave for the label.
        """
        files = {"all": location.entries()[0]} if location.is_file else _files_by_part(location)
        tables = {part: _read(location, name, options.label_column) for part, name in files.items()}
        others = [] if location.is_file else [name for name in _tables(location) if name not in files.values()]
        return pixel_dataset(location, "pixel-csv", "a CSV header", tables, others, needs_labels=options.needs_labels)


def _why_folder(location: Location) -> str | None:
    tables = _tables(location)
    return f"it holds pixel tables: {', '.join(tables)}" if tables else None


def _why_file(location: Location, name: str) -> str | None:
    if table_suffix(name) not in _SUFFIXES:
        return None
    line = read_first_line(location, name)
    if not line:  # an empty .csv is accepted here, because the reader of tables refuses it with a reason
        return "it is a CSV file" if table_suffix(name) == ".csv" else None
    columns, _ = split_header(line)
    if is_row_of_values(columns):
        return None if may_be_pictures(columns) else "it is a table of numbers"
    pixels = numbered_columns(columns)
    if len(pixels) * 2 < len(columns) or any(map(_is_picture, columns)) or numbers_columns(columns):
        return None
    return f"the header has {len(pixels):,} numbered columns, {columns[pixels[0]]} to {columns[pixels[-1]]}"


def _tables(location: Location) -> list[str]:
    """Return the pixel tables directly in a folder; without any, those in folders below, if there are few files."""
    files = [name for name in location.entries() if table_suffix(name) in _SUFFIXES]
    tables = [name for name in files if "/" not in name and _is_pixel_table(location, name)]
    if tables or len(files) > _MOST_BELOW or len(location.once(picture_names)) > _MOST_PICTURES:
        return tables
    return [name for name in files if "/" in name and _is_pixel_table(location, name)]


def _is_pixel_table(location: Location, name: str) -> bool:
    if _plain(name.rpartition("/")[2]) in FOUR_CSV_FILES:
        return False
    columns, _ = split_header(read_first_line(location, name) or "")
    is_header = not is_row_of_values(columns) and not numbers_columns(columns)
    return is_header and are_mostly_numbered(columns) and not any(map(_is_picture, columns))


def _files_by_part(location: Location) -> Mapping[str, str]:
    """Return the pixel tables directly in a folder, by the part in their names.

    Tables without a part are left out beside a training table, such as `Dig-MNIST.csv` beside `train.csv`.

    Raises:
        DataError: there are none, or several whose names have no part, or the same part.
    """
    tables = _without_copies(_tables(location))
    if not tables:
        raise DataError(f"{location.root}: no CSV file with a header and a column a pixel was found there.")
    if len(tables) == 1:
        return {"all": tables[0]}
    parts = {part: [name for name in tables if part in name.casefold()] for part in ("train", "val", "test")}
    is_whole = sum(map(len, parts.values())) == len(tables) or len(parts["train"]) == 1
    if not is_whole or any(len(names) > 1 for names in parts.values()):
        raise DataError(
            f"{location.root}: {len(tables)} pixel tables, {named(tables)}. Expected train, val and test by name, one "
            f"each: give the path of the one to train on, as {location.place}/{tables[0]}, and another with --test."
        )
    return {part: names[0] for part, names in parts.items() if names}


def _without_copies(tables: list[str]) -> list[str]:
    """Return the tables without those that a second download made, as `train (1).csv` beside `train.csv`."""
    copies = {name: match["stem"] + match["suffix"] for name in tables if (match := _SECOND_DOWNLOAD.fullmatch(name))}
    return [name for name in tables if copies.get(name) not in tables]


def rows_by_part(location: Location) -> Mapping[str, int]:
    """Return the number of rows of each pixel table in a folder, by its part; no cell is read.

    Raises:
        DataError: the parts of several tables are not known.
    """
    return {part: _count_rows(location, name) for part, name in _files_by_part(location).items()}


def rows_by_table(location: Location) -> Mapping[str, int]:
    """Return the number of rows of each pixel table in a folder; no cell is read."""
    return {name: _count_rows(location, name) for name in _tables(location)}


def _count_rows(location: Location, entry: str) -> int:
    with open_table(location, entry) as file:
        lines, last = 0, b"\n"
        for block in iter(lambda: file.read(1 << 20), b""):
            lines, last = lines + block.count(b"\n"), block[-1:]
    return lines - (last == b"\n")  # without the header


def _is_picture(cell: str) -> bool:
    """Return whether a cell is the name of a picture: `cat/1.jpg,1,2,3,4,cat` is a row of a list and no header."""
    return suffix_of(cell) in PICTURE_SUFFIXES


def _plain(name: str) -> str:
    return name.casefold().removesuffix(".gz")


def _read(location: Location, entry: str, label_column: str | None) -> ReadTable:
    """Return the table of one file, from the cache if it was read before."""
    text = read_table_text(location, entry)
    names, delimiter = split_header(text.first_line)
    if is_row_of_values(names):
        raise DataError(
            f"{text.name}: the first line holds values, not names of columns. Expected a header, as "
            "'label,pixel0,pixel1,…'; put one in front. (Four files without headers are opened as their folder.)"
        )
    header = read_header(names, text.name, label_column)
    columns = GridColumns(header.columns, header.pixels, header.label, delimiter)
    # With another label column, the same bytes are another table.
    key = hashlib.sha256(f"{_READER_VERSION}|{text.checksum()}|{header.label}".encode()).hexdigest()
    table = cached_table(key, lambda: _parse(text, columns), text.name)
    other_ids = _other_ids(text, columns, header) if header.label is None else {}
    return ReadTable(text.name, header, table, other_ids)


def _other_ids(text: TableText, columns: GridColumns, header: PixelHeader) -> dict[str, list[str]]:
    """Return the columns that are not pixels and have a different text in every row."""
    found = {name: text.read_column(columns, header.columns.index(name)) for name in header.others}
    return {name: cells for name, cells in found.items() if "" not in cells and len(set(cells)) == len(cells)}


def _parse(text: TableText, columns: GridColumns) -> PixelTable:
    grid = text.read_grid(columns)
    if not len(grid.pixels):
        raise DataError(f"{text.name}: a header and no rows. Expected a row a picture.")
    if grid.labels is None:
        return PixelTable(grid.pixels, None, ())
    return labelled_table(grid.pixels, grid.labels, text.name)
