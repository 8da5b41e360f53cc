"""Match labels in Matlab's files to pictures by number only: in Flowers-102 those of image_00001.jpg and so on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.column_names import is_called_like_label
from onelook.data.layouts.manifests.readers.mat_parts import part_of_variable, parts_by_number
from onelook.data.layouts.manifests.readers.mat_tables import SPLIT, Column, MatContent, marks

PATH = "picture"
_LAST_NUMBER = re.compile(r"\d+(?!.*\d)")
_MASKS = re.compile(r"mask|seg|trimap|truth", re.IGNORECASE)
_LONGEST_NUMBER = 9  # digits
# The share of the numbers with labels that must occur in names of pictures.
_SHARE_THERE = 0.5


@dataclass(frozen=True)
class NumberedList:
    """A table of pictures that are identified by number."""

    entry: str  # the file with the labels
    columns: Mapping[str, Column]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Series:
    """Pictures whose paths differ only by the last number of the name."""

    names: Mapping[int, str]

    def first_of(self, rows: int) -> int | None:
        """Return the first number, 0 or 1, if the pictures may be these rows; else None."""
        lowest, highest = min(self.names), max(self.names)
        if len(self.names) < _SHARE_THERE * rows or highest > rows or (lowest == 0 and highest == rows):
            return None
        return min(lowest, 1)

    def name(self, number: int) -> str:
        """Return the file with this number, or the name that it would have."""
        if number in self.names:
            return self.names[number]
        folder, slash, last = next(iter(self.names.values())).rpartition("/")
        return folder + slash + _LAST_NUMBER.sub(lambda match: str(number).zfill(len(match[0])), last)


def numbered_list(pictures: Sequence[str], contents: Mapping[str, MatContent]) -> NumberedList | None:
    """Return the table of the pictures for which vectors have a label, by number; None if there is none.

    Args:
        pictures: the names of all pictures.
        contents: the contents of Matlab's files, by entry.
    """
    lengths = {
        length
        for content in contents.values()
        for name, values in [*content.numbers.items(), *content.matrices.items()]
        if part_of_variable(name) is None and _may_be_labels(name, values)
        for length in values.shape
    }
    if not lengths:
        return None
    # Pictures that count anew in each folder have no number of their own.
    examples = sum(_MASKS.search(name) is None for name in pictures)
    series = [each for each in _series(pictures) if 2 * len(each.names) > examples]
    for rows in sorted(lengths, reverse=True):
        for found in series:
            first = found.first_of(rows)
            labels = {} if first is None else _labels(contents, rows)
            if first is not None and labels:
                return _numbered(found, first, rows, labels, contents)
    return None


def _labels(contents: Mapping[str, MatContent], rows: int) -> dict[tuple[str, str], Column]:
    """Return the columns of so many rows that may be labels, by file and variable."""
    found: dict[tuple[str, str], Column] = {}
    for entry, content in contents.items():
        own = {name: each for name, each in content.numbers.items() if len(each) == rows and _may_be_labels(name, each)}
        found |= {(entry, name): content.column(name) for name in own if part_of_variable(name) is None}
        called = {
            name.rpartition(".")[2]: each for name, each in content.matrices.items() if _may_be_labels(name, each)
        }
        found |= {(entry, name): cells for name, cells in marks(called, [*content.texts.values()], rows).items()}
    return found


def _numbered(
    series: _Series,
    first: int,
    rows: int,
    labels: Mapping[tuple[str, str], Column],
    contents: Mapping[str, MatContent],
) -> NumberedList:
    columns: dict[str, Column] = {PATH: [series.name(number) for number in range(first, first + rows)]}
    for (entry, name), cells in labels.items():
        columns[name if name not in columns else f"{name} ({entry})"] = cells
    notes = [f"The pictures have their labels by the number in their names, counted from {first}."]
    if parts := parts_by_number(contents, rows, first):
        columns = {name: _kept(cells, parts.column) for name, cells in columns.items()}
        columns[SPLIT] = [part for part in parts.column if part is not None]
        notes.append(parts.note)
    return NumberedList(next(iter(labels))[0], columns, tuple(notes))


def _may_be_labels(name: str, values: NDArray[Any]) -> bool:
    """Return whether the name means labels, or the numbers are a vector of measurements, which get a note."""
    if is_called_like_label(name.rpartition(".")[2]):
        return True
    return values.ndim == 1 and bool(np.isfinite(values).all() and (values % 1).any())


def _kept(cells: Column, parts: Column) -> Column:
    return [cell for cell, part in zip(cells, parts, strict=True) if part is not None]


def _series(pictures: Sequence[str]) -> list[_Series]:
    """Return the pictures grouped by their names without the number, the largest group first, and masks last."""
    names: dict[str, dict[int, str]] = {}
    for name in pictures:
        folder, slash, last = name.rpartition("/")
        match = _LAST_NUMBER.search(last)
        if match is not None and len(match[0]) <= _LONGEST_NUMBER:
            pattern = f"{folder}{slash}{last[: match.start()]}#{last[match.end() :]}"
            names.setdefault(pattern, {}).setdefault(int(match[0]), name)
    ranked = sorted(names, key=lambda pattern: (bool(_MASKS.search(pattern)), -len(names[pattern])))
    return [_Series(names[pattern]) for pattern in ranked]
