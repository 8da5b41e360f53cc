"""Questions to the user about folders that may be the classes, and notes on them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from shlex import quote

from onelook.data.layouts.folders.patterns.by_pattern import crossing_digits, crossing_ways, names_in_each_folder
from onelook.data.layouts.folders.sorted_folder import FIRST, SortedFolder
from onelook.data.layouts.folders.tree import PictureTree
from onelook.data.layouts.label_from import FolderLevel, NamePattern
from onelook.data.layouts.question import Choice, ask_which, classes_in_words
from onelook.data.part_names import part_and_rest
from onelook.data.person_names import are_called_after_persons
from onelook.data.storage.location import Location
from onelook.errors import ConfigError
from onelook.wording import agree, counted, named

_FEWEST_FACTS = 2  # in the names of persons' pictures; a single one may be a pose
_MOST_WAYS = 3  # to read labels from names, in notes
_NUMBERED_THING = re.compile(r"(?P<word>[^\d/]*[^\W\d_])[\W_]*(?P<number>\d+)")  # `apple1`, `NORMAL15`
_FEWEST_OF_KIND = 2  # numbered things of each kind, and kinds
_FEWEST_LETTERS = 3  # of a word; `AF01` and `AM01` are codes of persons
_DATE_OR_LONG_NUMBER = re.compile(r"\d{6,}|\d{4}[-_]\d{2}[-_]\d{2}")


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
    """Return a note if every class is called after a person, who may be no class but a group."""
    distinct = list(dict.fromkeys(classes))
    if not are_called_after_persons(distinct):
        return []
    return [
        f"The classes are called after persons, such as {named(distinct[:2])}. If something else is to be learnt, list "
        "the pictures in a table with their labels, and the persons in a column 'patient': they stay together."
    ]


def refuse_folders_of_things(location: Location, tree: PictureTree, folders: Sequence[str]) -> None:
    """Ask if folders are called after persons, numbered things or dates, and something else may be the class.

    Raises:
        ConfigError: they are, and it may be.
    """
    if are_called_after_persons(dict.fromkeys(folders)):
        _refuse_persons(location, tree, folders)
        return
    _refuse_numbered_things(location, tree, folders)
    _refuse_dated_folders(location, tree, folders)


def _refuse_persons(location: Location, tree: PictureTree, persons: Sequence[str]) -> None:
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


def _refuse_numbered_things(location: Location, tree: PictureTree, folders: Sequence[str]) -> None:
    """Ask if folders are counted anew for each of several words, as `apple1`, `apple2`, `cup1` and `cup2`.

    The words are then hardly parts of class names, but the classes, and a folder is a thing or a patient.

    Raises:
        ConfigError: they are.
    """
    matches = {folder: _NUMBERED_THING.fullmatch(folder) for folder in dict.fromkeys(folders)}
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for match in matches.values():
        if match is None or len(match["word"]) < _FEWEST_LETTERS:
            return
        numbers[match["word"]].append(int(match["number"]))
    are_several = len(numbers) >= _FEWEST_OF_KIND and min(map(len, numbers.values())) >= _FEWEST_OF_KIND
    first = min(map(min, numbers.values()))
    if not are_several or first > 1 or any(sorted(each) != _counted_from(first, each) for each in numbers.values()):
        return
    words = [match["word"] for folder in folders if (match := matches[folder])]
    pattern = NamePattern(rf"^{re.escape(tree.base)}(?P<group>(?P<label>[^\d/]*[^\W\d_])[\W_]*\d+)/")
    raise ask_which(
        f"{location.root}: the folders count each of {len(numbers)} words anew, such as {named([*matches][:2])}, so a "
        "word may be the class, and a folder a thing or a patient with several pictures.",
        [
            Choice(pattern.flag, f"{classes_in_words(words)}; the pictures in a folder stay together"),
            Choice(FIRST.flag, f"{classes_in_words(folders)}, the folders"),
        ],
    )


def _counted_from(first: int, numbers: Sequence[int]) -> list[int]:
    return list(range(first, first + len(numbers)))


def _refuse_dated_folders(location: Location, tree: PictureTree, folders: Sequence[str]) -> None:
    """Ask if folders differ in a date or a long number alone, and each holds the same words in names.

    In `S1A_20150823/Cargo_1.tif` and `S1A_20151124/Cargo_7.tif` a folder is a scene, and hardly a class.

    Raises:
        ConfigError: they do.
    """
    distinct = list(dict.fromkeys(folders))
    if len({_DATE_OR_LONG_NUMBER.sub("#", each) for each in distinct}) > 1 or len(distinct) < 2:
        return
    ways = [way for way in crossing_ways(tree) if all(label.isalpha() for label in set(way.labels))][:_MOST_WAYS]
    if not ways:
        return
    raise ask_which(
        f"{location.root}: the folders differ in a number alone, such as {named(distinct[:2])}, and the names of the "
        "pictures in each can be read as labels too.",
        [
            *(Choice(way.pattern.flag, f"{classes_in_words(way.labels)}, by the names") for way in ways),
            Choice(FIRST.flag, f"{classes_in_words(folders)}, the folders"),
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
        for way in (crossing_ways(tree) or crossing_digits(tree))[:_MOST_WAYS]
    ]


def note_outer(folder: SortedFolder, level: FolderLevel) -> list[str]:
    """Return a note if pictures that were left out lie in an outer folder, which may be a class beside another one."""
    outer = {name[len(folder.path) :].partition("/")[0] for name in folder.strays if "/" in name[len(folder.path) :]}
    if not outer or level != FolderLevel(2):
        return []
    it = agree(len(outer), "it", "them")
    return [f"If {named(sorted(outer))} and the folder beside {it} are the classes: {FIRST.flag}"]
