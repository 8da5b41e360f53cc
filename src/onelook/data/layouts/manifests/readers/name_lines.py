"""Recognise a text of which each line may be the name of a picture, with blanks in it."""

from __future__ import annotations

from collections.abc import Sequence

from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import suffix_of


def names_lines(lines: Sequence[str]) -> bool:
    """Return whether each line ends as the name of a picture does, and no word before its end does.

    Example:
        >>> names_lines(["brick 000L.png", "roof tile 7.png"]), names_lines(["a.png b.png"]), names_lines(["a.png 3"])
        (True, False, False)
    """
    return bool(lines) and all(_is_name(line) for line in lines)


def _is_name(line: str) -> bool:
    return [suffix_of(word) in PICTURE_SUFFIXES for word in line.split()].count(True) == 1 and (
        suffix_of(line.strip()) in PICTURE_SUFFIXES
    )
