"""Read the class and the part from names of folders: `cats_train/`, `cats_test/`, `dogs_train/`, `dogs_test/`."""

from __future__ import annotations

from collections.abc import Mapping

from onelook.data.layouts.folders.tree import Arrangement, FoundPart, PictureTree
from onelook.data.part_names import PART_ORDER, part_and_rest


def classes_and_parts(tree: PictureTree) -> Mapping[str, tuple[str, str]] | None:
    """Return the class and the part of each first folder; None if the folders do not have such names.

    Each name has one word for a part, there are at least two classes, each class has a training folder, and the
    pictures are directly in the folders.
    """
    found = {top: part_and_rest(top) for top in tree.tops}
    named = {top: (rest, part) for top, (part, rest) in found.items() if part and rest}
    classes = {rest for rest, _ in named.values()}
    depth = tree.base.count("/") + 1
    if len(named) < len(found) or len(classes) < 2 or len({part for _, part in named.values()}) < 2:
        return None
    if len(set(named.values())) < len(named) or {rest for rest, part in named.values() if part == "train"} != classes:
        return None
    return named if all(name.count("/") == depth for name in tree.names) else None


def arrange_by_class_and_part(tree: PictureTree, named: Mapping[str, tuple[str, str]]) -> Arrangement:
    """Return the parts and classes in the names of the first folders."""
    parts = {}
    for part in PART_ORDER:
        tops = {top: name for top, (name, of_part) in named.items() if of_part == part}
        if tops:
            names = [name for top in tops for name in tree.tops[top]]
            parts[part] = FoundPart(names, [tops[top] for top in tops for _ in tree.tops[top]])
    return Arrangement(parts, why_class_and_part(named))


def why_class_and_part(named: Mapping[str, tuple[str, str]]) -> str:
    """Return the sentence on how the names of the folders are read."""
    top, (name, part) = next(iter(named.items()))
    return f"the folders are called after a class and a part, as {top}/: '{name}', {part}"
