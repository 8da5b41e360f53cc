"""Read a competition's `sample_submission.csv`, and find the picture for each of its ids."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from onelook.errors import DataError, in_words
from onelook.wording import counted, named

_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")  # `.jpg`, `.jpeg`, `.jp2`, not the `.5` of `v1.5`
_SHOWN = 3


@dataclass(frozen=True)
class Sample:
    """The content of a sample submission."""

    path: Path
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]  # each as long as the header

    def column(self, position: int) -> list[str]:
        """Return the values of one column, without spaces around them."""
        return [row[position].strip() for row in self.rows]


def read_sample(path: Path) -> Sample:
    """Read a sample submission: a header, and rows of the same length.

    Raises:
        DataError: the file is missing, empty or no text in UTF-8, or a row has another length than the header.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [(number, line) for number, line in enumerate(csv.reader(file), start=1) if line]
    except OSError as problem:
        raise DataError(
            f"{path}: could not be read ({problem.strerror}). Expected a sample_submission.csv."
        ) from problem
    except (csv.Error, UnicodeDecodeError) as problem:
        raise DataError(
            f"{path}: not a CSV text in UTF-8 ({in_words(problem)}). Expected a sample_submission.csv."
        ) from problem
    if len(lines) < 2:
        raise DataError(f"{path}: has {counted(len(lines), 'line')}. Expected a header and a row for each picture.")
    header = lines[0][1]
    for number, line in lines:
        if len(line) != len(header):
            raise DataError(f"{path}: line {number} has {counted(len(line), 'column')}, the header has {len(header)}.")
    return Sample(path, tuple(header), tuple(tuple(line) for _, line in lines[1:]))


def match_ids(sample: Sample, id_column: int, ids: Sequence[str]) -> NDArray[np.int64]:
    """Return the position in `ids` of the picture that each row of the sample asks for.

    Ids are compared whole, else by file name, else by file name without suffix: `1` then matches `test1/1.jpg`. The
    first way counts in which both sides name the same pictures, each of them once.

    Raises:
        DataError: no way fits. The message counts and names the ids that are missing, unknown or ambiguous.
    """
    asked = sample.column(id_column)
    ways: tuple[Callable[[str], str], ...] = (str, _file_name, _file_stem)
    for way in ways:
        position = {way(identifier): at for at, identifier in enumerate(ids)}
        keys = [way(identifier) for identifier in asked]
        if len(position) == len(ids) == len(keys) and position.keys() == set(keys):
            return np.array([position[key] for key in keys], dtype=np.int64)
    # The message compares ids in the way that matches most of them; ties take the strictest.
    raise _mismatch(sample.path, asked, ids, max(ways, key=lambda way: len({*map(way, asked)} & {*map(way, ids)})))


def _mismatch(path: Path, asked: Sequence[str], ids: Sequence[str], way: Callable[[str], str]) -> DataError:
    for where, identifiers in ((f"{path}", asked), ("the data", ids)):
        if twice := _named_twice(identifiers, way):
            first, second = twice
            return DataError(
                f"{where}: '{first}' and '{second}' stand for the same id '{way(first)}'. Expected each id once: "
                "where a data set has several parts, predict the one that the sample is for."
            )
    ours, theirs = {way(identifier): identifier for identifier in ids}, {way(identifier) for identifier in asked}
    missing = [identifier for identifier in asked if way(identifier) not in ours]
    surplus = [identifier for key, identifier in ours.items() if key not in theirs]
    found = []
    if missing:
        found.append(f"no picture matches {named(missing, most=_SHOWN)}")
    if surplus:
        found.append(f"it does not ask for {named(surplus, most=_SHOWN)}")
    return DataError(
        f"{path}: asks for {counted(len(asked), 'id')}, the data has {counted(len(ids), 'picture')}; "
        f"{'; '.join(found)}. Expected the same ids on both sides: nothing was written."
    )


def _named_twice(identifiers: Sequence[str], way: Callable[[str], str]) -> tuple[str, str] | None:
    seen: dict[str, str] = {}
    for identifier in identifiers:
        if (key := way(identifier)) in seen:
            return seen[key], identifier
        seen[key] = identifier
    return None


def _file_name(identifier: str) -> str:
    return PurePosixPath(identifier).name


def _file_stem(identifier: str) -> str:
    return _SUFFIX.sub("", _file_name(identifier))
