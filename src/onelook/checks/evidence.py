"""The facts that the checks look at, measured once: a threshold moves without reading a picture again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from onelook.checks.labels.suspect import Suspect
from onelook.checks.measures.measure import measure_part
from onelook.data.dataset import Labels, ReadPart
from onelook.data.duplicates.near.pairs import NearPair
from onelook.data.part_names import pool_name
from onelook.data.prepare import Prepared
from onelook.data.reading import Reading


@dataclass(frozen=True)
class SplitEvidence:
    """The readable pictures of one split, a row each, copies included."""

    ids: tuple[str, ...]
    labels: Labels | None
    groups: NDArray[np.int64]  # equal numbers: the same pixels, in this split or another
    near_groups: NDArray[np.int64]  # as in `ReadPart`: equal numbers for near or exact copies in one part
    copy_of: NDArray[np.int64]  # the row of the same pixels and label that came first; -1 where this is it
    quarantined: Mapping[str, str]  # id -> why it could not be read
    # Equal numbers: one patient, one scene, as the data says; -1 for none. None where it has no groups.
    given_groups: NDArray[np.int64] | None = None
    # What `checks.measures` lists, by name, (rows,) each; empty where nothing was measured.
    measures: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    def counts(self, num_classes: int) -> NDArray[np.int64]:
        """Pictures of each class, copies not counted: (num_classes,)."""
        if self.labels is None:
            return np.zeros(num_classes, np.int64)
        return np.bincount(self.labels[self.copy_of < 0], minlength=num_classes)


@dataclass(frozen=True)
class Evidence:
    """What is known of a data set. What a later check needs beyond it becomes another field, with a default."""

    class_names: tuple[str, ...]
    splits: Mapping[str, SplitEvidence]  # among train, val, test; `all` where nothing is split yet
    near_pairs: tuple[NearPair, ...] = ()  # as in `Reading`, the parts and rows being those of `splits`
    # Labels that look wrong, by split, worst first; empty where no out-of-fold probabilities were made.
    suspects: Mapping[str, tuple[Suspect, ...]] = field(default_factory=dict)

    @property
    def pool(self) -> SplitEvidence | None:
        """The pictures to train on: `train`, or `all` where nothing is split yet."""
        name = pool_name(self.splits)
        return None if name is None else self.splits[name]

    def near_groups(self) -> list[tuple[int, int]]:
        """The near pairs as pairs of groups of equal pixels, since of exact copies one stands for all."""
        return [
            (int(self.splits[pair.part].groups[pair.row]), int(self.splits[pair.other_part].groups[pair.other_row]))
            for pair in self.near_pairs
        ]

    @classmethod
    def of_reading(cls, reading: Reading) -> Evidence:
        """The evidence of a data set in the parts in which it was found."""
        splits = {name: _whole(part) for name, part in reading.parts.items()}
        return cls(reading.class_names, splits, reading.near_pairs)

    @classmethod
    def of_prepared(cls, prepared: Prepared) -> Evidence:
        """The evidence of a data set as it was split for training.

        What could not be read was never split: it counts once, as training's where it was found there.
        """
        splits = {}
        place = {}  # part -> of each of its rows the split and the row there
        for name, part in prepared.reading.parts.items():
            side = prepared.split.sides[name]
            place[name] = _places(side)
            measures = measure_part(part)
            there = [split for split in ("train", "val", "test") if (side == split).any()]
            for split in there:
                splits[split] = _some(part, side == split, measures, keeps_quarantine=split == there[0])
        pairs = tuple(
            NearPair(*place[pair.part][pair.row], *place[pair.other_part][pair.other_row])
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


def _places(side: NDArray[np.str_]) -> list[tuple[str, int]]:
    """Of each row of a part the split that it went to, and its row there."""
    rows = np.zeros(len(side), np.int64)
    for split in np.unique(side).tolist():
        rows[side == split] = np.arange(np.count_nonzero(side == split))
    return list(zip(side.tolist(), rows.tolist(), strict=True))


def _some(
    part: ReadPart, chosen: NDArray[np.bool_], measures: Mapping[str, NDArray[np.float64]], *, keeps_quarantine: bool
) -> SplitEvidence:
    rows = np.flatnonzero(chosen)
    new_row = np.cumsum(chosen) - 1
    copy_of = part.copy_of[rows]
    return SplitEvidence(
        ids=tuple(part.ids[row] for row in rows.tolist()),
        labels=None if part.labels is None else part.labels[rows],
        groups=part.groups[rows],
        near_groups=part.near_groups[rows],
        # A copy and its original are always on one side.
        copy_of=np.where(copy_of < 0, -1, new_row[copy_of]),
        quarantined=part.quarantined if keeps_quarantine else {},
        given_groups=None if part.given_groups is None else part.given_groups[rows],
        measures={name: values[rows] for name, values in measures.items()},
    )
