"""The facts that the checks use. They are measured once, so that a new threshold needs no picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from onelook.checks.labels.suspect import Suspect
from onelook.checks.measures.measure import measure_part
from onelook.data.dataset import ReadPart
from onelook.data.duplicates.near.pairs import NearPair
from onelook.data.ids import take_ids
from onelook.data.labels import Labels, class_counts
from onelook.data.part_names import pool_name
from onelook.data.prepare import Prepared
from onelook.data.reading import Reading


@dataclass(frozen=True)
class SplitEvidence:
    """The readable pictures of one split, one row each, copies included."""

    ids: Sequence[str]
    labels: Labels | None
    groups: NDArray[np.int64]  # equal numbers mean the same pixels, in this split or another
    near_groups: NDArray[np.int64]  # as in `ReadPart`: equal numbers mean near or exact copies in one part
    copy_of: NDArray[np.int64]  # the first row of the same pixels and label; -1 for that row itself
    quarantined: Mapping[str, str]  # id -> why it could not be read
    # Equal numbers mean one group of the data, such as a patient or a scene; -1 is no group. None: the data has none.
    given_groups: NDArray[np.int64] | None = None
    # The measures that `checks.measures` lists, by name, (rows,) each; empty if nothing was measured.
    measures: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    def counts(self, num_classes: int) -> NDArray[np.int64]:
        """Return the number of pictures of each class, without copies: (num_classes,)."""
        return class_counts(None if self.labels is None else self.labels[self.copy_of < 0], num_classes)

    def first_row(self, group: int) -> int:
        """Return the first row of the pictures with these pixels; -1 if the split has none."""
        groups, rows = self._first_rows
        at = int(np.searchsorted(groups, group))
        return int(rows[at]) if at < len(groups) and groups[at] == group else -1

    @cached_property
    def _first_rows(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The groups, sorted, and the first row of each. A dictionary of a million would take 200 MB."""
        groups, rows = np.unique(self.groups, return_index=True)
        return groups, rows


@dataclass(frozen=True)
class Evidence:
    """All facts that the checks know about a data set. A new check adds its facts as fields with defaults."""

    class_names: tuple[str, ...]
    splits: Mapping[str, SplitEvidence]  # by name: train, val and test, or `all` before a split
    near_pairs: tuple[NearPair, ...] = ()  # as in `Reading`, but by the names and rows of `splits`
    # Labels that look wrong, by split, worst first; empty if the labels were not checked.
    suspects: Mapping[str, tuple[Suspect, ...]] = field(default_factory=dict)
    no_classes: str = ""  # why the labels are not classes; empty if they are

    @property
    def pool(self) -> SplitEvidence | None:
        """The pictures to train on: `train`, or `all` before a split."""
        name = pool_name(self.splits)
        return None if name is None else self.splits[name]

    def near_groups(self) -> list[tuple[int, int]]:
        """Return the near pairs as pairs of groups; a group contains all pictures with equal pixels."""
        return [
            (int(self.splits[pair.part].groups[pair.row]), int(self.splits[pair.other_part].groups[pair.other_row]))
            for pair in self.near_pairs
        ]

    @classmethod
    def of_reading(cls, reading: Reading) -> Evidence:
        """Return the evidence of a data set in the parts in which it was found."""
        splits = {name: _whole(part) for name, part in reading.parts.items()}
        return cls(reading.class_names, splits, reading.near_pairs)

    @classmethod
    def of_prepared(cls, prepared: Prepared, *, measured: bool = True) -> Evidence:
        """Return the evidence of a data set after its split.

        Unreadable pictures belong to no split. Each part counts them once, in the first of train, val and test that has
        pictures of this part.

        Args:
            prepared: the data set.
            measured: False leaves out the measures, for checks that read none.
        """
        splits = {}
        row_in_split = {}  # part -> the row of each of its rows in its split
        for name, part in prepared.reading.parts.items():
            side = prepared.split.sides[name]
            row_in_split[name] = _rows_in_splits(side)
            measures = measure_part(part) if measured else {}
            present = [split for split in ("train", "val", "test") if (side == split).any()]
            for split in present:
                splits[split] = _some(part, side == split, measures, keeps_quarantine=split == present[0])

        def place(part: str, row: int) -> tuple[str, int]:
            return str(prepared.split.sides[part][row]), int(row_in_split[part][row])

        pairs = tuple(
            NearPair(*place(pair.part, pair.row), *place(pair.other_part, pair.other_row))
            for pair in prepared.reading.near_pairs
        )
        return cls(prepared.reading.class_names, splits, pairs)


def _whole(part: ReadPart) -> SplitEvidence:
    return SplitEvidence(
        ids=part.ids,
        labels=part.labels,
        groups=part.groups,
        near_groups=part.near_groups,
        copy_of=part.copy_of,
        quarantined=part.quarantined,
        given_groups=part.given_groups,
        measures=measure_part(part),
    )


def _rows_in_splits(side: NDArray[np.str_]) -> NDArray[np.int64]:
    """Return for each row of a part its row in its split, (rows,)."""
    rows = np.zeros(len(side), np.int64)
    for split in np.unique(side).tolist():
        rows[side == split] = np.arange(np.count_nonzero(side == split))
    return rows


def _some(
    part: ReadPart, chosen: NDArray[np.bool_], measures: Mapping[str, NDArray[np.float64]], *, keeps_quarantine: bool
) -> SplitEvidence:
    rows = np.flatnonzero(chosen)
    new_row = np.cumsum(chosen) - 1
    copy_of = part.copy_of[rows]
    return SplitEvidence(
        ids=take_ids(part.ids, rows),
        labels=None if part.labels is None else part.labels[rows],
        groups=part.groups[rows],
        near_groups=part.near_groups[rows],
        # A copy and its original are always in one split.
        copy_of=np.where(copy_of < 0, -1, new_row[copy_of]),
        quarantined=part.quarantined if keeps_quarantine else {},
        given_groups=None if part.given_groups is None else part.given_groups[rows],
        measures={name: values[rows] for name, values in measures.items()},
    )
