"""The layout `norb`: NORB's matrices, `…-training-dat.mat` of pictures beside `…-training-cat.mat` of categories.

The files are called as Matlab's, and are not: https://cs.nyu.edu/~ylclab/data/norb-v1.0-small/ says how they are made.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import Dataset
from onelook.data.labels import Labels
from onelook.data.layouts.array_dataset import array_dataset
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.tables.files import is_packed, open_table, read_unpacked_beginning, top_files
from onelook.data.layouts.tables.matlab.mat_files import is_norb
from onelook.data.part_names import part_and_rest
from onelook.data.pictures.protocol import Images
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import counted, listed

_NAME = re.compile(r"(?P<of>.*?)[-_. ]*(?P<kind>dat|cat|info)\.mat(?:\.gz)?", re.I)
_TYPES: Mapping[int, str] = {
    0x1E3D4C51: "<f4",
    0x1E3D4C53: "<f8",
    0x1E3D4C54: "<i4",
    0x1E3D4C55: "u1",
    0x1E3D4C56: "<i2",
}
_FEWEST_SIZES, _MOST_AXES = 3, 8  # that a header has, whatever the number of axes; and of axes
_CLASSES = ("animal", "human", "airplane", "truck", "car", "blank")  # in the order of the numbers in `cat`
_EXPECTED = "…-dat.mat with the pictures and …-cat.mat with their categories, side by side"


@dataclass(frozen=True)
class _Files:
    """The files of one part."""

    pictures: str
    categories: str
    facts: str | None = None  # the number of the toy, its height, its turn and its light


class Norb:
    """The layout `norb`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why these are NORB's matrices, by their first bytes; None if there are no pictures among them."""
        found = [entry for entry, kind in _matrices(location).items() if kind == "dat"]
        return Candidate(f"it holds NORB's matrices: {listed(found, most=3)}", LabelSource.FORMAT) if found else None

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the pictures of both cameras, (rows, 96, 96, 1), in groups of one toy.

        Raises:
            DataError: a file is missing, truncated or of another shape, or counts differ.
        """
        found = _parts(location)
        parts: dict[str, tuple[Images, Labels | None]] = {}
        groups: dict[str, NDArray[np.int64]] = {}
        names: dict[str, int] = {}
        for part, files in found.items():
            images, labels, cameras = _pictures_of(location, files)
            parts[part] = images, labels
            groups[part] = _groups(location, files, labels, cameras, names)
        number = 1 + max((int(labels.max()) for _, labels in parts.values() if labels is not None), default=0)
        thing = "a toy" if all(files.facts for files in found.values()) else "a view"
        dataset = array_dataset(
            parts,
            name=location.name,
            layout="norb",
            why=f"it holds NORB's matrices: {listed(files.pictures for files in found.values())}",
            class_names=_CLASSES[:number],
            notes=(f"The pictures of {thing}, from all cameras, stay together when a split is made.",),
        )
        of_parts = dict(zip(dataset.parts, groups.values(), strict=True))
        grouped = {
            name: replace(part, groups=of_parts[name], group_names=tuple(names)) for name, part in dataset.parts.items()
        }
        return replace(dataset, parts=grouped)


def _matrices(location: Location) -> dict[str, str]:
    """Return the files of matrices, and what each holds: `dat`, `cat` or `info`."""
    named = {entry: match["kind"].lower() for entry in top_files(location) if (match := _NAME.fullmatch(entry))}
    return {entry: kind for entry, kind in named.items() if is_norb(read_unpacked_beginning(location, entry, 4))}


def _parts(location: Location) -> dict[str, _Files]:
    """Return the files of each part, training first.

    Raises:
        DataError: no pictures are there, or not their categories, or several files are of one part.
    """
    kinds = _matrices(location)
    by_stem: dict[str, dict[str, str]] = {}
    for entry, kind in kinds.items():
        match = _NAME.fullmatch(entry)
        by_stem.setdefault(match["of"].lower() if match else "", {})[kind] = entry
    parts: dict[str, _Files] = {}
    for stem, files in by_stem.items():
        if "dat" not in files:
            continue
        if "cat" not in files:
            raise DataError(f"{location.root}: {files['dat']} has pictures, and no categories. Expected {_EXPECTED}.")
        part = part_and_rest(stem)[0] or "train"
        if part in parts:
            raise DataError(
                f"{location.root}: {parts[part].pictures} and {files['dat']} would both be the part '{part}'. Expected "
                "one of them: move the others."
            )
        parts[part] = _Files(files["dat"], files["cat"], files.get("info"))
    if not parts:
        raise DataError(f"{location.root}: no pictures of NORB were found there. Expected {_EXPECTED}.")
    return {part: parts[part] for part in ("train", "val", "test") if part in parts}


def _pictures_of(location: Location, files: _Files) -> tuple[Images, Labels, int]:
    """Return the pictures of a part, those of all cameras one after the other, their labels, and how many cameras."""
    pictures, categories = _read(location, files.pictures), _read(location, files.categories)
    if pictures.ndim != 4 or pictures.dtype != np.uint8 or not pictures.size:
        raise DataError(
            f"{location.place}/{files.pictures}: {'×'.join(map(str, pictures.shape))} {pictures.dtype}. Expected the "
            "bytes of pictures: (rows, cameras, height, width)."
        )
    rows, cameras, height, width = pictures.shape
    labels = categories.ravel()
    if len(labels) != rows:
        raise DataError(
            f"{location.root}: {files.pictures} has {counted(rows, 'row')} and {files.categories} "
            f"{counted(len(labels), 'label')}. Expected a label for every row."
        )
    if labels.dtype.kind != "i" or labels.min() < 0 or labels.max() >= len(_CLASSES):
        raise DataError(f"{location.place}/{files.categories}: expected whole numbers from 0 to {len(_CLASSES) - 1}.")
    images = pictures.reshape(rows * cameras, height, width, 1)
    return images, np.repeat(labels, cameras).astype(np.int64), cameras


def _groups(
    location: Location, files: _Files, labels: Labels, cameras: int, names: dict[str, int]
) -> NDArray[np.int64]:
    """Return the group of each picture: its toy, or its view if no file has the toys; numbers count over all parts."""
    rows = len(labels) // cameras
    of_rows: Sequence[str] = [f"{files.pictures} {row}" for row in range(1, rows + 1)]
    if files.facts is not None:
        facts = _read(location, files.facts)
        if facts.ndim < 2 or len(facts) != rows:
            raise DataError(
                f"{location.place}/{files.facts}: expected a row of facts for each of {counted(rows, 'row')}."
            )
        toys = facts.reshape(rows, -1)[:, 0].tolist()
        of_rows = [f"{_CLASSES[labels[row * cameras]]} {toy}" for row, toy in enumerate(toys)]
    numbers = [names.setdefault(each, len(names)) for each in of_rows]
    return np.repeat(np.array(numbers, np.int64), cameras)


def _read(location: Location, entry: str) -> NDArray[Any]:
    """Return a matrix; a file on disk is mapped, and not read into memory.

    Raises:
        DataError: it is damaged, or has other values than its header says.
    """
    where = f"{location.place}/{entry}"
    path = None if is_packed(location, entry) else location.path(entry)
    if path is None:
        with open_table(location, entry) as file:
            content: NDArray[np.uint8] = np.frombuffer(file.read(), np.uint8)
    else:
        content = np.memmap(path, np.uint8, "r").view(np.ndarray)
    if len(content) < 8:
        raise DataError(f"{where}: {counted(len(content), 'byte')}. It is truncated: fetch it again.")
    magic, axes = struct.unpack("<II", content[:8].tobytes())
    start = 8 + 4 * max(axes, _FEWEST_SIZES) if axes <= _MOST_AXES else len(content) + 1
    if magic not in _TYPES or start > len(content):
        raise DataError(f"{where}: no matrix of NORB that can be read. Expected its first bytes, and then its sizes.")
    shape = struct.unpack(f"<{axes}I", content[8 : 8 + 4 * axes].tobytes())
    kind = np.dtype(_TYPES[magic])
    wanted = prod(shape) * kind.itemsize
    if len(content) - start != wanted:
        raise DataError(
            f"{where}: {counted(len(content) - start, 'byte')} of values, its header says {wanted:,}. It is truncated: "
            "fetch it again."
        )
    return np.frombuffer(content.data, kind, offset=start).reshape(shape)
