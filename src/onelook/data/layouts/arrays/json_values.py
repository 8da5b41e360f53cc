"""Read pictures from a JSON file (a list for each column, or a list of records) as arrays and columns."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.layouts.tables.pair_names import ArrayKind, read_name
from onelook.data.storage.location import Location
from onelook.errors import DataError, in_words, shown
from onelook.wording import counted, listed, size

SUFFIX = ".json"
_HEAD_BYTES = 1 << 14
_LARGEST_FILE = 2 << 30
_FEWEST_PIXELS = 49
# A list of numbers, or of lists of them: `"data": [[1, 2, 3], [`.
_LIST = re.compile(r'"(?P<key>[^"\n]{1,80})"\s*:\s*\[(?P<numbers>[-+.\deE,\s\[\]]{40,})')
_FEWEST_NUMBERS = 20
_BAND = re.compile(r"(band|channel)[-_ ]?\d+|red|green|blue|[rgb]", re.IGNORECASE)


@dataclass(frozen=True)
class JsonPictures:
    """The content of one file: pictures by the names of their lists, and the other values of each picture."""

    name: str  # its name in errors and notes
    pictures: Mapping[str, NDArray[Any]]  # (rows, …)
    columns: Mapping[str, Sequence[Any]]  # one value for each picture
    others: tuple[str, ...] = field(default=())  # keys of lists with another length


def may_hold_pictures(location: Location, entry: str) -> bool:
    """Return whether the beginning of a JSON file contains a list of many numbers."""
    try:
        with location.open(entry) as file:
            head = file.read(_HEAD_BYTES).decode("utf-8", "ignore")
    except DataError:
        return False
    if head.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
        return False
    for found in _LIST.finditer(head):
        # If the beginning has only other numbers, pictures may follow.
        may_be = _is_picture_key(found["key"]) or (found.end() == len(head) and len(head) > _HEAD_BYTES // 2)
        if may_be and found["numbers"].count(",") >= _FEWEST_NUMBERS:
            return True
    return False


def read_json(location: Location, entry: str) -> JsonPictures:
    """Return the pictures and the other values of a file.

    Raises:
        DataError: it is not JSON, is larger than 2 GiB, or its lists are not pictures of one size.
    """
    name = str(location.root) if location.is_file else f"{location.place}/{entry}"
    content = location.read(entry)
    if len(content) > _LARGEST_FILE:
        raise DataError(f"{name}: {size(len(content))} of JSON. Expected at most 2 GiB: save the arrays with np.savez.")
    try:
        values = json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise DataError(
            f"{name}: not readable as JSON ({in_words(problem)}). It is damaged or was not downloaded whole."
        ) from problem
    if isinstance(values, dict):
        return _of_lists(values, name)
    if isinstance(values, list) and values and all(isinstance(each, dict) for each in values):
        return _of_records(values, name)
    raise DataError(f"{name}: {shown(values)} is neither an object of lists nor a list of objects. Expected pictures.")


def _of_lists(values: Mapping[str, Any], name: str) -> JsonPictures:
    """Return the table of `{"data": [[…], …], "labels": […], …}`."""
    lists = {key: value for key, value in values.items() if isinstance(value, list) and value}
    pictures = {key: _array(value, f"{name}, '{key}'") for key, value in lists.items() if _are_pictures(key, value)}
    rows = {len(value) for value in pictures.values()}
    columns = {key: value for key, value in lists.items() if key not in pictures and len(value) in rows}
    others = tuple(key for key in values if key not in pictures and key not in columns)
    return JsonPictures(name, pictures, columns, others)


def _of_records(records: Sequence[Mapping[str, Any]], name: str) -> JsonPictures:
    """Return the table of `[{"image": […], "label": 3}, …]`."""
    keys = list(records[0])
    short = next((at for at, record in enumerate(records) if list(record) != keys and set(record) != set(keys)), None)
    if short is not None:
        raise DataError(
            f"{name}: record {short + 1:,} has the keys {listed(records[short], most=5)}, the first one "
            f"{listed(keys, most=5)}. Expected the same in all."
        )
    columns = {key: [record[key] for record in records] for key in keys}
    pictures = {key: _array(value, f"{name}, '{key}'") for key, value in columns.items() if _are_pictures(key, value)}
    return JsonPictures(name, pictures, {key: value for key, value in columns.items() if key not in pictures})


def _are_pictures(key: str, values: Sequence[Any]) -> bool:
    """Return whether a list has a picture for each row, by its name and by the size of the first one."""
    return _is_picture_key(key) and _count(values[0]) >= _FEWEST_PIXELS


def _is_picture_key(key: str) -> bool:
    return read_name(key).kind is ArrayKind.PICTURES or _BAND.fullmatch(key) is not None


def _count(value: Any) -> int:
    """Return the number of numbers in a value; 0 if it contains anything else."""
    if isinstance(value, list):
        return len(value) * _count(value[0]) if value else 0
    return int(isinstance(value, int | float) and not isinstance(value, bool))


def _array(values: Sequence[Any], name: str) -> NDArray[Any]:
    try:
        array = np.array(values)
    except (ValueError, OverflowError) as problem:  # lists of different lengths; numbers beyond 64 bits
        raise DataError(f"{name}: lists of different lengths. Expected pictures of one size.") from problem
    if array.dtype.kind not in "uif":
        raise DataError(f"{name}: {counted(len(values), 'picture')} not all of numbers. Expected lists of numbers.")
    return array
