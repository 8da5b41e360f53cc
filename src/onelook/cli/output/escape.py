"""Text from data made fit to be shown: file names and cells may hold anything, and a terminal obeys what it is sent."""

from __future__ import annotations

import re

# Characters that move the cursor, change colours or the order of reading, or are halves of characters.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_LINE_END = re.compile("\n(?!\n|  )")
_LONG_WORD = re.compile(r"\S{400,}")
_WORD_BEGINS, _WORD_ENDS = 200, 60  # characters that are shown of a word that is longer than any honest path


def visible(text: str) -> str:
    r"""The text with what cannot be seen spelled out, and words that would fill the screen cut short.

    Line ends stay: sentences of our own have them.

    Example:
        >>> visible("no column '\x1b[31m'")
        "no column '\\x1b[31m'"
    """
    spelled = _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
    return _LONG_WORD.sub(lambda found: f"{found[0][:_WORD_BEGINS]}…{found[0][-_WORD_ENDS:]}", spelled)


def visible_line(text: str) -> str:
    r"""The text as `visible` gives it, on one line but for lists that are indented by two spaces.

    Example:
        >>> visible_line("no file 'a\nb'. Known:\n  c\n  d")
        "no file 'a\\nb'. Known:\n  c\n  d"
    """
    return _LINE_END.sub(r"\\n", visible(text).rstrip("\n"))
