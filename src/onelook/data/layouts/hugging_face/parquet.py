"""The layout `hf-parquet`: Parquet files of Hugging Face with encoded pictures in one column, labels in another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from onelook.data.column_names import PICTURE_COLUMNS
from onelook.data.dataset import Dataset
from onelook.data.ids import row_ids
from onelook.data.labels import NoClassesError
from onelook.data.layouts.array_dataset import without_classes
from onelook.data.layouts.hugging_face.columns import (
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
from onelook.data.layouts.tables.parquet_files import SHARD, files_by_part, parquet_entries
from onelook.data.layouts.tables.parquet_rows import ParquetFacts, ParquetRows, read_column, read_facts
from onelook.data.part import Part
from onelook.data.pictures.from_files import FilePictures
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.wording import counted, listed

_EXPECTED = "a column 'image' of encoded pictures, as a struct with 'bytes' or as bytes themselves"


class HfParquet:
    """The layout `hf-parquet`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why these are pictures in Parquet, by the schema of the first file; None if no column has pictures."""
        entries = parquet_entries(location)
        if not entries:
            return None
        try:
            first = read_facts(location, entries[0])
            column = _picture_column(first.schema) or picture_by_content(location, first)
        except (DataError, ConfigError):  # damaged, or pyarrow is missing: opening reports it
            match = SHARD.fullmatch(entries[0].rpartition("/")[2])
            is_shard = match is not None and match["number"] is not None
            if not is_shard and not location.is_file:
                return None
            return Candidate(f"it holds the Parquet file {entries[0]}", LabelSource.FORMAT)
        return None if column is None else Candidate(_why(column, len(entries)), LabelSource.FORMAT)

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set. Its pictures stay in the files, and are read one row group at a time.

        Raises:
            DataError: a file is damaged, a shard is missing, or the columns are not as expected.
            ConfigError: the user has to name the column of the labels, or the named column does not exist.
        """
        by_part, notes = files_by_part(location, _EXPECTED)
        files = {part: [read_facts(location, entry) for entry in entries] for part, entries in by_part.items()}
        columns = _columns(location, [file for part in files.values() for file in part], options)
        no_classes = ""
        if not sum(file.rows for part in files.values() for file in part):
            raise DataError(f"{location.root}: Parquet files without rows. Expected a picture a row.")
        origin = f"{location.root}: column '{columns.label}'"
        try:
            labels = {part: _part_labels(location, of_part, columns) for part, of_part in files.items()}
            positions, class_names = positions_of(labels, columns.class_names, origin)
        except NoClassesError as problem:
            positions, class_names = dict.fromkeys(files), ()
            no_classes = str(problem)
        parts = {}
        for part, of_part in files.items():
            prefix = "" if part == "all" else f"{part}/"
            ids = row_ids(sum(file.rows for file in of_part), prefix)
            pictures = FilePictures(ParquetRows(location, of_part, columns.picture), ids)
            parts[part] = Part(part, ids, positions[part], pictures)
        entries = [entry for found in by_part.values() for entry in found]
        key = f"{location.fingerprint(entries)} {columns}"
        dataset = Dataset(
            name=location.name,
            layout="hf-parquet",
            why=_why(columns.picture, len(entries)) + (f", labels in '{columns.label}'" if columns.label else ""),
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
    notes: tuple[str, ...] = field(default=(), repr=False)


def _why(column: str, files: int) -> str:
    return f"{counted(files, 'Parquet file')} with pictures in the column '{column}'"


def _columns(location: Location, files: Sequence[ParquetFacts], options: LayoutOptions) -> _Columns:
    first = files[0].schema
    picture = _picture_column(first) or picture_by_content(location, files[0])
    if picture is None:
        raise DataError(f"{location.root}: Parquet with the columns {listed(first.names)}. Expected {_EXPECTED}.")
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
    if of_card and _are_positions(location, files, label or "", len(of_card)):
        names = of_card
        shown = listed((f"{number} is '{name}'" for number, name in enumerate(names)), most=3)
        notes = [*notes, f"The classes have the names in README.md: {shown}."]
    return _Columns(picture, label, names, tuple(notes))


def _are_positions(location: Location, files: Sequence[ParquetFacts], label: str, count: int) -> bool:
    """Return whether a column has only whole numbers below a count, -1, or nothing."""
    import pyarrow as pa

    of_label = [file for file in files if label in file.schema.names]
    if not all(pa.types.is_integer(file.schema.field(label).type) for file in of_label):
        return False
    values = {value for file in of_label for value in read_column(location, file.entry, label)}
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


def _part_labels(location: Location, files: Sequence[ParquetFacts], columns: _Columns) -> NDArray[Any] | None:
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
        found.extend(read_column(location, file.entry, columns.label))
    return present_labels(found, columns.class_names, f"{location.root}: column '{columns.label}'")
