"""Match class folders that another part calls otherwise: `test/carcinoma/` of `train/carcinoma_left.lobe_T2/`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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

    All other names of a part must match: each begins one class that the part does not have, or is begun by it, or
    differs in capitals and signs alone.

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
    """Return the class in training that each other name means; empty if some name means none, or two mean one."""
    others = [name for name in found if name not in known]
    missing = [name for name in known if name not in found]
    ways = {other: [name for name in missing if _are_alike(name, other)] for other in others}
    matched = {other: names[0] for other, names in ways.items() if len(names) == 1}
    return matched if len(matched) == len(others) == len({*matched.values()}) else {}


def _are_alike(name: str, other: str) -> bool:
    """Return whether one name begins with the whole words of the other, or has the same letters and digits.

    Example:
        >>> _are_alike("cell_left.lobe", "cell"), _are_alike("Bus Stop", "bus_stop"), _are_alike("cat", "catfish")
        (True, True, False)
    """
    short, long = sorted((name.casefold(), other.casefold()), key=len)
    if short and long.startswith(short) and not long[len(short) : len(short) + 1].isalnum():
        return True
    plain = ["".join(sign for sign in each if sign.isalnum()) for each in (short, long)]
    return plain[0] == plain[1] != ""
