"""Ask whether folders are classes if the parts of a data set share none: they may be places, persons or days."""

from __future__ import annotations

from collections.abc import Mapping

from onelook.data.layouts.folders.tree import FoundPart
from onelook.data.layouts.label_from import FolderLevel
from onelook.data.layouts.question import Choice, ask_which, classes_in_words
from onelook.data.natural_order import natural_sorted
from onelook.data.storage.location import Location
from onelook.wording import named

_FEWEST_IN_A_PLACE = 2  # pictures in a folder of a part, on average, if it may be a place or a person


def refuse_disjoint_parts(
    location: Location, parts: Mapping[str, FoundPart], level: FolderLevel, asked: FolderLevel | None
) -> None:
    """Ask if the folders to validate on are all others: cities, persons or days that the parts keep apart.

    Args:
        location: the location of the data.
        parts: the pictures of each part and their classes.
        level: the folder that is taken for the class.
        asked: the folder that the user named, who is not asked again.

    Raises:
        ConfigError: no class of the training part is in the validation part, or in the test part.
    """
    labelled = {part: found.classes for part, found in parts.items() if found.classes}
    trained, val, test = (set(labelled.get(part, ())) for part in ("train", "val", "test"))
    if asked is not None or len(trained) < 2 or not val or not trained.isdisjoint(val | test):
        return
    if any(len(classes) < _FEWEST_IN_A_PLACE * len(set(classes)) for classes in labelled.values()):
        return
    ways = [
        Choice(level.flag, classes_in_words([name for classes in labelled.values() for name in classes])),
        Choice("--layout picture-folder", "the pictures without labels"),
    ]
    examples = "; ".join(f"{part} has {named(natural_sorted(set(classes))[:2])}" for part, classes in labelled.items())
    raise ask_which(
        f"{location.root}: no folder of the training pictures is in another part ({examples}), so a folder may be a "
        "place, a person or a day, and no class.",
        ways,
    )
