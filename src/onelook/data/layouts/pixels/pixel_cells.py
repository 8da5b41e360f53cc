"""The layout `pixel-cells`: a table with all pixels of a picture in one cell, as in FER-2013."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from onelook.data.class_names import positions_among
from onelook.data.dataset import Dataset
from onelook.data.labels import Labels, encode_labels, note_on_spellings
from onelook.data.layouts.array_dataset import array_dataset
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.pixels.cell_table import (
    CellTable,
    label_column,
    part_of,
    pixel_cell,
    read_cell_table,
    split_column,
)
from onelook.data.layouts.registry import layout_entry
from onelook.data.layouts.tables.files import table_suffix, top_files
from onelook.data.layouts.tables.pair_names import PART_ORDER, read_name
from onelook.data.layouts.tables.row_pictures import read_rows
from onelook.data.pictures.protocol import Images
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import counted, listed, named

_SUFFIXES = layout_entry("pixel-cells").endings
_MOST_TABLES = 20  # tables examined in a folder


class PixelCells:
    """The layout `pixel-cells`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why this is such a table, by its first two lines; None if no cell contains a picture."""
        tables = location.once(_tables)
        if not tables:
            return None
        first, column = next(iter(tables.items()))
        return Candidate(f"'{first}' has all pixels of a picture in a cell of '{column}'", LabelSource.PIXEL_TABLE)

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the table or tables.

        Raises:
            DataError: a row or a cell is wrong, or the columns are numbers to predict.
            ConfigError: several columns may be the label, or none has the name that the user gave.
        """
        found = location.once(_tables)
        if not found:
            raise DataError(f"{location.root}: no table with all pixels of a picture in a cell was found there.")
        files = _by_part(location, list(found))
        tables = {part: read_cell_table(location, entry) for part, entry in files.items()}
        first = next(iter(tables.values()))
        split = split_column(first) if len(tables) == 1 else None
        asked = options.label_column
        label = label_column(first, asked, split) if options.needs_labels else asked
        parts, class_names, notes = _parts(tables, label, split)
        reading = read_rows(next(iter(parts.values()))[0], first.shape, first.name)
        others = [name for name in first.columns if name not in (label, split)]
        if others:
            notes.append(f"{first.name}: columns that are neither pixels nor the label were left out: {named(others)}.")
        if rest := [entry for entry in location.entries() if entry not in files.values()]:
            notes.append(f"Files that are of no part were left out: {listed(rest, most=5)}.")
        height, width, channels = first.shape
        kind = f"{height}×{width} {'grey' if channels == 1 else 'colour'}"
        told = f", and the label in '{label}'" if label else ", and no label"
        return array_dataset(
            {part: (reading.images(rows), labels) for part, (rows, labels) in parts.items()},
            name=location.name,
            layout="pixel-cells",
            why=f"all pixels of a picture in a cell of '{first.pixel_column}' ({kind}){told}",
            class_names=class_names,
            value_range=reading.value_range,
            notes=(*reading.notes, *notes),
        )


def _tables(location: Location) -> dict[str, str]:
    """Return the tables directly in the location, each with its column of pixels."""
    entries = [entry for entry in top_files(location) if table_suffix(entry) in _SUFFIXES]
    if len(entries) > _MOST_TABLES:
        return {}
    found = {entry: pixel_cell(location, entry) for entry in entries}
    return {entry: column for entry, column in found.items() if column is not None}


def _by_part(location: Location, entries: Sequence[str]) -> dict[str, str]:
    """Return the tables by the part in their names, the training part first.

    Raises:
        DataError: a part has several tables.
    """
    if len(entries) == 1:
        return {"all": entries[0]}
    found: dict[str, list[str]] = {}
    for entry in entries:
        stem = entry.partition(".")[0]
        part = part_of(stem) if stem.casefold() in ("publictest", "privatetest") else read_name(stem).part
        found.setdefault(part, []).append(entry)
    if "train" in found:
        found.pop("all", None)
    if any(len(names) > 1 for names in found.values()):
        raise DataError(
            f"{location.root}: {counted(len(entries), 'table')} with pictures in cells, {named(entries)}. Expected "
            f"train, val and test by name, one each: give the path of the one to train on, as "
            f"{location.place}/{entries[0]}, and another with --test."
        )
    if "all" in found:  # beside others, for one table alone was returned above
        found["train"] = found.pop("all")
    return {part: found[part][0] for part in PART_ORDER if part in found}


def _parts(
    tables: Mapping[str, CellTable], label: str | None, split: str | None
) -> tuple[dict[str, tuple[Images, Labels | None]], tuple[str, ...], list[str]]:
    """Return rows of pixels and labels by part, the names of the classes, and notes.

    Raises:
        DataError: tables have pictures of different sizes, a label is missing, or only one part has a class.
    """
    first = next(iter(tables.values()))
    parts: dict[str, tuple[Images, Labels | None]] = {}
    class_names: tuple[str, ...] = ()
    notes: list[str] = []
    for part, table in tables.items():
        if table.pixels.shape[1] != first.pixels.shape[1]:
            raise DataError(
                f"{table.name} has pictures of {counted(table.pixels.shape[1], 'pixel')}, {first.name} of "
                f"{first.pixels.shape[1]:,}. Expected the same size in both."
            )
        labels = None
        if label is not None and label not in table.columns:
            notes.append(f"{table.name} has no labels and was left out: after training, predict on it by its own path.")
            continue
        if label is not None:
            names, labels = encode_labels(table.columns[label], f"{table.name}, column '{label}'")
            if (note := note_on_spellings(table.columns[label])) is not None:
                notes.append(f"{table.name}: {note}")
            class_names = class_names or names
            labels = positions_among(names, class_names, table.name)[labels]
        parts[part] = table.pixels, labels
    if split is None:
        return parts, class_names, notes
    rows, labels = parts.pop("all")
    sides = np.array([part_of(value) for value in first.columns[split]])
    for part in PART_ORDER:
        if (of_part := np.flatnonzero(sides == part)).size:
            parts[part] = rows[of_part], None if labels is None else labels[of_part]
    values = sorted({(part_of(value), value) for value in first.columns[split]}, key=lambda each: each[1])
    taken = [f"'{value}' {'was taken for' if at == 0 else 'for'} {part}" for at, (part, value) in enumerate(values)]
    notes.append(f"The parts are in '{split}': {listed(taken)}.")
    return parts, class_names, notes
