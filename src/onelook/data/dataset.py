"""An opened data set: its parts, its classes, and the reason for the layout that was chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from onelook.data.labels import Labels
from onelook.data.part_names import pool_name
from onelook.data.pictures.protocol import BYTE_RANGE, Images, Pictures
from onelook.errors import DataError
from onelook.wording import counted, listed


@dataclass(frozen=True)
class Part:
    """One part of a data set as it was found: `train`, `val` or `test`; `all` where the data has no parts."""

    name: str
    ids: Sequence[str]  # as the user sees them: the path relative to the data, or the row number from 1
    labels: Labels | None  # None where the pictures have no labels
    pictures: Pictures
    # Equal numbers: pictures of one patient, one scene, one burst, which the split keeps on one side; -1: on its own.
    groups: NDArray[np.int64] | None = None
    group_names: tuple[str, ...] = ()  # what the data calls the groups 0, 1, 2 …
    # Other names of the pictures, by the column of the table that has them: a text for each picture, all different.
    other_ids: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.pictures)


def require_pool(parts: Mapping[str, object]) -> str:
    """Return the name of the part to learn from.

    Raises:
        DataError: it is not among these parts.
    """
    pool = pool_name(parts)
    if pool is None:
        found = listed(parts) or "no"
        raise DataError(f"only {found} pictures were found, none to train on. Expected a part 'train'.")
    return pool


@dataclass(frozen=True)
class Dataset:
    """An opened data set. It prints as a summary of what was found, and why.

    Its pictures are decoded later, when the size is chosen.
    """

    name: str  # for the run folder: `mnist`, `train`, …
    layout: str  # the registered layout that opened it, such as `pixel-csv`
    why: str  # one sentence: what made it this layout
    class_names: tuple[str, ...]  # in the order of the labels; empty where nothing is labelled
    parts: Mapping[str, Part]
    fingerprint: str  # of the content; names the cache
    notes: tuple[str, ...] = ()  # what was ignored or assumed, each a plain sentence
    missing_values: int = 0
    merged: tuple[str, ...] = ()  # fingerprints of the data sets that were put together, that to train on first
    # Pictures that were found and belong to no part, by id, and why: the ledger has them as quarantined.
    set_aside: Mapping[str, str] = field(default_factory=dict)
    no_classes: str = ""  # why its labels are no classes, and how to go on; nothing is labelled then

    @property
    def sources(self) -> tuple[str, ...]:
        """The fingerprints of the data sets that were joined in this one; its own where none were."""
        return self.merged or (self.fingerprint,)

    @property
    def pool(self) -> Part:
        """The part to learn from: `train`, or `all` where the data has no parts.

        Raises:
            DataError: there are only pictures of other parts.
        """
        return self.parts[require_pool(self.parts)]

    @property
    def rows(self) -> int:
        """The number of pictures in all parts."""
        return sum(len(part) for part in self.parts.values())

    def __str__(self) -> str:
        from onelook.data.describe import DescribedPart, describe

        parts = {
            name: DescribedPart(len(part), part.labels, part.pictures.facts()) for name, part in self.parts.items()
        }
        layout = f"{self.layout}: {self.why}"
        return describe(
            self.name,
            layout,
            parts,
            class_names=self.class_names,
            notes=self.notes,
            missing_values=self.missing_values,
        )

    def __repr__(self) -> str:
        # Not the fields: a notebook that shows a data set would list every id.
        size = f"{counted(self.rows, 'picture')}, {counted(len(self.class_names), 'class')}"
        return f"<Dataset {self.name!r}: {self.layout}, {size}>"


@dataclass(frozen=True)
class ReadPart:
    """One part's readable pictures, a row each, in the order in which they were found."""

    name: str
    images: Images  # (rows, height, width, channels)
    ids: tuple[str, ...]
    labels: Labels | None
    groups: NDArray[np.int64]  # equal numbers: the same pixels, here and in the other parts
    near_groups: NDArray[np.int64]  # equal numbers: near or exact copies, by way of pictures of this part alone
    # The row of the same part, given side, label and pixels that came first; -1 where this is it.
    copy_of: NDArray[np.int64]
    found: int  # pictures, readable or not
    found_classes: frozenset[int]  # labels of all of these
    quarantined: Mapping[str, str]  # id -> why it cannot be read
    given_groups: NDArray[np.int64] | None = None  # as in `Part.groups`: given with the data, not found in the pixels
    group_names: tuple[str, ...] = ()  # as in `Part.group_names`
    given_side: NDArray[np.str_] | None = None  # train, val or test, where the user gave a split
    sizes: NDArray[np.int64] | None = None  # as in `Decoded`: upright height and width of each original
    grey: NDArray[np.bool_] | None = None  # as in `Decoded`: whether each original holds no colour
    value_range: tuple[float, float] = BYTE_RANGE  # lowest and highest value that a pixel can have
    fingerprint: str = ""  # of all pixels in their order: what is worked out from them is kept under it

    @property
    def used(self) -> NDArray[np.int64]:
        """The rows that are not copies."""
        return np.flatnonzero(self.copy_of < 0)


@dataclass(frozen=True)
class ImageSet:
    """Decoded pictures of one side of a split. The pictures stay where they are; `rows` says which are ours."""

    images: Images
    rows: NDArray[np.int64]
    ids: tuple[str, ...]
    labels: Labels | None

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, positions: NDArray[np.int64]) -> Images:
        """Return the pictures at these positions of this set, (len(positions), height, width, channels)."""
        taken: Images = self.images[self.rows[positions]]
        return taken

    def batches(self, batch_size: int) -> Iterator[Images]:
        """Yield all pictures in order, `batch_size` at a time; the last batch may be shorter."""
        for start in range(0, len(self), batch_size):
            yield self.images[self.rows[start : start + batch_size]]
