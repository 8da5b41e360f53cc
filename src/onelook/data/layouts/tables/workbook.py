"""Read the table in a workbook (.xlsx, .ods, .xls): the sheets with one header are one table."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from itertools import islice
from typing import Any

from onelook.data.layouts.tables.files import open_table, table_suffix
from onelook.data.part_names import parts_among
from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import Location, suffix_of
from onelook.errors import DataError, missing_extra
from onelook.wording import agree, counted, listed, named

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".ods", ".xls")
# The packages that read a workbook, and their extras; OpenDocument needs none.
_READERS: Mapping[str, tuple[str, str]] = {
    ".xlsx": ("openpyxl", "train"),
    ".xlsm": ("openpyxl", "train"),
    ".xls": ("xlrd", "xls"),
}
SHEET, SPLIT = "sheet", "split"
_LARGEST_BYTES = 1 << 29  # of all files in a workbook, unpacked
_MOST_CELLS = 20_000_000
_MOST_BLANK_ROWS = 1_000  # one after the other: what follows is a format without content
_LOOKED_AT = 200  # rows, to choose a sheet
_ABOVE = 20  # rows that may stand above the header
_SHARE_OF_WIDTH = 0.6  # of the widest row's cells, that a header fills

Rows = Sequence[Sequence[str | None]]


@dataclass(frozen=True)
class Workbook:
    """The table of a workbook: the names and cells of its columns, the number of its first row, and notes."""

    header: list[str]
    cells: list[list[str | None]]  # of each column
    first_row: int
    parts_from: str = ""
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Sheet:
    """The table in a sheet; `header` is empty if its first row names a picture."""

    name: str
    header: tuple[str, ...]
    rows: Rows
    first_row: int

    @property
    def names_pictures(self) -> bool:
        return any(cell and suffix_of(cell) in PICTURE_SUFFIXES for row in self.rows[:_LOOKED_AT] for cell in row)


def can_read(suffix: str) -> bool:
    """Return whether workbooks with this suffix can be read: the package that does is installed, or none is needed."""
    return suffix in WORKBOOK_SUFFIXES and (suffix not in _READERS or find_spec(_READERS[suffix][0]) is not None)


def read_workbook(location: Location, entry: str, most_rows: int | None = None) -> Workbook:
    """Return the table in a workbook.

    The first sheet that names pictures is read, with all others that have the same header. If the names of these sheets
    are parts, they are the column `split`; if the pictures' names are all they hold, their names are the column
    `sheet`. Formulas give the values that were saved with them.

    Args:
        most_rows: the number of rows to read of each sheet; all by default.

    Raises:
        DataError: it is damaged, too large, or holds no table.
        ConfigError: the package that reads it is not installed.
    """
    name = entry.rpartition("/")[2]
    sheets = [sheet for sheet in _sheets(location, entry, name, most_rows) if sheet.rows]
    if not sheets:
        raise DataError(
            f"{name}: a workbook without a table. Expected a header, as 'path, label', and a row a picture."
        )
    first = next((each for each in sheets if each.names_pictures), None)
    first = first or next((each for each in sheets if len(each.header) > 1), sheets[0])
    read = [each for each in sheets if each.header == first.header and len(each.rows[0]) == len(first.rows[0])]
    header = list(first.header) or [f"column {number}" for number in range(1, len(first.rows[0]) + 1)]
    cells = [[row[at] for sheet in read for row in sheet.rows] for at in range(len(header))]
    parts = parts_among([sheet.name for sheet in read])
    is_parted = len(read) > 1 and len(parts) == len(read) and "train" in parts.values()
    is_parted = is_parted and SPLIT not in header
    if is_parted:
        header.append(SPLIT)
        cells.append([parts[sheet.name] for sheet in read for _ in sheet.rows])
    elif len(read) > 1 and len(header) == 1:
        header.append(SHEET)
        cells.append([sheet.name for sheet in read for _ in sheet.rows])
    source = "the names of the sheets" if is_parted else ""
    return Workbook(header, cells, first.first_row, source, tuple(_notes(name, read, sheets)))


def _notes(name: str, read: Sequence[_Sheet], sheets: Sequence[_Sheet]) -> list[str]:
    """Return notes on sheets that were read together, and on those that were left out."""
    notes = []
    if len(read) > 1:
        notes.append(f"The sheets {named([sheet.name for sheet in read], last='and')} of {name} are read as one table.")
    others = [sheet.name for sheet in sheets if sheet not in read]
    if others:
        verb = agree(len(others), "The sheet", "The sheets"), agree(len(others), "was", "were")
        notes.append(f"{verb[0]} {named(others)} of {name} {verb[1]} left out.")
    return notes


def _sheets(location: Location, entry: str, name: str, most_rows: int | None) -> list[_Sheet]:
    suffix = table_suffix(entry)
    if not can_read(suffix):
        raise missing_extra(*_READERS[suffix], "opening spreadsheets")
    with open_table(location, entry) as file:
        content = file.read()
    try:
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                unpacked = sum(each.file_size for each in packed.infolist())
            if unpacked > _LARGEST_BYTES:
                raise DataError(f"{counted(unpacked, 'byte')} when unpacked, too many for a table. Save it as CSV")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of forms and formats, which are not read
            return _read(_opened(content, suffix), name, most_rows)
    except DataError as problem:
        raise DataError(f"{name}: {problem}.") from problem
    except Exception as problem:  # the content of a damaged workbook leads to any error
        raise DataError(f"{name}: no workbook that can be read. If it is damaged, save or fetch it again.") from problem


def _opened(content: bytes, suffix: str) -> Iterator[tuple[str, Iterable[Sequence[Any]]]]:
    """Yield the name and the rows of each sheet that is shown."""
    if suffix in (".ods", ".xls"):
        from onelook.data.layouts.tables.other_workbooks import ods_sheets, xls_sheets

        sheets = ods_sheets(content, _MOST_CELLS) if suffix == ".ods" else xls_sheets(content)
        yield from ((sheet.title, sheet.rows) for sheet in sheets if sheet.is_visible)
        return
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        yield from ((each.title, each.iter_rows(values_only=True)) for each in book.worksheets if _is_shown(each))
    finally:
        book.close()


def _is_shown(sheet: Any) -> bool:
    return bool(sheet.sheet_state == "visible")


def _read(sheets: Iterable[tuple[str, Iterable[Sequence[Any]]]], name: str, most_rows: int | None) -> list[_Sheet]:
    found: list[_Sheet] = []
    left = _MOST_CELLS
    for title, of_sheet in sheets:
        most = None if most_rows is None else most_rows + _ABOVE
        rows: list[tuple[int, list[str | None]]] = []
        for number, row in islice(_filled_rows(of_sheet), most):
            rows.append((number, row))
            left -= len(row)
            if left < 0:
                raise DataError(f"more than {_MOST_CELLS:,} cells. Save the table as CSV")
        found.append(_sheet(title, rows, most_rows))
    return found


def _filled_rows(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, list[str | None]]]:
    """Yield the number and the cells of each row that is not empty, without empty cells at its end."""
    blank = 0
    for number, row in enumerate(rows, start=1):
        cells = [_text(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        blank = 0 if cells else blank + 1
        if blank > _MOST_BLANK_ROWS:
            return
        if cells:
            yield number, cells


def _sheet(title: str, rows: Sequence[tuple[int, list[str | None]]], most_rows: int | None) -> _Sheet:
    """Return the table in the rows of a sheet: below a title, if it has one, and between empty columns."""
    filled = [sum(cell is not None for cell in cells) for _, cells in rows[:_ABOVE]]
    at = next((at for at, count in enumerate(filled) if count >= _SHARE_OF_WIDTH * max(filled)), 0)
    table = [cells for _, cells in rows[at:]]
    width = max(map(len, table), default=0)
    kept = [place for place in range(width) if any(len(row) > place and row[place] is not None for row in table)]
    table = [[row[place] if place < len(row) else None for place in kept] for row in table]
    is_row = bool(table) and any(cell is not None and suffix_of(cell) in PICTURE_SUFFIXES for cell in table[0])
    above = 0 if is_row else 1
    header = [] if is_row or not table else [cell or "" for cell in table[0]]
    first = rows[at + above][0] if len(rows) > at + above else 1
    return _Sheet(title, tuple(header), table[above:][:most_rows], first)


def _text(cell: Any) -> str | None:
    """Return a cell as the text that a CSV file would have; None for an empty one."""
    if cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    return (cell.isoformat() if isinstance(cell, date) else str(cell)).strip() or None


def hint_on_spreadsheets(suffixes: Sequence[str]) -> str:
    """Return a sentence on spreadsheets that were not read, and what to do; empty if all can be read."""
    unread = sorted(each for each in suffixes if not can_read(each))
    readers = {_READERS.get(each) for each in unread}
    if not unread:
        return ""
    if len(readers) == 1 and (reader := readers.pop()) is not None:
        package, extra = reader
        return (
            f" Spreadsheets ({listed(unread)}) are read where {package} is installed (pip install 'onelook[{extra}]'): "
            "without it, save them as CSV."
        )
    return f" Spreadsheets ({listed(unread)}) are not read: save them as CSV."
