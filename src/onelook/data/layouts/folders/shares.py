"""Recognise folders that only share out the pictures, such as `fold1/` and `fold2/`: they are no classes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from onelook.data.layouts.folders.levels import lone_folders, year_of_months
from onelook.data.layouts.folders.tree import PictureTree
from onelook.data.layouts.folders.versions import note_on_versions
from onelook.data.layouts.hash_folders import are_hash_folders, notes_on_hash_folders
from onelook.data.layouts.label_from import FolderLevel
from onelook.data.share_names import are_days, are_years_and_months, names_a_share, number_shares
from onelook.wording import named

_FEWEST_DIGITS = 3  # in the name of a folder
_PICTURES = frozenset(
    {"img", "imgs", "image", "images", "input", "inputs", "photo", "photos", "original", "raw", "rgb", "x"}
)
_ANSWERS = frozenset(
    (
        *("label", "labels", "annotation", "annotations", "target", "targets", "output", "outputs", "edge", "edges"),
        *("y", "depth", "depths"),
    )
)
_IDLE = frozenset({"semantic", "map", "maps", "data", "set", "full"})
_TWO_TIMES = {"a", "b"}  # the same place before and after, with what changed in `label`
_WORD = re.compile(r"[^\W_]+")
_FEWEST_ALONE = 5  # pictures, each in a folder of its own; fewer may be a toy


def only_share_out(tree: PictureTree) -> bool:
    """Return whether folders spread files, number shares of them, hold one picture each, or pairs of pictures."""
    if are_hash_folders(tree.names) or _hold_one_each(tree):
        return True
    if tree.versions is not None and tree.versions.are_flat:
        return True
    if (months := _months(tree)) is not None and months.are_all:
        return True
    folders = _class_folders(tree)
    return _are_numbered(tree, folders) or _hold_pairs(tree, folders)


def notes_on_shares(tree: PictureTree) -> list[str]:
    """Return a note if folders are called after shares of the pictures, or spread files."""
    flag = FolderLevel(1).flag
    if spread := notes_on_hash_folders(tree.names):
        return spread
    if tree.versions is not None and tree.versions.are_flat:
        return [note_on_versions(tree.versions, flag)]
    folders = _class_folders(tree)
    if _hold_one_each(tree):
        example = named([tree.names[0]])
        return [f"Each folder holds one picture, such as {example}: the folders are no classes; {flag} takes them."]
    if _hold_pairs(tree, folders):
        return [
            f"The folders {named(folders)} hold pictures of the same names, in pairs of a picture and what is to be "
            f"made of it: they are no classes; {flag} takes them."
        ]
    if (months := _months(tree)) is not None and months.depth == 0:
        return [months.note()]
    what = "are called after days" if are_days(folders) else "number shares of the pictures"
    said = f"The folders {named(folders, most=3)} {what}, and are no classes: {flag} takes them."
    return [said] if number_shares(folders) else []


@dataclass(frozen=True)
class _Months:
    """Folders of years, and of months in them."""

    depth: int  # the number of folders above the years that differ
    years: Sequence[str]
    months: Sequence[str]
    are_all: bool  # whether no other folder could be the class

    def note(self) -> str:
        shown = f"{named(self.years, most=2)}, and {named(self.months, most=2)} in them,"
        return (
            f"The folders {shown} are called after years and months, and are no classes: --label-from chooses others."
        )


def _months(tree: PictureTree) -> _Months | None:
    """Return the folders of years and months that all pictures lie in; None for others."""
    first = tree.names[0].split("/")[:-1] if tree.names else []
    if not any(are_years_and_months([pair]) for pair in pairwise(first)):  # a quick look
        return None
    folders = [name[len(tree.base) :].split("/")[:-1] for name in tree.names]
    alone = lone_folders(folders)
    below = [each[alone:] for each in folders]
    if (at := year_of_months(below)) is None:
        return None
    years, months = ([*dict.fromkeys(each[at + depth] for each in below)] for depth in (0, 1))
    return _Months(at, years, months, not tree.parts and {len(each) for each in below} == {2})


def note_on_numbers(tree: PictureTree) -> list[str]:
    """Return a note if the pictures' numbers begin with those of their folders, as `00012/000120003.jpg`."""
    if not all(map(_begins_like_folder, tree.names)):
        return []
    return [
        f"The pictures' numbers begin with those of their folders, such as {named(tree.names[:1])}. If the folders "
        "only spread the files, they are no classes: --layout picture-folder."
    ]


def _begins_like_folder(name: str) -> bool:
    folders, _, file = name.rpartition("/")
    folder, stem = folders.rpartition("/")[2], file.partition(".")[0]
    are_numbers = folder.isdecimal() and stem.isdecimal()
    return are_numbers and len(stem) > len(folder) >= _FEWEST_DIGITS and stem.startswith(folder)


def _hold_one_each(tree: PictureTree) -> bool:
    """Return whether each first folder, or each one inside a part, holds one picture: nothing could be learnt.

    A folder in several parts is a class.
    """
    if len(tree.names) < _FEWEST_ALONE or tree.names[0].rpartition("/")[0] == tree.names[1].rpartition("/")[0]:
        return False
    starts = [f"{tree.base}{top}/" for top in tree.tops if top in tree.parts] or [tree.base]
    below = [name[len(start) :] for start in starts for name in tree.names if name.startswith(start)]
    folders = {name.partition("/")[0] for name in below if "/" in name}
    return len(folders) == len(below) == len(tree.names)


def _hold_pairs(tree: PictureTree, folders: Sequence[str]) -> bool:
    """Return whether folders such as `input` and `target`, or `A`, `B` and `label`, hold pictures of the same names."""
    answers = [each for each in folders if _words(each) & _ANSWERS]
    others = [each for each in folders if each not in answers]
    are_pictures = len(others) == 1 and bool(_words(others[0]) & _PICTURES)
    are_two_times = {each.lower() for each in others} == _TWO_TIMES
    if len(answers) != 1 or "" in folders or not (are_pictures or are_two_times):
        return False
    stems: dict[str, set[str]] = {each: set() for each in folders}
    for name in tree.names:
        stems[next(part for part in name.split("/") if part in stems)].add(name.rpartition("/")[2].rpartition(".")[0])
    first, *rest = stems.values()
    return all(each == first for each in rest)


def _words(folder: str) -> set[str]:
    """Return the words of a folder's name; none if one of them is another thing, as in `input_shaft`."""
    words = set(_WORD.findall(folder.lower()))
    return words if words <= _PICTURES | _ANSWERS | _IDLE else set()


def _class_folders(tree: PictureTree) -> list[str]:
    """Return the first folders, or those inside the parts if all first folders are parts."""
    if tree.tops.keys() != tree.parts.keys():
        return list(tree.tops)
    starts = {top: len(tree.base) + len(top) + 1 for top in tree.tops}
    return list(
        dict.fromkeys(name[starts[top] :].partition("/")[0] for top, names in tree.tops.items() for name in names)
    )


def _are_numbered(tree: PictureTree, folders: Sequence[str]) -> bool:
    """Return whether all pictures are in folders such as `fold1`, or in `images` below one, also inside parts."""
    if not number_shares(folders):
        return False
    own = {*folders, *tree.parts}
    above = {name[len(tree.base) :].rpartition("/")[0] for name in tree.names}
    return all(folder in own or names_a_share(folder) for each in above for folder in each.split("/"))
