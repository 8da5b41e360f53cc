"""Read texts whose header has lists of columns in its cells, as MVSA's `ID<tab>text,image`, once for each person."""

from __future__ import annotations

from collections.abc import Sequence

# The sign between the cells, and that between the columns in a cell.
SIGNS_OF_LISTS = ("\t,", ";,", "|,")
_SHARE_OF_LINES = 0.9  # that have as many lists and values as the header


def find_lists(lines: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """Return both signs of a text, and the names of its columns; None if its header has no lists, or its rows others.

    Example:
        >>> find_lists(["ID;text,image;text,image", "1;good,bad;good,good", "2;bad,bad;bad,good"])
        (';,', ('ID', 'text', 'image'))
        >>> find_lists(["ID;text,image", "1;good"]) is None
        True
    """
    for signs in SIGNS_OF_LISTS:
        sign, inner = signs[0], signs[1]
        if len(lines) < 2 or sign not in lines[0]:
            continue
        first, *lists = (cell.strip() for cell in lines[0].split(sign))
        names = [name.strip() for name in lists[0].split(inner)]
        if inner in first or len({*lists}) > 1 or len({*names} - {""}) < max(2, len(names)):
            continue
        fitting = sum(_has_form(line, signs, len(lists), len(names)) for line in lines[1:])
        if fitting >= _SHARE_OF_LINES * (len(lines) - 1):
            return signs, (first, *names)
    return None


def cells_of_lists(line: str, signs: str) -> list[str]:
    """Return the cells of a line; those of several people are a list in the cell of each column.

    Example:
        >>> cells_of_lists("1;good,bad;good,good", ";,")
        ['1', 'good,good', 'bad,good']
    """
    sign, inner = signs[0], signs[1]
    first, *lists = line.strip().split(sign)
    columns = zip(*([cell.strip() for cell in each.split(inner)] for each in lists), strict=False)
    return [first.strip(), *map(inner.join, columns)]


def _has_form(line: str, signs: str, lists: int, names: int) -> bool:
    first, *found = line.strip().split(signs[0])
    return signs[1] not in first and len(found) == lists and all(each.count(signs[1]) == names - 1 for each in found)
