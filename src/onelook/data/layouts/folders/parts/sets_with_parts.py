"""Recognise several data sets side by side, each with parts of its own: `cars/train/dent/`, `bikes/train/rust/`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from shlex import quote

from onelook.data.layouts.folders.folder_groups import takes_of_people
from onelook.data.layouts.folders.levels import lone_folders
from onelook.data.layouts.folders.tree import FoundPart
from onelook.data.layouts.label_from import FolderLevel
from onelook.data.layouts.question import Choice, ask_which, classes_in_words
from onelook.data.part_names import PART_ORDER, names_a_sample, part_of, parts_among
from onelook.data.person_names import PERSON
from onelook.data.share_names import names_a_share, number_shares
from onelook.errors import ConfigError
from onelook.wording import counted, listed

_FEWEST_SETS = 2
_FEWEST_CLASSES = 2
_MOST_SHOWN = 6  # paths in a question


@dataclass(frozen=True)
class SetsWithParts:
    """Data sets in the first folders of a tree, each with a training part and another one above class folders.

    Attributes:
        base: the folders that contain all sets, with a slash at the end.
        folders: the sets in order, by the folder that holds the parts, without the base.
        part_of: the part of each picture.
        path_of: the set and the folders below the part of each picture.
    """

    base: str
    folders: Sequence[str]
    part_of: Mapping[str, str]
    path_of: Mapping[str, Sequence[str]]

    @cached_property
    def classes(self) -> Mapping[str, Sequence[str]]:
        """The class of each picture in each set, by the folders below the parts."""
        found: dict[str, list[str]] = {folder: [] for folder in self.folders}
        for name, (folder, *inner) in self.path_of.items():
            if name in self.part_of:
                found[folder].append("/".join(inner))
        return found

    def arranged(self, level: FolderLevel) -> tuple[dict[str, FoundPart], list[str]]:
        """Return the parts of all sets together, with the folder of this level as the class; and other pictures.

        The whole path is the set with the folders below its part; a number counts all folders, that of the part too.
        """
        by_part: dict[str, tuple[list[str], list[str]]] = {}
        others = []
        for name, path in self.path_of.items():
            part = self.part_of.get(name)
            folders = path if level.which == "path" else name[len(self.base) :].split("/")[:-1]
            found = level.class_of(folders)
            if part is None or found is None:
                others.append(name)
                continue
            names, classes = by_part.setdefault(part, ([], []))
            names.append(name)
            classes.append(found)
        return {part: FoundPart(*by_part[part]) for part in PART_ORDER if part in by_part}, others

    def question(self, root: Path, place: str, *, is_archive: bool) -> ConfigError:
        """Return the question which of the sets to take.

        Args:
            root: the path of the data, for the question.
            place: the path of the folder in which the sets are.
            is_archive: the sets have no path of their own.
        """
        shown = listed((f"{folder}/" for folder in self.folders), last="and")
        said = f"{root}: {shown} hold class folders in parts of their own each, so they seem to be several data sets."
        ways = [
            Choice(
                quote(f"{place}/{folder}"),
                f"this path alone, {counted(len(classes), 'picture')}: {classes_in_words(classes)}",
            )
            for folder, classes in ([] if is_archive else [*self.classes.items()][:_MOST_SHOWN])
        ]
        if is_archive:
            said += " To take one of them alone, unpack the archive, and give the folder."
        elif len(self.folders) > _MOST_SHOWN:
            said += f" {len(self.folders) - _MOST_SHOWN} more can be given by their paths too."
        levels = [(FolderLevel("path"), "each with the name of its set"), (FolderLevel(1), "the sets themselves")]
        sets = [{*classes} for classes in self.classes.values()]
        if all(not found.isdisjoint(sets[0]) for found in sets) and (depth := self._depth_of_classes) is not None:
            levels.insert(0, (depth, "of all these sets together"))
        for level, meaning in levels:
            parts, _ = self.arranged(level)
            ways.append(Choice(level.flag, f"{classes_in_words(_classes_of(parts))}, {meaning}; the parts are kept"))
        return ask_which(said, ways)

    @property
    def _depth_of_classes(self) -> FolderLevel | None:
        """The folder of the classes, if it is at one depth in all sets."""
        depths = {name.count("/", len(self.base)) for name in self.part_of}
        return FolderLevel(*depths) if len(depths) == 1 else None


def find_sets_with_parts(tops: Mapping[str, Sequence[str]], base: str) -> SetsWithParts | None:
    """Return the data sets in the first folders; None if these are no sets with parts and class folders.

    Pictures directly in `cat/train/`, or in one folder there, are of the class `cat`. Folds share the same pictures.

    Args:
        tops: the pictures by the first folder below the base; "" has those in no folder.
        base: the folders that contain all pictures, with a slash at the end.
    """
    deep = [top for top, names in tops.items() if min(_depths(names, f"{base}{top}/")) > 1]
    if len(deep) < _FEWEST_SETS or number_shares(tops) or parts_among(tops):
        return None
    folders: list[str] = []
    of_picture: dict[str, str] = {}
    path_of: dict[str, Sequence[str]] = {}
    for top, names in tops.items():
        found = _parts_of_set(names, f"{base}{top}/") if top else None
        if found is None:
            if any(name.count("/", len(base)) > 1 for name in names):
                return None
            path_of |= dict.fromkeys(names, (top,))
            continue
        root, parts = found
        folder = root[len(base) : -1]
        folders.append(folder)
        for name in names:
            first, *inner = name[len(root) :].split("/")[:-1]
            path_of[name] = (folder, *inner)
            if first in parts and inner:
                of_picture[name] = parts[first]
    is_found = len(folders) >= _FEWEST_SETS and len({*of_picture.values()}) > 1
    return SetsWithParts(base, folders, of_picture, path_of) if is_found else None


def lone_set_with_parts(tops: Mapping[str, Sequence[str]], base: str) -> tuple[str, list[str]] | None:
    """Return the one set with parts and class folders, and its classes, where the folders beside it have none; or None.

    The folders of people to recognise beside `classification/train/n000002/` are for another task.

    Args:
        tops: the pictures by the first folder below the base; "" has those in no folder.
        base: the folders that contain all pictures, with a slash at the end.
    """
    if len(tops) < _FEWEST_SETS or number_shares(tops) or parts_among(tops):
        return None
    found = {top: set_ for top, names in tops.items() if top and (set_ := _parts_of_set(names, f"{base}{top}/"))}
    if len(found) != 1:
        return None
    ((top, (root, parts)),) = found.items()
    inside = [name[len(root) :].split("/")[:-1] for name in tops[top]]
    classes = [each[1] for each in inside if len(each) > 1 and each[0] in parts]
    beside = {name.split("/")[-2] for other, names in tops.items() if other != top for name in names}
    return (root[len(base) : -1], classes) if beside.isdisjoint(classes) else None


def _parts_of_set(names: Sequence[str], path: str) -> tuple[str, Mapping[str, str]] | None:
    """Return the folder that holds the parts of one set, and these, if class folders are in them; else None."""
    if min(_depths(names, path)) < 2:
        return None
    first = names[0][len(path) :].split("/")[:-1]
    alone = lone_folders([name[len(path) :].split("/")[:-1] for name in names])
    alone = next((depth for depth in range(alone) if part_of(first[depth])), alone)  # a set may have one part alone
    root = path + "".join(f"{folder}/" for folder in first[:alone])
    below = {name[len(root) :].rpartition("/")[0] for name in names}
    firsts = {folder.partition("/")[0] for folder in below}
    parts = parts_among(firsts)
    are_parts = parts.keys() >= {folder for folder in firsts if not names_a_sample(folder)}
    if not are_parts or "train" not in parts.values():
        return None
    return (root, parts) if _hold_classes(below, parts, root, path) else None


def _depths(names: Sequence[str], path: str) -> tuple[int, int]:
    """Return how many folders the first and the last of these pictures lie in, which is enough for a quick look."""
    return names[0].count("/", len(path)), names[-1].count("/", len(path))


def _hold_classes(below: Collection[str], parts: Mapping[str, str], root: str, path: str) -> bool:
    """Return whether the folders in the parts of one set may be classes: no shares, persons or takes.

    Args:
        below: the folders of the pictures, below the one that holds the parts.
        parts: the part that each of the first of these folders means.
        root: the folder that holds the parts, with a slash at the end.
        path: the first folder of the set, with a slash at the end.
    """
    inside = [(part, inner.partition("/")[0]) for each in below for part, _, inner in [each.partition("/")] if inner]
    classes = {folder for _, folder in inside}
    of_train = {folder for part, folder in inside if parts.get(part) == "train"}
    if min(len(classes), len(of_train)) < _FEWEST_CLASSES or number_shares(classes):
        return False
    top = path.rstrip("/").rpartition("/")[2].casefold()
    are_takes = all(folder.casefold().startswith(top) for folder in classes)  # `Archery/train/Archery_g01/`
    are_others = all(map(names_a_share, classes)) or all(map(PERSON.fullmatch, classes))
    return not (are_takes or are_others or takes_of_people([f"{root}{each}/" for each in below], root, FolderLevel(2)))


def _classes_of(parts: Mapping[str, FoundPart]) -> list[str]:
    return [name for part in parts.values() for name in part.classes or ()]
