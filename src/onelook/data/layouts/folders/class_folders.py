"""The layout `class-folders`: a folder for each class, with or without `train/`, `val/` and `test/` above."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shlex import quote

from onelook.data.dataset import Dataset
from onelook.data.layouts.folders.folder_questions import (
    ask_parts,
    ask_which_folder,
    note_on_names,
    note_outer,
    note_people,
    place_of,
    refuse_folders_of_things,
    refuse_same_names,
)
from onelook.data.layouts.folders.levels import inner_parts, parts_in_paths, why_level
from onelook.data.layouts.folders.listed_classes import level_or_listed
from onelook.data.layouts.folders.one_thing import are_bands, kinds_of_things, note_on_things
from onelook.data.layouts.folders.parts.class_and_part import (
    arrange_by_class_and_part,
    classes_and_parts,
    why_class_and_part,
)
from onelook.data.layouts.folders.parts.parted_folders import arrange_parts
from onelook.data.layouts.folders.parts.parts_beside_classes import arrange_beside_classes, parts_beside_classes
from onelook.data.layouts.folders.parts.sets_with_parts import SetsWithParts, find_sets_with_parts, lone_set_with_parts
from onelook.data.layouts.folders.shares import note_on_numbers, notes_on_shares, only_share_out
from onelook.data.layouts.folders.sorted_folder import (
    FIRST,
    SortedFolder,
    note_bare,
    note_deeper,
    note_outputs,
    note_strays,
    part_folder,
    refuse_takes,
    sort_into_classes,
    strays_aside,
    too_shallow,
    with_groups,
)
from onelook.data.layouts.folders.tree import (
    Arrangement,
    FoundPart,
    PictureTree,
    does_not_fit,
    part_folders,
    picture_dataset,
    read_tree,
)
from onelook.data.layouts.folders.uneven_depth import note_inner
from onelook.data.layouts.label_from import FolderLevel
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.question import Choice, classes_in_words, with_one_more
from onelook.data.part_names import names_to_predict, names_unsorted, part_and_rest
from onelook.data.share_names import names_a_share, number_shares
from onelook.data.storage.location import Location
from onelook.errors import ConfigError
from onelook.wording import agree, counted, listed

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
            found = (
                arrange_parts(location, tree, why, asked) if _is_parted(tree) else _unparted(location, tree, why, asked)
            )
        return picture_dataset(location, "class-folders", tree, found)


def _why(location: Location) -> str | None:
    tree = read_tree(location)
    are_none = are_bands(tree) or kinds_of_things(tree) or only_share_out(tree) or _are_shards(location, tree)
    return None if are_none else _why_insisted(tree)


def _are_shards(location: Location, tree: PictureTree) -> bool:
    """Return whether all pictures lie in the tar files of WebDataset, with no folder in them: these are no classes."""
    shards = {Path(name).stem for name in location.shards if name.endswith(".tar")}
    return bool(shards) and {name.rpartition("/")[0].rpartition("/")[2] for name in tree.names} <= shards


def _why_insisted(tree: PictureTree) -> str | None:
    """Return why folders can be the classes, if the user says so."""
    if named := classes_and_parts(tree):
        return why_class_and_part(named)
    if _is_parted(tree):
        tops = [f"{top}/" for tops in part_folders(tree).values() for top in tops]
        told = f"{listed(tops, most=len(tops))} {agree(len(tops), 'stands', 'stand')} above folders of pictures"
        return None if _has_one_class(tree) else told
    whole = sort_into_classes(tree.names, tree.base)
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
    folders = [part_folder(tree, top) for tops in part_folders(tree).values() for top in tops]
    classes = {name for folder in folders for name in folder.classes}
    return (
        len(classes) == 1
        and not any(_holds_folders(folder) for folder in folders)
        and (
            names_a_share(next(iter(classes)))
            or not any(tree.empty_below(folder.path) or folder.strays for folder in folders)
        )
    )


def _holds_folders(folder: SortedFolder) -> bool:
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
    if parts_beside_classes(tree):
        return False
    above_classes = [
        folder
        for part in ("train", "val")
        for top in parts.get(part, ())
        if (folder := part_folder(tree, top)) and folder.names
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
    if asked is None and (beside := parts_beside_classes(tree)):
        return arrange_beside_classes(tree, beside)
    if asked != FIRST and (test := _loose_test(tree)):
        return _beside_a_test(location, tree, test, asked)
    inner = inner_parts(tree.names, tree.base) if asked is None else {}
    if inner:
        parts = {part: sort_into_classes(names, tree.base) for part, names in inner.items()}
        found = {part: FoundPart(folder.names, folder.classes) for part, folder in parts.items()}
        strays = [name for name in tree.names if name not in {each for names in inner.values() for each in names}]
        depth = tree.base.count("/") + 1
        folders = dict.fromkeys(names[0].split("/")[depth] for names in inner.values())
        told = f"{why}; {listed((f'{folder}/' for folder in folders), last='and')} in each are the parts"
        whole = SortedFolder(tree.base, (), (), strays)
        return Arrangement(found, told, note_strays(whole), strays_aside(whole))
    level, of_lists = (asked, []) if asked else _level_or_listed(location, tree)
    refuse_takes(location, tree.names, tree.base, None if asked else level)
    whole = sort_into_classes(tree.names, tree.base, level)
    if not whole.names:
        raise too_shallow(location, level, tree.names)
    if asked is None and level == FIRST:
        refuse_same_names(location, tree, whole.classes)
        refuse_folders_of_things(location, tree, whole.classes)
    if asked is None and level == FIRST and _are_called_after_parts(whole.classes):
        raise ask_parts(location, whole.classes)
    if asked is not None or level != FIRST:
        why = _why_classes(whole.classes) if level == FIRST else why_level(level, whole.classes)
    part, of_groups = with_groups(whole, level, is_all=True)
    notes = [*of_lists, *note_strays(whole), *note_bare(tree, tree.base), *note_deeper(whole, level), *of_groups]
    notes.extend([*note_people(whole.classes), *note_outputs(whole.classes)])
    notes.extend([*note_on_numbers(tree), *note_on_things(tree), *note_on_names(tree)])
    notes.extend(note_inner(whole.names, tree.base, level, is_asked=asked is not None))
    if asked is None and level != FIRST:
        notes.extend([*notes_on_shares(tree), *note_outer(whole, level)])
    if level != FIRST and (unused := parts_in_paths(tree.names, tree.base)):
        notes.append(
            f"The folders {listed(f'{folder}/' for folder in unused)} are not taken for parts: give the pictures to "
            "train on as the data, and others with --val or --test."
        )
    return Arrangement({"all": part}, why, notes, strays_aside(whole))


def _of_sets(location: Location, tree: PictureTree, sets: SetsWithParts, asked: FolderLevel | None) -> Arrangement:
    """Arrange several data sets, each with parts of its own, as the user asks.

    Raises:
        ConfigError: the user has not said which of them to take, or which folder is the class.
        DataError: no picture lies in so many folders.
    """
    if asked is None:
        raise sets.question(location.root, place_of(location, tree), is_archive=bool(location.suffix))
    parts, others = sets.arranged(asked)
    if not parts:
        raise too_shallow(location, asked, tree.names)
    classes = [name for part in parts.values() for name in part.classes or ()]
    why = _why_classes(classes) if asked == FIRST else why_level(asked, classes)
    shown = listed((f"{folder}/" for folder in sets.folders), last="and")
    whole = SortedFolder(tree.base, (), (), others)
    note = f"The parts of {shown} are taken together."
    return Arrangement(parts, why, [note, *note_strays(whole)], strays_aside(whole))


def _level_or_listed(location: Location, tree: PictureTree) -> tuple[FolderLevel, list[str]]:
    """Return the folder that is the class, and notes, as `level_or_listed`.

    Raises:
        ConfigError: several folders may be; where one alone holds class folders in parts, its path is one more way.
    """
    try:
        return level_or_listed(location, tree.names, tree.base)
    except ConfigError as question:
        lone = None if location.suffix else lone_set_with_parts(tree.tops, tree.base)
        if lone is None:
            raise
        folder, classes = lone
        alone = f"this path alone, {counted(len(tree.tops[folder.partition('/')[0]]), 'picture')}"
        meaning = f"{alone}, with its parts: {classes_in_words(classes)}"
        raise with_one_more(question, Choice(quote(f"{place_of(location, tree)}/{folder}"), meaning)) from None


def _one_of(location: Location, tree: PictureTree) -> ConfigError | None:
    """Return the question which of several folders to take, each with class folders; None if they are no such folders.

    They hold versions of the same pictures, or folds with parts of their own.
    """
    if tree.versions is not None and not tree.versions.are_flat:
        said = f"{tree.versions.told.replace('The', 'the', 1)}, and should be no classes."
        return ask_which_folder(location, tree, tree.versions.folders, said)
    if number_shares(tree.tops) and parts_in_paths(tree.names, tree.base):
        shown = listed((f"{top}/" for top in tree.tops), last="and")
        return ask_which_folder(
            location, tree, [*tree.tops], f"{shown} hold a share of the pictures each, in several parts."
        )
    return None


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
    folder = sort_into_classes(names, tree.base, level)
    if not folder.names:
        raise too_shallow(location, level, names)
    part, of_groups = with_groups(folder, level)
    note = (
        f"The pictures in {tree.base}{test}/ lie beside class folders: they are taken for pictures to predict. If "
        f"'{test}' is a class, {FIRST.flag} says so."
    )
    why = f"{counted(len(set(folder.classes)), 'folder')} of pictures, each taken for a class, stand beside {test}/"
    parts = {"train": part, "test": FoundPart(tree.tops[test], None)}
    inner = note_inner(folder.names, tree.base, level, is_asked=asked is not None)
    said = [note, *of_lists, *note_strays(folder), *note_deeper(folder, level), *inner, *of_groups]
    return Arrangement(parts, why, said, strays_aside(folder))


def _are_called_after_parts(classes: Sequence[str]) -> bool:
    """Return whether class folders are called after parts, and so may be no classes.

    Every one is, as `train1` and `train2`; or one of two is called after pictures to test with, as `scans` and `test`.
    """
    distinct = list(dict.fromkeys(classes))
    found = [part_and_rest(name) for name in distinct]
    says_no_more = [rest == "" or rest.isdecimal() or names_a_share(rest) for _, rest in found]
    of_parts = [name for name, (part, _), bare in zip(distinct, found, says_no_more, strict=True) if part and bare]
    is_of_two = len(found) == 2 and len(of_parts) == 1 and "test" in of_parts[0].casefold()
    return len(distinct) > 1 and (len(of_parts) == len(found) or is_of_two)
