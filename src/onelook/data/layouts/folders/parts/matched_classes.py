"""Match class folders that another part calls otherwise: `test/carcinoma/` of `train/carcinoma_left.lobe_T2/`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from onelook.data.layouts.folders.tree import FoundPart
from onelook.data.layouts.label_from import FolderLevel
from onelook.data.natural_order import natural_sorted
from onelook.wording import counted, listed

_SHOWN = 3


def with_matched_classes(
    parts: Mapping[str, FoundPart], level: FolderLevel
) -> tuple[Mapping[str, FoundPart], list[str]]:
    """Return the parts with the training part's names of classes, and a note for each part that has others.

    A name that differs in capitals and signs alone is the same class. All others must match: each begins one
    class that the part does not have, or is begun by it.

    Args:
        parts: the pictures of each part and their classes.
        level: the folder that is the class.
    """
    known = {*(parts["train"].classes or ())} if "train" in parts else set()
    changed = dict(parts)
    notes = []
    for name, part in parts.items():
        if name == "train" or not part.classes:
            continue
        matched = _matches(known, {*part.classes})
        if not matched:
            continue
        changed[name] = replace(part, classes=[matched.get(each, each) for each in part.classes])
        pairs = listed((f"'{other}' is '{matched[other]}'" for other in natural_sorted(matched)), most=_SHOWN)
        notes.append(
            f"The part '{name}' calls {counted(len(matched), 'class')} otherwise than the training part, and they are "
            f"taken for the same: {pairs}. {level.flag} keeps them apart."
        )
    return changed, notes


def _matches(known: Collection[str], found: Collection[str]) -> dict[str, str]:
    """Return the class in training that each other name means, if that is sure.

    Names that differ in capitals and signs alone are sure one by one, others only if all of them match.
    """
    others = [name for name in found if name not in known]
    missing = [name for name in known if name not in found]
    spelt = _one_to_one({each: [name for name in missing if _plain(name) == _plain(each)] for each in others})
    others = [name for name in others if name not in spelt]
    missing = [name for name in missing if name not in spelt.values()]
    begun = _one_to_one({each: [name for name in missing if _begins(name, each)] for each in others})
    return spelt | (begun if len(begun) == len(others) else {})


def _one_to_one(ways: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the names with one way that no other name has."""
    times = Counter(name for names in ways.values() for name in names)
    return {other: names[0] for other, names in ways.items() if len(names) == 1 and times[names[0]] == 1}


def _plain(name: str) -> str:
    """Return the letters and digits of a name in small letters; the name itself if it has none."""
    return "".join(sign for sign in name.casefold() if sign.isalnum()) or name


def _begins(name: str, other: str) -> bool:
    """Return whether one name begins with the whole words of the other, or is its plural.

    Example:
        >>> _begins("cell_left.lobe", "cell"), _begins("cat", "cats"), _begins("cat", "catfish")
        (True, True, False)
    """
    short, long = sorted((name.casefold(), other.casefold()), key=len)
    behind = long[len(short) :]
    return bool(short) and long.startswith(short) and (behind == "s" or not behind[:1].isalnum())
