"""Compare the labels of folders and of tables for the same pictures, if both can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from onelook.data.dataset import Dataset
from onelook.data.part_names import pool_name

# Tables on other pictures than those in class folders do not matter if they have at most this share of their number.
_FEW = 0.25


@dataclass(frozen=True)
class LabelReading:
    """The label and the part of each labelled picture, in one reading of the data."""

    labels: Mapping[str, str]
    parts: Mapping[str, str]
    has_groups: bool
    others: int = 0  # labelled pictures whose class does not occur in the training part

    @property
    def is_parted(self) -> bool:
        """Whether the labelled pictures are in more than one part."""
        return len(set(self.parts.values())) > 1


def labels_of(dataset: Dataset) -> LabelReading:
    """Return the labels of a data set whose class also occurs in its training part.

    Folders such as `test/unknown/` or `test/trunk00/` would be classes that are never trained on.
    """
    pool = pool_name(dataset.parts)
    known = set() if pool is None else set(_labels_of_part(dataset, pool).values())
    labels: dict[str, str] = {}
    parts: dict[str, str] = {}
    others = 0
    for part in dataset.parts:
        of_part = _labels_of_part(dataset, part)
        found = {name: label for name, label in of_part.items() if label in known}
        labels |= found
        parts |= dict.fromkeys(found, part)
        others += len(of_part) - len(found)
    return LabelReading(labels, parts, any(part.groups is not None for part in dataset.parts.values()), others)


def says_more(tables: LabelReading, folders: LabelReading) -> bool | None:
    """Return whether tables agree with folders and add labels, parts or groups. None if they contradict each other.

    False means that folders agree and label at least as many pictures, or that the tables are about a few others. If
    each labels pictures that the other does not, the result is None.
    """
    common = tables.labels.keys() & folders.labels.keys()
    if not common and not tables.is_parted and len(tables.labels) <= _FEW * len(folders.labels):
        return False
    pairs = {(tables.labels[name], folders.labels[name]) for name in common}
    if not len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs}) > 1:
        return None
    adds_to_tables, adds_to_folders = len(folders.labels) > len(common), len(tables.labels) > len(common)
    if adds_to_tables:
        return None if adds_to_folders or tables.is_parted or tables.has_groups else False
    gives_parts = tables.is_parted and tables.parts != folders.parts
    if folders.is_parted and gives_parts and not adds_to_folders:
        return None
    is_surer = folders.others > tables.others  # folders such as `test/trunk00/` would be classes
    return adds_to_folders or gives_parts or is_surer or (tables.has_groups and not folders.has_groups)


def _labels_of_part(dataset: Dataset, part: str) -> dict[str, str]:
    labels = dataset.parts[part].labels
    if labels is None or dataset.no_classes:
        return {}
    ids = dataset.parts[part].ids
    return {name: dataset.class_names[label] for name, label in zip(ids, labels.tolist(), strict=True) if label >= 0}
