"""Recognise kinds of one thing by names: `07_rgb.tif` and `07_nir.tif`, `1_thumb.bmp` and `1_thumb_cut.bmp`."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable

from onelook.data.part import Part

# A number and a word without one: the word tells the kind, and all else the thing.
_KIND_BEHIND = re.compile(r"(?P<thing>(?:.*/)?[^/]*\d[^/]*?)[_\-. ]+(?P<kind>[^\W\d_]+)\.\w+")
# Other words in front of a number may count pictures of their own, as `indoor_01` and `outdoor_01`.
_KIND_BEFORE = re.compile(
    r"(?P<folder>(?:.*/)?)(?P<kind>rgb|nir|swir|ir|vis|visible|thermal|depth|left|right|front|back|before|after)"
    r"[_\-. ]+(?P<thing>[^/]*\d[^/]*)\.\w+",
    re.I,
)
_ONE_MORE_WORD = re.compile(r"(?P<source>.+[^\W_])[_\-. ]+[^\W_]+")
_SAMPLE = 50  # the first names; if one of them has no kind, the others are not examined
_MOST_KINDS = 4  # more words may be anything
_SHARE_WHOLE = 0.9  # of the things, which are there in all kinds
_LONG_NAME = 10  # letters and digits; so long a name is the beginning of another one by no chance
_SHARE_OF_CHANGED = 0.25  # of the pictures


def kind_rule(pool: Part) -> Callable[[str], str | None] | None:
    """Return the rule for the thing of a name, if each thing is there in the same kinds, in every class; else None."""
    for pattern in (_KIND_BEHIND, _KIND_BEFORE):
        if not all(map(pattern.fullmatch, pool.ids[:_SAMPLE])):
            continue
        matches = [match for each in pool.ids if (match := pattern.fullmatch(each))]
        if len(matches) == len(pool.ids) and _are_kinds(matches, pool):

            def thing_of(name: str, pattern: re.Pattern[str] = pattern) -> str | None:
                match = pattern.fullmatch(name)
                return None if match is None else _thing(match)

            return thing_of
    return None


def _are_kinds(matches: list[re.Match[str]], pool: Part) -> bool:
    """Return whether things are there in the same two kinds or more, and each class has several things in all kinds."""
    kinds = {match["kind"] for match in matches}
    if not 2 <= len(kinds) <= _MOST_KINDS or pool.labels is None:
        return False
    of_thing: defaultdict[str, set[str]] = defaultdict(set)
    of_class: defaultdict[int, Counter[str]] = defaultdict(Counter)
    things: defaultdict[int, set[str]] = defaultdict(set)
    for match, label in zip(matches, pool.labels.tolist(), strict=True):
        of_thing[_thing(match)].add(match["kind"])
        of_class[label][match["kind"]] += 1
        things[label].add(_thing(match))
    whole = sum(found == kinds for found in of_thing.values())
    in_all = all(found.keys() == kinds for found in of_class.values())
    return whole >= _SHARE_WHOLE * len(of_thing) and in_all and min(map(len, things.values())) > 1


def _thing(match: re.Match[str]) -> str:
    return match.groupdict().get("folder", "") + match["thing"]


def changed_elsewhere_rule(pool: Part) -> Callable[[str], str | None] | None:
    """Return the rule for the source of a picture, if other folders hold pictures called after it; else None.

    `Altered/1__M_Left_thumb_cut.bmp` was made of `Real/1__M_Left_thumb.bmp`. A source has one picture and a long name.
    """
    stems: defaultdict[str, list[str]] = defaultdict(list)
    for each in pool.ids:
        stems[_stem(each)].append(each)
    lone = {stem: names[0] for stem, names in stems.items() if len(names) == 1 and len(stem) >= _LONG_NAME}

    def source_of(name: str) -> str | None:
        stem = _stem(name)
        match = _ONE_MORE_WORD.fullmatch(stem)
        source = lone.get(match["source"]) if match else None
        if match and source is not None and _folder(source) != _folder(name):
            return match["source"]
        return stem if stem in sources else None

    sources: set[str] = set()
    found = [source for each in pool.ids if (source := source_of(each)) is not None]
    if len(found) < _SHARE_OF_CHANGED * len(pool.ids):
        return None
    sources.update(found)
    return source_of if _are_of_classes(pool, source_of) else None


def _are_of_classes(pool: Part, source_of: Callable[[str], str | None]) -> bool:
    """Return whether each class has pictures of several sources."""
    of_class: defaultdict[int, set[str | None]] = defaultdict(set)
    for each, label in zip(pool.ids, [] if pool.labels is None else pool.labels.tolist(), strict=True):
        of_class[label].add(source_of(each))
    return min(map(len, of_class.values()), default=0) > 1


def _stem(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0]


def _folder(name: str) -> str:
    return name.rpartition("/")[0]
