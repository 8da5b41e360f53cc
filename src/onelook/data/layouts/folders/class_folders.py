"""The layout `class-folders`: a folder for each class, with or without `train/`, `val/` and `test/` above."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from shlex import quote
from unicodedata import normalize

from onelook.data.dataset import Dataset
from onelook.data.layouts.folders.class_and_part import (
    arrange_by_class_and_part,
    classes_and_parts,
    why_class_and_part,
    without_repeated_parts,
)
from onelook.data.layouts.folders.cut_outs import STAY_TOGETHER, find_cut_outs
from onelook.data.layouts.folders.disjoint_parts import refuse_disjoint_parts
from onelook.data.layouts.folders.levels import (
    groups_by_folder,
    inner_parts,
    lone_folders,
    parts_in_paths,
    takes_of_people,
    why_level,
)
from onelook.data.layouts.folders.listed_classes import level_or_listed
from onelook.data.layouts.folders.matched_classes import with_matched_classes
from onelook.data.layouts.folders.one_thing import are_bands
from onelook.data.layouts.folders.patterns.by_pattern import crossing_ways
from onelook.data.layouts.folders.sets_with_parts import SetsWithParts, find_sets_with_parts
from onelook.data.layouts.folders.shares import note_on_numbers, notes_on_shares, only_share_out
from onelook.data.layouts.folders.tree import (
    Arrangement,
    FoundPart,
    PictureTree,
    does_not_fit,
    part_folders,
    picture_dataset,
    read_tree,
)
from onelook.data.layouts.label_from import FolderLevel
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.question import Choice, ask_which, classes_in_words
from onelook.data.part_names import (
    are_numbered,
    names_a_share,
    names_to_predict,
    names_unsorted,
    number_shares,
    part_and_rest,
    part_of,
)
from onelook.data.person_names import are_called_after_persons
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.runtime import command_name
from onelook.wording import agree, counted, listed, named

_FIRST = FolderLevel(1)
_FEWEST_FACTS = 2  # in the names of persons' pictures; a single one may be a pose
_MOST_WAYS = 3  # to read labels from names, in notes
_EXPECTED = "<root>/<class>/<picture> with two classes or more, or <root>/train/<class>/<picture>"


class ClassFolders:
    """The layout `class-folders`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why folders are the classes; None if the pictures are not in such folders."""
        why = location.once(_why)
        return None if why is None else Candidate(why, LabelSource.FOLDERS)

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set; its class names are those of the folders, in natural order, over all parts.

        Raises:
            DataError: the pictures, or those in `val/`, are not in class folders.
            ConfigError: they are two folders deep, and either folder may be the class.
        """
        tree = read_tree(location)
        why = location.once(_why) or _why_insisted(tree)
        if why is None:
            raise does_not_fit(location, tree, _EXPECTED)
        asked = options.label_from if isinstance(options.label_from, FolderLevel) else None
        if asked is None and (named := classes_and_parts(tree)):
            found = arrange_by_class_and_part(tree, named)
        else:
            found = _parted(location, tree, why, asked) if _is_parted(tree) else _unparted(location, tree, why, asked)
        return picture_dataset(location, "class-folders", tree, found)


@dataclass(frozen=True)
class _Folder:
    """The pictures below one folder, by its class folders."""

    path: str  # with a slash at its end
    names: Sequence[str]  # the pictures in class folders, in order
    classes: Sequence[str]  # the class of each of these pictures
    strays: Sequence[str]  # the pictures outside of class folders


def _why(location: Location) -> str | None:
    tree = read_tree(location)
    return None if are_bands(tree) or only_share_out(tree) else _why_insisted(tree)


def _why_insisted(tree: PictureTree) -> str | None:
    """Return why folders can be the classes, if the user says so."""
    if named := classes_and_parts(tree):
        return why_class_and_part(named)
    if _is_parted(tree):
        tops = [f"{top}/" for tops in part_folders(tree).values() for top in tops]
        told = f"{listed(tops, most=len(tops))} {agree(len(tops), 'stands', 'stand')} above folders of pictures"
        return None if _has_one_class(tree) else told
    whole = _sorted_into_classes(tree.names, tree.base)
    classes = list(dict.fromkeys(whole.classes))
    if all(name in tree.parts for name in classes) or _holds_loose_parts(tree) or len(whole.strays) > len(whole.names):
        return None
    # One full folder beside empty ones is one class; the others are classes without pictures yet.
    if len(classes) == 1 and (whole.strays or not tree.bare_below(tree.base)):
        return None
    return _why_classes(classes)


def _holds_loose_parts(tree: PictureTree) -> bool:
    """Return whether pictures lie loose in a training part, another part and more, as in persons' `query/`.

    Then no folder is a class, whatever the others are called.
    """
    parts = tree.parts
    loose = {
        parts[top] for top in parts if all("/" not in name[len(tree.base) + len(top) + 1 :] for name in tree.tops[top])
    }
    return "train" in loose and len(loose) > 1


def _why_classes(classes: Sequence[str]) -> str:
    return f"it holds {counted(len(set(classes)), 'folder')} of pictures, each taken for a class"


def _has_one_class(tree: PictureTree) -> bool:
    """Return whether all parts hold the same lone folder, as `train/images/` and `val/images/`: it is no class.

    Beside empty folders it is a class, and the others wait for pictures, unless it is called as no class is. If it
    holds several folders, these may be the classes.
    """
    folders = [_part_folder(tree, top) for tops in part_folders(tree).values() for top in tops]
    classes = {name for folder in folders for name in folder.classes}
    return (
        len(classes) == 1
        and not any(_holds_folders(folder) for folder in folders)
        and (
            names_a_share(next(iter(classes)))
            or not any(tree.empty_below(folder.path) or folder.strays for folder in folders)
        )
    )


def _holds_folders(folder: _Folder) -> bool:
    """Return whether the pictures lie in several folders further down."""
    inside = {name[len(folder.path) :].rpartition("/")[0] for name in folder.names}
    return len(inside) > 1


def _is_parted(tree: PictureTree) -> bool:
    """Return whether folders such as `train/` are above class folders.

    A class may be called `train` (pictures of trains): a single such folder among others counts as a part only if it
    contains only folders, and at least two.
    """
    tops = tree.tops
    parts = part_folders(tree)
    above_classes = [
        folder
        for part in ("train", "val")
        for top in parts.get(part, ())
        if (folder := _part_folder(tree, top)) and folder.names
    ]
    if not above_classes:
        return False
    if len(parts) > 1 or {top for found in parts.values() for top in found} == set(tops):
        return True
    return all(len(set(folder.classes)) > 1 and not folder.strays for folder in above_classes)


def _unparted(location: Location, tree: PictureTree, why: str, asked: FolderLevel | None) -> Arrangement:
    if asked is None and (question := _one_of(location, tree)) is not None:
        raise question
    if (sets := find_sets_with_parts(tree.tops, tree.base)) is not None:
        return _of_sets(location, tree, sets, asked)
    if asked != _FIRST and (test := _loose_test(tree)):
        return _beside_a_test(location, tree, test, asked)
    inner = inner_parts(tree.names, tree.base) if asked is None else {}
    if inner:
        parts = {part: _sorted_into_classes(names, tree.base) for part, names in inner.items()}
        found = {part: FoundPart(folder.names, folder.classes) for part, folder in parts.items()}
        strays = [name for name in tree.names if name not in {each for names in inner.values() for each in names}]
        depth = tree.base.count("/") + 1
        folders = dict.fromkeys(names[0].split("/")[depth] for names in inner.values())
        told = f"{why}; {listed((f'{folder}/' for folder in folders), last='and')} in each are the parts"
        whole = _Folder(tree.base, (), (), strays)
        return Arrangement(found, told, _note_strays(whole), _set_aside(whole))
    level, of_lists = (asked, []) if asked else level_or_listed(location, tree.names, tree.base)
    _refuse_takes(location, tree.names, tree.base, None if asked else level)
    whole = _sorted_into_classes(tree.names, tree.base, level)
    if not whole.names:
        raise _too_shallow(location, level, tree.names)
    if asked is None and level == _FIRST and are_called_after_persons(dict.fromkeys(whole.classes)):
        _refuse_persons(location, tree, whole.classes)
    if asked is not None or level != _FIRST:
        why = _why_classes(whole.classes) if level == _FIRST else why_level(level, whole.classes)
    part, of_groups = _with_groups(whole, level, is_all=True)
    notes = [*of_lists, *_note_strays(whole), *_note_bare(tree, tree.base), *_note_deeper(whole, level), *of_groups]
    notes.extend([*_note_people(whole.classes), *note_on_numbers(tree), *_note_on_names(tree)])
    if asked is None and level != _FIRST:
        notes.extend([*notes_on_shares(tree), *_note_outer(whole, level)])
    if level != _FIRST and (unused := parts_in_paths(tree.names, tree.base)):
        notes.append(
            f"The folders {listed(f'{folder}/' for folder in unused)} are not taken for parts: give the pictures to "
            "train on as the data, and others with --val or --test."
        )
    return Arrangement({"all": part}, why, notes, _set_aside(whole))


def _of_sets(location: Location, tree: PictureTree, sets: SetsWithParts, asked: FolderLevel | None) -> Arrangement:
    """Arrange several data sets, each with parts of its own, as the user asks.

    Raises:
        ConfigError: the user has not said which of them to take, or which folder is the class.
        DataError: no picture lies in so many folders.
    """
    if asked is None:
        raise sets.question(location.root, _place_of(location, tree), is_archive=bool(location.suffix))
    parts, others = sets.arranged(asked)
    if not parts:
        raise _too_shallow(location, asked, tree.names)
    classes = [name for part in parts.values() for name in part.classes or ()]
    why = _why_classes(classes) if asked == _FIRST else why_level(asked, classes)
    shown = listed((f"{folder}/" for folder in sets.folders), last="and")
    whole = _Folder(tree.base, (), (), others)
    note = f"The parts of {shown} are taken together."
    return Arrangement(parts, why, [note, *_note_strays(whole)], _set_aside(whole))


def _one_of(location: Location, tree: PictureTree) -> ConfigError | None:
    """Return the question which of several folders to take, each with class folders; None if they are no such folders.

    They hold versions of the same pictures, or folds with parts of their own.
    """
    if tree.versions is not None and not tree.versions.are_flat:
        said = f"{tree.versions.told.replace('The', 'the', 1)}, and should be no classes."
        return _ask_folder(location, tree, tree.versions.folders, said)
    if number_shares(tree.tops) and parts_in_paths(tree.names, tree.base):
        shown = listed((f"{top}/" for top in tree.tops), last="and")
        return _ask_folder(
            location, tree, [*tree.tops], f"{shown} hold a share of the pictures each, in several parts."
        )
    return None


def _refuse_takes(location: Location, names: Sequence[str], path: str, level: FolderLevel | None) -> None:
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
    folder = _sorted_into_classes(names, path, level)
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


def _ask_folder(location: Location, tree: PictureTree, folders: Sequence[str], said: str) -> ConfigError:
    place = _place_of(location, tree)
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
    ways.append(Choice(_FIRST.flag, f"{classes_in_words(tops)}, these folders themselves"))
    return ask_which(f"{location.root}: {said}", ways)


def _place_of(location: Location, tree: PictureTree) -> str:
    """Return the path of the folder that contains all pictures."""
    return "/".join(filter(None, (str(location.root), location.wrapping, tree.base.rstrip("/"))))


def _loose_test(tree: PictureTree) -> str | None:
    """Return the one folder `Test` or `pred` of loose pictures beside class folders; None if there is none."""
    tops = [top for top in tree.tops if tree.parts.get(top) == "test" or names_to_predict(top)]
    tops = tops or _tests_beside_sets(tree)
    if len(tops) != 1 or not tree.parts.keys() <= {*tops} or len(tree.tops) < 3:
        return None
    depth = tree.base.count("/") + 1
    others = [name for top, names in tree.tops.items() if top != tops[0] for name in names]
    inside = {each for name in tree.tops[tops[0]] for each in name.split("/")[depth:-1]} - {tops[0]}
    is_loose = not inside or (names_unsorted(tops[0]) and inside.isdisjoint(tree.tops))
    return tops[0] if is_loose and all(name.count("/") >= depth for name in others) else None


def _tests_beside_sets(tree: PictureTree) -> list[str]:
    """Return the folders with a word for a test beside folders that hold the same classes, as `crops/rice/` does."""
    tests = [top for top in tree.tops if part_and_rest(top)[0] == "test"]
    if not tests or "" in tree.tops:
        return []
    others = [{name.split("/")[-2] for name in names} for top, names in tree.tops.items() if top not in tests]
    are_alike = len(others) > 1 and all(len(found) > 1 and found == others[0] for found in others)
    return tests if are_alike else []


def _beside_a_test(location: Location, tree: PictureTree, test: str, asked: FolderLevel | None) -> Arrangement:
    """Arrange class folders and, beside them, a folder of pictures to predict."""
    names = [name for top, of_top in tree.tops.items() if top != test for name in of_top]
    level, of_lists = (asked, []) if asked else level_or_listed(location, names, tree.base)
    folder = _sorted_into_classes(names, tree.base, level)
    if not folder.names:
        raise _too_shallow(location, level, names)
    part, of_groups = _with_groups(folder, level)
    note = (
        f"The pictures in {tree.base}{test}/ lie beside class folders: they are taken for pictures to predict. If "
        f"'{test}' is a class, {_FIRST.flag} says so."
    )
    why = f"{counted(len(set(folder.classes)), 'folder')} of pictures, each taken for a class, stand beside {test}/"
    parts = {"train": part, "test": FoundPart(tree.tops[test], None)}
    said = [note, *of_lists, *_note_strays(folder), *_note_deeper(folder, level), *of_groups]
    return Arrangement(parts, why, said, _set_aside(folder))


def _with_groups(folder: _Folder, level: FolderLevel, *, is_all: bool = False) -> tuple[FoundPart, list[str]]:
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


def _note_people(classes: Sequence[str]) -> list[str]:
    """Return a note if every class folder is called after a person, who may be no class but a group."""
    distinct = list(dict.fromkeys(classes))
    if not are_called_after_persons(distinct):
        return []
    return [
        f"The classes are called after persons, such as {named(distinct[:2])}. If something else is to be learnt, list "
        "the pictures in a table with their labels, and the persons in a column 'patient': they stay together."
    ]


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
            Choice(_FIRST.flag, f"{classes_in_words(persons)}, the persons"),
        ],
    )


def _note_on_names(tree: PictureTree) -> list[str]:
    """Return a note for each way to read labels from file names of which every folder holds every label."""
    return [
        f"The file names can be read as labels too, {classes_in_words(way.labels)}, each of them in every folder. "
        f"If these are the classes: {way.pattern.flag}"
        for way in crossing_ways(tree)[:_MOST_WAYS]
    ]


def _parted(location: Location, tree: PictureTree, why: str, asked: FolderLevel | None) -> Arrangement:
    parts: dict[str, FoundPart] = {}
    notes: list[str] = []
    set_aside: dict[str, str] = {}
    known: set[str] = set()
    level, alone = asked, 0
    for part, tops in part_folders(tree).items():
        if len(tops) > 1 and part != "test" and not are_numbered(tops):
            raise DataError(
                f"{location.root}: {listed(f'{top}/' for top in tops)} would both be the part '{part}'. "
                "Expected one of them: rename or move the other."
            )
        folder = _part_folder(tree, tops[0])
        # The first part, which is the training part, decides for all.
        if level is None:
            in_others = partial(_folders_of_others, tree, tops[0])
            level, of_lists = level_or_listed(location, tree.tops[tops[0]], folder.path, in_others)
            notes.extend(of_lists)
        _refuse_takes(location, tree.tops[tops[0]], folder.path, None if asked or parts else level)
        if not parts:
            alone = lone_folders([name[len(folder.path) :].split("/")[:-1] for name in folder.names])
        folders = [_sorted_into_classes(tree.tops[top], _part_folder(tree, top).path, level, alone) for top in tops]
        shown = listed((each.path for each in folders), last="and")
        if len(tops) > 1:
            _refuse_mixed(location, part, folders, known)
            together = listed((f"{top}/" for top in tops), last="and")
            notes.append(f"The folders {together} are the part '{part}' together.")
        strays = [name for each in folders for name in each.strays]
        has_classes = any(each.names for each in folders)
        if part != "test" and not has_classes and level != _FIRST:
            raise _too_shallow(location, level, strays)
        if part == "val" and not has_classes:
            raise DataError(
                f"{location.root}: the pictures in {shown} ({len(strays):,}) lie in no class folders. "
                f"Expected {folder.path}<class>/<picture>."
            )
        if part == "test" and _is_unlabelled(folders[0], known):
            parts[part] = FoundPart([name for top in tops for name in tree.tops[top]], None)
            notes.append(f"The pictures in {shown} lie in no class folders: they are unlabelled.")
        else:
            found_parts = [_with_groups(each, level) for each in folders]
            parts[part] = _joined([each for each, _ in found_parts])
            notes.extend(dict.fromkeys(note for _, of_groups in found_parts for note in of_groups))
            for each in folders:
                known |= set(each.classes)
                notes.extend([*_note_strays(each), *_note_bare(tree, each.path), *_note_deeper(each, level)])
                set_aside |= _set_aside(each)
    found, of_names = without_repeated_parts(parts)
    found, of_others = (found, []) if asked else with_matched_classes(found, level or _FIRST)
    refuse_disjoint_parts(location, found, level or _FIRST, asked)
    notes.extend([*of_names, *of_others])
    said_of_others, others = _beside_parts(tree, known)
    set_aside |= others
    notes.extend([*said_of_others, *_note_bare(tree, tree.base)])
    if list(found) == ["train"]:
        found = {"all": found["train"]}
    if level is not None and level != _FIRST:
        why = f"{why}; {why_level(level, [each for part in found.values() for each in part.classes or ()])}"
    return Arrangement(found, why, notes, set_aside)


def _beside_parts(tree: PictureTree, classes: Collection[str]) -> tuple[list[str], dict[str, str]]:
    """Return the notes on pictures beside the parts, and why each of them is left out."""
    notes: list[str] = []
    set_aside: dict[str, str] = {}
    taken = {top for tops in part_folders(tree).values() for top in tops}
    for top, names in tree.tops.items():
        if top in taken:
            continue
        place = f"'{tree.base}{top}/'" if top else "no folder"
        verb = agree(len(names), "is", "are")
        what_now = _what_now(top, names, classes)
        said = f"{counted(len(names), 'picture')} in {place}, beside the parts, {verb} left out."
        notes.append(said + what_now if top else said)
        set_aside |= dict.fromkeys(names, f"it lies in {place}, beside the parts")
    return notes, set_aside


def _what_now(top: str, names: Sequence[str], classes: Collection[str]) -> str:
    """Return what to do with the pictures of a folder beside the parts.

    Args:
        top: the folder.
        names: its pictures.
        classes: the class folders of the parts.
    """
    found = {name.split("/")[-2] if name.count("/") > 1 else "" for name in names}
    if not found <= {*classes}:
        return f" To predict them, give that folder to `{command_name()} predict`."
    lie = f"They lie in {agree(len(found), 'the folder of a class', 'folders of the same classes')}"
    ways = [] if len(found) == 1 else [f"`{command_name()} evaluate` takes that folder"]
    if part_and_rest(top)[0] != "test":
        into = agree(len(found), "that", "those")
        ways.append(f"if they are no copies, put them into {into} of the training part to train on them too")
    return f" {lie}{': ' if ways else ''}{'; '.join(ways)}."


def _refuse_mixed(location: Location, part: str, folders: Sequence[_Folder], known: set[str]) -> None:
    """Refuse several folders of one part, of which some have class folders, and others have not.

    Raises:
        DataError: they are such folders.
    """
    if len({_is_unlabelled(folder, known) for folder in folders}) > 1:
        raise DataError(
            f"{location.root}: {listed((folder.path for folder in folders), last='and')} would be the part '{part}', "
            "and only some of them have class folders. Expected one of them: rename or move the others."
        )


def _folders_of_others(tree: PictureTree, top: str) -> list[list[list[str]]]:
    """Return the folders of each picture in each other folder of a part."""
    others = [each for tops in part_folders(tree).values() for each in tops if each != top]
    paths = {each: _part_folder(tree, each).path for each in others}
    return [[name[len(paths[each]) :].split("/")[:-1] for name in tree.tops[each]] for each in others]


def _joined(parts: Sequence[FoundPart]) -> FoundPart:
    """Return the pictures of several folders of one part as one; a group may have pictures in more than one of them."""
    groups = [
        group for part in parts for group in (part.groups if part.groups is not None else [None] * len(part.names))
    ]
    return FoundPart(
        [name for part in parts for name in part.names],
        [name for part in parts for name in part.classes or ()],
        groups if any(group is not None for group in groups) else None,
    )


def _part_folder(tree: PictureTree, top: str) -> _Folder:
    names, path = tree.tops[top], f"{tree.base}{top}/"
    # Some archives unpack into a folder of their own name: train/train/cat/1.jpg.
    while all(name[len(path) :].partition("/")[:2] == (top, "/") for name in names):
        path += f"{top}/"
    # Others call the folder inside `train_v2/` after the part alone.
    inner = names[0][len(path) :].partition("/")[0]
    if part_of(inner) == tree.parts.get(top) is not None and all(name.startswith(f"{path}{inner}/") for name in names):
        path += f"{inner}/"
    return _sorted_into_classes(names, path)


def _sorted_into_classes(names: Sequence[str], path: str, level: FolderLevel = _FIRST, alone: int = 0) -> _Folder:
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
    return _Folder(path, inside, classes, strays)


def _is_unlabelled(test: _Folder, known: set[str]) -> bool:
    """Return whether test pictures have no classes: they are loose, or in one other folder (`test/unknown/`)."""
    classes = set(test.classes)
    return not classes or (len(classes) == 1 and not test.strays and bool(known) and not classes & known)


def _set_aside(folder: _Folder) -> dict[str, str]:
    return dict.fromkeys(folder.strays, "it lies in no class folder")


def _too_shallow(location: Location, level: FolderLevel, names: Sequence[str]) -> DataError:
    return DataError(
        f"{location.root}: {level.flag}, and no picture lies in so many folders, such as "
        f"{named(names[:3])}. Expected a smaller number: folder:1 is the outermost."
    )


def _note_deeper(folder: _Folder, level: FolderLevel) -> list[str]:
    """Return a note if pictures are in folders below the class folders."""
    if not isinstance(level.which, int):
        return []
    deeper = [name for name in folder.names if name.count("/", len(folder.path)) > level.which]
    if not deeper:
        return []
    verb = agree(len(deeper), "lies", "lie")
    return [f"{counted(len(deeper), 'picture')} {verb} in folders below the class folder, as {named(deeper[:1])}."]


def _note_strays(folder: _Folder) -> list[str]:
    if not folder.strays:
        return []
    verb = agree(len(folder.strays), "lies", "lie")
    return [f"{counted(len(folder.strays), 'picture')} that {verb} in no class folder ignored: {named(folder.strays)}."]


def _note_outer(folder: _Folder, level: FolderLevel) -> list[str]:
    """Return a note if pictures that were left out lie in an outer folder, which may be a class beside another one."""
    outer = {name[len(folder.path) :].partition("/")[0] for name in folder.strays if "/" in name[len(folder.path) :]}
    if not outer or level != FolderLevel(2):
        return []
    it = agree(len(outer), "it", "them")
    return [f"If {named(sorted(outer))} and the folder beside {it} are the classes: {_FIRST.flag}"]


def _note_bare(tree: PictureTree, path: str) -> list[str]:
    bare = tree.bare_below(path)
    if not bare:
        return []
    return [f"{counted(len(bare), 'folder')} without pictures, and so no class: {named(bare)}."]
