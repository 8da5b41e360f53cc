"""Read tables in JSON: records (in lines or a list), columns, names with their labels, and COCO's annotations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from onelook.data.layouts.tables.files import open_table, read_unpacked_beginning, table_suffix
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import size

_LINES = (".jsonl", ".ndjson", ".manifest")  # a record in each line; .manifest as SageMaker writes it
JSON_SUFFIXES = (".json", *_LINES)
# COCO's own file, for 118,000 pictures with their boxes, has 448 MiB.
_LARGEST_BYTES = 512 << 20
_MOST_LISTS = 3
_LIST_OF_ONE = re.compile(r"\[\s*(['\"])([^'\",\[\]]+)\1\s*\]")  # as Python and JSON write it
_DEEPEST = 16  # records in records
SEVERAL = "|"  # separates the values of a list in one cell
_BOX_KEYS = frozenset({"bbox", "segmentation", "boxes", "objects", "keypoints", "shapes", "polygon"})


@dataclass(frozen=True)
class JsonTable:
    """The columns of a JSON file, and the number of its rows that are boxes."""

    columns: Mapping[str, Sequence[str | None]]
    boxes: int = 0  # rows for a box or an outline in a picture, not for a whole picture
    is_coco: bool = False


def read_json(location: Location, entry: str, most_rows: int | None = None) -> JsonTable | None:
    """Return the table in a JSON file; None if it has none.

    Raises:
        DataError: the file is damaged, or larger than any table.
    """
    name = entry.rpartition("/")[2]
    if table_suffix(entry) in _LINES:
        return _read_lines(location, entry, name, most_rows)
    with open_table(location, entry) as file:
        content = file.read(_LARGEST_BYTES + 1)
    if len(content) > _LARGEST_BYTES:
        raise DataError(f"{name}: larger than {size(_LARGEST_BYTES)}. Expected a table of that size as Parquet.")
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as problem:  # also numbers of thousands of digits, and bytes that are not text
        if isinstance(problem, json.JSONDecodeError) and content.lstrip()[:1] == b"{" and b"}\n{" in content[:100_000]:
            return _read_lines(location, entry, name, most_rows)  # JSON lines with another suffix
        raise DataError(f"{name}: no JSON that can be read. It is damaged: fetch it again.") from problem
    return table_of(value)


def table_of(value: Any) -> JsonTable | None:
    """Return the table in a JSON value; None if it has none.

    Example:
        >>> table_of({"a.png": "cat", "b.png": "dog"}).columns
        {'name': ['a.png', 'b.png'], 'label': ['cat', 'dog']}
    """
    if isinstance(value, list):
        return _of_list(value)
    if not isinstance(value, Mapping) or not value:
        return None
    if isinstance(value.get("images"), list) and isinstance(value.get("annotations"), list):
        return _coco(value)
    if isinstance(value.get("data"), list) and isinstance(value.get("columns"), list):  # pandas, orient="split"
        names = list(map(str, value["columns"]))
        return _of_list([dict(zip(names, row, strict=False)) for row in value["data"] if isinstance(row, list)])
    if len(value) <= _MOST_LISTS:  # {"labels": [["a.png", 1], …]}, {"images": [{…}, …]}
        inner = next((found for each in value.values() if isinstance(each, list) and (found := _of_list(each))), None)
        if inner is not None:
            return inner
    return _of_mapping(value)


def _of_list(value: Sequence[Any]) -> JsonTable | None:
    """Return the table of records, or of pairs."""
    if value and all(isinstance(each, Mapping) for each in value):
        return _records(value)
    if value and all(isinstance(each, list) and len(each) == 2 for each in value):
        return _pairs([(each[0], each[1]) for each in value])
    return None


def _of_mapping(value: Mapping[str, Any]) -> JsonTable | None:
    """Return the table of a mapping whose values are all of one kind, or of a mapping beside its classes."""
    if isinstance(value.get("classes"), list) and isinstance(value.get("labels"), Mapping):  # FiftyOne's
        return _named_pairs(value["labels"], value["classes"])
    if all(isinstance(each, Mapping) for each in value.values()):
        return _of_mappings(value)
    if all(isinstance(each, list) for each in value.values()):
        return _of_lists(value)
    if all(isinstance(each, str | int | float | bool | None) for each in value.values()):
        return _pairs(list(value.items()))
    return None


def _read_lines(location: Location, entry: str, name: str, most_rows: int | None) -> JsonTable | None:
    if most_rows is not None:
        content = read_unpacked_beginning(location, entry, 1 << 18)
        lines = content.splitlines()
        lines = lines[:-1] if len(content) == 1 << 18 and len(lines) > 1 else lines
    else:
        with open_table(location, entry) as file:
            lines = file.read().splitlines()
    records = []
    for number, line in enumerate(islice((line for line in lines if line.strip()), most_rows), start=1):
        try:
            record = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError) as problem:
            raise DataError(f"{name}, line {number}: no JSON that can be read. Expected a record a line.") from problem
        if not isinstance(record, Mapping):
            raise DataError(f"{name}, line {number}: a {type(record).__name__}. Expected a record, as {{…}}, a line.")
        records.append(record)
    return _records(records) if records else None


def _records(records: Sequence[Mapping[str, Any]]) -> JsonTable:
    records = [_flat(record) for record in records]
    names = list(dict.fromkeys(str(name) for record in records for name in record))
    boxes = [name for name in names if name.casefold() in _BOX_KEYS]
    columns = {name: [_cell(record.get(name)) for record in records] for name in names if name not in boxes}
    return JsonTable(columns, boxes=sum(any(record.get(name) for name in boxes) for record in records))


def with_opened_cells(columns: Mapping[str, Sequence[str | None]]) -> Mapping[str, Sequence[str | None]]:
    """Return the columns, and a column for each value instead of one whose cells all hold a JSON record.

    Where each cell holds a list of one text, as `['cat']`, this text is the cell.

    Example:
        >>> with_opened_cells({"name": ["a", "b"], "file": ['{"species":"cat"}', '{"species":"dog"}']})
        {'name': ['a', 'b'], 'file.species': ['cat', 'dog']}
    """
    found: dict[str, Sequence[str | None]] = {}
    for name, all_cells in columns.items():
        cells = _without_brackets(all_cells)
        records = _records_in(cells)
        opened = {} if records is None else _records([{name: record} for record in records]).columns
        found |= opened if any(any(of_key) for of_key in opened.values()) else {name: cells}
    return found


def _without_brackets(cells: Sequence[str | None]) -> Sequence[str | None]:
    first = next((cell for cell in cells if cell), "")
    if not first.startswith("["):
        return cells
    found = [_LIST_OF_ONE.fullmatch(cell) if cell else None for cell in cells]
    if any(cell and match is None for cell, match in zip(cells, found, strict=True)):
        return cells
    return [match[2] if match else None for match in found]


def _records_in(cells: Sequence[str | None]) -> list[Mapping[str, Any]] | None:
    """Return the JSON record in each cell, an empty one for an empty cell; None if a cell holds anything else."""
    present = [cell for cell in cells if cell]
    if not present or not all(cell.startswith("{") and cell.endswith("}") for cell in present):
        return None
    try:
        records = [json.loads(cell) if cell else {} for cell in cells]
    except (ValueError, RecursionError):
        return None
    return records


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
        distinct = list(dict.fromkeys(each for each in map(_cell, values) if each is not None))
        flat[name] = values[0] if len(values) == 1 else distinct if len(distinct) > 1 else next(iter(distinct), None)
    return flat


def _holds_records(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and any(isinstance(each, Mapping) for each in value))


def _leaves(value: Any, name: str, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield the values in a record with their dotted names; boxes, and what lies too deep, are not changed."""
    if depth == _DEEPEST or not _holds_records(value) or name.rpartition(".")[2].casefold() in _BOX_KEYS:
        yield name, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{name}.{key}" if name else str(key), depth + 1)
    else:
        for each in value:
            yield from _leaves(each, name, depth + 1)


def _pairs(pairs: Sequence[tuple[Any, Any]]) -> JsonTable:
    return JsonTable({"name": [_cell(name) for name, _ in pairs], "label": [_cell(label) for _, label in pairs]})


def _named_pairs(labels: Mapping[str, Any], classes: Sequence[Any]) -> JsonTable:
    """Return the table of names with their classes, which are given by their places in a list."""
    are_places = all(type(each) is int and 0 <= each < len(classes) for each in labels.values())
    return _pairs([(name, classes[each] if are_places else each) for name, each in labels.items()])


def _of_mappings(value: Mapping[str, Mapping[str, Any]]) -> JsonTable:
    """Return the table of names with their records, or of columns with their cells by row."""
    keys = [tuple(each) for each in value.values()]
    if len(value) > 1 and len(set(keys)) == 1 and all(key.isdecimal() for key in map(str, keys[0])):  # pandas' own
        return _records([{name: cells[row] for name, cells in value.items()} for row in keys[0]])
    return _records([{"name": name, **record} for name, record in value.items()])


def _of_lists(value: Mapping[str, Sequence[Any]]) -> JsonTable | None:
    """Return the table of classes with the names of their pictures, or of columns with their cells."""
    lengths = {len(each) for each in value.values()}
    texts = all(isinstance(cell, str) for each in value.values() for cell in each[:20])
    if texts and any(lengths) and not _are_column_names(value):
        return _pairs([(cell, label) for label, cells in value.items() for cell in cells])
    if len(value) > 1 and len(lengths) == 1:
        rows = lengths.pop()
        return _records([{name: cells[row] for name, cells in value.items()} for row in range(rows)])
    return None


def _are_column_names(value: Mapping[str, Sequence[Any]]) -> bool:
    """Return whether the lists are columns: at least one has values other than file names."""
    return any(
        "." not in str(cell) and "/" not in str(cell) for cells in value.values() for cell in cells[:20]
    ) and any("." in str(cell) for cells in value.values() for cell in cells[:20])


def _coco(value: Mapping[str, Any]) -> JsonTable | None:
    """Return a row for each picture and class: `annotations` point to `images` and `categories` by number."""
    images = [each for each in value["images"] if isinstance(each, Mapping) and "file_name" in each]
    if not images:
        return None
    categories = value.get("categories")
    names = {
        each.get("id"): each.get("name")
        for each in (categories if isinstance(categories, list) else ())
        if isinstance(each, Mapping) and each.get("name") is not None and _is_hashable(each.get("id"))
    }
    classes: dict[Any, list[Any]] = {}
    codes: dict[Any, Any] = {}
    boxes = 0
    for each in value["annotations"]:
        if isinstance(each, Mapping) and _is_hashable(each.get("image_id")) and _is_hashable(each.get("category_id")):
            boxes += any(each.get(key) for key in _BOX_KEYS)
            category = each.get("category_id")
            classes.setdefault(each.get("image_id"), []).append(names.get(category, category))
            codes.setdefault(each.get("image_id"), category)
    records = []
    for image in images:
        own = list(dict.fromkeys(map(str, classes.get(image.get("id"), ()) if _is_hashable(image.get("id")) else ())))
        plain = {key: cell for key, cell in image.items() if not isinstance(cell, list | Mapping)}
        record = {**plain, "category": own if len(own) > 1 else next(iter(own), None)}
        records.append({**record, "category_id": codes.get(image.get("id"))} if names and own else record)
    columns = {name: cells for name, cells in _records(records).columns.items() if name not in _OF_FILES}
    return JsonTable(columns, boxes=boxes, is_coco=True)


# COCO's properties of each file, which are not labels.
_OF_FILES = frozenset({"license", "coco_url", "flickr_url", "date_captured", "rights_holder", "width", "height", "url"})


def _is_hashable(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def _cell(value: Any) -> str | None:
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
