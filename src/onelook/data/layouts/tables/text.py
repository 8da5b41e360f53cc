"""Read the text of a table: its first line, its checksum, and its pixels and labels."""

from __future__ import annotations

import hashlib
import mmap
from dataclasses import dataclass, replace
from io import BytesIO

from onelook.data.column_names import DELIMITERS, are_mostly_numbered, split_header
from onelook.data.layouts.tables.careful_grid import read_careful_grid, read_careful_texts
from onelook.data.layouts.tables.files import is_packed, open_table, read_first_bytes, table_suffix
from onelook.data.layouts.tables.grid import PASSED_BYTES, Grid, GridColumns, Text, give_back_pages
from onelook.data.layouts.tables.plain_grid import read_plain_grid, read_plain_texts
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import size

_TEXT_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".lst", ".list", ".dat")
_FEWEST_COLUMNS = 20  # a table with fewer columns is read quickly
_HUNDREDS = 200
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# Ten times the header of a 224×224 colour table. A file with a longer first line is not a table.
_LONGEST_LINE = 16 << 20
_MOST_COLUMNS = 200_000  # colour pictures of 256×256 have 196,608


@dataclass(frozen=True)
class TableText:
    """The bytes of a table (memory-mapped if it is a file) and its first line."""

    name: str  # the name of the file in errors
    content: Text
    first_line: str
    first_line_at: int  # its offset in `content`, after a byte order mark
    second_line_at: int

    def read_grid(self, columns: GridColumns) -> Grid:
        """Return the pixels and labels, with the fast reader if the text is plain, or else cell by cell.

        Raises:
            DataError: a cell, a row or the text itself is wrong; the error says where.
        """
        start = self.second_line_at if columns.has_header else self.first_line_at
        grid = read_plain_grid(self.content, start, columns)
        return grid if grid is not None else read_careful_grid(BytesIO(self.content), self.name, columns)

    def read_column(self, columns: GridColumns, position: int) -> list[str]:
        """Return the cells of one column without pixels, as text, one for each row.

        Raises:
            DataError: the text is malformed; the error says where.
        """
        start = self.second_line_at if columns.has_header else self.first_line_at
        found = read_plain_texts(self.content, start, replace(columns, label=position))
        return found if found is not None else read_careful_texts(BytesIO(self.content), self.name, columns, position)

    def checksum(self) -> str:
        """Return the SHA-256 of the bytes."""
        digest = hashlib.sha256()
        for start in range(0, len(self.content), PASSED_BYTES):
            digest.update(self.content[start : start + PASSED_BYTES])
            give_back_pages(self.content)
        return digest.hexdigest()


def read_table_text(location: Location, entry: str) -> TableText:
    """Return the text of an entry of a folder or a zip, or of a plain file.

    Raises:
        DataError: it is empty, or does not begin with a line of UTF-8 text.
    """
    name = str(location.root) if location.is_file else f"{location.place}/{entry}"
    content = _content(location, entry)
    if not content:
        raise DataError(f"{name}: the file is empty. Expected a table of pixels.")
    stop = content.find(b"\n", 0, _LONGEST_LINE)
    if stop < 0 and len(content) > _LONGEST_LINE:
        raise DataError(f"{name}: no end of line in the first {size(_LONGEST_LINE)}. Expected lines of CSV text.")
    line = content[: stop if stop >= 0 else len(content)]
    first_line_at = len(_BYTE_ORDER_MARK) if line.startswith(_BYTE_ORDER_MARK) else 0
    return TableText(name, content, _decoded(line, name), first_line_at, stop + 1 or len(content))


def read_first_line(location: Location, entry: str) -> str | None:
    """Return the first line of an entry; None if it is not text."""
    try:
        return _decoded(read_first_bytes(location, entry, _LONGEST_LINE), entry)
    except DataError:
        return None


def has_pixel_columns(location: Location, entry: str) -> bool:
    """Return whether a text has one column per pixel, by its first line: hundreds of columns are slow to read."""
    columns = _first_columns(location, entry)
    return len(columns) > _FEWEST_COLUMNS and (
        are_mostly_numbered(columns) or sum(cell.isdecimal() for cell in columns) * 2 > len(columns)
    )


def names_pixels(location: Location, entry: str) -> bool:
    """Return whether a text begins with a header of hundreds of pixels, such as `label,pixel0,pixel1,…`."""
    columns = _first_columns(location, entry)
    is_of_names = 2 * sum(column[:1].isalpha() for column in columns) > len(columns)
    return len(columns) > _HUNDREDS and is_of_names and are_mostly_numbered(columns)


def _first_columns(location: Location, entry: str) -> list[str]:
    if table_suffix(entry) not in _TEXT_SUFFIXES:
        return []
    return split_header(read_first_line(location, entry) or "")[0]


def _content(location: Location, entry: str) -> Text:
    path = location.path(entry)
    if path is None or not path.stat().st_size or is_packed(location, entry):  # an empty file cannot be mapped
        with open_table(location, entry) as opened:
            return opened.read()
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _decoded(line: bytes, name: str) -> str:
    try:
        text = line.removeprefix(_BYTE_ORDER_MARK).rstrip(b"\r\n").decode()
    except UnicodeDecodeError as problem:
        raise DataError(f"{name}: the first line is not UTF-8 text. Expected CSV text; save it as UTF-8.") from problem
    if "\0" in text:
        raise DataError(f"{name}: the first line holds zero bytes. Expected CSV text; save it as UTF-8.")
    if (columns := 1 + max(map(text.count, DELIMITERS))) > _MOST_COLUMNS:
        raise DataError(
            f"{name}: {columns:,} columns, expected at most {_MOST_COLUMNS:,}. Keep pictures of that size as files."
        )
    if "\r" in text:
        raise DataError(
            f"{name}: its lines end with carriage returns alone, as old programs wrote them. Save it with line feeds."
        )
    return text
