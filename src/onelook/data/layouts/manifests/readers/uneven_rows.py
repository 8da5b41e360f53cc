"""Rows with more or fewer cells than the header: read those that have a comma in a text, and leave the others out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from onelook.data.layouts.manifests.columns.number_columns import number_of
from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import suffix_of
from onelook.errors import DataError
from onelook.wording import agree, counted, listed

_LOOKED_AT = 2_000  # rows with the right number of cells
_SHARE_OF_TEXTS = 0.5  # of a column's cells that have several words, and of those that differ
_SHOWN = 3

Cells = Sequence[str | None]


@dataclass(frozen=True)
class UnevenRow:
    """A row with more or fewer cells than the header."""

    at: int  # its number among the rows, from 0
    line: int  # the line on which it begins, as in an editor
    lines: int  # the number of its lines, which are several if a quote stays open
    cells: Sequence[str]


def uneven_row_error(name: str, row: UnevenRow, width: int) -> DataError:
    """Return the error for a row that has not as many cells as the header."""
    return DataError(
        f"{name}, line {row.line}: {counted(len(row.cells), 'cell')}, the header has {width}. "
        "Expected one cell per column; put a cell with a comma between quotes."
    )


def swallows_rows(cells: Sequence[str], delimiter: str) -> bool:
    """Return whether a cell has lines that begin with the name of a picture: a quote stayed open above them.

    Example:
        >>> swallows_rows(["1.png", "cat\\n2.png,dog"], ","), swallows_rows(["1.png", "a cat,\\nwhich sleeps"], ",")
        (True, False)
    """
    return any(
        suffix_of(line.partition(delimiter)[0].strip()) in PICTURE_SUFFIXES
        for cell in cells
        if "\n" in cell
        for line in cell.split("\n")[1:]
    )


@dataclass(frozen=True)
class Evened:
    """The rows that could be read, by number, the numbers of those that were left out, and notes on both."""

    mended: Mapping[int, Sequence[str]]
    left_out: frozenset[int]
    notes: tuple[str, ...]


def even_rows(
    name: str, header: Sequence[str], columns: Sequence[Cells], rows: Sequence[UnevenRow], delimiter: str
) -> Evened:
    """Return the rows of a table that have a delimiter without quotes in a text, and leave the others out.

    Args:
        name: the name of the table, for notes.
        header: the names of the columns.
        columns: the cells of the rows with the right number of them.
        rows: the other rows.

    Raises:
        DataError: at least half of the lines have more or fewer cells than the header.
    """
    if sum(row.lines for row in rows) >= len(columns[0]):
        raise uneven_row_error(name, rows[0], len(header))
    kinds = [_Kind.of([cell for cell in cells[:_LOOKED_AT] if cell is not None]) for cells in columns]
    mended: dict[int, Sequence[str]] = {}
    texts: dict[str, list[UnevenRow]] = {}
    left_out: list[UnevenRow] = []
    for row in rows:
        ways = list(_ways(row.cells, kinds, delimiter))
        if len(ways) > 1 and any(cell.startswith(" ") for cell in row.cells):
            ways = [way for way in ways if way.has_blanks]  # in a text a blank follows the comma
        if len(ways) == 1:
            mended[row.at] = ways[0].cells
            texts.setdefault(header[ways[0].column], []).append(row)
        else:
            left_out.append(row)
    sign = "comma" if delimiter == "," else "delimiter"
    notes = [
        f"{counted(len(of_text), 'line')} of {name} {agree(len(of_text), 'has', 'have')} a {sign} too many, which was "
        f"read as part of the text in '{column}' ({_lines(of_text)})."
        for column, of_text in texts.items()
    ]
    if left_out:
        lines = sum(row.lines for row in left_out)
        first = left_out[0]
        reason = (
            f"the header has {counted(len(header), 'cell')}, and {_lines([first])} "
            f"{agree(first.lines, 'has', 'have')} {len(first.cells)}. A cell with a {sign} needs quotes"
            if len(first.cells) != len(header)
            else f"a quote in line {first.line} stays open and takes in the next rows"
        )
        notes.append(
            f"{counted(lines, 'line')} of {name} {agree(lines, 'was', 'were')} left out ({_lines(left_out)}): {reason}."
        )
    return Evened(mended, frozenset(row.at for row in left_out), tuple(notes))


@dataclass(frozen=True)
class _Kind:
    """The common properties of the cells of a column."""

    values: frozenset[str]  # all of them, if they are few; else empty
    are_numbers: bool
    are_pictures: bool  # names of files
    are_words: bool  # none has a blank
    are_texts: bool

    @classmethod
    def of(cls, cells: Sequence[str]) -> _Kind:
        different = frozenset(cells)
        are_many = len(different) > _SHARE_OF_TEXTS * len(cells)
        several_words = sum(" " in cell for cell in cells)
        return cls(
            values=frozenset() if are_many else different,
            are_numbers=all(number_of(cell) is not None for cell in cells),
            are_pictures=all(suffix_of(cell) in PICTURE_SUFFIXES for cell in cells),
            are_words=not several_words,
            are_texts=are_many and several_words > _SHARE_OF_TEXTS * len(cells),
        )

    def fits(self, cell: str) -> bool:
        """Return whether a cell may be one of this column. Any column may have an empty one."""
        if not cell:
            return True
        if self.values:
            return cell in self.values
        return (
            (not self.are_numbers or number_of(cell) is not None)
            and (not self.are_pictures or suffix_of(cell) in PICTURE_SUFFIXES)
            and (not self.are_words or " " not in cell)
        )


@dataclass(frozen=True)
class _Way:
    """A way to read a row that has too many cells."""

    column: int  # the text that holds what is too much
    cells: Sequence[str]
    has_blanks: bool  # whether a blank follows each delimiter in the text


def _ways(cells: Sequence[str], kinds: Sequence[_Kind], delimiter: str) -> Iterator[_Way]:
    """Yield the ways to read a row in which all other cells are such as their columns have."""
    more = len(cells) - len(kinds)
    for at, kind in enumerate(kinds):
        if more <= 0 or not kind.are_texts:
            continue
        inside = cells[at + 1 : at + more + 1]
        whole = delimiter.join((cells[at], *inside))
        row = [cell.strip() for cell in (*cells[:at], whole, *cells[at + more + 1 :])]
        if "\n" not in whole and all(
            each.fits(cell) for other, (each, cell) in enumerate(zip(kinds, row, strict=True)) if other != at
        ):
            yield _Way(at, row, all(cell.startswith(" ") for cell in inside))


def _lines(rows: Sequence[UnevenRow]) -> str:
    """Return the numbers of the first lines: `line 13`, `lines 13, 32, 40 and 2 more`."""
    spans = [str(row.line) if row.lines == 1 else f"{row.line} to {row.line + row.lines - 1}" for row in rows]
    return f"{agree(sum(row.lines for row in rows), 'line', 'lines')} {listed(spans, most=_SHOWN)}"
