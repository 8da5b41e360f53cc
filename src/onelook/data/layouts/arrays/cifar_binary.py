"""The layout `cifar-binary`: CIFAR-10 as data_batch_1.bin … and test_batch.bin, CIFAR-100 as train.bin and test.bin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import Dataset
from onelook.data.labels import Labels
from onelook.data.layouts.array_dataset import array_dataset
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.pictures.protocol import Images
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import agree, counted, listed

_SIDE, _CHANNELS = 32, 3
_PIXELS = _SIDE * _SIDE * _CHANNELS  # all red, then all green, then all blue values


@dataclass(frozen=True)
class _Version:
    """The files of one of the two data sets."""

    name: str
    train: re.Pattern[str]
    test: str
    class_names: str
    labels: int  # bytes before the pixels; the last of them is the label

    @property
    def record_bytes(self) -> int:
        return self.labels + _PIXELS


_VERSIONS = (
    _Version("CIFAR-10", re.compile(r"data_batch_\d+\.bin"), "test_batch.bin", "batches.meta.txt", labels=1),
    # Two labels: one of 20 groups, then one of 100 classes.
    _Version("CIFAR-100", re.compile(r"train\.bin"), "test.bin", "fine_label_names.txt", labels=2),
)


class CifarBinary:
    """The layout `cifar-binary`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why these are CIFAR's binary files; None without a training batch or without the list of names."""
        version = _version(location)
        if version is None:
            return None
        batches = _batches(location, version)
        files = batches[0] if len(batches) == 1 else f"{batches[0]} … {batches[-1]}"
        return Candidate(f"it holds {files} and {version.class_names}", LabelSource.FORMAT)

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open training and test pictures, (rows, 32, 32, 3). It reads the fine labels of CIFAR-100.

        Raises:
            DataError: a file is missing, truncated, or contains a label without a name.
        """
        version = _version(location)
        if version is None:
            wanted = listed(
                (f"data_batch_1.bin and {_VERSIONS[0].class_names}", f"train.bin and {_VERSIONS[1].class_names}"),
                last="or",
            )
            raise DataError(f"{location.root}: expected {wanted}, and neither pair was found there.")
        with location.open(version.class_names) as file:
            class_names = tuple(file.read().decode("utf-8", errors="replace").split())
        if not class_names:
            raise DataError(f"{location.place}/{version.class_names}: names no classes. Expected a line for each.")
        batches = _batches(location, version)
        parts = {"train": _read(location, version, batches, len(class_names))}
        if version.test in location.entries():
            parts["test"] = _read(location, version, [version.test], len(class_names))
        why = f"{version.name}'s binary files by name: {', '.join(batches)}"
        return array_dataset(parts, name=location.name, layout="cifar-binary", why=why, class_names=class_names)


def _version(location: Location) -> _Version | None:
    entries = location.entries()
    return next((each for each in _VERSIONS if each.class_names in entries and _batches(location, each)), None)


def _batches(location: Location, version: _Version) -> list[str]:
    return [entry for entry in location.entries() if version.train.fullmatch(entry)]


def _read(location: Location, version: _Version, entries: Sequence[str], num_classes: int) -> tuple[Images, Labels]:
    records = np.concatenate([_records(location, version, entry, num_classes) for entry in entries])
    images = records[:, version.labels :].reshape(-1, _CHANNELS, _SIDE, _SIDE).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(images), records[:, version.labels - 1].astype(np.int64)


def _records(location: Location, version: _Version, entry: str, num_classes: int) -> NDArray[np.uint8]:
    """Return the records of a file: (rows, bytes of labels + 3072), uint8."""
    with location.open(entry) as file:
        content = file.read()
    if not content or len(content) % version.record_bytes:
        raise DataError(
            f"{location.place}/{entry}: {counted(len(content), 'byte')}, expected a multiple of "
            f"{version.record_bytes:,} ({agree(version.labels, 'a label', 'two labels')} and 32×32×3 values). The "
            "file is truncated or another one; fetch it again."
        )
    records = np.frombuffer(content, np.uint8).reshape(-1, version.record_bytes)
    highest = int(records[:, version.labels - 1].max())
    if highest >= num_classes:
        raise DataError(
            f"{location.place}/{entry}: the label {highest} occurs, but {version.class_names} names "
            f"{counted(num_classes, 'class')}. Expected labels from 0 to {num_classes - 1}."
        )
    return records
