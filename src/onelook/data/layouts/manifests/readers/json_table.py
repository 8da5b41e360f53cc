"""Read tables in JSON: records (in lines or a list), columns, names with their labels, and COCO's annotations."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from onelook.data.layouts.manifests.readers.json_exports import (
    CLASS_KEYS,
    coco_table,
    datumaro_table,
    names_of_codes,
    vott_table,
    with_names,
)
from onelook.data.layouts.manifests.readers.json_parts import table_of_parts
from onelook.data.layouts.manifests.readers.json_records import JsonTable, table_of_pairs, table_of_records
from onelook.data.layouts.tables.encodings import decode_table
from onelook.data.layouts.tables.files import open_table, read_unpacked_beginning, table_suffix
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import size

_LINES = (".jsonl", ".ndjson", ".manifest")  # a record in each line; .manifest as SageMaker writes it
JSON_SUFFIXES = (".json", ".geojson", ".labels", *_LINES)  # .labels as Edge Impulse writes it
# COCO's own file, for 118,000 pictures with their boxes, has 448 MiB.
_LARGEST_BYTES = 512 << 20
_BEGINNING_BYTES = 1 << 18
_MOST_LISTS = 3
_OF_VIA = "_via_img_metadata"  # the pictures in a project of VGG's annotator


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
        value = json.loads(_decoded(content))
    except (ValueError, RecursionError) as problem:  # also numbers of thousands of digits, and bytes that are not text
        beginning = content[:100_000].removeprefix(BOM_UTF8).replace(b"\r\n", b"\n")
        if isinstance(problem, json.JSONDecodeError) and beginning.lstrip()[:1] == b"{" and b"}\n{" in beginning:
            return _read_lines(location, entry, name, most_rows)  # JSON lines with another suffix
        raise DataError(f"{name}: no JSON that can be read. It is damaged: fetch it again.") from problem
    return table_of(value)


def _decoded(content: bytes, *, is_beginning: bool = False) -> str:
    """Return the likeliest text of some bytes; signs in place of bytes that are no text, which JSON refuses."""
    found = decode_table(content, is_beginning=is_beginning)
    return found[0].text if found else content.decode(errors="replace")


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
    if isinstance(value.get(_OF_VIA), Mapping):
        return table_of(value[_OF_VIA])
    if isinstance(value.get("images"), list) and isinstance(value.get("annotations"), list):
        return coco_table(value)
    if isinstance(value.get("data"), list) and isinstance(value.get("columns"), list):  # pandas, orient="split"
        names = list(map(str, value["columns"]))
        return _of_list([dict(zip(names, row, strict=False)) for row in value["data"] if isinstance(row, list)])
    readers = (vott_table, datumaro_table, table_of_parts, _longest_list)
    found = next((table for read in readers if (table := read(value)) is not None), None)
    return _of_mapping(value) if found is None else with_names(found, names_of_codes(value))


def _longest_list(value: Mapping[str, Any]) -> JsonTable | None:
    """Return the table of the longest list of records in a record; None without one.

    In a record of few values the list may also hold pairs: {"labels": [["a.png", 1], …]}.
    """
    lists = {key: each for key, each in value.items() if isinstance(each, list)}
    lists = dict(sorted(lists.items(), key=lambda item: (item[0] in CLASS_KEYS, -len(item[1]))))
    if len(value) > _MOST_LISTS:
        lists = {key: each for key, each in lists.items() if len(each) > 1 and all(map(_is_record, each))}
    found = [table for each in lists.values() if (table := _of_list(each)) is not None]
    return found[0] if found else None


def _is_record(value: Any) -> bool:
    return isinstance(value, Mapping)


def _of_list(value: Sequence[Any]) -> JsonTable | None:
    """Return the table of records, or of pairs."""
    if value and all(isinstance(each, Mapping) for each in value):
        return table_of_records(value)
    if value and all(isinstance(each, list) and len(each) == 2 for each in value):
        return table_of_pairs([(each[0], each[1]) for each in value])
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
        return table_of_pairs(list(value.items()))
    return None


def _read_lines(location: Location, entry: str, name: str, most_rows: int | None) -> JsonTable | None:
    if most_rows is not None:
        content = read_unpacked_beginning(location, entry, _BEGINNING_BYTES)
    else:
        with open_table(location, entry) as file:
            content = file.read()
    is_cut = most_rows is not None and len(content) == _BEGINNING_BYTES
    lines = _decoded(content, is_beginning=is_cut).split("\n")
    lines = lines[:-1] if is_cut and len(lines) > 1 else lines
    records = []
    filled = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    for number, line in islice(filled, most_rows):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as problem:
            raise DataError(f"{name}, line {number}: no JSON that can be read. Expected a record a line.") from problem
        if not isinstance(record, Mapping):
            raise DataError(f"{name}, line {number}: a {type(record).__name__}. Expected a record, as {{…}}, a line.")
        records.append(record)
    if len(records) > 1 and (names := names_of_codes(records[0])) and not names_of_codes(records[1]):
        return with_names(table_of_records(records[1:]), names)  # the first line describes the data, as Ultralytics'
    return table_of_records(records) if records else None


def _named_pairs(labels: Mapping[str, Any], classes: Sequence[Any]) -> JsonTable:
    """Return the table of names with their classes, which are given by their places in a list."""
    given = [each for each in labels.values() if each is not None]  # a picture without a label has none
    if all(type(each) is int and 0 <= each < len(classes) for each in given):
        labels = {name: None if each is None else classes[each] for name, each in labels.items()}
    return table_of_pairs(list(labels.items()))


def _of_mappings(value: Mapping[str, Mapping[str, Any]]) -> JsonTable:
    """Return the table of names with their records, or of columns with their cells by row."""
    keys = [tuple(each) for each in value.values()]
    if len(value) > 1 and len(set(keys)) == 1 and all(key.isdecimal() for key in map(str, keys[0])):  # pandas' own
        return table_of_records([{name: cells[row] for name, cells in value.items()} for row in keys[0]])
    if all(isinstance(each.get("filename"), str) and name.startswith(each["filename"]) for name, each in value.items()):
        return table_of_records(list(value.values()))  # VGG's names are those of the files with their sizes
    return table_of_records([{"name": name, **record} for name, record in value.items()])


def _of_lists(value: Mapping[str, Sequence[Any]]) -> JsonTable | None:
    """Return the table of classes with the names of their pictures, or of columns with their cells."""
    lengths = {len(each) for each in value.values()}
    texts = all(isinstance(cell, str) for each in value.values() for cell in each[:20])
    if texts and any(lengths) and not _are_column_names(value):
        return table_of_pairs([(cell, label) for label, cells in value.items() for cell in cells])
    if len(value) > 1 and len(lengths) == 1:
        rows = lengths.pop()
        return table_of_records([{name: cells[row] for name, cells in value.items()} for row in range(rows)])
    return None


def _are_column_names(value: Mapping[str, Sequence[Any]]) -> bool:
    """Return whether the lists are columns: at least one has values other than file names."""
    return any(
        "." not in str(cell) and "/" not in str(cell) for cells in value.values() for cell in cells[:20]
    ) and any("." in str(cell) for cells in value.values() for cell in cells[:20])
