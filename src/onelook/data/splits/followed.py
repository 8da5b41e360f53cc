"""Follow the split of an earlier run in data that has changed since: pictures are recognised by their pixels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from onelook.data.part_names import pool_name
from onelook.data.splits.given import GivenSplit, Side
from onelook.errors import DataError
from onelook.wording import agree, counted, named

_MOST_GONE = 0.1  # of the listed pictures; if more are gone, it is probably other data
_MOST_RELABELLED = 0.5  # of the recognised pictures; if more are, the classes probably have other names
_SHOWN = 3
_SURER = ("test", "val", "train")  # a picture that was on two sides is never moved into training


@dataclass(frozen=True)
class RowsNow:
    """The readable pictures of one part, as the data has them now."""

    ids: Sequence[str]
    hashes: Sequence[str]  # of the pixels, decoded as the earlier run hashed them
    class_names: Sequence[str] | None  # the class of each picture; None if they have no labels


@dataclass(frozen=True)
class SplitChanges:
    """The differences between the data now and the data that was split."""

    renamed: int = 0  # recognised under another id
    relabelled: int = 0  # recognised, with another class
    new: int = 0  # not recognised: trained on
    gone: int = 0  # listed in the split, and no longer there

    def in_words(self) -> str:
        """Return the differences as the rest of a sentence; empty if there are none.

        Example:
            >>> SplitChanges(renamed=2, new=1).in_words()
            '; 2 pictures have another id now, 1 new picture is trained on'
        """
        found = [
            (self.renamed, "picture has another id now", "pictures have another id now"),
            (self.relabelled, "picture has another label now", "pictures have another label now"),
            (self.new, "new picture is trained on", "new pictures are trained on"),
            (self.gone, "picture is no longer there", "pictures are no longer there"),
        ]
        words = [f"{count:,} {agree(count, one, many)}" for count, one, many in found if count]
        return f"; {', '.join(words)}" if words else ""


def follow_split(given: GivenSplit, parts: Mapping[str, RowsNow], data: str) -> tuple[dict[str, Side], SplitChanges]:
    """Return the side of each picture as the earlier run had it, and what has changed since.

    A picture that the run did not have is trained on. The validation and test parts that the data itself has are kept.

    Args:
        given: the split of a run, with its hashes.
        parts: the pictures now, by part.
        data: the name of the data, for messages.

    Raises:
        DataError: too many listed pictures are gone, or too many have another class.
    """
    old = {name: _recognised(given, given.ids_there(name, rows.ids), rows.hashes) for name, rows in parts.items()}
    known = {each for of_part in old.values() for each in of_part if each}
    moved, gone = _unmatched(given, parts, known)
    if len(gone) > _MOST_GONE * len(given.side_of):
        example = next(each for rows in parts.values() for each in rows.ids)
        raise DataError(
            f"{given.origin}: it lists {counted(len(gone), 'picture')} that {data} has not: "
            f"{named(gone, most=_SHOWN)}. Expected ids of this data, such as '{example}'. Is it the split of other "
            "data?"
        )
    relabelled = _relabelled(given, parts, old)
    if len(relabelled) > _MOST_RELABELLED * len(known):
        shown = "; ".join(f"'{each}' is '{there}' there and '{here}' here" for each, there, here in relabelled[:_SHOWN])
        raise DataError(
            f"{given.origin}: {len(relabelled):,} of {counted(len(known), 'picture')} have another class there than in "
            f"the data: {shown}. Expected the classes of the data: was it named with --class-names then?"
        )
    new = sum(each == "" for name, of_part in old.items() if name == pool_name(parts) for each in of_part)
    same_id = {
        each
        for name, of_part in old.items()
        for each, now in zip(of_part, given.ids_there(name, parts[name].ids), strict=True)
        if each == now
    }
    corrected = sum(moved.values())  # their pixels have only other labels now
    changes = SplitChanges(len(known - same_id) + len(moved), len(relabelled) + corrected, new, len(gone))
    return {name: _sides(given, name, of_part, parts) for name, of_part in old.items()}, changes


def _unmatched(
    given: GivenSplit, parts: Mapping[str, RowsNow], known: Collection[str]
) -> tuple[dict[str, bool], list[str]]:
    """Return the listed pictures that no row was matched with: those that moved, and those that are gone.

    Copies have equal pixels, and the rows of all of them are matched with one. Where the data has as many rows of these
    pixels as the split lists, none is gone.

    Returns:
        The moved ones, and whether these pixels no longer have their label; and the ids of those that are gone.
    """
    then = {} if given.earlier is None else given.earlier.hashes
    labels_now: dict[str, list[str]] = {}
    for rows in parts.values():
        for found, label in zip(rows.hashes, rows.class_names or [""] * len(rows.ids), strict=True):
            labels_now.setdefault(found, []).append(label)
    listed = Counter(then.get(each, "") for each in given.side_of)
    labels_now.pop("", None)  # of pictures that could not be hashed
    moved: dict[str, bool] = {}
    gone: list[str] = []
    for each in given.side_of:
        if each in known:
            continue
        labels = labels_now.get(then.get(each, ""), [])
        if labels and len(labels) >= listed[then[each]]:
            label = given.class_of.get(each, "")
            moved[each] = bool(label) and label not in labels
        else:
            gone.append(each)
    return moved, gone


def _recognised(given: GivenSplit, ids: Sequence[str], hashes: Sequence[str]) -> list[str]:
    """Return the id that each picture had in the run; empty if it is new.

    Equal pixels decide first, because ids that are row numbers move when a row is removed. A name whose picture is not
    found anywhere is the same picture, altered.
    """
    then = {} if given.earlier is None else given.earlier.hashes
    with_hash: dict[str, str] = {}
    for side in reversed(_SURER):
        with_hash |= {then[each]: each for each, where in given.side_of.items() if where == side and then.get(each)}
    found = [each if then.get(each) == now else with_hash.get(now, "") for each, now in zip(ids, hashes, strict=True)]
    taken = {*found}
    have_moved = any(each and each != there for each, there in zip(found, ids, strict=True))
    return [
        each or (there if there in given.side_of and there not in taken and not (have_moved and _is_row(there)) else "")
        for each, there in zip(found, ids, strict=True)
    ]


def _is_row(each: str) -> bool:
    """Return whether an id is the number of a row, which says nothing once rows have moved."""
    return each.rpartition("/")[2].isdecimal()


def _relabelled(
    given: GivenSplit, parts: Mapping[str, RowsNow], old: Mapping[str, Sequence[str]]
) -> list[tuple[str, str, str]]:
    """Return the recognised pictures with another class: their id then, the class then, and the class now."""
    found: dict[str, tuple[str, str, str]] = {}
    for name, rows in parts.items():
        for each, here in zip(old[name], rows.class_names or [""] * len(rows.ids), strict=True):
            there = given.class_of.get(each, "")
            if each and there and here and there != here:
                found.setdefault(each, (each, there, here))
    return [*found.values()]


def _sides(given: GivenSplit, name: str, old: Sequence[str], parts: Mapping[str, RowsNow]) -> Side:
    if name in ("val", "test"):
        return np.full(len(old), name, dtype="U5")
    # A picture of the data's own validation or test part that is in the training part too is a leak, and reported.
    sides = [given.side_of[each] if each else "train" for each in old]
    return np.array(["train" if side in parts else side for side in sides], dtype="U5")
