"""Recognise tables of test pictures whose label is one value in all rows: a placeholder, to be overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from onelook.data.layouts.manifests.columns.evidence import LabelEvidence
from onelook.data.layouts.manifests.join_tables import Located
from onelook.data.layouts.manifests.roles import find_roles
from onelook.data.part_names import part_and_rest, part_of
from onelook.errors import DataError
from onelook.wording import agree

_FEWEST_ROWS = 6  # fewer test pictures may all be of one class by chance
_NO_LABELS = frozenset({"-1", "?", "unknown", "none", "null", "nan", "na", "n/a"})  # of pictures to predict


def without_placeholders(located: Sequence[Located], evidence: LabelEvidence) -> tuple[list[Located], list[str]]:
    """Return the tables, those of test pictures without a label that is the same in all rows, and notes.

    Organisers of competitions hand out such a table as the form of an answer, whatever they call its file. Where the
    pictures to train on have several classes, a score on one class alone would mean little anyway.
    """
    notes: list[str] = []
    kept: list[Located] = []
    labels = [label for one in located if not _is_of_test(one) and (label := _label_of_several(one, evidence))]
    tests = [one for one in located if _is_of_test(one)]
    # A table for each class of the test pictures holds one label too, but each another.
    labels = [each for each in labels if len({_values(one, each) for one in tests}) == 1]
    for one in located:
        label = next((label for label in labels if _is_constant(one, label)), None) if _is_of_test(one) else None
        if label is None:
            kept.append(one)
            continue
        value = one.table.columns[label][0]
        columns = {name: cells for name, cells in one.table.columns.items() if name != label}
        kept.append(replace(one, table=replace(one.table, columns=columns)))
        notes.append(
            f"{one.found.entry} gives {agree(len(one.ids), 'its only picture', f'all {len(one.ids):,} pictures')} the "
            f"label '{value}': it was taken for a placeholder. If it is meant, give the table with --test."
        )
    return kept, notes


def _label_of_several(one: Located, evidence: LabelEvidence) -> str | None:
    """Return the label column of a table if it has several classes."""
    try:
        label = find_roles(one.table, one.found.path, None, evidence).label
    except DataError:
        return None
    return label if label is not None and len({*one.table.columns.get(label, ())} - {None}) > 1 else None


def _values(one: Located, column: str) -> frozenset[str | None]:
    return frozenset(one.table.columns.get(column, ()))


def _is_constant(one: Located, column: str) -> bool:
    cells = one.table.columns.get(column, ())
    value = cells[0] if len({*cells}) == 1 else None
    return value is not None and (len(cells) >= _FEWEST_ROWS or value.casefold() in _NO_LABELS)


def _is_of_test(one: Located) -> bool:
    """Return whether the name of a table, or a folder of each of its pictures, means the test part."""
    if one.found.part is not None:
        return one.found.part == "test"
    folders = {name.rpartition("/")[0] for name in one.names if name is not None}
    return bool(folders) and all(
        any((part_of(each) or part_and_rest(each)[0]) == "test" for each in folder.split("/")) for folder in folders
    )
