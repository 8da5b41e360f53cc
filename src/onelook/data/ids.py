"""The ids of pictures: texts, or row numbers that become texts when they are asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

_MADE_AT_ONCE = 4_096  # texts
_MOST_OF_ONE = 50  # pictures, on average, of one patient, product or place


@dataclass(frozen=True, eq=False, repr=False)
class RowIds(Sequence[str]):
    """Ids that are row numbers, such as `3` or `train/3`. A million of them as texts would take 64 MB.

    Example:
        >>> ids = row_ids(3, "train/")
        >>> ids[-1], list(ids[1:]), ids == ("train/1", "train/2", "train/3")
        ('train/3', ['train/2', 'train/3'], True)
    """

    numbers: NDArray[np.int64]  # (rows,)
    prefix: str = ""

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, position: int) -> str: ...
    @overload
    def __getitem__(self, position: slice) -> RowIds: ...
    def __getitem__(self, position: int | slice) -> str | RowIds:
        """Return one id, or some of them."""
        if isinstance(position, slice):
            return RowIds(self.numbers[position], self.prefix)
        return f"{self.prefix}{self.numbers[position]}"

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self.numbers), _MADE_AT_ONCE):
            yield from [f"{self.prefix}{each}" for each in self.numbers[start : start + _MADE_AT_ONCE].tolist()]

    def __eq__(self, other: object) -> bool:
        """Return whether the other sequence has the same texts."""
        if not isinstance(other, Sequence) or len(self) != len(other):
            return False
        return all(one == each for one, each in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # as a list has none

    def __repr__(self) -> str:
        # Without the numbers: a notebook would show them.
        ends = f", {self[0]!r} to {self[-1]!r}" if len(self) else ""
        return f"RowIds({len(self):,}{ends})"

    def with_prefix(self, prefix: str) -> RowIds:
        """Return the ids with this folder in front, unless they begin with it."""
        return self if self.prefix.startswith(prefix) else RowIds(self.numbers, f"{prefix}{self.prefix}")


def row_ids(count: int, prefix: str = "") -> RowIds:
    """Return the numbers from 1 as ids, after a prefix."""
    return RowIds(np.arange(1, count + 1), prefix)


def take_ids(ids: Sequence[str], rows: NDArray[np.int64]) -> Sequence[str]:
    """Return the ids of some rows, in their order.

    Example:
        >>> take_ids(("a", "b", "c"), np.array([2, 0])), list(take_ids(row_ids(9), np.array([2, 0])))
        (('c', 'a'), ['3', '1'])
    """
    if isinstance(ids, RowIds):
        return RowIds(ids.numbers[rows], ids.prefix)
    return tuple(ids[row] for row in rows.tolist())


def shared_columns(
    columns: Mapping[str, Sequence[str | None]], rows: Sequence[int], without: Collection[str | None]
) -> dict[str, Sequence[str]]:
    """Return the columns of a table of which a few of these rows share each text, as the views of one patient do.

    Args:
        columns: name -> a text for each row of the table, None where there is none.
        rows: the ones of a part.
        without: columns that name no picture, as the label.
    """
    texts = {name: [cells[row] or "" for row in rows] for name, cells in columns.items() if name not in without}
    return {name: own for name, own in texts.items() if _are_shared(own)}


def _are_shared(texts: Sequence[str]) -> bool:
    """Return whether a few pictures share each of these texts, as the name of a patient, and not many, as a kind.

    Example:
        >>> _are_shared(["p1", "p1", "p2"]), _are_shared(["p1", "p2"]), _are_shared(["female"] * 60)
        (True, False, False)
    """
    return len(set(texts)) < len(texts) <= _MOST_OF_ONE * len(set(texts))
