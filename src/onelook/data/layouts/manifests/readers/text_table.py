"""Read rows and columns from a text: find the delimiter, the header if there is one, and comments above it."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from onelook.data.column_names import split_header
from onelook.data.layouts.manifests.readers.name_lines import are_notes, names_lines, notes_in
from onelook.data.layouts.manifests.readers.prose_above import lines_of_prose
from onelook.data.layouts.manifests.readers.uneven_rows import UnevenRow, even_rows, swallows_rows, uneven_row_error
from onelook.data.layouts.tables.encodings import decode_as, decode_table
from onelook.data.layouts.tables.files import open_table, read_unpacked_beginning
from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import Location, suffix_of
from onelook.errors import DataError, in_words
from onelook.wording import agree, counted, named

_DELIMITERS = (",", "\t", ";", "|")
_NAMELESS = "(column "  # and its number: one of several columns without a name
BLANKS = " "  # any number of blanks between two cells
_NO_DELIMITER = "\x1f"  # for a text with a name in each line and nothing else
FIRST_BLANK = "first blank"  # a name, then a blank, then a text that may contain blanks
RAGGED = "ragged blanks"  # the same, where rows end in numbers or lack them
NOTES = "notes"  # the name of a picture, a sign and its label, and perhaps remarks in other lines
LOOSE_DELIMITERS = (BLANKS, FIRST_BLANK, RAGGED)  # rows may have fewer or more cells than the header
_BEGINNING_BYTES = 1 << 18
_MOST_WIDTHS, _FEWEST_WORDS, _FEWEST_WIDE, _NUMBERS_AT_END = 3, 2, 3, 3  # in a ragged text
_FEWEST_ABOVE_LEGEND = 5  # lines of a table with an explanation below
_LONGEST_COUNT = 9  # digits of a number of rows
_SHARE_OF_LINES = 0.9  # a delimiter must give this share of the lines the same number of cells
# What spreadsheets and languages put around a text, besides the quotes of CSV.
_QUOTES = (("'", "'"), ("\u201c", "\u201d"), ("\u2018", "\u2019"), ("\u00ab", "\u00bb"), ('="', '"'), ("`", "`"))
_FIRST_SIGNS = frozenset(before[0] for before, _ in _QUOTES)
_TYPES = frozenset({"[t]", "[f]"})  # text and numbers
_COMMENT_SIGNS = ("#", "%", "//")
_RULE = re.compile(r":?-{2,}:?")
# Words that belong to the word before them in a header separated by blanks: `BREED ID` is one column.
_SECOND_WORDS = frozenset({"id", "no", "nr", "number", "name", "code", "index"})
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
class TextRows:
    """The columns of a text."""

    header: list[str]
    cells: list[list[str | None]]  # of each column
    first_row: int  # the number of the line of the first row
    notes: tuple[str, ...] = ()  # on rows that were mended or left out


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


def sample_text(location: Location, entry: str, most_rows: int) -> list[SampledText]:
    """Return the first records of a text in each possible encoding; empty if it is not a table.

    Raises:
        DataError: it cannot be read.
    """
    content = read_unpacked_beginning(location, entry, _BEGINNING_BYTES)
    is_beginning = len(content) >= _BEGINNING_BYTES
    samples = []
    for decoded in decode_table(content, is_beginning=is_beginning):
        lines = decoded.text.replace("\r\n", "\n").split("\n")
        if is_beginning and len(lines) > 1:
            lines = lines[:-1]
        sign = _comment_sign(lines)
        comments = _comments_above(lines, sign)
        lines = lines[len(comments) :]
        delimiter = _delimiter([line for line in _above_legend(lines) if line.strip()][: most_rows + 1])
        is_unsure = delimiter in LOOSE_DELIMITERS or not any(delimiter in line for line in lines[:1])
        if is_unsure and (quoted := _delimiter_of_quoted("\n".join(lines), most_rows)):
            delimiter = quoted
        form = TextForm(decoded.encoding, delimiter, comment=sign)
        if are_notes(filled := [line for line in lines if line.strip()][: most_rows + 1]):
            samples.append(SampledText(replace(form, delimiter=NOTES), list(notes_in(filled))))
            continue
        try:
            records = list(islice(_records("\n".join(lines), form), most_rows + 1))
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
    form = TextForm(encoding, _delimiter(rows), prose=prose)
    try:
        return [SampledText(form, list(islice(_records("\n".join(rows), form), most_rows + 1)))]
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
        if sum(suffix_of(first) in PICTURE_SUFFIXES for first in firsts) >= _SHARE_OF_LINES * len(filled):
            other = replace(form, delimiter=delimiter)
            try:
                return [SampledText(other, list(islice(_records("\n".join(lines), other), most_rows + 1)))]
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
        content = file.read() if most_rows is None else file.read(max(_BEGINNING_BYTES, most_rows * 4096))
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
        first_row += len(above := _comments_above(lines, form.comment))
        text = "\n".join(lines[len(above) :])
    if form.header_at == 0 and not header and form.delimiter in _DELIMITERS:
        first, _, text = text.partition("\n")
        header, first_row = split_header(first.rstrip("\r"), form.delimiter)[0], first_row + 1
    records = _records(text, form)
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
    for record in _without_comments(reader, form.comment):
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
        if sum(inside) >= _SHARE_OF_LINES * sum(cell is not None for cell in cells) > 0:
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


def _records(text: str, form: TextForm) -> Iterator[list[str]]:
    """Yield the cells of each line that is neither blank nor a comment."""
    records: Iterable[list[str]]
    if form.delimiter in (BLANKS, RAGGED):
        records = (line.split() for line in io.StringIO(text))
    elif form.delimiter == FIRST_BLANK:
        records = (line.split(None, 1) for line in io.StringIO(text))
    elif form.delimiter == NOTES:
        records = notes_in(text.splitlines())
    else:
        records = csv.reader(io.StringIO(text, newline=""), delimiter=form.delimiter)
    return _without_comments(records, form.comment)


def _without_comments(records: Iterable[list[str]], comment: str) -> Iterator[list[str]]:
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


def _comment_sign(lines: Sequence[str]) -> str:
    """Return the beginning of comments: a sign, with a blank if names also begin with it; empty without comments."""
    filled = [line.lstrip() for line in lines if line.strip()]
    for sign in _COMMENT_SIGNS:
        marked = [line for line in filled if _begins_with(line, sign)]
        with_blank = sum(line.startswith(f"{sign} ") for line in marked)
        if not marked:
            continue
        if 2 * (len(marked) - with_blank) <= len(filled) - with_blank and not any(map(_names_picture, marked)):
            return sign
        return f"{sign} " if 0 < 2 * with_blank <= len(filled) else ""
    return ""


def _begins_with(line: str, sign: str) -> bool:
    """Return whether a line begins with the sign; a column called `#` is a name, and a delimiter follows it."""
    return line.startswith(sign) and not line[len(sign) :].startswith(_DELIMITERS)


def _names_picture(line: str) -> bool:
    return suffix_of(re.split(r"[,;\s]", line, maxsplit=1)[0]) in PICTURE_SUFFIXES


def _comments_above(lines: Sequence[str], sign: str) -> Sequence[str]:
    """Return the first lines that are comments or blank."""
    if not sign:
        return []
    first = next((at for at, line in enumerate(lines) if line.strip() and not _begins_with(line.lstrip(), sign)), 0)
    return lines[:first]


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


def _delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter between the cells of these lines."""
    body = lines[1:] or lines
    if not body:
        return ","
    fitting = []
    for delimiter in sorted(_DELIMITERS, key=lambda each: -lines[0].count(each)):
        wanted = lines[0].count(delimiter)
        # Quoted cells may contain more delimiters, and so may the last cell of a list without quotes.
        if wanted and sum(line.count(delimiter) >= wanted for line in body) >= _SHARE_OF_LINES * len(body):
            fitting.append(delimiter)
    if fitting:  # a cell may be a list with signs of its own: `689/1.jpg,134,10.7;11.2;12.8,3`
        return next((each for each in fitting if _begins_with_pictures(body, each)), fitting[0])
    for delimiter in _DELIMITERS:  # no header, or one in another form
        ((most, alike),) = Counter(line.count(delimiter) for line in body).most_common(1)
        if most and alike >= _SHARE_OF_LINES * len(body):
            return delimiter
    return _blanks(lines, body)


def _begins_with_pictures(lines: Sequence[str], delimiter: str) -> bool:
    """Return whether what stands before the first delimiter ends as a picture's name does, in nearly all lines."""
    named = sum(suffix_of(line.partition(delimiter)[0].strip(' "')) in PICTURE_SUFFIXES for line in lines)
    return named >= _SHARE_OF_LINES * len(lines)


def _delimiter_of_quoted(text: str, most_rows: int) -> str | None:
    """Return the delimiter of a text with quoted cells of several lines; None if it has none.

    Its lines have unlike numbers of cells, and its records have as many as the header.
    """
    if '"' not in text:
        return None
    for delimiter in _DELIMITERS:
        try:
            records = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), most_rows + 1))
        except csv.Error:
            continue
        width, *widths = [len(record) for record in records if record] or [0]
        if width > 1 and len(widths) > 1 and widths[:-1].count(width) >= _SHARE_OF_LINES * len(widths[:-1]):
            return delimiter
    return None


def _blanks(lines: Sequence[str], body: Sequence[str]) -> str:
    """Return the kind of blanks between the cells of these lines; a comma if there are none."""
    words = Counter(len(line.split()) for line in body)
    ((most, alike),) = words.most_common(1)
    if most > 1 and alike >= _SHARE_OF_LINES * len(body):
        # Some classes in a list of pictures may have several words: `1.png golden retriever`.
        rows = body if not _names_picture(lines[0]) else lines
        return FIRST_BLANK if most == 2 and any(len(line.split()) > 2 for line in rows) else BLANKS
    if max(words) > 2 and _has_wide_header(lines, max(words)):
        return BLANKS
    if _lack_numbers(lines, words):
        return RAGGED
    several = sum(count for number, count in words.items() if number > 1)
    return FIRST_BLANK if several >= _SHARE_OF_LINES * len(body) else ","


def _lack_numbers(lines: Sequence[str], words: Counter[int]) -> bool:
    """Return whether rows end in a place in the picture, or lack it: `mdb001 G CIRC 535 425 197`, `mdb003 D NORM`."""
    widest = [line.split() for line in lines if len(line.split()) == max(words)]
    few, least = len(words) <= _MOST_WIDTHS, min(words)
    if not few or least < _FEWEST_WORDS or len(widest) < _FEWEST_WIDE or max(words) < least + _NUMBERS_AT_END:
        return False
    return all(word.isdecimal() for row in widest for word in row[-_NUMBERS_AT_END:])


def _has_wide_header(lines: Sequence[str], width: int) -> bool:
    """Return whether a line without numbers, before the rows, has as many names as the longest line has cells."""
    return any(
        len(words) == width and not any(word[0].isdigit() for word in words) and not _names_picture(line)
        for line in lines[:20]
        if (words := line.split())
    )
