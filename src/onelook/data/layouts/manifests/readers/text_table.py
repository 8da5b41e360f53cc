"""Sample the first rows of a text in each form that it may have, and find its header if there is one."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from onelook.data.column_names import split_header
from onelook.data.layouts.manifests.readers.delimiters import find_delimiter, find_delimiter_of_quoted, names_picture
from onelook.data.layouts.manifests.readers.lists_of_columns import find_lists
from onelook.data.layouts.manifests.readers.name_lines import are_notes, names_lines, notes_in
from onelook.data.layouts.manifests.readers.prose_above import lines_of_prose
from onelook.data.layouts.manifests.readers.text_form import (
    BEGINNING_BYTES,
    BLANKS,
    FIRST_COLUMN,
    LOOSE_DELIMITERS,
    NOTES,
    SHARE_OF_LINES,
    SampledText,
    TextForm,
    begins_with,
    cells_of_lines,
    comments_above,
)
from onelook.data.layouts.tables.encodings import decode_table
from onelook.data.layouts.tables.files import read_unpacked_beginning
from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import Location, suffix_of

_NO_DELIMITER = "\x1f"  # for a text with a name in each line and nothing else
_FEWEST_ABOVE_LEGEND = 5  # lines of a table with an explanation below
_LONGEST_COUNT = 9  # digits of a number of rows
_COMMENT_SIGNS = ("#", "%", "//")
# Words that belong to the word before them in a header separated by blanks: `BREED ID` is one column.
_SECOND_WORDS = frozenset({"id", "no", "nr", "number", "name", "code", "index"})


def sample_text(location: Location, entry: str, most_rows: int) -> list[SampledText]:
    """Return the first records of a text in each possible encoding; empty if it is not a table.

    Raises:
        DataError: it cannot be read.
    """
    content = read_unpacked_beginning(location, entry, BEGINNING_BYTES)
    is_beginning = len(content) >= BEGINNING_BYTES
    samples = []
    for decoded in decode_table(content, is_beginning=is_beginning):
        lines = decoded.text.replace("\r\n", "\n").split("\n")
        if is_beginning and len(lines) > 1:
            lines = lines[:-1]
        sign = _comment_sign(lines)
        comments = comments_above(lines, sign)
        lines = lines[len(comments) :]
        delimiter = find_delimiter([line for line in _above_legend(lines) if line.strip()][: most_rows + 1])
        is_unsure = delimiter in LOOSE_DELIMITERS or not any(delimiter in line for line in lines[:1])
        if is_unsure and (quoted := find_delimiter_of_quoted("\n".join(lines), most_rows)):
            delimiter = quoted
        form = TextForm(decoded.encoding, delimiter, comment=sign)
        filled = [line for line in lines if line.strip()][: most_rows + 1]
        if (lists := find_lists(filled)) is not None:
            form = replace(form, delimiter=lists[0], columns=lists[1])
        elif are_notes(filled):
            samples.append(SampledText(replace(form, delimiter=NOTES), list(notes_in(filled))))
            continue
        try:
            records = list(islice(cells_of_lines("\n".join(lines), form), most_rows + 1))
        except csv.Error:
            continue
        if records:
            sample = SampledText(form, records)
            samples.append(replace(sample, header_in_comment=_header_among(comments, sample)))
        samples.extend(_with_names_whole(lines, form, most_rows))
        if not comments and (prose := lines_of_prose(lines)):
            samples.extend(_below_prose(lines, prose, decoded.encoding, most_rows))
    return samples


def _above_legend(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines above a blank one if these are most, and a table with bars, as that of PH2; else all lines."""
    blank = next((at for at, line in enumerate(lines) if at and not line.strip()), len(lines))
    above = lines[:blank]
    has_bars = blank >= _FEWEST_ABOVE_LEGEND and all(line.count("|") > 1 for line in above if line.strip())
    return above if has_bars and 2 * blank > sum(bool(line.strip()) for line in lines) else lines


def _below_prose(lines: Sequence[str], prose: int, encoding: str, most_rows: int) -> list[SampledText]:
    """Return the table below lines that explain it, as in mini-MIAS' `Info.txt`; or none."""
    rows = [line for line in lines[prose:] if line.strip()][: most_rows + 1]
    form = TextForm(encoding, find_delimiter(rows), prose=prose)
    try:
        return [SampledText(form, list(islice(cells_of_lines("\n".join(rows), form), most_rows + 1)))]
    except csv.Error:
        return []


def _with_names_whole(lines: Sequence[str], form: TextForm, most_rows: int) -> list[SampledText]:
    """Return the text in another form if its delimiter may be a part of the names, as in `1/23,45.jpg 0`; or none.

    A line that ends as a picture's name does may be that name, with blanks in it.
    """
    filled = [line for line in lines if line.strip()][: most_rows + 1]
    if form.delimiter in LOOSE_DELIMITERS and names_lines(filled):
        other = replace(form, delimiter=_NO_DELIMITER)
        return [SampledText(other, [[line.strip()] for line in filled])]
    if form.delimiter in LOOSE_DELIMITERS or sum(form.delimiter in line.split()[0] for line in filled) < len(filled):
        return []
    for delimiter in (BLANKS, _NO_DELIMITER):
        firsts = [line.strip() if delimiter == _NO_DELIMITER else line.split()[0] for line in filled]
        if sum(suffix_of(first) in PICTURE_SUFFIXES for first in firsts) >= SHARE_OF_LINES * len(filled):
            other = replace(form, delimiter=delimiter)
            try:
                return [SampledText(other, list(islice(cells_of_lines("\n".join(lines), other), most_rows + 1)))]
            except csv.Error:
                return []
    return []


def with_columns(
    sample: SampledText, first_listed: int | None, is_listed_first: bool, *, is_listed_second: bool = False
) -> SampledText | None:
    """Return the sample with its header; None if the lines above the rows are not a header.

    Args:
        first_listed: the number of the first record that names a picture.
        is_listed_first: whether the very first record names one, by the same rule as the others.
        is_listed_second: whether the second record names one: a header may stand below the number of the rows.
    """
    form, width = sample.form, sample.width
    # Below a comment with all names, a line with numbers is a row, even if its picture does not exist.
    is_row = bool(sample.header_in_comment) and any(cell.strip().isdecimal() for cell in sample.records[0])
    numbered = (FIRST_COLUMN, *(f"column {number}" for number in range(2, width + 1)))
    if _counts_rows(sample) or (is_listed_second and width > 1 and _is_number_alone(sample)):
        if is_listed_second and not (is_listed_first and width == 1):
            return replace(sample, form=replace(form, header_at=0, columns=numbered))
        if is_listed_first and width > 1 and not is_listed_second:  # the number happens to name a picture
            is_listed_first, first_listed = False, 2
    if is_listed_first or is_row:
        names = sample.header_in_comment or numbered
        return replace(sample, form=replace(form, header_at=None, columns=names))
    if len(sample.records[0]) == width or first_listed is None or first_listed == 0:
        return sample
    for at in range(first_listed - 1, -1, -1):
        cells = [cell.strip() for cell in sample.records[at]]
        if len(cells) == width or (form.delimiter == BLANKS and len(cells) > width):
            return replace(sample, form=replace(form, header_at=at))
        if len(cells) == width - 1:  # the column of the row names has no name
            return replace(sample, form=replace(form, header_at=at, columns=("name", *cells)))
    return _with_short_header(sample, first_listed, numbered)


def _with_short_header(sample: SampledText, first_listed: int, numbered: Sequence[str]) -> SampledText:
    """Return the sample with a header below the number of rows that has one name for the values of a picture.

    So `image_name attribute_labels` stands above rows of a thousand numbers.
    """
    header = [cell.strip() for cell in sample.records[1]] if first_listed == 2 and _counts_rows(sample) else []
    if not 1 < len(header) < sample.width:
        return sample
    return replace(sample, form=replace(sample.form, header_at=1, columns=(*header, *numbered[len(header) :])))


def _counts_rows(sample: SampledText) -> bool:
    """Return whether the first line has only a number, and no more rows follow than it says: it is no header."""
    first, *rest = sample.records
    number = first[0].strip() if len(first) == 1 else ""
    return number.isdecimal() and len(number) <= _LONGEST_COUNT and int(number) + 1 >= len(rest) > 0


def _is_number_alone(sample: SampledText) -> bool:
    """Return whether the first line is a number and nothing else, as that of the set in DAGM's `Labels.txt`."""
    first = [cell.strip() for cell in sample.records[0]]
    return len(first) == 1 and first[0].isdecimal()


def _comment_sign(lines: Sequence[str]) -> str:
    """Return the beginning of comments: a sign, with a blank if names also begin with it; empty without comments."""
    filled = [line.lstrip() for line in lines if line.strip()]
    for sign in _COMMENT_SIGNS:
        marked = [line for line in filled if begins_with(line, sign)]
        with_blank = sum(line.startswith(f"{sign} ") for line in marked)
        if not marked:
            continue
        if 2 * (len(marked) - with_blank) <= len(filled) - with_blank and not any(map(names_picture, marked)):
            return sign
        return f"{sign} " if 0 < 2 * with_blank <= len(filled) else ""
    return ""


def _header_among(comments: Sequence[str], sample: SampledText) -> tuple[str, ...]:
    """Return the cells of the last comment with a name for each column; empty if there is none."""
    form = sample.form
    for line in reversed(comments):
        bare = line.strip().removeprefix(form.comment).strip()
        cells = bare.split() if form.delimiter in LOOSE_DELIMITERS else split_header(bare, form.delimiter)[0]
        if len(cells) == sample.width + 1 and form.delimiter == BLANKS and cells[-1].casefold() in _SECOND_WORDS:
            cells = [*cells[:-2], f"{cells[-2]} {cells[-1]}"]
        are_names = all(cell and ":" not in cell and not cell[0].isdigit() for cell in cells)
        if len(cells) == sample.width > 1 and are_names and len(set(cells)) == len(cells):
            return tuple(cells)
    return ()
