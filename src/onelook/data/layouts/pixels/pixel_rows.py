"""The layout `pixel-rows`: tables of numbers without a header; the label is first, last or in its own file."""

from __future__ import annotations

from collections.abc import Mapping

from onelook.data.class_names import positions_among
from onelook.data.dataset import Dataset
from onelook.data.labels import Labels, NoClassesError
from onelook.data.layouts.array_dataset import array_dataset, without_classes
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.pixels.bare_files import BareFiles, arrange, find_tables, is_of_pictures, left_out_notes
from onelook.data.layouts.pixels.bare_table import SUFFIXES, BareTable, read_bare_labels, read_bare_table
from onelook.data.layouts.tables.emnist import emnist_dataset, is_emnist
from onelook.data.layouts.tables.files import table_suffix
from onelook.data.layouts.tables.row_pictures import read_rows
from onelook.data.pictures.protocol import Images
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import counted, listed


class PixelRows:
    """The layout `pixel-rows`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why these are rows of pixels, by the first line of each table; None if none is."""
        if location.is_file:
            entry = location.entries()[0]
            if table_suffix(entry) not in SUFFIXES or not is_of_pictures(location, entry):
                return None
            return Candidate("it is a table of numbers without a header, a row a picture", LabelSource.PIXEL_TABLE)
        found = location.once(find_tables)
        if not found.pictures:
            return None
        why = f"it holds tables of numbers without headers, a row a picture: {listed(found.pictures, most=3)}"
        return Candidate(why, LabelSource.PIXEL_TABLE)

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the tables: those with a label in each row, or else pairs of pictures and labels by their names.

        Raises:
            DataError: a row or a cell is wrong, numbers are not pixels, or a pair is incomplete.
            ConfigError: there are several data sets, or the label may be the first or the last column.
        """
        files = arrange(location)
        tables = _read(location, files, options)
        first, pictures = next(iter(tables.values())), next(iter(files.values())).pictures
        reading = read_rows(first.table.pixels, first.columns.shape, first.name)
        lies_on_its_side = is_emnist(location.root.name if location.is_file else pictures)
        parts: dict[str, tuple[Images, Labels | None]] = {}
        class_names: tuple[str, ...] = ()
        no_classes = first.table.no_classes
        for part, table in tables.items():
            images = reading.images(table.table.pixels)
            try:
                names, labels, origin = _labels(location, files[part], table)
            except NoClassesError as problem:
                names, labels, origin, no_classes = (), None, table.name, str(problem)
            if labels is not None:
                class_names = class_names or names
                labels = positions_among(names, class_names, origin)[labels]
            parts[part] = images.transpose(0, 2, 1, 3) if lies_on_its_side else images, labels
        dataset = array_dataset(
            parts,
            name=location.name,
            layout="pixel-rows",
            why=f"rows of numbers without a header: {first.columns}, {_label_in_words(first, files)}",
            class_names=class_names,
            value_range=reading.value_range,
            notes=(*reading.notes, *_label_notes(first, options), *first.table.notes, *left_out_notes(location, files)),
        )
        dataset = without_classes(dataset, no_classes, location.root) if no_classes else dataset
        return emnist_dataset(dataset, location, pictures) if lies_on_its_side else dataset


def _read(location: Location, files: Mapping[str, BareFiles], options: LayoutOptions) -> dict[str, BareTable]:
    """Return the tables by part, the training part first. The label is at the same end in all tables.

    Raises:
        DataError: a table is malformed, or its pictures have another size than those of the first.
        ConfigError: the label may be at either end of the first table.
    """
    tables: dict[str, BareTable] = {}
    end = options.label_column
    for part, of_part in files.items():
        table = read_bare_table(location, of_part.pictures, end, may_ask=options.needs_labels)
        first = next(iter(tables.values()), table)
        if table.columns.shape != first.columns.shape:
            raise DataError(f"{table.name} has {table.columns}, {first.name} {first.columns}. Expected the same.")
        end = end or table.columns.end
        tables[part] = table
    return tables


def _labels(location: Location, files: BareFiles, table: BareTable) -> tuple[tuple[str, ...], Labels | None, str]:
    """Return the class names, the labels (None if there are none) and their name in errors.

    Raises:
        DataError: the number of labels in a file differs from the number of pictures.
    """
    if table.table.labels is not None or files.labels is None:
        return table.table.class_names, table.table.labels, table.name
    origin = f"{location.place}/{files.labels}"
    names, labels = read_bare_labels(location, files.labels)
    if len(labels) != len(table.table.pixels):
        raise DataError(
            f"{table.name} has {counted(len(table.table.pixels), 'picture')} and {origin} "
            f"{counted(len(labels), 'label')}. Expected a label for every picture."
        )
    return names, labels, origin


def _label_in_words(table: BareTable, files: Mapping[str, BareFiles]) -> str:
    beside = [each.labels for each in files.values() if each.labels]
    if beside:
        return f"with the labels in {listed(beside)}"
    if table.columns.is_one_hot:
        return f"and the label one-hot in the {table.columns.end} {len(table.columns.labels)} columns"
    return "and no label" if table.columns.end is None else f"and the label in the {table.columns.end} column"


def _label_notes(table: BareTable, options: LayoutOptions) -> list[str]:
    """Return the note on the position of the label, unless the user gave it."""
    end = table.columns.end
    if end is None or table.columns.is_one_hot or options.label_column is not None:
        return []
    other = "last" if end == "first" else "first"
    return [f"The label was taken to be the {end} column: --label-column {other} takes the other end."]
