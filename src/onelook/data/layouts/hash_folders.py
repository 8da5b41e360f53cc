"""Recognise folders called like the first letters, or last digits, of their pictures' names: they only spread files."""

from __future__ import annotations

import re
from collections.abc import Sequence

from onelook.wording import named

_FEWEST = 4  # pictures; fewer may lie so by chance
_SHARE = 0.95
_HASH = re.compile(r"[0-9a-f]{8,}")
_LETTERS = re.compile(r"[0-9a-f]{1,3}")
_DIGITS = re.compile(r"\d{2,3}")
_LONG_NUMBER = re.compile(r"\d{5,}")
_SHORT = 2  # letters or digits
_FEWEST_SHORT = 2  # folders of a picture that are so short
_FEWEST_BY_DIGITS = 10  # folders: in fewer, numbers may end like their class by chance


def are_hash_folders(names: Sequence[str]) -> bool:
    """Return whether folders only spread the files, as `5/8/7/587d0a9e17.jpg`: such a folder is no class.

    IMDB-WIKI's `03/nm0001303_….jpg` is in the folder of the number's last digits.
    """
    if _are_last_digits(names):
        return True
    if len(names) < _FEWEST or not _is_spread(names[0]) or not _is_spread(names[-1]):  # a quick look
        return False
    return sum(map(_is_spread, names)) >= _SHARE * len(names) and len({_letters(name) for name in names}) > 1


def are_short_folders(names: Sequence[str]) -> bool:
    """Return whether folders of a letter or two only share out the pictures, as `images/q/o/c/qoc54c00/1.tif`.

    One such folder has to be the beginning of what is in it, as `a/abbey_1.jpg`. They may be classes all the same if
    no table gives the labels.
    """
    if len(names) < _FEWEST or not _is_shared_out(names[0]) or not _is_shared_out(names[-1]):  # a quick look
        return False
    return sum(map(_is_shared_out, names)) >= _SHARE * len(names)


def _is_shared_out(name: str) -> bool:
    *folders, file = name.lower().split("/")
    short = [at for at, folder in enumerate(folders) if len(folder) <= _SHORT and folder.isalnum()]
    if len(short) >= _FEWEST_SHORT:
        return True
    return bool(short) and (*folders, file)[short[0] + 1].startswith(folders[short[0]])


def notes_on_hash_folders(names: Sequence[str]) -> list[str]:
    """Return a note if folders only spread the files."""
    if not are_hash_folders(names):
        return []
    how = "the numbers in the names in them end" if _are_last_digits(names) else "the names in them begin"
    return [f"The folders are called as {how}, such as {named(names[:1])}: they are no classes."]


def _are_last_digits(names: Sequence[str]) -> bool:
    """Return whether each folder is called like the last digits of a long number in each of its pictures' names."""
    if len(names) < _FEWEST or not _ends_like_folder(names[0]) or not _ends_like_folder(names[-1]):
        return False
    folders = {name.split("/")[-2] for name in names if "/" in name}
    return len(folders) >= _FEWEST_BY_DIGITS and sum(map(_ends_like_folder, names)) >= _SHARE * len(names)


def _ends_like_folder(name: str) -> bool:
    folders, _, file = name.rpartition("/")
    folder = folders.rpartition("/")[2]
    return bool(_DIGITS.fullmatch(folder)) and any(each.endswith(folder) for each in _LONG_NUMBER.findall(file))


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
