"""Find the majority of several people's labels where each person has a column: `expert1`, `expert2` and `expert3`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onelook.data.column_names import words_of
from onelook.data.layouts.manifests.columns.raters.votes import RATER_WORDS, majority
from onelook.wording import counted, named

Cells = Sequence[str | None]

_PERSON = re.compile(r"[\W_]*(?:\d+|(?<=[\W_])[A-Za-z])$")  # the number or the letter of a person
_FEWEST = 3
_MOST_CLASSES = 50
_SHARE_AGREED = 0.5  # of the rows with several opinions, on which all of these agree


@dataclass(frozen=True)
class Opinions:
    """The columns of the raters, the majority of each row (None for a tie), and a note."""

    columns: tuple[str, ...]
    labels: tuple[str | None, ...]
    note: str


def read_opinions(columns: Mapping[str, Cells]) -> Opinions | None:
    """Return the majority of columns that differ in the number of the person alone; None without such columns.

    Example:
        >>> ill, well = "ill", "well"
        >>> table = {"reader 1": [ill, well], "reader 2": [ill, ill], "reader 3": [ill, well], "id": ["a", "b"]}
        >>> read_opinions(table).labels
        ('ill', 'well')
    """
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for name in columns:
        if (match := _PERSON.search(name)) and RATER_WORDS & {*words_of(name[: match.start()])}:
            alike[name[: match.start()].casefold()].append(name)
    names = [group for group in alike.values() if len(group) >= _FEWEST]
    if len(names) != 1 or not _agree([columns[name] for name in names[0]]):
        return None
    rows = [[cell for cell in row if cell is not None] for row in zip(*map(columns.__getitem__, names[0]), strict=True)]
    labels = tuple(map(majority, rows))
    differ = sum(len({*row}) > 1 for row in rows)
    ties = sum(label is None and bool(row) for label, row in zip(labels, rows, strict=True))
    tied = f", {counted(ties, 'tie')} left out" if ties else ""
    note = (
        f"The majority of {named(names[0])} is the label: on {differ:,} of {counted(len(rows), 'picture')} they "
        f"disagree{tied}."
    )
    return Opinions(tuple(names[0]), labels, note)


def _agree(opinions: Sequence[Cells]) -> bool:
    """Return whether columns hold the same few values, and most rows one of them alone."""
    values = [{*cells} - {None} for cells in opinions]
    every = set().union(*values)
    if not 1 < len(every) <= _MOST_CLASSES or any(2 * len(each) < len(every) for each in values):
        return False
    rows = [{*row} - {None} for row in zip(*opinions, strict=True)]
    filled = [row for row in rows if row]
    return sum(len(row) == 1 for row in filled) >= _SHARE_AGREED * len(filled) > 0
