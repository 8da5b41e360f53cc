"""Natural order, `img2` before `img10`: the order of class names, of files and of ids everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBER = re.compile(r"([0-9]+)")
_MOST_DIGITS = 4_000  # Python reads at most 4,300, because the time grows with the square of their number
_ENDLESS = 10**_MOST_DIGITS


def natural_key(text: str) -> tuple[list[str | int], str]:
    """Return the key for `sorted` that gives the natural order.

    Numbers in a text count as numbers, and letters without regard to case. Texts that are then equal (`a` and `A`,
    `1` and `01`) have the plain order of characters, so that the order is the same on every machine.

    Example:
        >>> sorted(["img10", "img2", "Img1"], key=natural_key)
        ['Img1', 'img2', 'img10']
    """
    # Texts and numbers alternate, and a text is first: so an int is never compared with a str.
    pieces = _NUMBER.split(text.casefold())
    return [_number(piece) if index % 2 else piece for index, piece in enumerate(pieces)], text


def _number(digits: str) -> int:
    return int(digits) if len(digits) <= _MOST_DIGITS else _ENDLESS


def natural_sorted(texts: Iterable[str]) -> list[str]:
    """Return the texts in natural order.

    Example:
        >>> natural_sorted({"10", "9", "1"})
        ['1', '9', '10']
    """
    return sorted(texts, key=natural_key)
