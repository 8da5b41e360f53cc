"""Recognise a text of which each line is the name of a picture, or a name with a label behind a sign: `1.jpg: cat`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import suffix_of

_FEWEST_NOTES = 3
_SHARE_OF_NOTES = 0.8  # of the lines; the others are remarks
_SIGN = re.compile(r":|=>|=|->|→|⇒|(?<=\s)[-–—](?=\s)")
_LONGEST_NOTE = 1_000  # characters
_MOST_SIGNS = 5  # in a name
_FIRST_LINES = 10  # among which a sign is looked for


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


def notes_in(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the picture's name and the label of each line that has both, with a sign between them.

    Example:
        >>> list(notes_in(["1 b.jpg: sharp", "By Tom: in March", "2.jpg -> not sharp", "3.jpg:"]))
        [['1 b.jpg', 'sharp'], ['2.jpg', 'not sharp']]
    """
    for line in lines:
        if len(line) > _LONGEST_NOTE:
            continue
        signs = islice(_SIGN.finditer(line), _MOST_SIGNS)
        match = next((each for each in signs if _is_name(line[: each.start()])), None)
        if match is not None and (label := line[match.end() :].strip()):
            yield [line[: match.start()].strip(), label]


def are_notes(lines: Sequence[str]) -> bool:
    """Return whether most lines are the name of a picture and a label, with a sign between them."""
    filled = [line for line in lines if line.strip()]
    if not any(_SIGN.search(line) for line in filled[:_FIRST_LINES]):  # a quick look
        return False
    found = sum(1 for _ in notes_in(filled))
    return found >= _FEWEST_NOTES and found >= _SHARE_OF_NOTES * len(filled)
