"""Read a competition's `sample_submission.csv`."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from onelook.errors import DataError
from onelook.wording import counted

_DELIMITERS = ",;\t|"
_ID_AND_LABEL = 2  # columns
_PLACES = ("first column", "second column", "third column", "fourth column")
_SUFFIX = re.compile(r"\.(?:jpe?g|png|tiff?|bmp|gif|webp|dcm)$", re.IGNORECASE)
_ENCODINGS = ("utf-8-sig", "utf-16")  # the second is used if there is a byte order mark for it


@dataclass(frozen=True)
class Sample:
    """The content of a sample submission."""

    path: Path
    header: tuple[str, ...]  # without spaces around the names
    rows: tuple[tuple[str, ...], ...]  # each as long as the header
    delimiter: str = ","
    has_header: bool = True  # if not, the names in `header` only say the places

    def column(self, position: int) -> list[str]:
        """Return the values of one column, without spaces around them."""
        return [row[position].strip() for row in self.rows]


def read_sample(path: Path) -> Sample:
    """Read a sample submission: a header, and rows of the same length, in UTF-8 or UTF-16, with any usual separator.

    SIGNATE's samples have no header: then the first line names a picture as the others do.

    Raises:
        DataError: the file is missing, empty or not such a text, or a row has another length than the header.
    """
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise DataError(
            f"{path}: could not be read ({problem.strerror}). Expected a sample_submission.csv."
        ) from problem
    encoding = _ENCODINGS[content[:2] in (b"\xff\xfe", b"\xfe\xff")]
    try:
        text = content.decode(encoding)
        first = text.partition("\n")[0]
        delimiter = max(_DELIMITERS, key=first.count)
        reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        lines = [(number, line) for number, line in enumerate(reader, start=1) if line]
    except (csv.Error, UnicodeDecodeError) as problem:
        raise DataError(f"{path}: not a CSV text in UTF-8 ({problem}). Expected a sample_submission.csv.") from problem
    if len(lines) < 2:
        raise DataError(f"{path}: has {counted(len(lines), 'line')}. Expected a header and a row for each picture.")
    header = lines[0][1]
    for number, line in lines:
        if len(line) != len(header):
            raise DataError(f"{path}: line {number} has {counted(len(line), 'column')}, the header has {len(header)}.")
    rows = tuple(tuple(line) for _, line in lines)
    if _is_row(rows):
        places = (*_PLACES, *("further column" for _ in header))[: len(header)]
        return Sample(path, tuple(places), rows, delimiter, has_header=False)
    return Sample(path, tuple(name.strip() for name in header), rows[1:], delimiter)


def _is_row(lines: Sequence[Sequence[str]]) -> bool:
    """Return whether the first line names a picture in its first column, as all others do: by a suffix, or a number."""
    firsts = [line[0].strip() for line in lines]
    if _SUFFIX.search(firsts[0]):
        return all(map(_SUFFIX.search, firsts))
    are_ids = len(set(firsts)) == len(firsts) and all(map(str.isdecimal, firsts))
    return are_ids and len(lines[0]) == _ID_AND_LABEL
