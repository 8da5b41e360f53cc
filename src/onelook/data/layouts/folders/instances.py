"""Recognise folders of samples, sessions, instances and takes of a class: `cork/sample_a/`, `session2/cat/`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_DEEPEST = 4  # the deepest folder that is looked at, as for classes
# `sample_a`, `session2`, `take 3`: a thing or an occasion of which a class has several.
_INSTANCE = re.compile(
    r"(?P<word>sample|specimen|session|instance|take|trial|repetition|recording|capture)[\W_]*(?:\d+|[a-z])", re.I
)
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
        if are_several and len(words) == 1 and (word := words.pop()):
            found[number] = word
    return found


def word_for_instance(folder: str, above: str) -> str:
    """Return the word in the name of a folder of an instance, as `sample`; empty if it has no such name."""
    rest = folder.casefold().replace(above.casefold(), "") if above else folder.casefold()
    match = _INSTANCE.fullmatch(_EDGES.sub("", rest))
    return match["word"] if match else ""
