"""Arrange class folders below folders of parts: `train/cat/`, `test/cat/`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from onelook.data.layouts.folders.levels import lone_folders, why_level
from onelook.data.layouts.folders.listed_classes import level_or_listed
from onelook.data.layouts.folders.parts.class_and_part import without_repeated_parts
from onelook.data.layouts.folders.parts.disjoint_parts import refuse_disjoint_parts
from onelook.data.layouts.folders.parts.matched_classes import with_matched_classes
from onelook.data.layouts.folders.sorted_folder import (
    FIRST,
    SortedFolder,
    note_bare,
    note_deeper,
    note_strays,
    part_folder,
    refuse_takes,
    sort_into_classes,
    strays_aside,
    too_shallow,
    with_groups,
)
from onelook.data.layouts.folders.tree import Arrangement, FoundPart, PictureTree, part_folders
from onelook.data.layouts.folders.uneven_depth import note_inner
from onelook.data.layouts.label_from import FolderLevel
from onelook.data.part_names import are_numbered, part_and_rest
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.runtime import command_name
from onelook.wording import agree, counted, listed


def arrange_parts(location: Location, tree: PictureTree, why: str, asked: FolderLevel | None) -> Arrangement:
    """Arrange the pictures by the folders that are called after parts, and by the class folders in them.

    Args:
        location: the data.
        tree: its pictures.
        why: the reason for this layout.
        asked: the folder that is the class, if the user said so.

    Raises:
        DataError: two folders would be the same part, the training part has no class folders, or parts share no class.
        ConfigError: several folders may be the class.
    """
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
        folder = part_folder(tree, tops[0])
        # The first part, which is the training part, decides for all.
        if level is None:
            in_others = partial(_folders_of_others, tree, tops[0])
            level, of_lists = level_or_listed(location, tree.tops[tops[0]], folder.path, in_others)
            notes.extend(of_lists)
        refuse_takes(location, tree.tops[tops[0]], folder.path, None if asked or parts else level)
        if not parts:
            alone = lone_folders([name[len(folder.path) :].split("/")[:-1] for name in folder.names])
        folders = [sort_into_classes(tree.tops[top], part_folder(tree, top).path, level, alone) for top in tops]
        shown = listed((each.path for each in folders), last="and")
        if len(tops) > 1:
            _refuse_mixed(location, part, folders, known)
            notes.append(_told_together(part, tops))
        has_classes = any(each.names for each in folders)
        if part == "val" and not has_classes:  # a table may have their labels, as ImageNet's
            notes.append(f"The pictures in {shown} lie in no class folders: they cannot validate, and are left out.")
            set_aside |= {name: why for each in folders for name, why in strays_aside(each).items()}
            continue
        if part != "test" and not has_classes and level != FIRST:
            raise too_shallow(location, level, [name for each in folders for name in each.strays])
        if part == "test" and _is_unlabelled(folders[0], known):
            parts[part] = FoundPart([name for top in tops for name in tree.tops[top]], None)
            notes.append(f"The pictures in {shown} lie in no class folders: they are unlabelled.")
        else:
            found_parts = [with_groups(each, level) for each in folders]
            parts[part] = _joined([each for each, _ in found_parts])
            notes.extend(dict.fromkeys(note for _, of_groups in found_parts for note in of_groups))
            for each in folders:
                known |= set(each.classes)
                notes.extend([*note_strays(each), *note_bare(tree, each.path), *note_deeper(each, level)])
                notes.extend(note_inner(each.names, each.path, level, is_asked=asked is not None or len(parts) > 1))
                set_aside |= strays_aside(each)
    found, of_names = without_repeated_parts(_with_own_takes(parts))
    found, of_others = (found, []) if asked else with_matched_classes(found, level or FIRST)
    refuse_disjoint_parts(location, found, level or FIRST, asked)
    notes.extend([*of_names, *of_others])
    said_of_others, others = _beside_parts(tree, known)
    set_aside |= others
    notes.extend([*said_of_others, *note_bare(tree, tree.base)])
    if list(found) == ["train"]:
        found = {"all": found["train"]}
    if level is not None and level != FIRST:
        why = f"{why}; {why_level(level, [each for part in found.values() for each in part.classes or ()])}"
    return Arrangement(found, why, notes, set_aside)


def _told_together(part: str, tops: Sequence[str]) -> str:
    together = listed((f"{top}/" for top in tops), last="and")
    return f"The folders {together} are the part '{part}' together."


def _with_own_takes(parts: dict[str, FoundPart]) -> dict[str, FoundPart]:
    """Return the parts; takes that are counted anew in each part, as `airport_0`, are groups of their own in each.

    The files in them have the same names in both parts. Frames of one take would have other names in the other part.
    """
    seen: dict[str, set[str]] = {}
    found: dict[str, FoundPart] = {}
    for part, each in parts.items():
        files: dict[str, set[str]] = {}
        for name, group, own in zip(each.names, each.groups or (), each.classes or (), strict=False):
            if group is None or own.casefold() not in group.casefold():  # a person is the same one in each part
                files.clear()
                break
            files.setdefault(group, set()).add(name.rpartition("/")[2])
        shared = [group for group in files if group in seen]
        if shared and all(not seen[group].isdisjoint(files[group]) for group in shared):
            renamed = [None if group is None else f"{part}/{group}" for group in each.groups or ()]
            found[part] = FoundPart(each.names, each.classes, renamed)
        else:
            found[part] = each
        for group, names in files.items():
            seen.setdefault(group, set()).update(names)
    return found


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


def _refuse_mixed(location: Location, part: str, folders: Sequence[SortedFolder], known: set[str]) -> None:
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
    paths = {each: part_folder(tree, each).path for each in others}
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


def _is_unlabelled(test: SortedFolder, known: set[str]) -> bool:
    """Return whether test pictures have no classes: they are loose, or in one other folder (`test/unknown/`)."""
    classes = set(test.classes)
    return not classes or (len(classes) == 1 and not test.strays and bool(known) and not classes & known)
