"""Arrange class folders with a part of the same classes beside them: `cat/`, `dog/` and `test/cat/`, `test/dog/`."""

from __future__ import annotations

from onelook.data.layouts.folders.sorted_folder import (
    FIRST,
    SortedFolder,
    note_bare,
    note_deeper,
    note_strays,
    sort_into_classes,
    strays_aside,
    with_groups,
)
from onelook.data.layouts.folders.tree import Arrangement, FoundPart, PictureTree
from onelook.data.part_names import PART_ORDER, part_and_rest
from onelook.wording import agree, counted, listed

_FEWEST_CLASSES = 2


def parts_beside_classes(tree: PictureTree) -> dict[str, str]:
    """Return the folder of each part beside class folders, if each holds folders of these classes; else empty.

    There is no folder to train on among them: that would be a part beside its own classes.
    """
    means = {top: part for top in tree.tops if top and (part := part_and_rest(top)[0])}
    plain = {top for top in tree.tops if top and top not in means}
    if not means or "train" in means.values() or len({*means.values()}) < len(means) or len(plain) < _FEWEST_CLASSES:
        return {}
    for top in means:
        start = len(tree.base) + len(top) + 1
        inside = {name[start:].rpartition("/")[0] for name in tree.tops[top]}
        if len(inside) < _FEWEST_CLASSES or not inside <= plain:
            return {}
    return {part: top for top, part in means.items()}


def arrange_beside_classes(tree: PictureTree, parts: dict[str, str]) -> Arrangement:
    """Arrange the class folders as the training part, beside the parts in folders of their own."""
    names = [name for top, of_top in tree.tops.items() if top not in parts.values() for name in of_top]
    folders = {"train": sort_into_classes(names, tree.base)}
    folders |= {part: sort_into_classes(tree.tops[top], f"{tree.base}{top}/") for part, top in parts.items()}
    found: dict[str, FoundPart] = {}
    notes: list[str] = []
    set_aside: dict[str, str] = {}
    for part in PART_ORDER:
        if part in folders:
            found[part], of_groups = with_groups(folders[part], FIRST)
            notes += [*_notes_on(tree, folders[part]), *of_groups]
            set_aside |= strays_aside(folders[part])
    shown = listed((f"{tree.base}{top}/" for top in parts.values()), last="and")
    it, holds = agree(len(parts), "it", "them"), agree(len(parts), "holds", "hold")
    notes.insert(
        0,
        f"{shown} {holds} folders of the classes beside {it}: the pictures of these are the training part. If "
        f"{shown} should be {agree(len(parts), 'a class', 'classes')}, {FIRST.flag} says so.",
    )
    classes = {*(found["train"].classes or ())}
    why = f"{counted(len(classes), 'folder')} of pictures, each taken for a class, stand beside {shown}"
    return Arrangement(found, why, notes, set_aside)


def _notes_on(tree: PictureTree, folder: SortedFolder) -> list[str]:
    return [*note_strays(folder), *note_bare(tree, folder.path), *note_deeper(folder, FIRST)]
