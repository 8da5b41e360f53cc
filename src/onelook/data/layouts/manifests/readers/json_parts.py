"""Read JSON with a list or mapping for each part: {"train": [["a.png", 0, "cat"], …], "test": […]}."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from onelook.data.layouts.manifests.readers.json_records import JsonTable, table_of_records
from onelook.data.part_names import parts_of_words
from onelook.wording import named

_SPLIT = "split"
_LONGEST_ROW = 4


def table_of_parts(value: Mapping[str, Any]) -> JsonTable | None:
    """Return one table of the pictures of all parts, with their part; None if the keys are no parts.

    Example:
        >>> table_of_parts({"train": [["a.png", 0, "cat"]], "test": [["b.png", 1, "dog"]]}).columns
        {'name': ['a.png', 'b.png'], 'label_id': ['0', '1'], 'label': ['cat', 'dog'], 'split': ['train', 'test']}
    """
    filled = {key: each for key, each in value.items() if isinstance(each, list | Mapping) and each}
    parts = parts_of_words(filled)
    if len(set(parts.values())) < 2 or "train" not in parts.values():
        return None
    records: list[Mapping[str, Any]] = []
    for key, part in parts.items():
        of_part = filled[key]
        rows = [list(pair) for pair in of_part.items()] if isinstance(of_part, Mapping) else of_part
        found = [_record(row) for row in rows]
        if None in found:
            return None
        records += [{**record, _SPLIT: part} for record in found if record is not None]
    return replace(table_of_records(records), parts_from=f"the lists {named(parts)}")


def _record(row: Any) -> Mapping[str, Any] | None:
    """Return a row as a record: the name of the picture, and its label; None for other values."""
    if isinstance(row, Mapping):
        return row
    if isinstance(row, str):
        return {"name": row}
    if not isinstance(row, list) or not 2 <= len(row) <= _LONGEST_ROW or not isinstance(row[0], str):
        return None
    if not all(isinstance(each, str | int | float | None) for each in row):
        return None
    if len(row) == 2:
        return {"name": row[0], "label": row[1]}
    is_named = isinstance(row[1], int) and isinstance(row[2], str)  # a number, and the name of the class
    names = ("name", "label_id", "label") if is_named else ("name", "label", "column 3")
    return dict(zip((*names, "column 4"), row, strict=False))
