"""Turn records of JSON into columns of text: nested records, lists of records, and values in cells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onelook.data.column_names import is_called_like_label
from onelook.data.layouts.manifests.columns.box_columns import box_columns
from onelook.data.layouts.manifests.columns.several_categories import SEVERAL, SeveralCategories
from onelook.data.layouts.manifests.readers.json_answers import with_agreed_answers, with_one_attribute

_LIST_OF_ONE = re.compile(r"\[\s*(['\"])([^'\",\[\]]+)\1\s*\]")  # as Python and JSON write it
_NAME_WITH_ADDRESS = re.compile(
    r"([^()\s][^()]*(?:\([^()]*\)[^()]*)*\.\w{2,5}) \(https?://[^\s()]+\)"
)  # as Airtable writes it
_RECORD = re.compile(r"\{|\[\s*\{")
_WORDS = re.compile(r"[A-Za-z][\w '/-]{0,39}")  # `Skip`
_SHARE_OF_WORDS = 0.2
_LOOKED_AT = 50  # cells, for the first record below words
_DEEPEST = 16  # records in records
BOX_KEYS = frozenset({"bbox", "segmentation", "boxes", "objects", "keypoints", "shapes", "polygon"})


@dataclass(frozen=True)
class JsonTable:
    """The columns of a JSON file, and the number of its rows that are boxes."""

    columns: Mapping[str, Sequence[str | None]]
    boxes: int = 0  # rows for a box or an outline in a picture, not for a whole picture
    is_coco: bool = False
    parts_from: str = ""  # the origin of the column `split`, if the records have none
    said: tuple[str, ...] = ()  # notes on answers of several people
    several: SeveralCategories | None = None  # if the pictures of a labelling tool have several categories each


def table_of_records(records: Sequence[Mapping[str, Any]]) -> JsonTable:
    records, said = with_agreed_answers(with_one_attribute(records))
    with_boxes = sum(map(_has_boxes, records))
    records = [_flat(record) for record in records]
    names = list(dict.fromkeys(str(name) for record in records for name in record))
    columns = {
        name: [text_of(record.get(name)) for record in records] for name in names if name.casefold() not in BOX_KEYS
    }
    return JsonTable(columns, boxes=with_boxes, said=said)


def _has_boxes(record: Mapping[str, Any]) -> bool:
    """Return whether a record has boxes or outlines, itself or in the records that it holds.

    Example:
        >>> _has_boxes({"image": "a.png", "annotations": [{"coordinates": {"x": 1, "y": 2, "width": 3, "height": 4}}]})
        True
    """
    if any(value and str(key).casefold() in BOX_KEYS for key, value in record.items()):
        return True
    waiting = [(value, 1) for value in record.values() if isinstance(value, Mapping | list)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, Mapping) and any(value[key] for key in (*box_columns(value), *BOX_KEYS & value.keys())):
            return True
        if depth < _DEEPEST:
            inner = value.values() if isinstance(value, Mapping) else value
            waiting.extend((each, depth + 1) for each in inner if isinstance(each, Mapping | list))
    return False


def with_opened_cells(columns: Mapping[str, Sequence[str | None]]) -> Mapping[str, Sequence[str | None]]:
    """Return the columns, and a column for each value instead of one whose cells hold a JSON record, or a list of some.

    A few cells may hold a word instead, as `Skip` for a picture that nobody could label: they have no values. A number
    as the only name in each record, and values that are the same in all rows, are left out. Where each cell holds a
    list of one text, as `['cat']`, this text is the cell, and so is the name of a file before its address in brackets,
    as `cat.jpg (https://…)`.

    Example:
        >>> with_opened_cells({"name": ["a", "b"], "file": ['{"species":"cat"}', '{"species":"dog"}']})
        {'name': ['a', 'b'], 'file.species': ['cat', 'dog']}
    """
    found: dict[str, Sequence[str | None]] = {}
    for name, all_cells in columns.items():
        cells = _without_addresses(_without_brackets(all_cells))
        records = _records_in(cells)
        opened = {} if records is None else table_of_records([{name: record} for record in records]).columns
        found |= _varying(opened) if any(any(of_key) for of_key in opened.values()) else {name: cells}
    return found


def _varying(opened: Mapping[str, Sequence[str | None]]) -> Mapping[str, Sequence[str | None]]:
    """Return the columns of opened cells without those with one value in all rows, as the question that was asked."""
    varying = {name: cells for name, cells in opened.items() if None in cells or len({*cells}) > 1}
    return varying or opened


def _without_brackets(cells: Sequence[str | None]) -> Sequence[str | None]:
    first = next((cell for cell in cells if cell), "")
    if not first.startswith("["):
        return cells
    found = [_LIST_OF_ONE.fullmatch(cell) if cell else None for cell in cells]
    if any(cell and match is None for cell, match in zip(cells, found, strict=True)):
        return cells
    return [match[2] if match else None for match in found]


def _without_addresses(cells: Sequence[str | None]) -> Sequence[str | None]:
    first = next((cell for cell in cells if cell), "")
    if _NAME_WITH_ADDRESS.fullmatch(first) is None:
        return cells
    found = [_NAME_WITH_ADDRESS.fullmatch(cell) if cell else None for cell in cells]
    if any(cell and match is None for cell, match in zip(cells, found, strict=True)):
        return cells
    return [match[1] if match else None for match in found]


def _records_in(cells: Sequence[str | None]) -> list[Any] | None:
    """Return the JSON record, or list of records, in each cell; an empty one for an empty cell, or for a few words.

    None if more cells than a few hold anything else.
    """
    first = next((cell for cell in cells if cell), "")
    some = [cell for cell in cells[:_LOOKED_AT] if cell]  # a table may have a hundred thousand rows of words
    if not (_RECORD.match(first) or (_WORDS.fullmatch(first) and any(map(_RECORD.match, some)))):
        return None
    present = [cell for cell in cells if cell]
    are_records = [_RECORD.match(cell) is not None and cell.endswith(("}", "]")) for cell in present]
    words = [cell for cell, is_record in zip(present, are_records, strict=True) if not is_record]
    if len(words) > _SHARE_OF_WORDS * len(present) or not all(map(_WORDS.fullmatch, words)):
        return None
    try:
        records = [json.loads(cell) if cell and cell not in words else {} for cell in cells]
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(each, Mapping) or (isinstance(each, list) and _holds_records(each)) for each in records):
        return None
    return [_without_number(each) for each in records]


def _without_number(record: Any) -> Any:
    """Return the record below the only name, which is a number: Zooniverse writes `{"6104": {"Filename": "a.jpg"}}`."""
    if not isinstance(record, Mapping) or len(record) != 1:
        return record
    ((name, inner),) = record.items()
    return inner if isinstance(inner, Mapping) and str(name).isdecimal() else record


def _flat(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a record without nested records: their names are joined with dots.

    A list of records gives the different values of each name, so that the answers of several raters are several values.

    Example:
        >>> _flat({"id": 1, "annotations": [{"value": {"choices": ["cat"]}}]})
        {'id': 1, 'annotations.value.choices': ['cat']}
    """
    if not any(_holds_records(value) for value in record.values()):
        return record
    found: dict[str, list[Any]] = {}
    for name, value in _leaves(record, ""):
        found.setdefault(name, []).append(value)
    flat: dict[str, Any] = {}
    for name, values in found.items():
        distinct = list(dict.fromkeys(each for each in map(text_of, values) if each is not None))
        flat[name] = values[0] if len(values) == 1 else distinct if len(distinct) > 1 else next(iter(distinct), None)
    return flat


def _holds_records(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and any(isinstance(each, Mapping) for each in value))


def _leaves(value: Any, name: str, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield the values in a record with their dotted names; boxes, and what lies too deep, are not changed."""
    if name.rpartition(".")[2].casefold() in BOX_KEYS and isinstance(value, list):
        yield name, value
        yield from _classes_of_boxes(value, name)
    elif depth == _DEEPEST or not _holds_records(value) or name.rpartition(".")[2].casefold() in BOX_KEYS:
        yield name, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{name}.{key}" if name else str(key), depth + 1)
    else:
        for each in value:
            yield from _leaves(each, name, depth + 1)


def _classes_of_boxes(boxes: Sequence[Any], name: str) -> Iterator[tuple[str, Any]]:
    """Yield the class of each box, as `objects.category`."""
    for box in boxes:
        for key, value in box.items() if isinstance(box, Mapping) else ():
            if isinstance(value, str) and is_called_like_label(str(key)):
                yield f"{name}.{key}", value


def table_of_pairs(pairs: Sequence[tuple[Any, Any]]) -> JsonTable:
    return JsonTable({"name": [text_of(name) for name, _ in pairs], "label": [text_of(label) for _, label in pairs]})


def text_of(value: Any) -> str | None:
    """Return a value as the text that a CSV file would have; None for a missing value."""
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return None
    if isinstance(value, list):
        return _joined(value)
    if isinstance(value, Mapping):
        return None
    return str(value).strip() or None


def _joined(values: Iterable[Any]) -> str | None:
    plain = [str(each) for each in values if isinstance(each, str | int | float)]
    return SEVERAL.join(plain) or None
