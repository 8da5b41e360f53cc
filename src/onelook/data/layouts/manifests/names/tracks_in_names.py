"""Recognise tracks in names of two numbers: `fish_000000009611_05381.png` is one of the frames of the fish 9611.

The first number is that of the track, and repeats; the second one rises from picture to picture, also with gaps, and
does not begin again with each track. So the pictures of a track follow each other.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import groupby

from onelook.data.part import Part

_TWO_NUMBERS = re.compile(
    r"(?P<folder>(?:.*/)?)(?P<track>[^\d/.]*(?P<first>\d+))[ _-](?:[a-z]+[ _-]?)?(?P<number>\d+)(?:[ _-][a-z]+)?\.\w+",
    re.I,
)
_DATE = re.compile(r"(?:19|20)\d\d(?:[01]\d[0-3]\d)?")  # a day, or a year, whose pictures are of many things
_SAMPLE = 50  # the first names; if one of them has not two numbers, the others are not examined
_FEWEST_OF_TRACK = 1.5  # pictures, on average


def track_rule(pool: Part) -> Callable[[str], str | None] | None:
    """Return the rule for the track of a name, if all names tell one; else None.

    A few classes may have one track alone.
    """
    if not all(map(_TWO_NUMBERS.fullmatch, pool.ids[:_SAMPLE])) or pool.labels is None:
        return None
    matches = [match for each in pool.ids if (match := _TWO_NUMBERS.fullmatch(each))]
    if len(matches) < len(pool.ids) or all(_DATE.fullmatch(match["first"]) for match in matches):
        return None
    # `n0144/n0144_7.jpg` repeats the folder, which may be the class.
    if 2 * sum(match["folder"].endswith(f"{match['track']}/") for match in matches) > len(matches):
        return None
    of_class: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for match, label in zip(matches, pool.labels.tolist(), strict=True):
        of_class[label].append((int(match["number"]), match["track"]))
    tracks = of_several = 0
    for members in of_class.values():
        members.sort()
        runs = Counter(track for track, _ in groupby(track for _, track in members))
        if len({number for number, _ in members}) < len(members) or max(runs.values()) > 1:
            return None
        tracks += len(runs)
        of_several += len(runs) > 1
    if len(matches) < _FEWEST_OF_TRACK * tracks or 2 * of_several <= len(of_class):
        return None
    is_own_count = len({match["number"] for match in matches}) < len(matches)  # each class counts for itself
    return _track_in_folder if is_own_count else _track


def _track(name: str) -> str | None:
    match = _TWO_NUMBERS.fullmatch(name)
    return match["track"] if match else None


def _track_in_folder(name: str) -> str | None:
    match = _TWO_NUMBERS.fullmatch(name)
    return match["folder"] + match["track"] if match else None
