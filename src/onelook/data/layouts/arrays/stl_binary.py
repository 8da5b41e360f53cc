"""The layout `stl-binary`: STL-10 as train_X.bin, train_y.bin, test_X.bin and test_y.bin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import Dataset
from onelook.data.labels import Labels
from onelook.data.layouts.array_dataset import array_dataset
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.pictures.protocol import Images
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import counted, listed

_SIDE, _CHANNELS = 96, 3
_PICTURE_BYTES = _CHANNELS * _SIDE * _SIDE  # all red values, all green, all blue; each column by column
_NAMES = "class_names.txt"
_UNLABELED = "unlabeled_X.bin"


class StlBinary:
    """The layout `stl-binary`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why these are STL-10's binary files; None if there are neither training nor test files."""
        found = [f"{part}_X.bin" for part in _parts(location)]
        return Candidate(f"it holds STL-10's binary files: {listed(found)}", LabelSource.FORMAT) if found else None

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open training and test pictures, (rows, 96, 96, 3). Pictures without labels are left out.

        Raises:
            DataError: a file is missing or truncated, counts differ, or a label has no name.
        """
        found = _parts(location)
        if not found:
            raise DataError(f"{location.root}: train_X.bin and train_y.bin were not both found there.")
        class_names = _class_names(location)
        parts: dict[str, tuple[Images, Labels | None]] = {}
        for part in found:
            images, labels = _pictures(location, f"{part}_X.bin"), _labels(location, f"{part}_y.bin", len(class_names))
            if len(images) != len(labels):
                raise DataError(
                    f"{location.root}: {part}_X.bin has {counted(len(images), 'picture')} and {part}_y.bin "
                    f"{counted(len(labels), 'label')}. Expected a label for every picture."
                )
            parts[part] = images, labels
        notes = []
        if _UNLABELED in location.entries():
            notes.append(f"{_UNLABELED} has pictures without labels and was left out.")
        if not _has_names(location):
            notes.append(f"{_NAMES} was not found: the classes are called 1, 2, 3 … as in the labels.")
        return array_dataset(
            parts,
            name=location.name,
            layout="stl-binary",
            why=f"STL-10's binary files by name: {listed(f'{part}_X.bin' for part in found)}",
            class_names=class_names,
            notes=tuple(notes),
        )


def _parts(location: Location) -> list[str]:
    """Return the parts that have pictures and labels."""
    entries = set(location.entries())
    return [part for part in ("train", "test") if {f"{part}_X.bin", f"{part}_y.bin"} <= entries]


def _has_names(location: Location) -> bool:
    return _NAMES in location.entries()


def _class_names(location: Location) -> tuple[str, ...]:
    if not _has_names(location):
        return tuple(str(number) for number in range(1, 11))
    with location.open(_NAMES) as file:
        names = tuple(file.read().decode("utf-8", errors="replace").split())
    if not names:
        raise DataError(f"{location.place}/{_NAMES}: names no classes. Expected a line for each.")
    return names


def _pictures(location: Location, entry: str) -> Images:
    path = location.path(entry)
    values = np.frombuffer(location.read(entry), np.uint8) if path is None else _mapped(path.stat().st_size, path)
    if not len(values) or len(values) % _PICTURE_BYTES:
        raise DataError(
            f"{location.place}/{entry}: {counted(len(values), 'byte')}, expected a multiple of {_PICTURE_BYTES:,} "
            "(96×96 values in three colours). It is truncated, or no file of STL-10."
        )
    return values.reshape(-1, _CHANNELS, _SIDE, _SIDE).transpose(0, 3, 2, 1)


def _mapped(size: int, path: object) -> NDArray[np.uint8]:
    """Return the bytes of a file as a memory map; an empty file cannot be mapped."""
    return np.memmap(path, np.uint8, "r").view(np.ndarray) if size else np.empty(0, np.uint8)  # type: ignore[call-overload]


def _labels(location: Location, entry: str, num_classes: int) -> Labels:
    """Return the labels as positions; in the file they count from 1."""
    values = np.frombuffer(location.read(entry), np.uint8)
    wrong = np.flatnonzero((values < 1) | (values > num_classes))
    if len(wrong):
        raise DataError(
            f"{location.place}/{entry}: label {values[wrong[0]]} of picture {wrong[0] + 1:,}. "
            f"Expected 1 to {num_classes}."
        )
    return values.astype(np.int64) - 1
