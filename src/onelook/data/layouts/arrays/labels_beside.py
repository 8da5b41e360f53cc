"""Read the labels of arrays of pictures from a table beside them, row by row: `images.npy` and `Labels.csv`."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.column_names import LABEL_NAMES, split_header
from onelook.data.layouts.tables.encodings import decode_table
from onelook.data.layouts.tables.files import open_table, table_suffix, top_files
from onelook.data.layouts.tables.pair_names import read_name
from onelook.data.storage.location import Location

_TABLES = (".csv", ".tsv", ".txt")
_LARGEST_BYTES = 64 << 20
_MOST_OF_ALL = 0.5  # as many different labels of the rows; more are ids


def with_labels_beside(location: Location, arrays: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[str]]:
    """Return the arrays of pictures with their labels, and notes; unchanged if no table beside them has those of all.

    A table has a row for each picture, in their order, and one column that is called like a label, or no other.

    Args:
        location: the folder of the arrays.
        arrays: the pictures by part.
    """
    if location.is_file:
        return arrays, []
    found: dict[str, Any] = {}
    notes = []
    tables = [entry for entry in top_files(location) if table_suffix(entry) in _TABLES]
    for part, pictures in arrays.items():
        of_part = [entry for entry in tables if len(arrays) == 1 or read_name(entry.rpartition(".")[0]).part == part]
        fitting = {entry: told for entry in of_part if (told := _labels_in(location, entry, len(pictures))) is not None}
        if len(fitting) != 1:
            return arrays, []
        ((entry, (column, labels)),) = fitting.items()
        found[part] = (pictures, labels)
        of_column = f" in the column '{column}'" if column else ""
        notes.append(f"The labels were taken from '{entry}'{of_column}: a row for each picture, in their order.")
    return found, notes


def _labels_in(location: Location, entry: str, rows: int) -> tuple[str, NDArray[Any]] | None:
    """Return the name of a column, empty without a header, and its cells, one for each picture; None for others."""
    with open_table(location, entry) as file:
        decoded = decode_table(file.read(_LARGEST_BYTES))
    if not decoded:
        return None
    text = decoded[0].text.strip("\n")
    header, delimiter = split_header(text.partition("\n")[0])
    try:
        records = [record for record in csv.reader(io.StringIO(text), delimiter=delimiter) if record]
    except csv.Error:
        return None
    if {len(record) for record in records} != {len(header)}:
        return None
    if len(records) == rows and len(header) == 1:
        return _judged("", [record[0] for record in records])
    if len(records) != rows + 1:
        return None
    called = [at for at, name in enumerate(header) if name.casefold() in LABEL_NAMES]
    called = called or ([0] if len(header) == 1 else [])
    return _judged(header[called[0]], [record[called[0]] for record in records[1:]]) if len(called) == 1 else None


def _judged(column: str, cells: list[str]) -> tuple[str, NDArray[Any]] | None:
    """Return the labels if they may be classes: none is empty, and most occur again."""
    labels = [cell.strip() for cell in cells]
    are_classes = all(labels) and 1 < len({*labels}) <= max(2, _MOST_OF_ALL * len(labels))
    return (column, np.array(labels)) if are_classes else None
