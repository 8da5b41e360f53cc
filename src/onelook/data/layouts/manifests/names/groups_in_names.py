"""Find groups in the names of pictures: frames of one track, and the two eyes of one person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from onelook.data.dataset import Dataset
from onelook.data.layouts.registry import layout_entry
from onelook.data.part import Part
from onelook.data.part_names import pool_name
from onelook.wording import counted, named

# `00003_00012.ppm` is the 12th frame of the third track, `CNV-1016042-3.jpeg` the third picture of a patient.
_FRAME = re.compile(r"(?P<group>(?:.*[/_\-])?[^/_\-]*\d[^/_\-]*)[_-](?P<frame>\d+)\.\w+")
_SIDE = re.compile(r"(?P<group>.*\d[^/]*)[_-](?P<side>left|right|od|os|l|r)\.\w+", re.I)
_SAMPLE = 50  # the first names; if one of them fits no pattern, the others are not examined
_FEWEST_IN_GROUP = 3.0  # on average
_SHARE_COUNTED = 0.9  # of the groups; the pictures of these are counted from 0 or 1 without a gap


def with_groups_from_names(dataset: Dataset) -> Dataset:
    """Return the data set with groups from names, if it has labels and no groups; else unchanged."""
    pool = dataset.parts.get(pool_name(dataset.parts) or "")
    if pool is None or pool.labels is None or not layout_entry(dataset.layout).has_picture_files:
        return dataset
    if any(part.groups is not None for part in dataset.parts.values()):
        return dataset
    pattern = next((each for each in (_FRAME, _SIDE) if all(map(each.fullmatch, pool.ids[:_SAMPLE]))), None)
    if pattern is None or not _tells_groups(pattern, pool):
        return dataset
    numbers: dict[str, int] = {}
    parts: Mapping[str, Part] = {
        name: replace(part, groups=np.array([_number(pattern, each, numbers) for each in part.ids], np.int64))
        for name, part in dataset.parts.items()
    }
    parts = {name: replace(part, group_names=tuple(numbers)) for name, part in parts.items()}
    examples = pool.ids[:2]
    note = (
        f"Names such as {named(examples)} tell pictures that belong together, "
        f"{counted(len(numbers), 'group')}: they stay together when a split is made (--no-groups splits them)."
    )
    return replace(dataset, parts=parts, notes=(*dataset.notes, note))


def without_groups(dataset: Dataset) -> Dataset:
    """Return the data set without groups, and without the notes on them."""
    if all(part.groups is None for part in dataset.parts.values()):
        return dataset
    parts = {name: replace(part, groups=None, group_names=()) for name, part in dataset.parts.items()}
    of_groups = re.compile(r"stays? together|stands? in more than one part")
    notes = [note for note in dataset.notes if not of_groups.search(note)]
    note = "The data tells which pictures belong together; as --no-groups asks, the split does not regard it."
    return replace(dataset, parts=parts, notes=(*notes, note))


def _tells_groups(pattern: re.Pattern[str], pool: Part) -> bool:
    """Return whether all names fit, each class has several groups, and groups have a plausible size."""
    members: dict[str, list[str]] = {}
    for each in pool.ids:
        match = pattern.fullmatch(each)
        if match is None:
            return False
        members.setdefault(match["group"], []).append(
            match.groupdict().get("frame") or match.groupdict().get("side") or ""
        )
    labels = pool.labels if pool.labels is not None else np.zeros(0, np.int64)
    classes_of: dict[int, set[str]] = {}
    for each, label in zip(pool.ids, labels.tolist(), strict=True):
        match = pattern.fullmatch(each)
        classes_of.setdefault(label, set()).add(match["group"] if match else "")
    if min(map(len, classes_of.values()), default=0) < 2:
        return False
    if pattern is _SIDE:
        return 2 * sum(len(set(sides)) == 2 for sides in members.values()) > len(members)
    if len(pool.ids) < _FEWEST_IN_GROUP * len(members):
        return False
    return sum(map(_are_counted, members.values())) >= _SHARE_COUNTED * len(members)


def _are_counted(frames: Sequence[str]) -> bool:
    """Return whether numbers count from 0 or 1 without a gap."""
    found = sorted(map(int, frames))
    return found[0] in (0, 1) and found == list(range(found[0], found[0] + len(found)))


def _number(pattern: re.Pattern[str], name: str, numbers: dict[str, int]) -> int:
    match = pattern.fullmatch(name)
    return -1 if match is None else numbers.setdefault(match["group"], len(numbers))
