"""Read parts from row numbers in Matlab's files: `trnid` has the training rows, `tstid` the test rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.layouts.manifests.readers.mat_tables import Column, MatContent
from onelook.data.part_names import PART_ORDER
from onelook.wording import counted, listed

# `trnid`, `tstid`, `valid`, `train_idx`, `imdb.testInds2`; several splits have numbers.
_NAME = re.compile(
    r"(?:(?P<train>train(?:ing)?|trn|tr)|(?P<val>validation|valid|val|vld)|(?P<test>testing|test|tst|te|ts))"
    r"_?(?:id|ids|idx|ind|inds|index|indices|indexes|set|list|no|nos|num|nums)?_?(?P<split>\d*)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class MatParts:
    """The part of each row, and its origin."""

    column: Column
    note: str


@dataclass(frozen=True)
class _Rows:
    entry: str
    variable: str
    numbers: NDArray[np.int64]


def part_of_variable(name: str) -> tuple[str, str] | None:
    """Return the part whose rows a variable may contain, and the number of the split; None for other names.

    Example:
        >>> part_of_variable("setid.trnid"), part_of_variable("tst2"), part_of_variable("labels")
        (('train', ''), ('test', '2'), None)
    """
    match = _NAME.fullmatch(name.rpartition(".")[2])
    if match is None:
        return None
    return next(part for part in PART_ORDER if match[part]), match["split"]


def parts_by_number(contents: Mapping[str, MatContent], rows: int, first: int) -> MatParts | None:
    """Return the part of each row; None if no variables contain the rows of training and of another part.

    Args:
        contents: the contents of all files, by entry.
        rows: the number of rows of the table.
        first: the number of the first row.
    """
    splits: dict[tuple[str, int], dict[str, _Rows]] = {}
    for entry, content in contents.items():
        for variable, values in [*content.numbers.items(), *content.matrices.items()]:
            meant = part_of_variable(variable)
            if meant is None:
                continue
            for at, column in enumerate(values.T if values.ndim == 2 else [values]):  # a split in each column
                if (numbers := _whole(column, first, first + rows)) is not None:
                    found = _Rows(entry, variable, numbers)
                    splits.setdefault((meant[1], at), {})[meant[0]] = found
    usable = {key: found for key, found in splits.items() if "train" in found and len(found) > 1 and _are_apart(found)}
    if not usable:
        return None
    chosen = usable[min(usable)]
    cells: Column = [None] * rows
    for part, found in chosen.items():
        for number in found.numbers.tolist():
            cells[number - first] = part
    return MatParts(cells, _note(chosen, len(usable), cells.count(None)))


def _whole(values: NDArray[Any], first: int, end: int) -> NDArray[np.int64] | None:
    """Return the row numbers, each once; None if some values are not row numbers."""
    if not np.isfinite(values).all() or (values != np.floor(values)).any():
        return None
    if (values < first).any() or (values >= end).any():
        return None
    numbers = values.astype(np.int64)
    return numbers if len(np.unique(numbers)) == len(numbers) else None


def _are_apart(parts: Mapping[str, _Rows]) -> bool:
    together = np.concatenate([found.numbers for found in parts.values()])
    return len(np.unique(together)) == len(together)


def _note(chosen: Mapping[str, _Rows], splits: int, outside: int) -> str:
    parts = [part for part in PART_ORDER if part in chosen]
    files = listed(dict.fromkeys(chosen[part].entry for part in parts))
    shown = listed((f"{part} {len(chosen[part].numbers):,} ({chosen[part].variable})" for part in parts), last="and")
    larger = len(chosen["train"].numbers) < max(len(found.numbers) for found in chosen.values())
    note = f"{files} gives the parts: {shown}{', kept as given though training is not the largest' if larger else ''}."
    if splits > 1:
        note += f" It has {splits} splits; the first is used."
    if outside:
        note += f" {counted(outside, 'picture')} in none of them left out."
    return note
