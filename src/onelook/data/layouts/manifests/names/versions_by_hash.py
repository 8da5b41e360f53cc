"""Recognise versions of one picture, whose names differ in a hash alone: `oak_jpg.rf.4cfa….jpg` of Roboflow."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable

from onelook.data.part import Part
from onelook.data.part_names import names_a_part

# Roboflow augments a picture into several, called after it with `.rf.` and a hash.
_OF_ROBOFLOW = re.compile(r"(?P<source>.*[^\W_][^/]*)\.rf\.(?P<hash>[0-9a-z]{16,64})\.\w+", re.I)
_BY_HASH = re.compile(r"(?P<source>.*[^\W_][^/]*?)[._-]+(?P<hash>[0-9a-f]{16,64})\.\w+", re.I)
_SAMPLE = 50  # the first names; if too many of them have no hash, the others are not examined
_SHARE_OF_ROBOFLOW = 0.8  # of these names; others may have been added
_FEWEST_OF_SOURCE = 1.5  # pictures of one source, on average, where only a hash is to be seen


def hash_rule(pool: Part) -> Callable[[str], str | None] | None:
    """Return the rule for the source of a name, if all names end with a hash and sources have several; else None."""
    for pattern in (_OF_ROBOFLOW, _BY_HASH):
        first = pool.ids[:_SAMPLE]
        least = _SHARE_OF_ROBOFLOW if pattern is _OF_ROBOFLOW else 1
        if sum(pattern.fullmatch(name) is not None for name in first) < least * len(first):
            continue

        def source_of(name: str, pattern: re.Pattern[str] = pattern) -> str | None:
            match = pattern.fullmatch(name)
            return _without_parts(match["source"]) if match else None

        members: defaultdict[str | None, list[str]] = defaultdict(list)
        for name in pool.ids:
            members[source_of(name)].append(name)
        of_sources = len(pool.ids) - len(members.pop(None, ()))
        is_clear = pattern is _OF_ROBOFLOW or (
            of_sources >= _FEWEST_OF_SOURCE * len(members) and _are_in_every_class(pool, source_of)
        )
        if is_clear and len(members) > 1 and of_sources > len(members):
            return source_of
    return None


def _are_in_every_class(pool: Part, source_of: Callable[[str], str | None]) -> bool:
    """Return whether each class has pictures of two sources or more; `oak-4cfa….jpg` may be any oak."""
    labels = [] if pool.labels is None else pool.labels.tolist()
    sources: defaultdict[int, set[str | None]] = defaultdict(set)
    for name, label in zip(pool.ids, labels, strict=bool(labels)):
        sources[label].add(source_of(name))
    return min(map(len, sources.values()), default=0) > 1


def _without_parts(path: str) -> str:
    """Return a path without the folders of parts, so that versions in several parts are of one source.

    Example:
        >>> _without_parts("train/oak/a_jpg"), _without_parts("valid/oak/a_jpg")
        ('oak/a_jpg', 'oak/a_jpg')
    """
    *folders, file = path.split("/")
    return "/".join([*(folder for folder in folders if not names_a_part(folder)), file])
