"""Read all rows of a text whose form is known, and mend or leave out those with too many or too few cells."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from onelook.data.column_names import split_header
from onelook.data.layouts.manifests.readers.name_lines import notes_in
from onelook.data.layouts.manifests.readers.text_form import (
    BEGINNING_BYTES,
    DELIMITERS,
    LOOSE_DELIMITERS,
    NOTES,
    SHARE_OF_LINES,
    TextForm,
    cells_of_lines,
    comments_above,
    without_comments,
)
from onelook.data.layouts.manifests.readers.uneven_rows import UnevenRow, even_rows, swallows_rows, uneven_row_error
from onelook.data.layouts.tables.encodings import decode_as, decode_table
from onelook.data.layouts.tables.files import open_table
from onelook.data.storage.location import Location
from onelook.errors import DataError, in_words
from onelook.wording import agree, counted, named

_NAMELESS = "(column "  # and its number: one of several columns without a name
# What spreadsheets and languages put around a text, besides the quotes of CSV.
_QUOTES = (("'", "'"), ("\u201c", "\u201d"), ("\u2018", "\u2019"), ("\u00ab", "\u00bb"), ('="', '"'), ("`", "`"))
_FIRST_SIGNS = frozenset(before[0] for before, _ in _QUOTES)


@dataclass(frozen=True)
class TextRows:
    """The columns of a text."""

    header: list[str]
    cells: list[list[str | None]]  # of each column
    first_row: int  # the number of the line of the first row
    notes: tuple[str, ...] = ()  # on rows that were mended or left out


def read_text(
    location: Location,
    entry: str,
    form: TextForm | None = None,
    most_rows: int | None = None,
    *,
    may_leave_out: bool = False,
) -> TextRows:
    """Return the columns of a text.

    Args:
        form: what was found out about the text; by default it is a table with a header, as CSV or TSV.
        may_leave_out: whether rows with more or fewer cells than the header are read or left out, as `even_rows` does.

    Raises:
        DataError: it is damaged, or has a ragged row or a column twice.
    """
    name = entry.rpartition("/")[2]
    with open_table(location, entry) as file:
        content = file.read() if most_rows is None else file.read(max(BEGINNING_BYTES, most_rows * 4096))
    try:
        if form is None:
            found = decode_table(content, is_beginning=most_rows is not None)
            if not found:
                raise DataError(f"{name}: not UTF-8 text. Expected a table as CSV or TSV.")
            text = found[0].text
            first, _, _ = text.lstrip("\r\n").partition("\n")
            form = TextForm(found[0].encoding, split_header(first.rstrip("\r"))[1])
            if not text.splitlines()[:1] or not text.splitlines()[0].strip():
                raise DataError(f"{name}: the first line is empty. Expected a header, as 'path,label'.")
        else:
            text = decode_as(content, form.encoding)
        return _read(text, name, form, most_rows, may_leave_out=may_leave_out)
    except UnicodeDecodeError as problem:
        raise DataError(f"{name}: not {form.encoding if form else 'UTF-8'} text. Expected a table.") from problem
    except csv.Error as problem:
        raise DataError(
            f"{name}: not a table that can be read ({in_words(problem)}). Expected CSV or TSV."
        ) from problem


def _read(text: str, name: str, form: TextForm, most_rows: int | None, *, may_leave_out: bool) -> TextRows:
    header: list[str] = list(form.columns)
    first_row = 1
    if form.prose:
        text, first_row = "\n".join(text.split("\n")[form.prose :]), first_row + form.prose
    if form.comment:
        lines = text.split("\n")
        first_row += len(above := comments_above(lines, form.comment))
        text = "\n".join(lines[len(above) :])
    if form.header_at == 0 and not header and form.delimiter in DELIMITERS:
        first, _, text = text.partition("\n")
        header, first_row = split_header(first.rstrip("\r"), form.delimiter)[0], first_row + 1
    records = cells_of_lines(text, form)
    above_rows = 0  # records of the header
    if form.header_at is not None and not header:
        header = [cell.strip() for cell in next(islice(records, form.header_at, None), [])]
        above_rows = form.header_at + 1
    elif form.header_at is not None and form.columns:
        next(islice(records, form.header_at, None), [])
        above_rows = form.header_at + 1
    header = with_numbered_blanks(header)
    refuse_twice(header, name)
    cells: list[list[str | None]] = [[] for _ in header]
    uneven: list[int] = []
    width, is_loose = len(header), form.delimiter in LOOSE_DELIMITERS
    has_quotes = not is_loose and '"' in text
    for at, record in enumerate(islice(records, most_rows)):
        is_ended = len(record) == width + 1 and not record[-1].strip()  # with a delimiter at its end
        if (len(record) != width and not is_loose and not is_ended) or (
            has_quotes and may_leave_out and swallows_rows(record, form.delimiter)
        ):
            uneven.append(at)
        evened = record if len(record) == width else [*record[:width], *[""] * (width - len(record))]
        for column, cell in zip(cells, evened, strict=True):
            column.append(cell.strip() or None)
    notes = _note_remarks(text, name) if form.delimiter == NOTES and most_rows is None else ()
    if uneven:
        rows = _uneven_rows(text, form, uneven, above_rows, first_row)
        if not may_leave_out:
            raise uneven_row_error(name, rows[0], width)
        cells, notes = _evened(cells, name, header, rows, form.delimiter)
    names = [unquoted([name])[0] or name for name in header]
    kept = [at for at, name in enumerate(names) if not is_blank_column(name, cells[at])]
    return TextRows([names[at] for at in kept], [unquoted(cells[at]) for at in kept], first_row + above_rows, notes)


def _note_remarks(text: str, name: str) -> tuple[str, ...]:
    """Return a note on the lines of a person's notes that do not have the name of a picture and its label."""
    remarks = [line.strip() for line in text.splitlines() if line.strip() and not any(notes_in([line]))]
    if not remarks:
        return ()
    verb = agree(
        len(remarks), "that does not name a picture and its label was", "that do not name a picture and its label were"
    )
    return (f"{counted(len(remarks), 'line')} of {name} {verb} left out: {named(remarks, most=3)}.",)


def _uneven_rows(text: str, form: TextForm, wanted: Sequence[int], above_rows: int, first_line: int) -> list[UnevenRow]:
    """Return the rows with these numbers, with their lines.

    Args:
        above_rows: the number of records before the first row.
        first_line: the number of the first line of the text.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=form.delimiter)
    rows, numbers, before, at = [], set(wanted), 0, -above_rows
    for record in without_comments(reader, form.comment):
        if at in numbers:
            rows.append(UnevenRow(at, first_line + before, reader.line_num - before, record))
        before, at = reader.line_num, at + 1
    return rows


def _evened(
    cells: Sequence[list[str | None]], name: str, header: Sequence[str], rows: Sequence[UnevenRow], delimiter: str
) -> tuple[list[list[str | None]], tuple[str, ...]]:
    """Return the columns with the rows that could be read, without those that were left out, and notes on both."""
    uneven = {row.at for row in rows}
    even = [at for at in range(len(cells[0])) if at not in uneven]
    found = even_rows(name, header, [[column[at] for at in even] for column in cells], rows, delimiter)
    for at, row in found.mended.items():
        for column, cell in zip(cells, row, strict=True):
            column[at] = cell or None
    kept = [at for at in range(len(cells[0])) if at not in found.left_out]
    return [[column[at] for at in kept] for column in cells], found.notes


def with_numbered_blanks(header: Sequence[str]) -> list[str]:
    """Return the names of columns, with a number for those without a name if there are several."""
    if header.count("") < 2:
        return list(header)
    return [name or f"{_NAMELESS}{at})" for at, name in enumerate(header, start=1)]


def is_blank_column(name: str, cells: Sequence[str | None]) -> bool:
    """Return whether a column has neither a name nor a value, as spreadsheets write them at the end of each row."""
    return (not name or name.startswith(_NAMELESS)) and not any(cells)


def unquoted(cells: Sequence[str | None]) -> list[str | None]:
    """Return the cells without the signs around them where nearly all stand between such: 'a', “a”, ="a"."""
    if not any(cell and cell[0] in _FIRST_SIGNS for cell in cells):  # nearly all columns, of which there may be 100,000
        return list(cells)
    for before, after in _QUOTES:
        inside = [
            cell is not None and len(cell) > len(before) and cell.startswith(before) and cell.endswith(after)
            for cell in cells
        ]
        if sum(inside) >= SHARE_OF_LINES * sum(cell is not None for cell in cells) > 0:
            return [
                (cell[len(before) : -len(after)].strip() or None) if cell is not None and is_inside else cell
                for cell, is_inside in zip(cells, inside, strict=True)
            ]
    return list(cells)


def refuse_twice(header: Sequence[str], name: str) -> None:
    """Refuse a header in which a name occurs twice.

    Raises:
        DataError: a name occurs twice.
    """
    twice = [column for column, count in Counter(header).items() if count > 1]
    if twice:
        raise DataError(f"{name}: the column '{twice[0]}' occurs twice in the header. Expected each name once.")
