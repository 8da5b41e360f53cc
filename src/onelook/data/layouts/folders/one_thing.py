"""Recognise folders of one thing with the same set of files: the bands of a scene, or expressions of a person."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from onelook.data.layouts.folders.tree import PictureTree
from onelook.data.layouts.left_out import MASK
from onelook.data.part_names import names_a_part
from onelook.wording import counted, named

_FEWEST = 3  # folders; two may be equal by chance
# Names of Sentinel-2 and Sentinel-1, colours of microscopes and cameras, numbered channels.
_BAND = re.compile(r"[\W_]*(?:b\d{1,2}a?|band\W?\d+|[vh][vh]|red|green|blue|yellow|nir|swir\d?|c\d|ch\d|w\d)", re.I)
_MOST_OF_A_KIND = 2  # pictures of one kind, on average; a class has more
_KIND = re.compile(r"[\W_]+[^\W\d_]{3,}(?:[\W_]+[^\W\d_]+)*")
_COUNTED = re.compile(r"[\W_]*\d+$")
_WORD = re.compile(r"[\W_]*[^\W\d_]{2,}")


def same_files(tree: PictureTree) -> list[str] | None:
    """Return the rest of each file name after its folder's name, if all folders have the same set of these rests.

    `AF01/AF01ANS.jpg` and `AF02/AF02ANS.jpg` both have `ANS`. None if a folder has other files, or if names do not
    begin with that of their folder.
    """
    by_folder: defaultdict[str, set[str]] = defaultdict(set)
    for name in tree.names:
        *_, folder, file = f"/{name}".split("/")
        stem = file.rpartition(".")[0]
        if not folder or not stem.startswith(folder) or stem == folder:
            return None
        by_folder[folder].add(stem[len(folder) :])
    sets = list(by_folder.values())
    if len(sets) < _FEWEST or len(sets[0]) < 2 or any(each != sets[0] for each in sets):
        return None
    return sorted(sets[0])


def are_bands(tree: PictureTree) -> bool:
    """Return whether each folder has the bands of one scene, one file per band; such a folder is not a class."""
    found = same_files(tree)
    return found is not None and all(_BAND.fullmatch(each) for each in found)


def kinds_of_things(tree: PictureTree) -> Sequence[str]:
    """Return the words for the kinds of pictures of each thing, if each folder is a thing; empty for others.

    `IMD003/IMD003_skin/IMD003.bmp` and `IMD003/IMD003_lesion/IMD003_lesion.bmp` are a photograph and its outline.
    """
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for name in tree.names:
        top, *inner = name[len(tree.base) :].split("/")
        if len(inner) != 2 or not inner[0].startswith(top) or not inner[1].startswith(top):
            return ()
        kinds[top].add(inner[0][len(top) :])
    sets = list(kinds.values())
    if len(sets) < _FEWEST or len(sets[0]) < 2 or any(each != sets[0] for each in sets):
        return ()
    are_few = len(tree.names) <= _MOST_OF_A_KIND * len(sets) * len(sets[0])
    words = sorted(sets[0])
    return words if are_few and all(_KIND.fullmatch(kind) and not names_a_part(kind) for kind in words) else ()


def are_takes_of_one(tree: PictureTree) -> bool:
    """Return whether each folder has the same words, such as the expressions of a person; either may be the class."""
    found = same_files(tree)
    return found is not None and all(_WORD.fullmatch(each) for each in found)


def notes_on_bands(tree: PictureTree) -> list[str]:
    """Return a note if pictures are bands of one scene, or several kinds of pictures of one thing."""
    if kinds := kinds_of_things(tree):
        words = named([kind.strip("_-. ") for kind in kinds], most=4)
        return [
            f"Each of the {len(tree.tops)} folders holds the same {len(kinds)} kinds of pictures, {words}: it is a "
            "person or a thing, and no class. List the pictures of one kind in a table with their labels."
        ]
    found = same_files(tree) if are_bands(tree) else None
    if found is None:
        return []
    bands = named([each.lstrip("_-. ") for each in found], most=4)
    return [
        f"Each folder holds the same {len(found)} files, {bands}: bands of one scene, which are not read "
        "together. Join the bands of each scene in one file, and list these files in a table with their labels."
    ]


def note_on_things(tree: PictureTree) -> list[str]:
    """Return a note if folders only count things, of which each has pictures of the same names and a mask of each.

    `kos01/Part0.jpg` with `Part0_label.bmp`: whether a mask is empty tells more of a picture than its folder.
    """
    masks = sum(reason == MASK for reason in tree.left_out.values())
    if masks < len(tree.names):
        return []
    files: defaultdict[str, set[str]] = defaultdict(set)
    for name in tree.names:
        folder, _, file = name.rpartition("/")
        files[folder].add(file)
    lasts = [folder.rpartition("/")[2] for folder in files]
    if not all(map(_COUNTED.search, lasts)):
        return []
    words = {_COUNTED.sub("", last) for last in lasts}
    sets = list(files.values())
    if len(sets) < _FEWEST or len(words) > 1 or "" in words or any(each != sets[0] for each in sets):
        return []
    first = min(files).rpartition("/")[2]
    return [
        f"{counted(len(files), 'folder')} such as '{first}' hold pictures of the same names, with a mask for each: "
        "they may be things, and no classes. If the masks tell what is in a picture, write it into a table: picture, "
        "label."
    ]
