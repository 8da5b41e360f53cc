"""Read the class and the part from names of folders: `cats_train/`, `cats_test/`, `dogs_train/`, `dogs_test/`.

Class folders inside the parts may repeat the part: `train/train_cats/`, `Training/TS_cats/`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from onelook.data.layouts.folders.tree import Arrangement, FoundPart, PictureTree
from onelook.data.part_names import PART_ORDER, part_and_rest
from onelook.wording import named

# AI Hub's `TS_cats/` and `VS_cats/`: source data to train on and to validate with. `TL` and `VL` hold the labels.
_MARK = re.compile(r"(?:\[[^]]*\] ?)?(?<![^\W_])[TV][SL]\d*(?![^\W_])")


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


def without_repeated_parts(parts: Mapping[str, FoundPart]) -> tuple[Mapping[str, FoundPart], list[str]]:
    """Return the parts with classes called alike, and a note, if the names of class folders repeat the part.

    `Training/TS_cats/` and `Validation/VS_cats/` would be two classes. The parts are unchanged if one class is in both.
    """
    labelled = {name: {*part.classes} for name, part in parts.items() if part.classes}
    known = labelled.get("train", set())
    others = [classes for name, classes in labelled.items() if name != "train"]
    if not known or not others or any(known & classes for classes in others):
        return parts, []
    rests = {name: _without_part(name) for classes in labelled.values() for name in classes}
    plain = {rests[name] for name in known}
    if "" in rests.values() or len(plain) < len(known):
        return parts, []
    if not all({rests[name] for name in classes} <= plain for classes in others):
        return parts, []
    first = min(known)
    other = next(name for classes in others for name in sorted(classes) if rests[name] == rests[first])
    note = f"The class folders repeat the part: {named([first, other], last='and')} are the class '{rests[first]}'."
    changed = {
        name: replace(part, classes=[rests[each] for each in part.classes]) if part.classes else part
        for name, part in parts.items()
    }
    return changed, [note]


def _without_part(name: str) -> str:
    """Return a name without its one word for a part, or mark for one; empty if it has none."""
    part, rest = part_and_rest(name)
    if part is not None:
        return rest
    rest, times = _MARK.subn("", name)
    return rest.strip(" _-.") if times == 1 else ""
