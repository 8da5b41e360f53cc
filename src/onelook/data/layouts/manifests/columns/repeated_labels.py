"""Cells that hold one label several times, as `cat, cat` for two cats in a picture: the label is `cat`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onelook.data.layouts.manifests.columns.number_columns import number_of
from onelook.wording import agree, counted

Cells = Sequence[str | None]

_SIGNS = (",", ";", "|")
_FEWEST_NAMES = 100  # different values of which most occur once


@dataclass(frozen=True)
class LabelsOnce:
    """Columns in which each label is written once, and a note on each column that was changed."""

    columns: Mapping[str, Cells]
    notes: Mapping[str, str]


def with_labels_once(columns: Mapping[str, Cells]) -> LabelsOnce:
    """Return the columns with a label once where a cell repeats it, if another cell holds it once.

    Example:
        >>> with_labels_once({"kind": ["cat", "cat, cat", "dog"]}).columns
        {'kind': ['cat', 'cat', 'dog']}
        >>> with_labels_once({"width": ["1", "1,1", "2,5"]}).columns
        {'width': ['1', '1,1', '2,5']}
    """
    changed: dict[str, Cells] = {}
    notes: dict[str, str] = {}
    for name, cells in columns.items():
        values = set(cells) - {None}
        are_names = len(values) > _FEWEST_NAMES and 2 * len(values) > len(cells)  # of files, or texts
        once = {} if are_names else _once(values)
        if once:
            changed[name] = [once.get(cell, cell) if cell else cell for cell in cells]
            count, first = sum(cell in once for cell in cells), next(iter(once))
            notes[name] = (
                f"{counted(count, 'cell')} of '{name}' {agree(count, 'repeats', 'repeat')} one label, as '{first}': "
                f"the label is '{once[first]}'."
            )
    return LabelsOnce({**columns, **changed} if changed else columns, notes)


def _once(values: set[str | None]) -> dict[str, str]:
    """Return the label for each value that only repeats it."""
    repeated: dict[str, str] = {}
    for value in sorted(value for value in values if value and ("," in value or ";" in value or "|" in value)):
        sign = next(sign for sign in _SIGNS if sign in value)
        parts = [part.strip(" '\"") for part in value.strip("[](){}").split(sign)]
        is_decimal = sign == "," and number_of(parts[0]) is not None
        if len(parts) > 1 and len(set(parts)) == 1 and parts[0] and not is_decimal:
            repeated[value] = parts[0]
    forms = ("{}", "['{}']", '["{}"]', "[{}]")
    alone = {label: form.format(label) for label in repeated.values() for form in forms if form.format(label) in values}
    return {value: alone[label] for value, label in repeated.items() if label in alone}
