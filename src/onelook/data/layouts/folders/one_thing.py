"""Recognise folders of one thing with the same set of files: the bands of a scene, or expressions of a person."""

from __future__ import annotations

import re
from collections import defaultdict

from onelook.data.layouts.folders.tree import PictureTree
from onelook.wording import named

_FEWEST = 3  # folders; two may be equal by chance
# Names of Sentinel-2 and Sentinel-1, colours of microscopes and cameras, numbered channels.
_BAND = re.compile(r"[\W_]*(?:b\d{1,2}a?|band\W?\d+|[vh][vh]|red|green|blue|yellow|nir|swir\d?|c\d|ch\d|w\d)", re.I)
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


def are_takes_of_one(tree: PictureTree) -> bool:
    """Return whether each folder has the same words, such as the expressions of a person; either may be the class."""
    found = same_files(tree)
    return found is not None and all(_WORD.fullmatch(each) for each in found)


def notes_on_bands(tree: PictureTree) -> list[str]:
    """Return a note if pictures are bands of one scene."""
    found = same_files(tree) if are_bands(tree) else None
    if found is None:
        return []
    bands = named([each.lstrip("_-. ") for each in found], most=4)
    return [
        f"Each folder holds the same {len(found)} files, {bands}: bands of one scene, which are not read "
        "together. Join the bands of each scene in one file, and list these files in a table with their labels."
    ]
