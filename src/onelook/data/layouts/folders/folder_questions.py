"""Questions to the user about folders that may be the classes, and notes on them."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote

from onelook.data.layouts.folders.patterns.by_pattern import crossing_ways, names_in_each_folder
from onelook.data.layouts.folders.sorted_folder import FIRST, SortedFolder
from onelook.data.layouts.folders.tree import PictureTree
from onelook.data.layouts.label_from import FolderLevel
from onelook.data.layouts.question import Choice, ask_which, classes_in_words
from onelook.data.part_names import part_and_rest
from onelook.data.person_names import are_called_after_persons
from onelook.data.storage.location import Location
from onelook.errors import ConfigError
from onelook.wording import agree, counted, named

_FEWEST_FACTS = 2  # in the names of persons' pictures; a single one may be a pose
_MOST_WAYS = 3  # to read labels from names, in notes


def place_of(location: Location, tree: PictureTree) -> str:
    """Return the path of the folder that contains all pictures."""
    return f"{location.place}/{tree.base}".rstrip("/")


def ask_which_folder(location: Location, tree: PictureTree, folders: Sequence[str], said: str) -> ConfigError:
    """Return the question which of several folders to take, all together, or the folders as the classes.

    Args:
        location: the location of the data.
        tree: its pictures.
        folders: the folders below the one that contains all pictures.
        said: what they hold, as the beginning of the question.
    """
    place = place_of(location, tree)
    ways = [
        Choice(quote(f"{place}/{folder}"), f"this path alone, {counted(len(tree.tops[folder]), 'picture')}")
        for folder in ([] if location.suffix else folders)
    ]
    if location.suffix:
        said = f"{said} To take one of them alone, unpack the archive, and give the folder."
    depths = {name.count("/", len(tree.base)) for name in tree.names}
    level = FolderLevel(*depths) if len(depths) == 1 else FolderLevel("last")
    classes = [name.split("/")[-2] for name in tree.names]
    tops = [top for top, names in tree.tops.items() for _ in names]
    ways.append(Choice(level.flag, f"{classes_in_words(classes)}, of all these folders together"))
    ways.append(Choice(FIRST.flag, f"{classes_in_words(tops)}, these folders themselves"))
    return ask_which(f"{location.root}: {said}", ways)


def ask_parts(location: Location, classes: Sequence[str]) -> ConfigError:
    """Return the question whether folders that are called after parts are classes."""
    distinct = list(dict.fromkeys(classes))
    of_parts = [name for name in distinct if part_and_rest(name)[0] is not None]
    who = f"the folders are called after parts, such as {named(of_parts[:2])}"
    if len(of_parts) < len(distinct):
        who = f"one of the two folders is called after a part, {named(of_parts)}"
    return ask_which(
        f"{location.root}: {who}, and the pictures in them lie in no class folders.",
        [
            Choice(FIRST.flag, f"{classes_in_words(classes)}, these folders"),
            Choice("--layout picture-folder", "the pictures without labels"),
        ],
    )


def note_people(classes: Sequence[str]) -> list[str]:
    """Return a note if every class folder is called after a person, who may be no class but a group."""
    distinct = list(dict.fromkeys(classes))
    if not are_called_after_persons(distinct):
        return []
    return [
        f"The classes are called after persons, such as {named(distinct[:2])}. If something else is to be learnt, list "
        "the pictures in a table with their labels, and the persons in a column 'patient': they stay together."
    ]


def refuse_persons(location: Location, tree: PictureTree, persons: Sequence[str]) -> None:
    """Ask if persons are the classes, or one of several facts in the names of their pictures.

    Raises:
        ConfigError: the names can be read as labels in several ways, and each label is in every folder.
    """
    ways = crossing_ways(tree)[:_MOST_WAYS]
    if len(ways) < _FEWEST_FACTS:
        return
    distinct = list(dict.fromkeys(persons))
    raise ask_which(
        f"{location.root}: the folders are called after persons, such as {named(distinct[:2])}, and the names of the "
        "pictures in each can be read as labels too.",
        [
            *(Choice(way.pattern.flag, f"{classes_in_words(way.labels)}, by the names") for way in ways),
            Choice(FIRST.flag, f"{classes_in_words(persons)}, the persons"),
        ],
    )


def refuse_same_names(location: Location, tree: PictureTree, folders: Sequence[str]) -> None:
    """Ask if the folders are the classes where all hold the same words as names, as one picture of each feeling.

    Raises:
        ConfigError: they do.
    """
    way = names_in_each_folder(tree)
    if way is None:
        return
    raise ask_which(
        f"{location.root}: all {len(tree.tops)} folders hold the same names, one picture of each, so a name may be the "
        "class, and a folder a person or a thing.",
        [
            Choice(way.pattern.flag, f"{classes_in_words(way.labels)}, by the names"),
            Choice(FIRST.flag, f"{classes_in_words(folders)}, the folders"),
        ],
    )


def note_on_names(tree: PictureTree) -> list[str]:
    """Return a note for each way to read labels from file names of which every folder holds every label."""
    return [
        f"The file names can be read as labels too, {classes_in_words(way.labels)}, each of them in every folder. "
        f"If these are the classes: {way.pattern.flag}"
        for way in crossing_ways(tree)[:_MOST_WAYS]
    ]


def note_outer(folder: SortedFolder, level: FolderLevel) -> list[str]:
    """Return a note if pictures that were left out lie in an outer folder, which may be a class beside another one."""
    outer = {name[len(folder.path) :].partition("/")[0] for name in folder.strays if "/" in name[len(folder.path) :]}
    if not outer or level != FolderLevel(2):
        return []
    it = agree(len(outer), "it", "them")
    return [f"If {named(sorted(outer))} and the folder beside {it} are the classes: {FIRST.flag}"]
