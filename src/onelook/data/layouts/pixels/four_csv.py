"""The layout `four-csv`: headerless train_images.csv, train_labels.csv, test_images.csv and test_labels.csv."""

from __future__ import annotations

import hashlib

from onelook.data.class_names import note_on_numbers, positions_among
from onelook.data.column_names import split_header
from onelook.data.dataset import Dataset
from onelook.data.labels import Labels, encode_labels, note_on_spellings
from onelook.data.layouts.array_dataset import array_dataset, explain_no_shape, picture_shape
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.pixels.header import is_number
from onelook.data.layouts.tables.cache import PixelTable, cached_table
from onelook.data.layouts.tables.files import FOUR_CSV_FILES, FOUR_CSV_PARTS
from onelook.data.layouts.tables.grid import GridColumns
from onelook.data.layouts.tables.text import read_first_line, read_table_text
from onelook.data.pictures.by_content import picture_names
from onelook.data.pictures.protocol import Images
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import counted

_READER_VERSION = 1


class FourCsv:
    """The layout `four-csv`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why these are the four files, or one pair of them; None if there are no such pictures."""
        found = [name for name in FOUR_CSV_FILES if name in _entries(location)]
        is_it = not location.is_file and any(name.endswith("_images.csv") for name in found)
        if is_it and location.once(picture_names) and not _begins_with_numbers(location, found[0]):
            return None  # a list of the pictures beside it
        return Candidate(f"it holds {', '.join(found)}", LabelSource.FORMAT) if is_it else None

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set of one or both pairs.

        Raises:
            DataError: a file of a pair is missing, pictures and labels differ in number, or a cell is wrong.
        """
        entries = _entries(location)
        parts: dict[str, tuple[Images, Labels | None]] = {}
        class_names: tuple[str, ...] = ()
        notes: list[str] = []
        for part in FOUR_CSV_PARTS:
            images_name, labels_name = f"{part}_images.csv", f"{part}_labels.csv"
            found = [name for name in (images_name, labels_name) if name in entries]
            if len(found) == 1:
                other = labels_name if found[0] == images_name else images_name
                raise DataError(
                    f"{location.root}: {found[0]} is there, {other} is not. Expected both beside each other."
                )
            if not found:
                continue
            images = _read_images(location, entries[images_name])
            names, labels, note = _read_labels(location, entries[labels_name])
            if len(images) != len(labels):
                raise DataError(
                    f"{location.root}: {images_name} has {counted(len(images), 'row')} and {labels_name} has "
                    f"{len(labels):,}. Expected a label for every picture, in the same order."
                )
            class_names = class_names or names
            told = (note, note_on_numbers(names, class_names))
            notes += [f"{labels_name}: {each}" for each in told if each is not None]
            parts[part] = images, positions_among(names, class_names, f"{location.place}/{labels_name}")[labels]
        if not parts:
            raise DataError(f"{location.root}: none of {', '.join(FOUR_CSV_FILES)} was found there.")
        why = f"it holds {', '.join(name for name in FOUR_CSV_FILES if name in entries)}"
        return array_dataset(
            parts, name=location.name, layout="four-csv", why=why, class_names=class_names, notes=tuple(notes)
        )


def _begins_with_numbers(location: Location, name: str) -> bool:
    line = read_first_line(location, _entries(location)[name])
    return line is not None and is_number(line.partition(",")[0].strip())


def _entries(location: Location) -> dict[str, str]:
    """Return the entries by their names in lower case, without `.gz`."""
    return {name.casefold().removesuffix(".gz"): name for name in location.entries()}


def _read_images(location: Location, entry: str) -> Images:
    """Return the pictures, (rows, height, width, channels), uint8, from the cache if they were read before."""
    text = read_table_text(location, entry)
    cells, delimiter = split_header(text.first_line)
    shape = picture_shape(len(cells))
    if shape is None:
        raise DataError(
            f"{text.name}: {counted(len(cells), 'value')} in a row, {explain_no_shape(len(cells))}. "
            "Expected all pixels of a square picture in every row."
        )
    # pandas' `to_csv` writes a header by default: 0, 1, 2 … if the columns have no names.
    has_header = not all(is_number(cell) for cell in cells) or cells == [str(at) for at in range(len(cells))]
    names = cells if has_header else [str(number) for number in range(1, len(cells) + 1)]
    columns = GridColumns(names, range(len(cells)), None, delimiter, has_header)
    key = hashlib.sha256(f"four-csv {_READER_VERSION}|{text.checksum()}".encode()).hexdigest()
    pixels = cached_table(key, lambda: PixelTable(text.read_grid(columns).pixels, None, ())).pixels
    return pixels.reshape(len(pixels), *shape)


def _read_labels(location: Location, entry: str) -> tuple[tuple[str, ...], Labels, str | None]:
    """Return class names, labels and a note on numbers of several spellings."""
    text = read_table_text(location, entry)
    lines = [line.strip() for line in bytes(text.content).decode("utf-8-sig", errors="replace").splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    first = 1 if lines and not is_number(lines[0]) else 0  # a header is skipped
    for number, line in enumerate(lines[first:], start=first + 1):
        if not (is_number(line) and float(line).is_integer()):
            raise DataError(f"{text.name}, line {number}: found '{line[:30]}', expected one whole number, the label.")
    return *encode_labels(lines[first:], text.name), note_on_spellings(lines[first:])
