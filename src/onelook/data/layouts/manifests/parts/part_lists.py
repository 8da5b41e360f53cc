"""Choose the lists that give the parts of the pictures in a table: one split, taken whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from onelook.data.column_names import words_of
from onelook.data.layouts.manifests.lists.found_table import FoundTable, names_part
from onelook.data.natural_order import natural_key
from onelook.wording import agree, counted, listed, named

# If the lists lack more than this share of the pictures, they are about another task, such as some of the classes.
_SHARE_LACKING = 0.1


class PartList(Protocol):
    """A table that lists some of the pictures of another one."""

    @property
    def found(self) -> FoundTable:
        """How the table was found; its name means a part."""
        ...

    def pictures(self) -> frozenset[str]:
        """Return the existing pictures that it lists."""
        ...


@dataclass(frozen=True)
class GivenParts:
    """The parts of the pictures by lists."""

    part_of: Mapping[str, str]  # picture -> part
    rest: str | None  # the part of pictures in no list; None if they are left out
    used: tuple[str, ...]  # the files of the lists
    notes: tuple[str, ...] = ()


def parts_by_lists(lists: Sequence[PartList], pictures: frozenset[str]) -> GivenParts | None:
    """Return the part of each picture; None without lists. The first of several splits is taken.

    Args:
        lists: tables whose names mean parts, the largest first.
        pictures: the pictures that need a part.
    """
    if not lists:
        return None
    by_part: dict[str, PartList] = {}
    notes: list[str] = []
    splits = _splits(lists)
    if len(splits) > 1 and (together := _together(splits, pictures)) is not None:
        return together
    if len(splits) > 1:
        most = max(_coverage(each, pictures) for each in splits.values())
        chosen = next(key for key, each in splits.items() if _coverage(each, pictures) == most)
        by_part = dict(splits[chosen])
        notes.append(
            f"There are {len(splits)} splits in lists: that of {listed(_names(by_part), last='and')} is taken whole."
        )
    else:
        for one in lists:
            by_part.setdefault(one.found.part or "", one)
    part_of = {name: part for part, one in by_part.items() for name in one.pictures()}
    rest = None if "train" in by_part else "train"
    lacking = len(pictures - part_of.keys()) if rest is None else 0
    if lacking > _SHARE_LACKING * len(pictures):
        note = (
            f"{named(_names(by_part))} {agree(len(by_part), 'lacks', 'lack')} {lacking:,} of "
            f"{counted(len(pictures), 'picture')}: no parts were taken from {agree(len(by_part), 'it', 'them')}."
        )
        return GivenParts({}, None, (), (note,))
    if lacking:
        notes.append(f"{counted(lacking, 'picture')} in no list of a part {agree(lacking, 'is', 'are')} left out.")
    return GivenParts(part_of, rest, tuple(_names(by_part)), tuple(notes))


def _splits(lists: Sequence[PartList]) -> dict[tuple[str, ...], dict[str, PartList]]:
    """Return the lists by the words of their names that mean no part, if several have training pictures and others."""
    found: dict[tuple[str, ...], dict[str, PartList]] = {}
    for one in lists:
        key = tuple(word for word in words_of(one.found.entry) if not names_part(word))
        found.setdefault(key, {}).setdefault(one.found.part or "", one)
    whole = {key: each for key, each in found.items() if "train" in each and len(each) > 1}
    return dict(sorted(whole.items(), key=lambda item: natural_key(" ".join(item[0]))))


def _together(splits: Mapping[tuple[str, ...], Mapping[str, PartList]], pictures: frozenset[str]) -> GivenParts | None:
    """Return the parts by the lists of all splits, if each is about other pictures, as those of one class; or None."""
    of_split = [frozenset().union(*(one.pictures() for one in split.values())) for split in splits.values()]
    named_in_all = frozenset().union(*of_split)
    if sum(map(len, of_split)) > len(named_in_all) or len(pictures - named_in_all) > _SHARE_LACKING * len(pictures):
        return None
    part_of: dict[str, str] = {}
    for split in splits.values():
        for part, one in split.items():
            part_of |= {name: part for name in one.pictures() if name not in part_of}
    used = tuple(one.found.entry for split in splits.values() for one in split.values())
    lacking = len(pictures - part_of.keys())
    notes = [f"Lists of {len(splits)} sets of pictures, none of them in two, are taken together."]
    if lacking:
        notes.append(f"{counted(lacking, 'picture')} in no list of a part {agree(lacking, 'is', 'are')} left out.")
    return GivenParts(part_of, None, used, tuple(notes))


def _coverage(split: Mapping[str, PartList], pictures: frozenset[str]) -> int:
    return len(pictures & frozenset().union(*(one.pictures() for one in split.values())))


def _names(by_part: Mapping[str, PartList]) -> list[str]:
    return [one.found.entry for one in by_part.values()]
