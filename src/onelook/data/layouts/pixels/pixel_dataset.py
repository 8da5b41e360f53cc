"""Make a data set of pixel tables: its parts, labels and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from onelook.data.class_names import note_on_numbers, positions_among
from onelook.data.dataset import Dataset
from onelook.data.labels import Labels
from onelook.data.layouts.array_dataset import array_dataset, without_classes
from onelook.data.layouts.pixels.header import PixelHeader
from onelook.data.layouts.tables.cache import PixelTable
from onelook.data.layouts.tables.colour_order import ColourOrder, colour_order
from onelook.data.pictures.protocol import Images
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.runtime import command_name
from onelook.wording import agree, counted, listed, named, printable

_BY_PIXELS = "Colour is taken to lie pixel by pixel: red, green and blue of the first pixel, then of the next."


@dataclass(frozen=True)
class ReadTable:
    """A pixel table that was read."""

    name: str  # its name in errors and notes
    header: PixelHeader
    table: PixelTable
    other_ids: Mapping[str, Sequence[str]] = field(default_factory=dict)  # columns of texts that all differ
    shards: Sequence[str] = ()  # the other files that were read with this one

    def images(self, order: ColourOrder) -> Images:
        """Return the pictures, (rows, height, width, channels), uint8, without a copy."""
        height, width, channels = self.header.shape
        pixels = self.table.pixels
        if order is ColourOrder.PLANES:
            return pixels.reshape(len(pixels), channels, height, width).transpose(0, 2, 3, 1)
        return pixels.reshape(len(pixels), height, width, channels)


def pixel_dataset(
    location: Location,
    layout: str,
    kind: str,
    tables: Mapping[str, ReadTable],
    others: Sequence[str] = (),
    *,
    needs_labels: bool = True,
) -> Dataset:
    """Return the data set of one table, or of one for each part, training first.

    Args:
        kind: the kind of the files, for the user: "a CSV header", "Parquet".
        others: pixel tables beside these that are in no part.
        needs_labels: False if pictures are only predicted: then tables without labels are read too.

    Raises:
        DataError: the tables have pictures of different sizes, or one has classes that the first lacks.
    """
    first = next(iter(tables.values()))
    # Beside a labelled training table, Kaggle has a table to predict, without labels: it is not a test set.
    is_beside = needs_labels and len(tables) > 1 and first.table.labels is not None
    left_out = {part: table for part, table in tables.items() if is_beside and table.table.labels is None}
    kept = [table for part, table in tables.items() if part not in left_out]
    notes = [note for table in kept for note in header_notes(table.name, table.header, needs_labels=needs_labels)]
    notes += _notes(location, tables, others)
    notes += [
        f"{name} is a pixel table of no part by its name and was left out: give its own path, or name it with --test."
        for name in others
    ]
    notes += [note for table in tables.values() for note in table.table.notes]
    notes += [
        f"{table.name} has no labels and was left out: after training, predict on it by its own path."
        for table in left_out.values()
    ]
    order = _order(first)
    if order is ColourOrder.PLANES:
        notes = [note for note in notes if note != _BY_PIXELS]
        notes.insert(
            0, "Colour lies plane by plane, as the pixels show: all red values, then all green, then all blue."
        )
    parts: dict[str, tuple[Images, Labels | None]] = {}
    for part, table in tables.items():
        if part in left_out:
            continue
        if table.header.shape != first.header.shape:
            raise DataError(
                f"{table.name} has pictures of {counted(len(table.header.pixels), 'pixel')}, {first.name} of "
                f"{len(first.header.pixels)}. Expected the same size in both."
            )
        labels = None if first.table.no_classes else table.table.labels
        if labels is not None:
            labels = positions_among(table.table.class_names, first.table.class_names, table.name)[labels]
            if (note := note_on_numbers(table.table.class_names, first.table.class_names)) is not None:
                notes.append(f"{table.name}: {note}")
        parts[part] = table.images(order), labels
    dataset = array_dataset(
        parts,
        name=location.name,
        layout=layout,
        why=f"{kind} with {describe_header(first.header)}",
        class_names=first.table.class_names,
        notes=tuple(notes),
    )
    dataset = _with_ids(dataset, dict(zip(dataset.parts, kept, strict=True)))
    reason = first.table.no_classes
    return without_classes(dataset, reason, location.root) if reason else dataset


def _with_ids(dataset: Dataset, tables: Mapping[str, ReadTable]) -> Dataset:
    """Return the data set with its own ids, if the table has a column of them.

    The rows of such a table are never matched by their position, because the ids may be in another order.
    """
    parts, notes = dict(dataset.parts), list(dataset.notes)
    for name, table in tables.items():
        if not table.other_ids:
            continue
        column, ids = next(iter(table.other_ids.items()))
        prefix = "" if len(parts) == 1 else f"{name}/"
        own = tuple(f"{prefix}{printable(each)}" for each in ids)
        parts[name] = replace(parts[name], ids=own, other_ids=table.other_ids)
        if len(table.other_ids) == 1:
            notes.append(f"The rows of {table.name} are called by the column '{column}', whose values all differ.")
        else:
            notes.append(
                f"The rows of {table.name} are called by the column '{column}'. No value occurs twice in "
                f"{listed(table.other_ids)}: a sample submission is joined by the one that it names."
            )
    return replace(dataset, parts=parts, notes=tuple(notes))


def _order(table: ReadTable) -> ColourOrder:
    """Return the order of colours in the rows of a table: pixel by pixel, unless the pixels show another order."""
    found = colour_order(table.table.pixels) if table.header.shape[2] == 3 else None
    return found or ColourOrder.PIXELS


def describe_header(header: PixelHeader) -> str:
    """Describe the columns in a few words."""
    height, width, channels = header.shape
    label = "no label column" if header.label is None else f"the label in column '{header.columns[header.label]}'"
    colour = "grey" if channels == 1 else "colour"
    columns = counted(len(header.pixels), "pixel column")
    return f"{columns}, {header.first_and_last} ({height}×{width} {colour}), and {label}"


def header_notes(name: str, header: PixelHeader, *, needs_labels: bool = True) -> list[str]:
    """Return notes on assumptions about the columns, and on columns that were left out."""
    notes = []
    if header.shape[2] == 3:
        notes.append(_BY_PIXELS)
    if header.others:
        label = (
            ""
            if header.label is not None or not needs_labels
            else ". If the label is among them, name it with --label-column"
        )
        notes.append(f"{name}: columns that are no pixels were left out: {named(header.others)}{label}.")
    return notes


def _notes(location: Location, tables: Mapping[str, ReadTable], pixel_tables: Sequence[str]) -> list[str]:
    notes = []
    shards = {PurePosixPath(name).name for table in tables.values() for name in table.shards}
    read = {PurePosixPath(table.name).name for table in tables.values()} | shards | {*pixel_tables}
    others = [name for name in location.entries() if not location.is_file and PurePosixPath(name).name not in read]
    copies = [
        name
        for name in location.entries()
        if not location.is_file
        and PurePosixPath(name).name in read - shards - {*pixel_tables}
        and not any(table.name.endswith(f"/{name}") for table in tables.values())
    ]
    if copies:
        verb = agree(len(copies), "is called like one that was read, and was", "are called like those read, and were")
        notes.append(f"{counted(len(copies), 'file')} {verb} left out: {listed(copies, most=5)}.")
    samples = [name for name in others if "submission" in name.casefold()]
    if samples:
        notes.append(f"{samples[0]} is no data: give it to `{command_name()} predict` with --like.")
    if rest := [name for name in others if name not in samples]:
        notes.append(f"Files that are no pixel tables were left out: {listed(rest, most=5)}.")
    return list(dict.fromkeys(notes))
