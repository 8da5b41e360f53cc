"""Folders that hold one thing each, in the same set of files: bands of a scene, or expressions of a person."""

from __future__ import annotations

import re
from collections import defaultdict

from onelook.data.layouts.folders.tree import PictureTree
from onelook.wording import counted, named

_FEWEST = 3  # folders: two may be alike by chance
# Sentinel-2's and Sentinel-1's names, colours of microscopes and cameras, channels by number.
_BAND = re.compile(r"[\W_]*(?:b\d{1,2}a?|band\W?\d+|[vh][vh]|red|green|blue|yellow|nir|swir\d?|c\d|ch\d|w\d)", re.I)
_WORD = re.compile(r"[\W_]*[^\W\d_]{2,}")


def same_files(tree: PictureTree) -> list[str] | None:
    """Return what the file names say beside their folder's name, where all folders hold the same set of it.

    `AF01/AF01ANS.jpg` and `AF02/AF02ANS.jpg` both say `ANS`. None if a folder holds other files, or names do not
    begin with the folder's.
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
    """Return whether each folder holds the bands of one scene, a file a band: such a folder is no class."""
    found = same_files(tree)
    return found is not None and all(_BAND.fullmatch(each) for each in found)


def are_takes_of_one(tree: PictureTree) -> bool:
    """Return whether each folder holds the same words, as the expressions of one person: either may be the class."""
    found = same_files(tree)
    return found is not None and all(_WORD.fullmatch(each) for each in found)


def notes_on_bands(tree: PictureTree) -> list[str]:
    """Return a note where pictures are bands of one scene."""
    found = same_files(tree) if are_bands(tree) else None
    if found is None:
        return []
    bands = named([each.lstrip("_-. ") for each in found], most=4)
    return [
        f"Each folder holds the same {counted(len(found), 'file')}, {bands}: bands of one scene, which are not read "
        "together. Join the bands of each scene in one file, and list these files in a table with their labels."
    ]
