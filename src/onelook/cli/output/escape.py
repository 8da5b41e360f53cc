"""Escape control characters in text from data, because a terminal obeys those that it receives."""

from __future__ import annotations

import re

# Characters that move the cursor, change colours or the direction of reading, and halves of characters.
_CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_LINE_END = re.compile("\n(?!\n|  )")
_LONG_WORD = re.compile(r"\S{400,}")
_WORD_BEGINS, _WORD_ENDS = 200, 60  # characters shown of a word that is longer than any real path


def escaped(text: str) -> str:
    r"""Return the text with its control characters written as escapes, and with very long words cut.

    Line ends stay, because our own messages have them.

    Example:
        >>> escaped("no column '\x1b[31m'")
        "no column '\\x1b[31m'"
    """
    printable = _CONTROL_CHARACTERS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
    return _LONG_WORD.sub(lambda found: f"{found[0][:_WORD_BEGINS]}…{found[0][-_WORD_ENDS:]}", printable)


def escaped_line(text: str) -> str:
    r"""Return the text as `escaped` does, with its line ends escaped too, except those of lists indented by two spaces.

    Example:
        >>> escaped_line("no file 'a\nb'. Known:\n  c\n  d")
        "no file 'a\\nb'. Known:\n  c\n  d"
    """
    return _LINE_END.sub(r"\\n", escaped(text).rstrip("\n"))
