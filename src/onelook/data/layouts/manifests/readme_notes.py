"""Say what a README beside pictures seems to hold: a list of their labels, or what numbers of classes mean.

A README is prose, and is never read as a table: it may be about another version of the data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from onelook.data.class_names import has_integer_labels
from onelook.data.dataset import Dataset
from onelook.data.pictures.by_content import picture_names
from onelook.data.storage.location import Location
from onelook.wording import listed, printable

_README = re.compile(r"read[-_ ]?me(?:\.(?:txt|md))?", re.IGNORECASE)
_MOST_BYTES = 1 << 16
_LONGEST_LINE = 200  # characters
_SHOWN = 40
_FEWEST_LINES = 2
_SHARE_OF_PICTURES = 0.5  # that the lines name
_CELLS = re.compile(r"[\s,;:|]+")


def notes_on_readme(location: Location, dataset: Dataset) -> list[str]:
    """Return notes on the README of the data, in which labels or the names of classes seem to be."""
    entry = next((name for name in location.entries() if _README.fullmatch(name)), None)
    paths = location.once(picture_names)
    if entry is None or not paths:
        return []
    with location.open(entry) as file:
        text = file.read(_MOST_BYTES).decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines() if len(line) <= _LONGEST_LINE]
    return [*_on_lists(entry, lines, paths), *_on_meanings(entry, lines, dataset.class_names)]


def _on_lists(entry: str, lines: Sequence[str], paths: Sequence[str]) -> list[str]:
    """Return a note if the lines begin with the names of pictures here, with something behind each name."""
    names = {*paths, *(path.rpartition("/")[2] for path in paths)}
    found = {cells[0]: line for line in lines if len(cells := _CELLS.split(line)) > 1 and cells[0] in names}
    if len(found) < max(_FEWEST_LINES, _SHARE_OF_PICTURES * len(paths)):
        return []
    first = printable(next(iter(found.values())))[:_SHOWN]
    return [
        f"{len(found):,} lines of {entry} begin with the name of a picture, such as '{first}', and were not read. If "
        "they are the labels, copy these lines into a file labels.txt."
    ]


def _on_meanings(entry: str, lines: Sequence[str], classes: Sequence[str]) -> list[str]:
    """Return a note if each class is a number, and the text says one thing of each, as `0: cats, 1: dogs`."""
    if not classes or not has_integer_labels(classes):
        return []
    text = "\n".join(lines)
    meanings: dict[str, str] = {}
    for number in classes:
        found = re.findall(rf"(?<![\w.-]){number} *(?:[:=]|->?|–) *([^\W\d_][\w '&/-]*?)(?= *(?:[,;.)\n]|$))", text)
        if len({*found}) != 1:
            return []
        meanings[number] = printable(found[0])
    if len({*meanings.values()}) < len(classes):
        return []
    shown = listed((f"{number} is '{name}'" for number, name in meanings.items()), most=3)
    return [f"{entry} seems to say what the classes mean: {shown}. --class-names gives them names."]
