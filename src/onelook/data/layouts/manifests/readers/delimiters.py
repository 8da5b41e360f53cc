"""Find out what stands between the cells of a text: a sign, or blanks of several kinds."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from onelook.data.layouts.manifests.readers.text_form import BLANKS, DELIMITERS, FIRST_BLANK, RAGGED, SHARE_OF_LINES
from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import suffix_of

_MOST_WIDTHS, _FEWEST_WORDS, _FEWEST_WIDE, _NUMBERS_AT_END = 3, 2, 3, 3  # in a ragged text


def names_picture(line: str) -> bool:
    """Return whether the first cell of a line ends as the name of a picture does."""
    return suffix_of(re.split(r"[,;\s]", line, maxsplit=1)[0]) in PICTURE_SUFFIXES


def find_delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter between the cells of these lines."""
    body = lines[1:] or lines
    if not body:
        return ","
    fitting = []
    for delimiter in sorted(DELIMITERS, key=lambda each: -lines[0].count(each)):
        wanted = lines[0].count(delimiter)
        # Quoted cells may contain more delimiters, and so may the last cell of a list without quotes.
        if wanted and sum(line.count(delimiter) >= wanted for line in body) >= SHARE_OF_LINES * len(body):
            fitting.append(delimiter)
    if fitting:  # a cell may be a list with signs of its own: `689/1.jpg,134,10.7;11.2;12.8,3`
        return next((each for each in fitting if _begins_with_pictures(body, each)), fitting[0])
    for delimiter in DELIMITERS:  # no header, or one in another form
        ((most, alike),) = Counter(line.count(delimiter) for line in body).most_common(1)
        if most and alike >= SHARE_OF_LINES * len(body):
            return delimiter
    return _blanks(lines, body)


def _begins_with_pictures(lines: Sequence[str], delimiter: str) -> bool:
    """Return whether what stands before the first delimiter ends as a picture's name does, in nearly all lines."""
    named = sum(suffix_of(line.partition(delimiter)[0].strip(' "')) in PICTURE_SUFFIXES for line in lines)
    return named >= SHARE_OF_LINES * len(lines)


def find_delimiter_of_quoted(text: str, most_rows: int) -> str | None:
    """Return the delimiter of a text with quoted cells of several lines; None if it has none.

    Its lines have unlike numbers of cells, and its records have as many as the header.
    """
    if '"' not in text:
        return None
    for delimiter in DELIMITERS:
        try:
            records = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), most_rows + 1))
        except csv.Error:
            continue
        width, *widths = [len(record) for record in records if record] or [0]
        if width > 1 and len(widths) > 1 and widths[:-1].count(width) >= SHARE_OF_LINES * len(widths[:-1]):
            return delimiter
    return None


def _blanks(lines: Sequence[str], body: Sequence[str]) -> str:
    """Return the kind of blanks between the cells of these lines; a comma if there are none."""
    words = Counter(len(line.split()) for line in body)
    ((most, alike),) = words.most_common(1)
    if most > 1 and alike >= SHARE_OF_LINES * len(body):
        # Some classes in a list of pictures may have several words: `1.png golden retriever`.
        rows = body if not names_picture(lines[0]) else lines
        return FIRST_BLANK if most == 2 and any(len(line.split()) > 2 for line in rows) else BLANKS
    if max(words) > 2 and _has_wide_header(lines, max(words)):
        return BLANKS
    if _lack_numbers(lines, words):
        return RAGGED
    several = sum(count for number, count in words.items() if number > 1)
    return FIRST_BLANK if several >= SHARE_OF_LINES * len(body) else ","


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
        len(words) == width and not any(word[0].isdigit() for word in words) and not names_picture(line)
        for line in lines[:20]
        if (words := line.split())
    )
