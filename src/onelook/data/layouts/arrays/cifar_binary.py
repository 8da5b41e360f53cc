"""The layout `cifar-binary`: CIFAR-10 as data_batch_1.bin … data_batch_5.bin and test_batch.bin."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import Dataset
from onelook.data.labels import Labels
from onelook.data.layouts.array_dataset import array_dataset
from onelook.data.layouts.layout import Candidate, LayoutOptions, ToldBy
from onelook.data.pictures.protocol import Images
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import counted

_SIDE, _CHANNELS = 32, 3
_RECORD_BYTES = 1 + _SIDE * _SIDE * _CHANNELS  # the label, then all red, all green, all blue values
_TRAIN = re.compile(r"data_batch_\d+\.bin")
_TEST = "test_batch.bin"
_NAMES = "batches.meta.txt"


class CifarBinary:
    """The layout `cifar-binary`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why these are CIFAR-10's binary files; None without a training batch or without the list of names."""
        batches = _batches(location)
        if not batches or _NAMES not in location.entries():
            return None
        return Candidate(f"it holds {batches[0]} … {batches[-1]} and {_NAMES}", ToldBy.FORMAT)

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open training and test pictures, (rows, 32, 32, 3).

        Raises:
            DataError: a file is missing, truncated, or contains a label without a name.
        """
        batches = _batches(location)
        if not batches or _NAMES not in location.entries():
            raise DataError(f"{location.root}: data_batch_1.bin and {_NAMES} were not both found there.")
        with location.open(_NAMES) as file:
            class_names = tuple(file.read().decode("utf-8", errors="replace").split())
        if not class_names:
            raise DataError(f"{location.root}/{_NAMES}: names no classes. Expected a line for each.")
        parts = {"train": _read(location, batches, len(class_names))}
        if _TEST in location.entries():
            parts["test"] = _read(location, [_TEST], len(class_names))
        why = f"CIFAR-10's binary files by name: {', '.join(batches)}"
        return array_dataset(parts, name=location.name, layout="cifar-binary", why=why, class_names=class_names)


def _batches(location: Location) -> list[str]:
    return [entry for entry in location.entries() if _TRAIN.fullmatch(entry)]


def _read(location: Location, entries: Sequence[str], num_classes: int) -> tuple[Images, Labels]:
    records = np.concatenate([_records(location, entry, num_classes) for entry in entries])
    images = records[:, 1:].reshape(-1, _CHANNELS, _SIDE, _SIDE).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(images), records[:, 0].astype(np.int64)


def _records(location: Location, entry: str, num_classes: int) -> NDArray[np.uint8]:
    """Return the records of a file: (rows, 3073), uint8."""
    with location.open(entry) as file:
        content = file.read()
    if not content or len(content) % _RECORD_BYTES:
        raise DataError(
            f"{location.root}/{entry}: {counted(len(content), 'byte')}, expected a multiple of {_RECORD_BYTES:,} "
            "(a label and 32×32×3 values). The file is truncated or another one; fetch it again."
        )
    records = np.frombuffer(content, np.uint8).reshape(-1, _RECORD_BYTES)
    highest = int(records[:, 0].max())
    if highest >= num_classes:
        raise DataError(
            f"{location.root}/{entry}: the label {highest} occurs, but {_NAMES} names {counted(num_classes, 'class')}. "
            f"Expected labels from 0 to {num_classes - 1}."
        )
    return records
