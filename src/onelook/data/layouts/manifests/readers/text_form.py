"""The form of a table in a text: its encoding, delimiter, header and comments, and the records that it then has."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from onelook.data.layouts.manifests.readers.lists_of_columns import SIGNS_OF_LISTS, cells_of_lists
from onelook.data.layouts.manifests.readers.name_lines import notes_in

DELIMITERS = (",", "\t", ";", "|")
BLANKS = " "  # any number of blanks between two cells
FIRST_BLANK = "first blank"  # a name, then a blank, then a text that may contain blanks
RAGGED = "ragged blanks"  # the same, where rows end in numbers or lack them
NOTES = "notes"  # the name of a picture, a sign and its label, and perhaps remarks in other lines
LOOSE_DELIMITERS = (BLANKS, FIRST_BLANK, RAGGED, *SIGNS_OF_LISTS)  # rows may have fewer or more cells than the header
BEGINNING_BYTES = 1 << 18
SHARE_OF_LINES = 0.9  # a delimiter must give this share of the lines the same number of cells
_TYPES = frozenset({"[t]", "[f]"})  # text and numbers
_RULE = re.compile(r":?-{2,}:?")
# Names of columns in files without a header.
FIRST_COLUMN = "column 1"


@dataclass(frozen=True)
class TextForm:
    """The form of a table in a text."""

    encoding: str
    delimiter: str
    header_at: int | None = 0  # the number of the header record, from 0; None if there is none
    columns: tuple[str, ...] = ()  # the names, if the header does not have all of them
    comment: str = ""  # the sign at the beginning of comment lines
    prose: int = 0  # lines above the table that explain it


@dataclass(frozen=True)
class SampledText:
    """The first records of a text, in one of its possible forms."""

    form: TextForm
    records: Sequence[Sequence[str]]
    header_in_comment: tuple[str, ...] = ()  # the names of all columns, from a comment above the rows

    @property
    def width(self) -> int:
        """The number of cells of most records; of the longest ones if others lack the numbers at their ends."""
        widths = Counter(len(record) for record in self.records[1:] or self.records)
        if self.form.delimiter == RAGGED:
            return max(widths)
        return widths.most_common(1)[0][0] if widths else 0


def cells_of_lines(text: str, form: TextForm) -> Iterator[list[str]]:
    """Yield the cells of each line that is neither blank nor a comment."""
    records: Iterable[list[str]]
    if form.delimiter in (BLANKS, RAGGED):
        records = (_cells_between_blanks(line) for line in io.StringIO(text))
    elif form.delimiter == FIRST_BLANK:
        records = (line.split(None, 1) for line in io.StringIO(text))
    elif form.delimiter == NOTES:
        records = notes_in(text.splitlines())
    elif form.delimiter in SIGNS_OF_LISTS:
        records = (cells_of_lists(line, form.delimiter) for line in io.StringIO(text))
    else:
        records = csv.reader(io.StringIO(text, newline=""), delimiter=form.delimiter)
    return without_comments(records, form.comment)


def _cells_between_blanks(line: str) -> list[str]:
    """Return the cells of a line; a bar alone parts them too, as in ExDark's header `Name | Class | Light`."""
    cells = line.split()
    return [cell for cell in cells if cell != "|"] if "|" in line else cells


def without_comments(records: Iterable[list[str]], comment: str) -> Iterator[list[str]]:
    """Yield the records that are neither blank nor comments."""
    width = 0
    for record in records:
        if not record or (len(record) == 1 and record[0].isspace()) or _is_of_types(record) or _is_rule(record):
            continue
        # Below the first row a name may begin with the sign; in a comment a blank follows it, or the cells do not fit.
        if comment and record[0].lstrip().startswith(sign := comment.rstrip()):
            behind = record[0].lstrip()[len(sign) :]
            has_other_cells = width and len(record) != width and comment == sign
            if not behind or behind[0].isspace() or has_other_cells:
                continue
        width = width or len(record)
        yield record


def _is_of_types(record: Sequence[str]) -> bool:
    """Return whether a line below the header has the type of each column, as EcoTaxa writes `[t]` and `[f]`."""
    return len(record) > 1 and record[0].startswith("[") and all(cell.strip() in _TYPES for cell in record)


def _is_rule(record: Sequence[str]) -> bool:
    """Return whether a line is the one below the header of a table in Markdown: `|---|:--|`."""
    filled = [cell.strip() for cell in record if cell.strip()]
    return len(record) > 2 and len(filled) > 1 and all(map(_RULE.fullmatch, filled))


def begins_with(line: str, sign: str) -> bool:
    """Return whether a line begins with the sign; a column called `#` is a name, and a delimiter follows it."""
    return line.startswith(sign) and not line[len(sign) :].startswith(DELIMITERS)


def comments_above(lines: Sequence[str], sign: str) -> Sequence[str]:
    """Return the first lines that are comments or blank."""
    if not sign:
        return []
    first = next((at for at, line in enumerate(lines) if line.strip() and not begins_with(line.lstrip(), sign)), 0)
    return lines[:first]
