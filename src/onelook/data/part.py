"""One part of a data set. With its class names it is a sequence of samples: a picture, its label and its id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import index
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from onelook.data.ids import take_ids
from onelook.data.labels import Labels, class_counts
from onelook.data.pictures.protocol import Pictures
from onelook.notebook import html_of
from onelook.wording import counted


@dataclass(frozen=True, repr=False)
class Part:
    """One part of a data set: `train`, `val` or `test`; `all` if the data has no parts."""

    name: str
    ids: Sequence[str]  # shown to the user: the path relative to the data, or the row number from 1
    labels: Labels | None  # None if the pictures have no labels
    pictures: Pictures
    # Equal numbers: pictures of one patient, scene or burst, which the split keeps on one side; -1: in no group.
    groups: NDArray[np.int64] | None = None
    group_names: tuple[str, ...] = ()  # what the data calls the groups 0, 1, 2 …
    # Other names of the pictures, by the column of the table that has them: a text for each picture, all different.
    other_ids: Mapping[str, Sequence[str]] = field(default_factory=dict)
    # The same of which a few pictures share each, as the views of one patient.
    shared_ids: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.pictures)

    def take(self, rows: NDArray[np.int64]) -> Part:
        """Return some of the pictures with all that is known of them, by their positions, in that order."""
        return replace(
            self,
            ids=take_ids(self.ids, rows),
            labels=None if self.labels is None else self.labels[rows],
            pictures=self.pictures.take(rows),
            groups=None if self.groups is None else self.groups[rows],
            other_ids={column: take_ids(ids, rows) for column, ids in self.other_ids.items()},
            shared_ids={column: take_ids(ids, rows) for column, ids in self.shared_ids.items()},
        )

    def __repr__(self) -> str:
        # Without the ids, labels and pixels: a notebook would show all of them.
        return f"Part({self.name!r}, {counted(len(self), 'picture')})"


@dataclass(frozen=True, eq=False, repr=False)  # arrays cannot be compared as one value
class Sample:
    """One picture of a data set, with its label and its id."""

    picture: NDArray[Any]  # (height, width, channels) at its own size, uint8; arrays keep their dtype
    label: str | None  # the class name; None if the pictures have no labels
    id: str  # the path relative to the data, or the row number from 1

    def __repr__(self) -> str:
        # Without the pixels.
        size = "×".join(map(str, self.picture.shape))
        return f"Sample({self.id!r}, label {self.label!r}, picture of {size})"

    def _repr_html_(self) -> str | None:
        """Return what a notebook shows: the picture, its label and its id."""
        return html_of("onelook.report.notebook.picture_grid:sample_html", self)


@dataclass(frozen=True, repr=False)
class NamedPart:
    """One part of a data set with its class names: a sequence of samples, decoded when they are used."""

    part: Part
    class_names: tuple[str, ...]
    dataset: object = field(default=None, compare=False)  # the `Dataset` that it is a part of, which imports this file

    @property
    def name(self) -> str:
        """The name of the part: `train`, `val` or `test`; `all` if the data has no parts."""
        return self.part.name

    @property
    def ids(self) -> Sequence[str]:
        """The id of each picture, in order."""
        return self.part.ids

    @property
    def labels(self) -> list[str] | None:
        """The class name of each picture, in order; None if the pictures have no labels."""
        return None if self.part.labels is None else [self.class_names[label] for label in self.part.labels]

    @property
    def counts(self) -> dict[str, int]:
        """The number of pictures of each class, in the order of the class names."""
        counts = class_counts(self.part.labels, len(self.class_names))
        return dict(zip(self.class_names, counts.tolist(), strict=True))

    def __len__(self) -> int:
        return len(self.part)

    @overload
    def __getitem__(self, position: int) -> Sample: ...
    @overload
    def __getitem__(self, position: slice) -> list[Sample]: ...
    def __getitem__(self, position: int | slice) -> Sample | list[Sample]:
        """Return a sample by its position, from the end if negative; or the list of samples of a slice.

        Raises:
            IndexError: there is no such position.
            DataError: the picture cannot be read.
        """
        if isinstance(position, slice):
            return [self._sample(row) for row in range(*position.indices(len(self)))]
        row = index(position)
        if not -len(self) <= row < len(self):
            raise IndexError(f"position {row} of {counted(len(self), 'picture')} in the part '{self.name}'")
        return self._sample(row % len(self))

    def __iter__(self) -> Iterator[Sample]:
        return map(self._sample, range(len(self)))

    def _sample(self, row: int) -> Sample:
        label = None if self.part.labels is None else self.class_names[self.part.labels[row]]
        return Sample(self.part.pictures.original(row), label, self.part.ids[row])

    def __repr__(self) -> str:
        classes = "" if self.part.labels is None else f", {counted(len(self.class_names), 'class')}"
        return f"<part {self.name!r}: {counted(len(self), 'picture')}{classes}>"

    def _repr_html_(self) -> str | None:
        """Return what a notebook shows: some pictures of each class."""
        return html_of("onelook.report.notebook.picture_grid:part_html", self)
