"""Wrap a text between words. A number stays with its unit, an option with its value, a quoted command in one piece."""

from __future__ import annotations

import re
import textwrap

_UNITS = (
    *("%", "s", "ms", "min", "h", "px", "KiB", "MiB", "GiB", "kB", "MB", "GB", "k", "M", "G", "million", "billion"),
    *("TFLOP/s", "GFLOP/s"),
)
# The number before may be in brackets; a comma or a full stop may follow the unit.
_UNIT = re.compile(rf"(?<=\d) (?=(?:{'|'.join(map(re.escape, _UNITS))})(?![\w/]))")
_SIZE = re.compile(r"(?<=\d) × (?=\d)|(?<=\b[HW]) × (?=[HW]\b)")
_PROBABILITY = re.compile(r"\b(p) ([=<]) (?=[.\d])")
_VALUE = re.compile(r"(?<![\w-])(--[a-z][\w-]*) (?=[A-Z]{2}|[\w./-]*(?:\d|[./]\w))")
_COMMAND = re.compile(r"`[^`\n]+`")
_JOINED = "\0"  # stands for a space at which no line may end; no text that is printed has one


def wrapped(
    text: str,
    width: int,
    *,
    first_indent: str = "",
    indent: str = "",
    break_long_words: bool = False,
) -> list[str]:
    """Return a text as lines of at most `width` columns.

    A word longer than a line, such as a path, keeps its own line whole unless `break_long_words` is set. A command in
    backticks that is longer than a line is wrapped like other words.

    Args:
        text: one paragraph.
        width: the most columns of a line.
        first_indent, indent: what the first line and the others begin with.
        break_long_words: cut a word that is longer than a line.

    Example:
        >>> wrapped("accuracy is 50 % after 3 s", 15)
        ['accuracy is', '50 % after 3 s']
        >>> wrapped("Type `onelook runs` or look into runs/a", 17, indent="  ")
        ['Type', '  `onelook runs`', '  or look into', '  runs/a']
    """

    def join(found: re.Match[str]) -> str:
        return found[0].replace(" ", _JOINED)

    room = width - max(len(first_indent), len(indent))
    joined = _COMMAND.sub(lambda found: join(found) if len(found[0]) < room else found[0], text)
    for pattern in (_UNIT, _SIZE, _PROBABILITY, _VALUE):
        joined = pattern.sub(join, joined)
    lines = textwrap.wrap(
        joined,
        width,
        initial_indent=first_indent,
        subsequent_indent=indent,
        break_long_words=break_long_words,
        break_on_hyphens=False,
    )
    return [line.replace(_JOINED, " ") for line in lines]
