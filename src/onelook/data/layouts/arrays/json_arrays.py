"""The layout `json-arrays`: a JSON file with the pixels of pictures and their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.column_names import LABEL_NAMES
from onelook.data.dataset import Dataset
from onelook.data.labels import NoClassesError
from onelook.data.layouts.array_dataset import explain_no_shape, picture_shape, without_classes
from onelook.data.layouts.arrays.from_python import open_stored_arrays
from onelook.data.layouts.arrays.json_values import SUFFIX, JsonPictures, may_hold_pictures, read_json
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.question import Choice, ask_which, classes_in_words
from onelook.data.layouts.tables.files import top_files
from onelook.data.layouts.tables.pair_names import PART_ORDER, ArrayKind, read_name
from onelook.data.layouts.tables.row_pictures import RowReading, read_rows
from onelook.data.storage.location import Location
from onelook.errors import DataError, unknown_name
from onelook.wording import counted, listed, named

_MOST_FILES = 20  # only so few are examined; thousands are annotations, one file per picture
_COLOURS = 3
_MOST_CLASSES = 200


class JsonArrays:
    """The layout `json-arrays`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why a JSON file has pictures, by its beginning; None if none has."""
        files = location.once(_files)
        if not files:
            return None
        return Candidate(f"it holds lists of many numbers in JSON: {listed(files, most=3)}", LabelSource.FORMAT)

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the file, or the files of the parts.

        Raises:
            DataError: a file is damaged, its lists are not pictures of one size, or they have bands that are not
                colours. ConfigError: several lists may be the label, or none has the name that the user gave.
        """
        files = location.once(_files)
        if not files:
            raise DataError(f"{location.root}: no JSON file with lists of many numbers was found there.")
        parts: dict[str, Any] = {}
        notes: list[str] = []
        reading: RowReading | None = None
        label: str | None = None
        is_of_bytes = False
        why = no_classes = ""
        for part, entry in _by_part(location, files).items():
            for of_part, rows, table in _tables(part, read_json(location, entry)):
                key, pictures = _pictures(table)
                label = label or _label(table, options)
                if parts and label is not None and label not in table.columns:
                    notes.append(f"{table.name} has no labels and was left out: predict on it by its own path.")
                    continue
                if pictures.ndim == 2:  # rows of numbers
                    reading = reading or _reading(pictures, f"{table.name}, '{key}'")
                    pictures = reading.images(_as_rows(pictures, reading, table.name))
                elif not parts or is_of_bytes:
                    pictures = _as_bytes(pictures)
                is_of_bytes = pictures.dtype == np.uint8
                parts[of_part] = pictures
                if label in table.columns:
                    try:
                        parts[of_part] = pictures, _values(table, label)
                    except NoClassesError as problem:
                        no_classes = no_classes or str(problem)
                why = why or f"'{key}' has {rows}, and {f'{label!r} the labels' if label else 'there are no labels'}"
                notes += _left_out(table, label)
        dataset = open_stored_arrays(parts, location.root, location.name)
        dataset = without_classes(dataset, no_classes, location.root) if no_classes else dataset
        if rest := [entry for entry in location.entries() if entry not in files]:
            notes.append(f"Files that are no arrays in JSON were left out: {listed(rest, most=5)}.")
        notes = [*(reading.notes if reading else ()), *notes, *dataset.notes]
        return replace(dataset, layout="json-arrays", why=f"JSON: {why}", notes=tuple(dict.fromkeys(notes)))


def _files(location: Location) -> list[str]:
    entries = [entry for entry in top_files(location) if entry.lower().endswith(SUFFIX)]
    if len(entries) > _MOST_FILES:
        return []
    return [entry for entry in entries if may_hold_pictures(location, entry)]


def _by_part(location: Location, files: Sequence[str]) -> dict[str, str]:
    """Return the files by the part in their names, the training part first.

    Raises:
        DataError: a part has several files.
    """
    if len(files) == 1:
        return {"all": files[0]}
    found: dict[str, list[str]] = {}
    for entry in files:
        found.setdefault(read_name(entry[: -len(SUFFIX)]).part, []).append(entry)
    if any(len(names) > 1 for names in found.values()) or "all" in found:
        raise DataError(
            f"{location.root}: {counted(len(files), 'JSON file')} of arrays, {named(files)}. Expected train, val and "
            f"test by name, one each: give the path of the one to train on, as {location.place}/{files[0]}, and "
            "another with --test."
        )
    return {part: found[part][0] for part in PART_ORDER if part in found}


def _tables(part: str, table: JsonPictures) -> list[tuple[str, str, JsonPictures]]:
    """Return one table for each part in the keys (`x_train`, `y_test`), or else the whole table as one part."""
    parts = {read_name(key).part for key in table.pictures}
    if part != "all" or parts <= {"all"}:
        rows = counted(len(next(iter(table.pictures.values()), ())), "picture")
        return [(part, rows, table)]
    split = []
    for of_part in PART_ORDER:
        pictures = {key: value for key, value in table.pictures.items() if read_name(key).part == of_part}
        labels = [value for key, value in table.columns.items() if _is_label_of(key, of_part)]
        columns = {"labels": labels[0]} if labels else {}
        if pictures:
            rows = counted(len(next(iter(pictures.values()))), "picture")
            split.append((of_part, rows, replace(table, pictures=pictures, columns=columns, others=())))
    return split


def _is_label_of(key: str, part: str) -> bool:
    name = read_name(key)
    return name.kind is ArrayKind.LABELS and name.part == part


def _pictures(table: JsonPictures) -> tuple[str, NDArray[Any]]:
    """Return the pictures of a table and the name of their list; three bands are colours.

    Raises:
        DataError: there are none, or their bands are not three colours.
    """
    if not table.pictures:
        keys = listed((*table.columns, *table.others), most=6)
        raise DataError(f"{table.name}: no list of pictures was found among {keys}. Expected 'data' or 'image'.")
    names = list(table.pictures)
    if len(names) == 1:
        return names[0], table.pictures[names[0]]
    shapes = {array.shape for array in table.pictures.values()}
    if len(names) != _COLOURS or len(shapes) > 1:
        raise DataError(
            f"{table.name}: a picture has {len(names)} bands, {named(names)}. Networks here take one band or three, "
            "grey or colour: choose in Python, and train on the arrays: onelook.train((X, y))."
        )
    (shape,) = shapes
    square = picture_shape(shape[1]) if len(shape) == 2 else None
    planes = [array.reshape(len(array), *square[:2]) if square else array for array in table.pictures.values()]
    return ", ".join(names), np.stack(planes, axis=-1)


def _reading(rows: NDArray[Any], name: str) -> RowReading:
    """Return how rows of numbers become pictures.

    Raises:
        DataError: this number of values is not a picture, or they are not pixels.
    """
    shape = picture_shape(rows.shape[1])
    if shape is None:
        count = rows.shape[1]
        raise DataError(f"{name}: {counted(count, 'number')} a picture, {explain_no_shape(count)}.")
    low, high = float(rows.min()), float(rows.max())
    is_whole = rows.dtype.kind in "ui" or bool((rows == np.floor(rows)).all())
    if not (low >= 0 and high <= 255 and is_whole) and not (low >= -1 and high <= 1):
        raise DataError(
            f"{name}: numbers from {low:g} to {high:g}. Expected pixels: whole numbers from 0 to 255, or numbers in 0 "
            "to 1 or -1 to 1."
        )
    return read_rows(rows.astype(np.uint8) if is_whole and low >= 0 else rows.astype(np.float32), shape, name)


def _as_bytes(pictures: NDArray[Any]) -> NDArray[Any]:
    """Return whole numbers from 0 to 255 as bytes, and other numbers unchanged."""
    is_it = pictures.dtype.kind in "ui" and pictures.min() >= 0 and pictures.max() <= 255
    return pictures.astype(np.uint8) if is_it else pictures


def _as_rows(rows: NDArray[Any], reading: RowReading, name: str) -> NDArray[Any]:
    height, width, channels = reading.shape
    if rows.shape[1] != height * width * channels:
        raise DataError(
            f"{name}: {counted(rows.shape[1], 'number')} a picture, the first part has {height * width * channels:,}. "
            "Expected the same size in all parts."
        )
    return rows


def _label(table: JsonPictures, options: LayoutOptions) -> str | None:
    """Return the name of the list of labels; None if there is none.

    Raises:
        ConfigError: several lists may be the label; or none has the name that the user gave.
    """
    if options.label_column is not None:
        if options.label_column not in table.columns:
            raise unknown_name("column", options.label_column, table.columns)
        return options.label_column
    folded = {key.casefold(): key for key in table.columns}
    if (known := next((folded[name] for name in LABEL_NAMES if name in folded), None)) is not None:
        return known
    fitting = [key for key, values in table.columns.items() if _may_be_classes(values)]
    if len(fitting) > 1 and options.needs_labels:
        choices = [
            Choice(f"--label-column {key}", classes_in_words(list(map(str, table.columns[key])))) for key in fitting
        ]
        raise ask_which(f"{table.name}: {counted(len(fitting), 'list')} may be the labels.", choices)
    return fitting[0] if len(fitting) == 1 else None


def _may_be_classes(values: Sequence[Any]) -> bool:
    if not all(isinstance(each, str | int) or (isinstance(each, float) and each.is_integer()) for each in values):
        return False
    return 1 < len(set(values)) <= min(_MOST_CLASSES, len(values) // 2)


def _values(table: JsonPictures, label: str | None) -> NDArray[Any]:
    """Return the labels, (rows,), or one-hot rows."""
    values = table.columns[str(label)]
    try:
        return np.array(values, object if any(each is None for each in values) else None)
    except ValueError as problem:
        raise NoClassesError(
            f"{table.name}: '{label}' holds lists of different lengths: several labels a picture. onelook tells apart "
            "classes, one a picture."
        ) from problem


def _left_out(table: JsonPictures, label: str | None) -> list[str]:
    others = [*(key for key in table.columns if key != label), *table.others]
    return (
        [f"{table.name}: lists that are neither pictures nor labels were left out: {named(others)}."] if others else []
    )
