"""Spellings of file names: the names in a table may differ a little from the names of the files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum, auto
from urllib.parse import unquote

from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import suffix_of

# Tables of sounds, films and scans lie beside pictures made of them, which have the same names but for the suffix.
_SOURCES = frozenset((".wav", ".mp3", ".ogg", ".flac", ".m4a", ".avi", ".mp4", ".mov", ".npy", ".npz", ".mat", ".nii"))
_ENDS = PICTURE_SUFFIXES | _SOURCES
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_SIGNS = re.compile(r"[\s_.,+()&-]+")
# What tools put before the name of a file that is uploaded: a part of a UUID or all of it, or the time.
_UPLOAD = re.compile(r"^(?:[0-9a-f]{8}(?:(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?|1[0-9]{9}(?:[0-9]{3})?)[-_](?=.)", re.I)
_ONE_NUMBER = re.compile(r"\D*(\d+)")


class Spelling(Enum):
    """The difference in spelling between the names in a table and the files."""

    SAME = auto()
    OTHER_CASE = auto()  # other capitals, or other Unicode forms of the same letters, as on a Mac
    OTHER_SUFFIX = auto()
    OTHER_CASE_AND_SUFFIX = auto()
    LOST_ZEROS = auto()  # 7 for 0007.jpg, as written by spreadsheets
    FOR_THE_WEB = auto()  # my%20cat.jpg?size=large for `my cat.jpg`
    OTHER_SIGNS = auto()  # my_cat-1 for `my cat (1)`
    FOLDER_IN_NAME = auto()  # scan-1_007 for `scan-1/007.png`
    UPLOADED = auto()  # 3f2a1b7c-cat.jpg for cat.jpg, as Label Studio writes it
    NUMBER_ALONE = auto()  # 7 for img_0007.jpg


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _cased(name: str) -> str:
    return _composed(name).casefold()


def _bare(name: str) -> str:
    """Return the name without suffixes of pictures or of their sources; some programs add a second suffix."""
    while (suffix := suffix_of(name)) in _ENDS and len(name) > len(suffix):
        name = name[: -len(suffix)]
    return name


def _without_suffix(name: str) -> str:
    return _composed(_bare(name))


def _without_case_and_suffix(name: str) -> str:
    return _cased(_bare(name))


def _without_zeros(name: str) -> str:
    folder, slash, last = _without_case_and_suffix(name).rpartition("/")
    return f"{folder}{slash}{_ZEROS.sub('', last.removesuffix('.0'))}"


def _as_on_disk(name: str) -> str:
    address, _, _ = name.partition("?")
    return _without_case_and_suffix(unquote(address))


def _without_signs(name: str) -> str:
    folder, slash, last = _without_case_and_suffix(name).rpartition("/")
    return f"{folder}{slash}{_SIGNS.sub('_', last).strip('_')}"


def _with_folder(name: str) -> str:
    folders, _, last = _without_signs(name).rpartition("/")
    above, slash, own = folders.rpartition("/")
    return f"{above}{slash}{_SIGNS.sub('_', own)}_{last}" if own else last


def _before_upload(name: str) -> str:
    folder, slash, last = name.rpartition("/")
    return _without_signs(f"{folder}{slash}{_UPLOAD.sub('', last)}")


def _number_of(name: str) -> str:
    folder, slash, last = _without_case_and_suffix(name).rpartition("/")
    found = _ONE_NUMBER.fullmatch(last.removesuffix(".0"))
    return f"{folder}{slash}{found[1].lstrip('0') or '0'}" if found else ""


# Names and files match in a spelling if its function gives the same text for both. The nearest spelling is first.
FOLDS: Mapping[Spelling, Callable[[str], str]] = {
    Spelling.OTHER_CASE: _cased,
    Spelling.OTHER_SUFFIX: _without_suffix,
    Spelling.OTHER_CASE_AND_SUFFIX: _without_case_and_suffix,
    Spelling.LOST_ZEROS: _without_zeros,
    Spelling.FOR_THE_WEB: _as_on_disk,
    Spelling.OTHER_SIGNS: _without_signs,
    Spelling.FOLDER_IN_NAME: _with_folder,
    Spelling.UPLOADED: _before_upload,
    Spelling.NUMBER_ALONE: _number_of,
}
_ADDRESS = re.compile(r".*(?:%[0-9A-Fa-f]{2}|\?).*", re.DOTALL)
_BEHIND_FOLDER = re.compile(r"[^/\\]*[_-]([^/\\_-]+)")  # what follows the last sign
_NUMBER = re.compile(r"\d+(?:\.0)?")
_SUFFIXES = re.compile(rf"(?:{'|'.join(map(re.escape, sorted(_ENDS)))})+(?=\n)")
_IDLE = re.compile(r"[^\w\n]|_")


def plainest(names: Sequence[str]) -> list[str]:
    """Return the last part of each path without case, suffix, signs and leading zeros.

    Two names that match in any spelling, except by the number alone, are equal in this form. One pass over all names is
    enough, so that not every spelling has to be tried.
    """
    text = "".join(f"{name.rpartition('/')[2]}\n" for name in names)
    text = _SUFFIXES.sub("", text if text.isascii() and text.islower() else _cased(text))
    return _IDLE.sub("", _ZEROS.sub("", text.replace(".0\n", "\n"))).split("\n")[:-1]


def plainest_cells(cells: Sequence[str]) -> list[str]:
    """Return the names in a table in their plainest form."""
    return plainest([unquote(cell.replace("\\", "/").partition("?")[0]).replace("\n", " ") for cell in cells])


def _are_uploaded(cells: Sequence[str], names: Collection[str]) -> bool:
    """Return whether most names in a table are those of pictures with the prefix of an upload before them."""
    lasts = [cell.replace("\\", "/").rpartition("/")[2] for cell in cells]
    if not all(map(_UPLOAD.match, lasts)):
        return False
    before = plainest_cells([_UPLOAD.sub("", last) for last in lasts])
    return 2 * sum(each in names for each in before) >= len(cells)


def spellings_of(cells: Sequence[str], names: Collection[str]) -> list[Spelling]:
    """Return the spellings to try.

    Args:
        cells: names in a table.
        names: the names of all pictures in their plainest form.
    """
    found: list[Spelling] = []
    if 2 * sum(each in names for each in plainest_cells(cells)) >= len(cells):
        others = (Spelling.FOR_THE_WEB, Spelling.FOLDER_IN_NAME, Spelling.UPLOADED, Spelling.NUMBER_ALONE)
        found = [spelling for spelling in FOLDS if spelling not in others]
        if any(_ADDRESS.fullmatch(cell) for cell in cells):
            found.append(Spelling.FOR_THE_WEB)
    elif _are_uploaded(cells, names):
        found = [Spelling.UPLOADED]
    elif all(map(_BEHIND_FOLDER.fullmatch, cells)):
        behind = [_BEHIND_FOLDER.sub(r"\1", cell) for cell in cells]
        if 2 * sum(each in names for each in plainest_cells(behind)) >= len(cells):
            found.append(Spelling.FOLDER_IN_NAME)
    return [*found, Spelling.NUMBER_ALONE] if all(map(_NUMBER.fullmatch, cells)) else found
