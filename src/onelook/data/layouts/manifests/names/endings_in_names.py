"""Recognise what many pictures are cut from at the end of their names: `blk-AGYE-TCGA-AA-3837-01Z-00-DX1.png`.

The beginning is the tile's own; the rest names the slide, and repeats.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from onelook.data.part import Part

_SIGN = re.compile(r"[-_]")
_MOST_OWN = 2  # words at the beginning: `blk` and a hash
_FEWEST_WORDS = 3  # behind them; fewer are a word and a counter
_FEWEST_WITH_DIGIT = 2
_FEWEST_OF_ENDING = 2.0  # pictures, on average


def ending_rule(pool: Part) -> Callable[[str], str | None] | None:
    """Return the rule for what the ending of each name means, if endings repeat within the classes; else None."""
    if pool.labels is None:
        return None
    for own in range(1, _MOST_OWN + 1):
        endings = [_ending(each, own) for each in pool.ids]
        if None in endings:
            return None
        if _are_of_things(pool, endings, own):
            return partial(_ending, own=own)
    return None


def _ending(name: str, own: int) -> str | None:
    """Return the words of a name but for the first ones; None if they are few, or of letters alone.

    Example:
        >>> _ending("MSS/blk-AGYE-TCGA-AA-3837-01Z-00-DX1.png", 2), _ending("cat_01_small.png", 1)
        ('TCGA-AA-3837-01Z-00-DX1', None)
    """
    words = _SIGN.split(name.rpartition("/")[2].rpartition(".")[0])[own:]
    with_digit = sum(any(map(str.isdecimal, word)) for word in words)
    return "-".join(words) if len(words) >= _FEWEST_WORDS and with_digit >= _FEWEST_WITH_DIGIT else None


def _are_of_things(pool: Part, endings: list[str | None], own: int) -> bool:
    """Return whether beginnings are unique, and each ending is of one class, which has several of them."""
    beginnings = {tuple(_SIGN.split(each.rpartition("/")[2])[:own]) for each in pool.ids}
    classes: dict[str | None, set[int]] = {}
    of_class: dict[int, set[str | None]] = {}
    for ending, label in zip(endings, [] if pool.labels is None else pool.labels.tolist(), strict=True):
        classes.setdefault(ending, set()).add(label)
        of_class.setdefault(label, set()).add(ending)
    return (
        len(beginnings) == len(pool.ids) >= _FEWEST_OF_ENDING * len(classes)
        and all(len(found) == 1 for found in classes.values())
        and all(len(found) > 1 for found in of_class.values())
    )
