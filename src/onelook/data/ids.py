"""The ids and names of pictures: row numbers, or texts in one piece, of which each becomes a text when asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
        return _have_equal_texts(self, other)

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


@dataclass(frozen=True, eq=False, repr=False)
class PackedTexts(Sequence[str]):
    """Texts in one piece, such as the names of files. A million of them in a tuple would take 90 MB.

    Example:
        >>> names = pack_texts(["cat/1.png", "dog/2.png", "dog/3.png"])
        >>> names[-1], list(names[1:]), names == ("cat/1.png", "dog/2.png", "dog/3.png")
        ('dog/3.png', ['dog/2.png', 'dog/3.png'], True)
    """

    whole: str
    ends: NDArray[np.int64]  # where each text ends, after a 0: (texts + 1,)
    rows: NDArray[np.int32]  # which of the texts these are

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, position: int) -> str: ...
    @overload
    def __getitem__(self, position: slice) -> PackedTexts: ...
    def __getitem__(self, position: int | slice) -> str | PackedTexts:
        """Return one text, or some of them."""
        if isinstance(position, slice):
            return PackedTexts(self.whole, self.ends, self.rows[position])
        row = self.rows[position]
        return self.whole[self.ends[row] : self.ends[row + 1]]

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self.rows), _MADE_AT_ONCE):
            rows = self.rows[start : start + _MADE_AT_ONCE]
            bounds = zip(self.ends[rows].tolist(), self.ends[rows + 1].tolist(), strict=True)
            yield from [self.whole[first:end] for first, end in bounds]

    def __eq__(self, other: object) -> bool:
        """Return whether the other sequence has the same texts."""
        return _have_equal_texts(self, other)

    __hash__ = None  # type: ignore[assignment]  # as a list has none

    def __repr__(self) -> str:
        # Without the texts: a notebook would show them.
        ends = f", {self[0]!r} to {self[-1]!r}" if len(self) else ""
        return f"PackedTexts({len(self):,}{ends})"

    def __reduce__(self) -> tuple[object, tuple[list[str]]]:
        """Pickle these texts without the others of the piece."""
        return pack_texts, ([*self],)


def pack_texts(texts: Iterable[str]) -> PackedTexts:
    """Return the texts in one piece; those that are in one already stay in it."""
    if isinstance(texts, PackedTexts):
        return texts
    found = [*texts]
    ends = np.cumsum(np.fromiter(map(len, ("", *found)), np.int64, len(found) + 1))
    return PackedTexts("".join(found), ends, np.arange(len(found), dtype=np.int32))


def _have_equal_texts(one: Sequence[str], other: object) -> bool:
    if not isinstance(other, Sequence) or isinstance(other, str) or len(one) != len(other):
        return False
    return all(of_one == of_other for of_one, of_other in zip(one, other, strict=True))


def take_ids(ids: Sequence[str], rows: NDArray[np.int64]) -> Sequence[str]:
    """Return the ids of some rows, in their order.

    Example:
        >>> take_ids(("a", "b", "c"), np.array([2, 0])), list(take_ids(row_ids(9), np.array([2, 0])))
        (('c', 'a'), ['3', '1'])
    """
    if isinstance(ids, RowIds):
        return RowIds(ids.numbers[rows], ids.prefix)
    if isinstance(ids, PackedTexts):
        return PackedTexts(ids.whole, ids.ends, ids.rows[rows])
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
