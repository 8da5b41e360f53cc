"""Name files that are called like the pictures and were not read: one for each may hold its label."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import Location, suffix_of
from onelook.wording import counted, named

_FEWEST = 3
_LAST_WORD = re.compile(r"[\W_]+[^\W_]+$")  # `0_exp.npy` of `0.jpg`


def notes_on_companions(location: Location, pictures: Sequence[str], said: Sequence[str]) -> list[str]:
    """Return a note for each kind of file of which half of the pictures have one of their own name.

    Args:
        location: the location of the data.
        pictures: the names of all pictures.
        said: notes that name such files already.
    """
    if len(pictures) == len(location.entries()):
        return []
    by_suffix: defaultdict[str, list[str]] = defaultdict(list)
    for entry in location.entries():
        if (suffix := suffix_of(entry)) and suffix not in PICTURE_SUFFIXES:
            by_suffix[suffix].append(entry)
    stems = {_stem(name) for name in pictures}
    notes = []
    for suffix, entries in by_suffix.items():
        if any(f"{suffix} file" in note for note in said) or 2 * len(entries) < len(pictures):
            continue
        beside = {entry: stem for entry in entries if (stem := _own(_stem(entry), stems))}
        if 2 * len(set(beside.values())) < len(pictures) or len(beside) < _FEWEST:
            continue
        files = counted(len(beside), f"{suffix} file")
        notes.append(
            f"{files} such as {named(list(beside)[:1])}: called like the pictures, and not read. If they hold the "
            "labels, write a table with the name and the label of each picture (CSV)."
        )
    return notes


def _own(stem: str, pictures: set[str]) -> str | None:
    """Return the picture that a file is called like, perhaps with one more word."""
    if stem in pictures:
        return stem
    shorter = _LAST_WORD.sub("", stem)
    return shorter if shorter in pictures else None


def _stem(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0]
