"""The pictures below one folder, sorted by their class folder, with the groups and notes that come of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import normalize

from onelook.data.layouts.folders.cut_outs import STAY_TOGETHER, find_cut_outs
from onelook.data.layouts.folders.folder_groups import groups_by_folder, takes_of_people
from onelook.data.layouts.folders.tree import FoundPart, PictureTree
from onelook.data.layouts.label_from import FolderLevel
from onelook.data.layouts.question import Choice, ask_which, classes_in_words
from onelook.data.part_names import names_outputs, part_of
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import agree, counted, named

FIRST = FolderLevel(1)
_TIMES_FEWER = 4  # pictures than in the smallest other class


@dataclass(frozen=True)
class SortedFolder:
    """The pictures below one folder, by its class folders."""

    path: str  # with a slash at its end
    names: Sequence[str]  # the pictures in class folders, in order
    classes: Sequence[str]  # the class of each of these pictures
    strays: Sequence[str]  # the pictures outside of class folders


def part_folder(tree: PictureTree, top: str) -> SortedFolder:
    """Return the pictures of a folder that is called after a part, behind the folders that only wrap them."""
    names, path = tree.tops[top], f"{tree.base}{top}/"
    # Some archives unpack into a folder of their own name: train/train/cat/1.jpg.
    while all(name[len(path) :].partition("/")[:2] == (top, "/") for name in names):
        path += f"{top}/"
    # Others call the folder inside `train_v2/` after the part alone.
    inner = names[0][len(path) :].partition("/")[0]
    if part_of(inner) == tree.parts.get(top) is not None and all(name.startswith(f"{path}{inner}/") for name in names):
        path += f"{inner}/"
    return sort_into_classes(names, path)


def sort_into_classes(names: Sequence[str], path: str, level: FolderLevel = FIRST, alone: int = 0) -> SortedFolder:
    """Return the pictures by their class folder; whole paths begin behind the outer folders that hold all pictures."""
    inside, classes, strays = [], [], []
    for name in names:
        folders = name[len(path) :].split("/")[:-1]
        found = level.class_of(folders[alone:] if level.which == "path" else folders)
        if found is None:
            strays.append(name)
            continue
        inside.append(name)
        # Other systems may spell a folder with other characters: é as e and an accent.
        classes.append(found if found.isascii() else normalize("NFC", found))
    return SortedFolder(path, inside, classes, strays)


def with_groups(folder: SortedFolder, level: FolderLevel, *, is_all: bool = False) -> tuple[FoundPart, list[str]]:
    """Return the pictures of a folder with notes; they have groups if folders are persons, takes or cut-outs."""
    found = groups_by_folder(folder.names, folder.path, level)
    on_both_kinds: list[str] = []
    if (cut_outs := find_cut_outs(folder.names, folder.classes, folder.path)) is not None:
        alone = cut_outs.note_on_these_alone(folder.names, folder.classes) if is_all else []
        on_both_kinds = [cut_outs.note(), *alone]
        if found is None:
            groups = cut_outs.groups(folder.names)
            return FoundPart(folder.names, folder.classes, groups), [*on_both_kinds, STAY_TOGETHER]
    if found is None:
        return FoundPart(folder.names, folder.classes), []
    of_folders, what = found
    examples = list(dict.fromkeys(each for each in of_folders if each is not None))
    note = (
        f"{counted(len(examples), 'folder')} such as {named(examples[:1])}: each is taken for one {what}, and its "
        "pictures stay together on one side of the split; --no-groups ignores it."
    )
    return FoundPart(folder.names, folder.classes, of_folders), [*on_both_kinds, note]


def refuse_takes(location: Location, names: Sequence[str], path: str, level: FolderLevel | None) -> None:
    """Ask if the folders that would be the classes seem to be the takes of each person.

    Args:
        location: the data.
        names: the names of the pictures.
        path: the folder below which folders are counted.
        level: the folder that is the class; None if the user named it.

    Raises:
        ConfigError: they do.
    """
    takes = takes_of_people(names, path, level) if level is not None else ()
    if level is None or not takes:
        return
    folder = sort_into_classes(names, path, level)
    texts = [entry for entry in location.entries() if entry.lower().endswith(".txt") and "/" in entry]
    beside = f" {counted(len(texts), 'text')} such as {texts[0]} may hold the labels." if texts else ""
    ways = [
        Choice(level.flag, f"{classes_in_words(folder.classes)}, if these folders are the classes all the same"),
        Choice("--layout picture-folder", "the pictures without labels"),
    ]
    raise ask_which(
        f"{location.root}: the folders {named([f'{take}/' for take in takes])} lie in a folder for each person, as in "
        f"{folder.names[0]}, so each seems to be a take of a person, and no class.{beside} To train, list the pictures "
        "in a table with their labels, as 'path,label'.",
        ways,
    )


def strays_aside(folder: SortedFolder) -> dict[str, str]:
    """Return why each picture outside of class folders is left out."""
    return dict.fromkeys(folder.strays, "it lies in no class folder")


def too_shallow(location: Location, level: FolderLevel, names: Sequence[str]) -> DataError:
    """Return the error for a folder that was asked for and lies deeper than any picture."""
    return DataError(
        f"{location.root}: {level.flag}, and no picture lies in so many folders, such as "
        f"{named(names[:3])}. Expected a smaller number: folder:1 is the outermost."
    )


def note_deeper(folder: SortedFolder, level: FolderLevel) -> list[str]:
    """Return a note if pictures are in folders below the class folders."""
    if not isinstance(level.which, int):
        return []
    deeper = [name for name in folder.names if name.count("/", len(folder.path)) > level.which]
    if not deeper:
        return []
    verb = agree(len(deeper), "lies", "lie")
    return [f"{counted(len(deeper), 'picture')} {verb} in folders below the class folder, as {named(deeper[:1])}."]


def note_strays(folder: SortedFolder) -> list[str]:
    """Return a note if pictures are outside of class folders."""
    if not folder.strays:
        return []
    verb = agree(len(folder.strays), "lies", "lie")
    return [f"{counted(len(folder.strays), 'picture')} that {verb} in no class folder ignored: {named(folder.strays)}."]


def note_bare(tree: PictureTree, path: str) -> list[str]:
    """Return a note if folders below `path` are empty."""
    bare = tree.bare_below(path)
    if not bare:
        return []
    return [f"{counted(len(bare), 'folder')} without pictures, and so no class: {named(bare)}."]


def note_outputs(classes: Sequence[str]) -> list[str]:
    """Return a note on classes of a few pictures that are called as what a program or a report writes, as `plots`."""
    counts = Counter(classes)
    outputs = [name for name in counts if names_outputs(name)]
    least = min((count for name, count in counts.items() if name not in outputs), default=0)
    few = [name for name in outputs if counts[name] * _TIMES_FEWER <= least]
    if not few:
        return []
    it, is_ = agree(len(few), "it", "them"), agree(len(few), "is a class", "are classes")
    return [
        f"{named(few)} {is_} here, called as what programs write, with "
        f"{counted(sum(counts[name] for name in few), 'picture')}. To learn without {it}, move {it} out of the folder."
    ]
