"""The layout `cifar-python`: pickled batches of CIFAR-10 or CIFAR-100, read without `pickle`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from onelook.data.dataset import Dataset
from onelook.data.labels import Labels
from onelook.data.layouts.array_dataset import array_dataset
from onelook.data.layouts.arrays.plain_pickle import read_plain_pickle
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.pictures.protocol import Images
from onelook.data.storage.location import Location
from onelook.errors import DataError, unknown_name
from onelook.wording import counted, size

_SIDE, _CHANNELS = 32, 3
_VALUES = _SIDE * _SIDE * _CHANNELS  # all red, all green, all blue values
_BATCH = re.compile(r"data_batch_\d+")
_STARTS = (b"\x80", b"(d", b"}q")  # the first bytes of a pickled dict, in all protocols
# CIFAR-100's training file, by far the largest, has 155 MB.
_LARGEST_FILE_BYTES = 512 << 20
# The label keys of a batch, best first, and the key of the class names in the meta file.
_LABELS = {"labels": "label_names", "fine_labels": "fine_label_names", "coarse_labels": "coarse_label_names"}


class CifarPython:
    """The layout `cifar-python`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why these are CIFAR's Python files, by their names and the first bytes; None if they are not."""
        files = _files(location)
        if files is None:
            return None
        with location.open(files.train[0]) as file:
            start = file.read(2)
        return Candidate(_why(files), LabelSource.FORMAT) if start.startswith(_STARTS) else None

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open training and test pictures, (rows, 32, 32, 3). It reads the fine labels of CIFAR-100.

        Raises:
            DataError: a file is damaged, or contains something unexpected; no code in it is run.
            ConfigError: the batches have no labels with the name that the user gave.
        """
        files = _files(location)
        if files is None:
            raise DataError(
                f"{location.root}: no CIFAR files for Python were found there. Expected data_batch_1 … and "
                "batches.meta (CIFAR-10), or train, test and meta (CIFAR-100)."
            )
        train = [_read(location, name) for name in files.train]
        kinds = [kind for kind in _LABELS if kind in train[0]]
        chosen = _chosen(kinds, options.label_column, f"{location.place}/{files.train[0]}")
        class_names = _class_names(location, files.meta, _LABELS[chosen])
        parts = {"train": _part(location, files.train, train, chosen, class_names)}
        if files.test is not None:
            parts["test"] = _part(location, [files.test], [_read(location, files.test)], chosen, class_names)
        others = [kind for kind in kinds if kind != chosen]
        return array_dataset(
            parts,
            name=location.name,
            layout="cifar-python",
            why=_why(files),
            class_names=class_names,
            notes=tuple(f"The pictures also have {kind}: take these with --label-column {kind}." for kind in others),
        )


@dataclass(frozen=True)
class _Files:
    """The entries of one data set."""

    train: Sequence[str]
    test: str | None
    meta: str


def _files(location: Location) -> _Files | None:
    """Return the files, also in the one folder that holds them, as the archive that torchvision unpacks leaves it."""
    entries = set(location.entries())
    metas = [entry for entry in location.entries() if entry.rpartition("/")[2] == "batches.meta"]
    if len(metas) == 1:
        folder = metas[0].removesuffix("batches.meta")
        batches = [entry for entry in location.entries() if _BATCH.fullmatch(entry.removeprefix(folder))]
        test = f"{folder}test_batch"
        return _Files(batches, test if test in entries else None, metas[0]) if batches else None
    metas = [entry for entry in ("meta", "cifar-100-python/meta") if entry in entries]
    if len(metas) == 1 and (train := f"{(folder := metas[0].removesuffix('meta'))}train") in entries:
        return _Files([train], f"{folder}test" if f"{folder}test" in entries else None, metas[0])
    return None


def _why(files: _Files) -> str:
    names = [*files.train, *([files.test] if files.test else []), files.meta]
    kind = "100" if files.meta.rpartition("/")[2] == "meta" else "10"
    return f"CIFAR-{kind}'s files for Python by name: {', '.join(names)}"


def _read(location: Location, entry: str) -> Mapping[str, Any]:
    """Return the dict of a file, with its keys as text."""
    name = f"{location.place}/{entry}"
    with location.open(entry) as file:
        content = file.read(_LARGEST_FILE_BYTES + 1)
    if len(content) > _LARGEST_FILE_BYTES:
        raise DataError(f"{name}: more than {size(_LARGEST_FILE_BYTES)}. CIFAR's files have 155 MB at most.")
    try:
        value = read_plain_pickle(content)
    except DataError as problem:
        raise DataError(
            f"{name}: {problem}. Expected one of CIFAR's files, of plain values and one array; fetch it again from "
            "its authors."
        ) from problem
    if not isinstance(value, dict):
        raise DataError(f"{name}: holds a {type(value).__name__}, expected a dict of data and labels.")
    return {_text(key): item for key, item in value.items()}


def _chosen(kinds: Sequence[str], asked: str | None, name: str) -> str:
    if not kinds:
        raise DataError(f"{name}: has no labels. Expected {', '.join(_LABELS)}.")
    if asked is None:
        return kinds[0]
    if asked not in kinds:
        raise unknown_name("label column", asked, kinds)
    return asked


def _class_names(location: Location, meta: str, key: str) -> tuple[str, ...]:
    names = _read(location, meta).get(key)
    if not isinstance(names, list) or not all(isinstance(name, str | bytes) for name in names):
        raise DataError(f"{location.place}/{meta}: has no list '{key}'. Expected the names of the classes there.")
    return tuple(map(_text, names))


def _part(
    location: Location,
    entries: Sequence[str],
    batches: Sequence[Mapping[str, Any]],
    kind: str,
    class_names: tuple[str, ...],
) -> tuple[Images, Labels]:
    images: list[Images] = []
    labels: list[Labels] = []
    for entry, batch in zip(entries, batches, strict=True):
        name = f"{location.place}/{entry}"
        images.append(_pictures(batch.get("data"), name))
        labels.append(_labels(batch.get(kind), kind, name, len(images[-1]), len(class_names)))
    return np.concatenate(images), np.concatenate(labels)


def _pictures(data: Any, name: str) -> Images:
    """Return the pictures, (rows, 32, 32, 3), uint8, as a view."""
    is_table = isinstance(data, np.ndarray) and data.ndim == 2
    if not is_table or data.shape[1] != _VALUES or data.dtype != np.uint8:
        found = f"is of shape {data.shape}, {data.dtype}" if isinstance(data, np.ndarray) else _kind(data)
        raise DataError(f"{name}: 'data' {found}. Expected an array of shape (rows, {_VALUES}), uint8.")
    return np.asarray(data.reshape(-1, _CHANNELS, _SIDE, _SIDE).transpose(0, 2, 3, 1))


def _kind(value: Any) -> str:
    return "is missing" if value is None else f"is a {type(value).__name__}"


def _labels(values: Any, kind: str, name: str, rows: int, num_classes: int) -> Labels:
    if not isinstance(values, list) or not all(type(value) is int for value in values):
        raise DataError(f"{name}: '{kind}' is no list of whole numbers.")
    if len(values) != rows:
        raise DataError(
            f"{name}: {counted(rows, 'picture')} and {len(values):,} {kind}. Expected a label for every picture."
        )
    wrong = next((value for value in values if not 0 <= value < num_classes), None)
    if wrong is not None:
        shown = f"{wrong}" if wrong.bit_length() < 64 else "a number of more digits than any class has"
        raise DataError(
            f"{name}: the label {shown} occurs, but {counted(num_classes, 'class is', 'classes are')} named. "
            f"Expected labels from 0 to {num_classes - 1}."
        )
    return np.array(values, np.int64)


def _text(value: object) -> str:
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else str(value)
