"""Open tables of Hugging Face with encoded pictures in one column, and labels in another, in any format."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from onelook.data.column_names import PICTURE_COLUMNS
from onelook.data.dataset import Dataset
from onelook.data.ids import row_ids
from onelook.data.labels import NoClassesError
from onelook.data.layouts.array_dataset import without_classes
from onelook.data.layouts.hugging_face.columns import (
    EncodedTable,
    group_column,
    holds_bytes,
    label_by_content,
    notes_on_columns,
    picture_by_content,
)
from onelook.data.layouts.hugging_face.labels import (
    Features,
    choose_label_column,
    names_of,
    positions_of,
    present_labels,
)
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.tables.dataset_card import names_in_card
from onelook.data.layouts.tables.files_by_part import SHARD, files_by_part, table_entries
from onelook.data.part import Part
from onelook.data.pictures.from_files import FilePictures
from onelook.data.pictures.protocol import PictureStore
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.wording import counted, listed

_EXPECTED = "a column 'image' of encoded pictures, as a struct with 'bytes' or as bytes themselves"


Table = TypeVar("Table", bound=EncodedTable)


class TableFormat(Protocol[Table]):
    """A format of such tables."""

    layout: str
    kind: str  # what a file is called in sentences
    suffix: str

    def read(self, location: Location, entry: str) -> Table:
        """Return a file's columns; no picture is read.

        Raises:
            DataError: it is damaged, or of a kind that is not read.
            ConfigError: pyarrow is not installed.
        """
        ...

    def pictures(self, location: Location, tables: Sequence[Table], column: str) -> PictureStore:
        """Return the pictures of one part by row.

        Raises:
            DataError: the column is damaged.
        """
        ...


def recognise_tables(location: Location, form: TableFormat[Table]) -> Candidate | None:
    """Say why these are pictures in tables, by the schema of the first file; None if no column has pictures."""
    entries = table_entries(location, form.suffix)
    if not entries:
        return None
    try:
        first = form.read(location, entries[0])
        column = _picture_column(first.schema) or picture_by_content(first)
    except (DataError, ConfigError):  # damaged, or pyarrow is missing: opening reports it
        match = SHARD.fullmatch(entries[0].rpartition("/")[2])
        is_shard = match is not None and match["number"] is not None
        if not is_shard and not location.is_file:
            return None
        return Candidate(f"it holds the {form.kind} file {entries[0]}", LabelSource.FORMAT)
    return None if column is None else Candidate(_why(form, column, len(entries)), LabelSource.FORMAT)


def open_tables(location: Location, options: LayoutOptions, form: TableFormat[Table]) -> Dataset:
    """Open the data set. Its pictures stay in the files.

    Raises:
        DataError: a file is damaged, a shard is missing, or the columns are not as expected.
        ConfigError: the user has to name the column of the labels, or the named column does not exist.
    """
    by_part, notes = files_by_part(location, _EXPECTED, form.suffix, form.kind)
    tables = {part: [form.read(location, entry) for entry in entries] for part, entries in by_part.items()}
    columns = _columns(location, [table for part in tables.values() for table in part], options, form)
    no_classes = ""
    if not sum(table.rows for part in tables.values() for table in part):
        raise DataError(f"{location.root}: {form.kind} files without rows. Expected a picture a row.")
    origin = f"{location.root}: column '{columns.label}'"
    try:
        labels = {part: _part_labels(location, of_part, columns) for part, of_part in tables.items()}
        positions, class_names = positions_of(labels, columns.class_names, origin)
    except NoClassesError as problem:
        positions, class_names = dict.fromkeys(tables), ()
        no_classes = str(problem)
    parts = {}
    numbers: dict[str, int] = {}
    for part, of_part in tables.items():
        prefix = "" if part == "all" else f"{part}/"
        ids = row_ids(sum(table.rows for table in of_part), prefix)
        pictures = FilePictures(form.pictures(location, of_part, columns.picture), ids)
        parts[part] = Part(part, ids, positions[part], pictures, _groups(of_part, columns.group, numbers))
    parts = {name: replace(part, group_names=tuple(numbers)) for name, part in parts.items()}
    entries = [entry for found in by_part.values() for entry in found]
    key = f"{location.fingerprint(entries)} {columns}"
    dataset = Dataset(
        name=location.name,
        layout=form.layout,
        why=_why(form, columns.picture, len(entries)) + (f", labels in '{columns.label}'" if columns.label else ""),
        class_names=class_names,
        parts=parts,
        fingerprint=hashlib.sha256(key.encode(errors="surrogateescape")).hexdigest(),
        notes=(*notes, *columns.notes),
    )
    return without_classes(dataset, no_classes, location.root) if no_classes else dataset


@dataclass(frozen=True)
class _Columns:
    """The columns to read, and the names of the labels; no names if the files have none."""

    picture: str
    label: str | None
    class_names: tuple[str, ...]
    group: str | None = None
    notes: tuple[str, ...] = field(default=(), repr=False)


def _why(form: TableFormat[Table], column: str, files: int) -> str:
    return f"{counted(files, f'{form.kind} file')} with pictures in the column '{column}'"


def _columns(
    location: Location, files: Sequence[EncodedTable], options: LayoutOptions, form: TableFormat[Table]
) -> _Columns:
    first = files[0].schema
    picture = _picture_column(first) or picture_by_content(files[0])
    if picture is None:
        raise DataError(f"{location.root}: {form.kind} with the columns {listed(first.names)}. Expected {_EXPECTED}.")
    for file in files:
        if picture not in file.schema.names or file.schema.field(picture).type != first.field(picture).type:
            raise DataError(
                f"{location.root}: {files[0].entry} has pictures in the column '{picture}', {file.entry} has "
                f"{listed(file.schema.names)}. Expected the same columns in all."
            )
    features = _features(first)
    label = choose_label_column(first.names, features, options.label_column, picture)
    label = label or label_by_content(location, files[0], picture, needs_labels=options.needs_labels)
    notes = notes_on_columns(first, picture, label, needs_labels=options.needs_labels)
    names = names_of(features, label)
    of_card = names_in_card(location, label) if label is not None and not names else ()
    if of_card and _are_positions(files, label or "", len(of_card)):
        names = of_card
        shown = listed((f"{number} is '{name}'" for number, name in enumerate(names)), most=3)
        notes = [*notes, f"The classes have the names in README.md: {shown}."]
    return _Columns(picture, label, names, group_column(first, label), tuple(notes))


def _groups(files: Sequence[EncodedTable], group: str | None, numbers: dict[str, int]) -> NDArray[np.int64] | None:
    """Return the number of the group of each picture of a part, -1 for none; new groups are added to `numbers`."""
    if group is None:
        return None
    values = [
        value for file in files for value in (file.values(group) if group in file.schema.names else [None] * file.rows)
    ]
    return np.array([-1 if each is None else numbers.setdefault(str(each), len(numbers)) for each in values], np.int64)


def _are_positions(files: Sequence[EncodedTable], label: str, count: int) -> bool:
    """Return whether a column has only whole numbers below a count, -1, or nothing."""
    import pyarrow as pa

    of_label = [file for file in files if label in file.schema.names]
    if not all(pa.types.is_integer(file.schema.field(label).type) for file in of_label):
        return False
    values = {value for file in of_label for value in file.values(label)}
    return bool(values - {None}) and all(-1 <= value < count for value in values - {None})


def _picture_column(schema: Any) -> str | None:
    """Return the column of encoded pictures; None if there is none."""
    pictures = [name for name, feature in _features(schema).items() if feature.get("_type") == "Image"]
    candidates = [name for name in (*PICTURE_COLUMNS, *pictures) if schema.names.count(name) == 1]
    return next((name for name in candidates if holds_bytes(schema, name)), None)


def _features(schema: Any) -> Features:
    """Return Hugging Face's description of each column; empty if it is missing or unusable."""
    try:
        features = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
        return {name: feature for name, feature in features.items() if isinstance(feature, dict)}
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return {}


def _part_labels(location: Location, files: Sequence[EncodedTable], columns: _Columns) -> NDArray[Any] | None:
    """Return the unchanged labels of a part; None if it has none.

    Raises:
        DataError: some rows have a label and others have none, or the column does not hold single values.
    """
    if columns.label is None or not any(columns.label in file.schema.names for file in files):
        return None
    import pyarrow as pa

    found: list[Any] = []
    for file in files:
        name = str(location.root) if location.is_file else f"{location.place}/{file.entry}"
        if columns.label not in file.schema.names:
            raise DataError(f"{name}: no column '{columns.label}', which the others have. Expected it in all.")
        kind = file.schema.field(columns.label).type
        if pa.types.is_nested(kind) or pa.types.is_binary(kind):
            is_list = pa.types.is_list(kind)
            several = ", several labels a picture (multi-label)" if is_list else ""
            raise (NoClassesError if is_list else DataError)(
                f"{name}: the column '{columns.label}' holds {kind}{several}. Expected one label a picture: make a "
                "column of one label each, and name it with --label-column."
            )
        found.extend(file.values(columns.label))
    return present_labels(found, columns.class_names, f"{location.root}: column '{columns.label}'")
