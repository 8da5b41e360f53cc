"""Find the lines of a text that explain the table below them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_CODE = re.compile(r"(?P<word>[^\W\d]+[_-]?)\d+")  # `mdb001`
_FEWEST_LINES, _FEWEST_ROWS = 3, 5
_SHARE_OF_ROWS = 0.95
_LOOKED_AT = 400  # lines


def lines_of_prose(lines: Sequence[str]) -> int:
    """Return the number of lines that explain a table below them, whose rows begin with numbered names; 0 if none do.

    Example:
        >>> lines_of_prose(["Films.", "", "1st: name", "2nd: its tissue", *(f"mdb00{at} G" for at in range(6))])
        4
        >>> lines_of_prose(["name tissue", *(f"mdb00{at} G" for at in range(6))])
        0
    """
    filled = [(at, found) for at, line in enumerate(lines[:_LOOKED_AT]) if (found := _first_word(line)) is not None]
    words = Counter(word for _, word in filled if word)
    ((word, times),) = words.most_common(1) or [("", 0)]
    first = next((place for place, (_, each) in enumerate(filled) if each == word), 0)
    if first < _FEWEST_LINES or times < max(_FEWEST_ROWS, _SHARE_OF_ROWS * (len(filled) - first)):
        return 0
    above, row = filled[first - 1][0], filled[first][0]
    widest = max(len(lines[at].split()) for at, _ in filled[first:])
    return above if len(lines[above].split()) == widest > 1 else row  # the last line above may be a header


def _first_word(line: str) -> str | None:
    """Return the word before the number at the beginning of a line; empty if it has none, None for an empty line."""
    first = re.split(r"[\s,;]", line.strip(), maxsplit=1)[0]
    if not line.strip():
        return None
    match = _CODE.match(first)
    return match["word"] if match else ""
