"""Choose among columns that may each be the label by what lies beside them: a list, the pictures' names, or a value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from onelook.data.layouts.manifests.columns.column_in_words import NAMELESS
from onelook.data.layouts.manifests.columns.evidence import LabelEvidence, Strength, Target
from onelook.data.layouts.manifests.columns.group_words import names_groups
from onelook.data.layouts.manifests.columns.judge import judged
from onelook.data.layouts.manifests.columns.label_columns import are_alike, are_one_to_one, is_part_of
from onelook.data.layouts.manifests.columns.name_beginnings import name_beginnings
from onelook.data.layouts.manifests.columns.number_columns import Cells, are_codes
from onelook.wording import named

_DIGIT = re.compile(r"\d")
# Values of a label, and hardly of another column: nothing was found in these pictures.
_NOTHING_FOUND = frozenset({"negative", "normal", "healthy", "benign", "no finding", "no_finding", "no findings"})
_FEWEST_OF_EACH = 3  # pictures of a class, on average, where names begin with it; a person has fewer


def one_of_several(columns: Mapping[str, Cells], likely: Sequence[str], evidence: LabelEvidence) -> Target | None:
    """Return the one of several columns that something beside them points to; None if nothing does.

    Args:
        columns: all columns of the table.
        likely: those that may be the label.
        evidence: facts from other tables, and the paths of the pictures.
    """
    if len(likely) < 2:
        return None
    tellers = (_told_by_list, _told_by_names, _told_by_values)
    return next((told for tell in tellers if (told := tell(columns, likely, evidence)) is not None), None)


def _told_by_list(columns: Mapping[str, Cells], likely: Sequence[str], evidence: LabelEvidence) -> Target | None:
    """Return the one of several columns whose values another table lists: `mediums.csv` has those of `Medium`."""
    fitting = {
        column: entry
        for column in likely
        for entry, names in evidence.lists.items()
        if len(values := {*columns[column]} - {None}) > 1 and values <= {*names}
    }
    if len(fitting) != 1:
        return None
    ((column, entry),) = fitting.items()
    # Each of two levels, as variant and family, may be meant, whichever list is there.
    if any(is_part_of(columns[column], columns[each]) or is_part_of(columns[each], columns[column]) for each in likely):
        return None
    others = named([each for each in likely if each != column])
    note = (
        f"{entry} lists the values of '{column}', so this column is the label, and not {others}: "
        "--label-column chooses."
    )
    return replace(judged(columns, column, Strength.NAMED, evidence), notes=(note,))


def _told_by_names(columns: Mapping[str, Cells], likely: Sequence[str], evidence: LabelEvidence) -> Target | None:
    """Return the one of several columns whose value each picture's name begins with, as `000_0012.png` with 0."""
    names = name_beginnings(evidence.paths)
    # A number may be that of a person, so it decides only between numbers whose columns have no names.
    are_words = not any(map(_DIGIT.search, set(names)))
    if not are_words and not all(NAMELESS.fullmatch(column) and are_codes(columns[column]) for column in likely):
        return None
    fitting = [
        column
        for column in likely
        if not names_groups(column)
        and _FEWEST_OF_EACH * len(set(columns[column])) <= len(columns[column]) == len(names)
        and are_one_to_one(columns[column], names)
        and all(are_alike(cell, name) for cell, name in set(zip(columns[column], names, strict=True)))
    ]
    if len(fitting) != 1:
        return None
    others = named([column for column in likely if column not in fitting])
    note = (
        f"The names of the pictures begin with the values of '{fitting[0]}' ('{names[0]}' is "
        f"'{columns[fitting[0]][0]}'), so this column is the label, and not {others}: --label-column chooses."
    )
    return replace(judged(columns, fitting[0], Strength.LEFT, evidence), notes=(note,))


def _told_by_values(columns: Mapping[str, Cells], likely: Sequence[str], evidence: LabelEvidence) -> Target | None:
    """Return the one of several columns without names that has a word for nothing found, as COVIDx's `negative`."""
    fitting = {
        column: word
        for column in likely
        if (word := next((cell for cell in columns[column] if cell and cell.casefold() in _NOTHING_FOUND), None))
    }
    if len(fitting) != 1 or not all(map(NAMELESS.fullmatch, likely)):
        return None
    ((column, word),) = fitting.items()
    others = named([each for each in likely if each != column])
    note = (
        f"'{column}' has the value '{word}', as labels do, so this column is the label, and not {others}: "
        "--label-column chooses."
    )
    return replace(judged(columns, column, Strength.NAMED, evidence), notes=(note,))
