"""Read tables from Matlab's files beside pictures: arrays of structs, and cells, texts and numbers of one length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.column_names import words_of
from onelook.data.layouts.tables.matlab.mat_files import MAT_SUFFIX, read_small_mat
from onelook.data.storage.location import Location

Column = list[str | None]

SPLIT = "split"
# More files than this whose names differ only by a number are one file per picture, with its outline or boxes.
_MOST_ALIKE = 5
_OF_LISTS = frozenset({"split", "splits", "fold", "folds", "list", "lists", "label", "labels", "train", "test", "set"})
_NUMBER = re.compile(r"\d+")
_MOST_MARKS = 200  # the most columns of 0 and 1 from one matrix
# The part of each number in a column with such a word in its name: Stanford Cars' `test`, MatConvNet's `set`.
_PART_CODES: Mapping[str, Mapping[str, str]] = {
    "test": {"0": "train", "1": "test"},
    "train": {"0": "test", "1": "train"},
    "training": {"0": "test", "1": "train"},
    "set": {"1": "train", "2": "val", "3": "test"},
}


@dataclass(frozen=True)
class MatContent:
    """The content of a file that may be about pictures."""

    tables: Sequence[Mapping[str, Column]] = ()  # columns of equal length, by name
    numbers: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)  # variable -> vector
    matrices: Mapping[str, NDArray[Any]] = field(default_factory=dict)  # variable -> matrix or single number
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)  # variable -> texts, which may be class names
    variables: Sequence[str] = ()  # the names of all variables

    def column(self, name: str) -> Column:
        """Return a vector as cells of a column."""
        return _numbers(self.numbers[name])


def read_mat_content(location: Location, entry: str) -> MatContent:
    """Return the content of a file.

    Raises:
        DataError: it is damaged, or larger than any list of pictures.
    """
    return mat_content(read_small_mat(location, entry))


def mat_content(values: Mapping[str, Any]) -> MatContent:
    """Return the content of plain variables.

    Example:
        >>> mat_content({"names": ["1.jpg", "2.jpg"], "labels": np.array([[3, 4]])}).tables
        [{'names': ['1.jpg', '2.jpg'], 'labels': ['3', '4']}]
    """
    tables: list[Mapping[str, Column]] = []
    numbers: dict[str, NDArray[np.float64]] = {}
    matrices: dict[str, NDArray[Any]] = {}
    texts: dict[str, Sequence[str]] = {}
    variables: list[str] = []
    for above, frame in _frames(values):
        if isinstance(frame, list):
            tables.append(with_parts(_columns_of_records(frame)))
            continue
        by_length: dict[int, dict[str, Column]] = {}
        own: dict[str, NDArray[Any]] = {}
        for name, value in frame.items():
            full = f"{above}.{name}" if above else name
            variables.append(full)
            if isinstance(value, np.ndarray) and value.ndim == 2 and (min(value.shape) > 1 or value.size == 1):
                own[name] = matrices[full] = value
            column = _column(value)
            if column is None:
                continue
            by_length.setdefault(len(column), {})[name] = column
            if isinstance(value, np.ndarray):
                numbers[full] = np.asarray(value, np.float64).ravel()
            elif None not in column:
                texts[full] = [text for text in column if text is not None]
        for rows, columns in by_length.items():
            tables.append(with_parts({**columns, **marks(own, [*texts.values()], rows)}))
    return MatContent(tables, numbers, matrices, texts, variables)


def without_files_a_picture(entries: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the files that may be lists, and the files for single pictures, whose names differ only by a number.

    Example:
        >>> lists, others = without_files_a_picture(["all.mat", *(f"boxes/box_{number}.mat" for number in range(30))])
        >>> lists, len(others)
        (['all.mat'], 30)
    """
    alike: dict[str, list[str]] = {}
    for entry in entries:
        name = entry.rpartition("/")[2]
        if _OF_LISTS.isdisjoint(words_of(name)):
            alike.setdefault(_NUMBER.sub("#", name), []).append(entry)
    several = {entry for names in alike.values() if len(names) > _MOST_ALIKE for entry in names}
    return [entry for entry in entries if entry not in several], sorted(several)


def is_mat(entry: str) -> bool:
    """Return whether a file has Matlab's suffix."""
    return entry.lower().endswith(MAT_SUFFIX)


def _frames(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the variables of the file and of each struct in it, and each array of structs."""
    yield above, values
    for name, value in values.items():
        full = f"{above}.{name}" if above else name
        if isinstance(value, dict):
            yield from _frames(value, full)
        elif isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            yield full, value


def _columns_of_records(records: Sequence[Mapping[str, Any]]) -> dict[str, Column]:
    """Return the fields of an array of structs that have a text or a number in each record."""
    columns = {}
    for name in records[0]:
        cells = [_cell(record.get(name)) for record in records]
        if any(cell is not None for cell in cells):
            columns[name] = cells
    return columns


def _column(value: Any) -> Column | None:
    """Return a list of texts, or a vector of numbers, as a column; None for anything else."""
    if isinstance(value, list) and value and not any(isinstance(each, dict) for each in value):
        cells = [_cell(each) for each in value]
        return cells if any(cell is not None for cell in cells) else None
    if isinstance(value, np.ndarray) and value.size == max(value.shape, default=0) > 1:
        return _numbers(value)
    return None


def _numbers(values: NDArray[Any]) -> Column:
    flat = values.ravel()
    if flat.dtype.kind == "f":
        return [_number(each) for each in flat.tolist()]
    return [str(int(each)) for each in flat.tolist()]


def _number(value: float) -> str | None:
    if value != value:  # noqa: PLR0124 - NaN
        return None
    return str(int(value)) if value.is_integer() else f"{value:.10g}"


def _cell(value: Any) -> str | None:
    """Return a text or a single number as a cell; None for anything else."""
    while isinstance(value, list) and len(value) == 1:
        (value,) = value
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, np.ndarray) and value.size == 1:
        return _numbers(value)[0]
    return None


def with_parts(columns: dict[str, Column]) -> dict[str, Column]:
    """Return the columns with the part of each row in words, if a column such as `img_train` has it as a number."""
    for name, cells in columns.items():
        codes = next((_PART_CODES[word] for word in words_of(name) if word in _PART_CODES), None)
        if codes is not None and len({*cells}) > 1 and {*cells} <= codes.keys():
            others = {other: columns[other] for other in columns if other != name}
            return {**others, SPLIT: [codes[cell or ""] for cell in cells]}
    return columns


def marks(matrices: Mapping[str, NDArray[Any]], texts: Sequence[Sequence[str]], rows: int) -> dict[str, Column]:
    """Return the columns of matrices with 0 and 1, or -1 and 1, in each row.

    Args:
        matrices: by the name of the variable.
        texts: lists that may name the columns.
        rows: of the table.
    """
    found: dict[str, Column] = {}
    for name, matrix in matrices.items():
        array = matrix if len(matrix) == rows else matrix.T
        if len(array) != rows or not 1 < array.shape[1] <= _MOST_MARKS or not np.isin(array, (-1, 0, 1)).all():
            continue
        numbered = [f"{name} {number}" for number in range(1, array.shape[1] + 1)]
        called = next((each for each in texts if len(each) == len({*each}) == array.shape[1]), numbered)
        found |= {each: _numbers(column) for each, column in zip(called, array.T, strict=True)}
    return found
