"""Recognise folders called like the first letters of their pictures' names, as large collections are stored."""

from __future__ import annotations

import re
from collections.abc import Sequence

from onelook.wording import named

_FEWEST = 4  # pictures; fewer may lie so by chance
_SHARE = 0.95
_HASH = re.compile(r"[0-9a-f]{8,}")
_LETTERS = re.compile(r"[0-9a-f]{1,3}")


def are_hash_folders(names: Sequence[str]) -> bool:
    """Return whether folders only spread the files, as `5/8/7/587d0a9e17.jpg`: such a folder is no class."""
    if len(names) < _FEWEST or not _is_spread(names[0]) or not _is_spread(names[-1]):  # a quick look
        return False
    return sum(map(_is_spread, names)) >= _SHARE * len(names) and len({_letters(name) for name in names}) > 1


def notes_on_hash_folders(names: Sequence[str]) -> list[str]:
    """Return a note if folders only spread the files."""
    if not are_hash_folders(names):
        return []
    return [f"The folders are called as the names in them begin, such as {named(names[:1])}: they are no classes."]


def _is_spread(name: str) -> bool:
    stem = name.rpartition("/")[2].partition(".")[0].lower()
    letters = _letters(name)
    return bool(letters) and _HASH.fullmatch(stem) is not None and stem.startswith(letters)


def _letters(name: str) -> str:
    """Return the folders right above a picture that are one to three letters of a hash, joined."""
    found: list[str] = []
    for folder in reversed(_folders(name)):
        if not _LETTERS.fullmatch(folder):
            break
        found.insert(0, folder)
    return "".join(found)


def _folders(name: str) -> Sequence[str]:
    return name.lower().split("/")[:-1]
