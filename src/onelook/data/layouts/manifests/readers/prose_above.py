"""Find the lines of a text that explain the table below them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_CODE = re.compile(r"(?P<word>[^\W\d]+[_-]?)\d+")  # `mdb001`
_FEWEST_LINES, _FEWEST_ROWS = 3, 5
_SHARE_OF_ROWS = 0.95
_SHARE_LIKE_ROWS = 0.2  # of the lines above that may begin with such a name in prose
_LOOKED_AT = 400  # lines


def lines_of_prose(lines: Sequence[str]) -> int:
    """Return the number of lines that explain a table below them, whose rows begin with numbered names; 0 if none do.

    Example:
        >>> lines_of_prose(["Films.", "", "1st: name", "2nd: its tissue", *(f"mdb00{at} G" for at in range(6))])
        4
        >>> lines_of_prose(["name tissue", *(f"mdb00{at} G" for at in range(6))])
        0
        >>> lines_of_prose(["file,label", *(f"cat{at},cat" for at in range(6)), *(f"dog{at},dog" for at in range(9))])
        0
    """
    filled = [(at, found) for at, line in enumerate(lines[:_LOOKED_AT]) if (found := _first_word(line)) is not None]
    words = Counter(word for _, word in filled if word)
    ((word, times),) = words.most_common(1) or [("", 0)]
    first = next((place for place, (_, each) in enumerate(filled) if each == word), 0)
    if first < _FEWEST_LINES or times < max(_FEWEST_ROWS, _SHARE_OF_ROWS * (len(filled) - first)):
        return 0
    if _are_rows(
        [lines[at] for at, _ in filled[:first]], [each for _, each in filled[:first]], lines[filled[first][0]]
    ):
        return 0
    above, row = filled[first - 1][0], filled[first][0]
    widest = max(len(lines[at].split()) for at, _ in filled[first:])
    return above if len(lines[above].split()) == widest > 1 else row  # the last line above may be a header


def _are_rows(above: Sequence[str], words: Sequence[str], row: str) -> bool:
    """Return whether lines above a row are rows too: of another class, with names of their own.

    Prose may hold a comma, but hardly as many as the row in each of its lines.
    """
    if _SHARE_LIKE_ROWS * len(words) < sum(map(bool, words)):
        return True
    signs = [sign for sign in "\t;," if sign in row]
    return any(2 * sum(line.count(sign) == row.count(sign) for line in above) > len(above) for sign in signs)


def _first_word(line: str) -> str | None:
    """Return the word before the number at the beginning of a line; empty if it has none, None for an empty line."""
    first = re.split(r"[\s,;]", line.strip(), maxsplit=1)[0]
    if not line.strip():
        return None
    match = _CODE.match(first)
    return match["word"] if match else ""
