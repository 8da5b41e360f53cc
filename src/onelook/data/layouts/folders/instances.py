"""Recognise folders of samples, sessions, instances and takes of a class: `cork/sample_a/`, `session2/cat/`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

_DEEPEST = 4  # the deepest folder that is looked at, as for classes
# `sample_a`, `session2`, `take 3`: a thing or an occasion of which a class has several.
_INSTANCE = re.compile(
    r"(?P<word>sample|specimen|session|instance|take|trial|repetition|recording|capture)[\W_]*(?:\d+|[a-z])", re.I
)
# Words that published classes are called by too, as `Sample001` to `Sample062` for the characters of Chars74K.
_MAY_BE_CLASSES = frozenset({"sample", "specimen", "instance"})
_FEWEST_CLASSES = 5
_SHARE_REPEATED = 0.9  # of the folders above that hold a folder of the same name
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def instances(names: Sequence[str], path: str) -> dict[int, str]:
    """Return the numbers of the folders that are samples, sessions or the like of a class, and the word for each.

    `cork/sample_a/1.png` lies in the folder of a sample. Its name may repeat the folder above, as `sample_a_cork`.
    """
    few = [*names[:1], *names[len(names) // 2 :][:1], *names[-1:]]  # a quick look
    looked_at = [name[len(path) :].split("/")[:-1] for name in few]
    if not any(word_for_instance(folder, above) for each in looked_at for above, folder in pairwise(["", *each])):
        return {}
    split = [name[len(path) :].split("/")[:-1] for name in names]
    found: dict[int, str] = {}
    for number in range(1, min(_DEEPEST, max(map(len, split))) + 1):
        there = [each for each in split if len(each) >= number]
        pairs = {(each[number - 2] if number > 1 else "", each[number - 1]) for each in there}
        words = {word_for_instance(folder, above) for above, folder in pairs}
        are_several = len({folder for _, folder in pairs}) > 1 and 2 * len(there) > len(split)
        if are_several and len(words) == 1 and (word := words.pop()) and not _may_be_classes(word, there, number):
            found[number] = word
    return found


def _may_be_classes(word: str, folders: Sequence[Sequence[str]], number: int) -> bool:
    """Return whether folders called by a word for instances may be classes: many, and the same under few others.

    `GoodImg/Sample001` and `BadImg/Sample001` may be one class; each of many materials has few samples of its own.
    """
    if word.casefold() not in _MAY_BE_CLASSES or number == 1:
        return False
    above: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for each in folders:
        above[each[number - 1]].add(tuple(each[: number - 1]))
    places = set().union(*above.values())
    repeated = sum(len(each) >= _SHARE_REPEATED * len(places) for each in above.values())
    are_many = len(above) >= max(_FEWEST_CLASSES, len(places) + 1)
    return len(places) > 1 and are_many and repeated >= _SHARE_REPEATED * len(above)


def word_for_instance(folder: str, above: str) -> str:
    """Return the word in the name of a folder of an instance, as `sample`; empty if it has no such name."""
    rest = folder.casefold().replace(above.casefold(), "") if above else folder.casefold()
    match = _INSTANCE.fullmatch(_EDGES.sub("", rest))
    return match["word"] if match else ""
