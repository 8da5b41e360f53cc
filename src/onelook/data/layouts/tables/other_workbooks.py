"""Read the sheets of spreadsheets that are not Excel's newer ones: OpenDocument's (.ods), and Excel's older (.xls)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from onelook.errors import DataError

_OFFICE, _STYLE, _TABLE, _TEXT = (
    f"urn:oasis:names:tc:opendocument:xmlns:{room}:1.0 " for room in ("office", "style", "table", "text")
)
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_SPACES = (f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break")
_CONTENT = "content.xml"
_BLOCK_BYTES = 1 << 20
_MOST_BLANK_ROWS = 1_001  # one after the other; a million empty ones fill a sheet
_VALUES = ("value", "date-value", "time-value", "boolean-value")  # attributes, of which a cell of no text has one
_BOOLEAN, _EMPTY = 4, (0, 6)  # kinds of cells of xlrd

Row = list[Any]


@dataclass
class Sheet:
    """A sheet: its name, and its rows with the empty cells before and between the filled ones."""

    title: str
    rows: list[Row] = field(default_factory=list)
    is_visible: bool = True


def ods_sheets(content: bytes, most_cells: int) -> list[Sheet]:
    """Return the sheets of an OpenDocument spreadsheet.

    Args:
        content: the bytes of the file.
        most_cells: the number of cells that are read.

    Raises:
        DataError: it has more cells, or a document type.
        Exception: it is damaged.
    """
    reader = _OdsReader(most_cells)
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.begin, reader.end
    parser.CharacterDataHandler = reader.add
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    with zipfile.ZipFile(io.BytesIO(content)) as packed, packed.open(_CONTENT) as file:
        for block in iter(lambda: file.read(_BLOCK_BYTES), b""):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    return reader.sheets


def xls_sheets(content: bytes) -> Iterator[Sheet]:
    """Yield the sheets of a workbook of Excel 97 to 2003.

    Raises:
        ImportError: xlrd is not installed.
        Exception: it is damaged.
    """
    import xlrd

    # It prints what it finds odd in a file.
    with xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), on_demand=True) as book:
        for sheet in book.sheets():
            rows = [
                [_xls_value(book, *each) for each in zip(sheet.row_types(at), sheet.row_values(at), strict=True)]
                for at in range(sheet.nrows)
            ]
            yield Sheet(sheet.name, rows, is_visible=sheet.visibility == 0)


def _xls_value(book: Any, kind: int, value: Any) -> Any:
    """Return the value of a cell; dates are numbers with a kind of their own."""
    from xlrd import XL_CELL_DATE
    from xlrd.xldate import xldate_as_datetime

    if kind == XL_CELL_DATE:
        return xldate_as_datetime(value, book.datemode)
    return None if kind in _EMPTY else bool(value) if kind == _BOOLEAN else value


class _OdsReader:
    """Gathers the sheets while the file is parsed."""

    def __init__(self, most_cells: int) -> None:
        self.sheets: list[Sheet] = []
        self._left = most_cells
        self._row: Row = []
        self._blanks = 0  # cells that were empty since the last filled one of the row
        self._rows = self._cells = 1  # times that the row, or the cell, stands there
        self._hidden: set[str] = set()  # the styles of sheets that are not shown
        self._style = ""
        self._value: Any = None
        self._texts: list[str] = []  # of the paragraphs in a cell
        self._paragraphs = self._comments = 0  # how deep

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        if name == f"{_STYLE}style":
            self._style = attributes.get(f"{_STYLE}name", "")
        elif name == f"{_STYLE}table-properties" and attributes.get(f"{_TABLE}display") == "false":
            self._hidden.add(self._style)
        elif name == f"{_TABLE}table":
            is_visible = attributes.get(f"{_TABLE}style-name") not in self._hidden
            self.sheets.append(Sheet(attributes.get(f"{_TABLE}name", ""), is_visible=is_visible))
        elif name == f"{_TABLE}table-row":
            self._row, self._blanks, self._rows = [], 0, _times(attributes, "rows")
        elif name in _CELLS:
            self._cells, self._texts = _times(attributes, "columns"), []
            self._value = _value_of(attributes)
        elif name == f"{_OFFICE}annotation":
            self._comments += 1
        elif name == f"{_TEXT}p" and not self._comments:
            self._texts.append("")
            self._paragraphs += 1
        elif name in _SPACES and self._paragraphs:
            self._texts[-1] += " "

    def add(self, piece: str) -> None:
        """Take a piece of text."""
        if self._paragraphs and not self._comments:
            self._texts[-1] += piece

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == f"{_OFFICE}annotation":
            self._comments -= 1
        elif name == f"{_TEXT}p" and not self._comments:
            self._paragraphs -= 1
        elif name in _CELLS:
            value = self._value if self._value is not None else "\n".join(self._texts) or None
            if value is None:
                self._blanks += self._cells
                return
            self._take(self._blanks + self._cells)
            self._row += [*[None] * self._blanks, *[value] * self._cells]
            self._blanks = 0
        elif name == f"{_TABLE}table-row" and self.sheets:
            times = self._rows if self._row else min(self._rows, _MOST_BLANK_ROWS)
            self._take(len(self._row) * (times - 1))
            self.sheets[-1].rows += [self._row] * times

    def _take(self, cells: int) -> None:
        self._left -= cells
        if self._left < 0:
            raise DataError("more cells than any table of pictures has. Save it as CSV")


def _times(attributes: Mapping[str, str], of: str) -> int:
    text = attributes.get(f"{_TABLE}number-{of}-repeated", "1")
    return int(text) if text.isdecimal() and len(text) < 10 else 1


def _value_of(attributes: Mapping[str, str]) -> Any:
    """Return the value of a cell that holds no text; None for one of text."""
    found = next((attributes[key] for each in _VALUES if (key := f"{_OFFICE}{each}") in attributes), None)
    kind = attributes.get(f"{_OFFICE}value-type", "")
    if found is not None and kind in ("float", "percentage", "currency"):
        return float(found)
    return found == "true" if found is not None and kind == "boolean" else found


def _refuse(*_: Any) -> None:
    raise DataError("it has a document type (<!DOCTYPE …>), which onelook does not read. Save it as CSV")
