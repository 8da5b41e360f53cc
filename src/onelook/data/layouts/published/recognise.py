"""Recognise MNIST, Fashion-MNIST and KMNIST by their content, and give numbered classes the published names.

EMNIST is recognised by the names of its files (`layouts.tables.emnist`), and CIFAR-10 and CIFAR-100 come with names.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from onelook.data.class_names import has_integer_labels
from onelook.data.dataset import Dataset
from onelook.data.layouts.published.known_pictures import Pixels, is_known, read_filter
from onelook.data.layouts.published_names import FASHION_MNIST_NAMES, KUZUSHIJI_MNIST_NAMES
from onelook.data.storage.location import Location
from onelook.errors import OnelookError

_SIDE, _CLASSES = 28, 10
_SAMPLE = 64  # pictures that are looked at: a hundredth of a second in a table, a fifth in a folder of files
# At least this many of them must be known: ten are by chance in one of a million samples. The list has 44 % of the
# published test part of Fashion-MNIST.
_LEAST_SHARE, _LEAST = 0.3, 10
_MOST_LABEL_BYTES = 1 << 20


@dataclass(frozen=True)
class PublishedSet:
    """A published data set whose files contain only numbers as labels."""

    title: str
    class_names: tuple[str, ...] = ()  # of the labels 0, 1, 2 …; empty: the numbers are the names
    pictures: str = ""  # the name of the filter with its pictures; empty if there is none
    label_files: frozenset[str] = frozenset()  # SHA-256 of its published files of labels, gzipped


_SETS = (
    PublishedSet("MNIST", pictures="mnist"),
    PublishedSet("Fashion-MNIST", FASHION_MNIST_NAMES, pictures="fashion_mnist"),
    # https://codh.rois.ac.jp/kmnist/, where these checksums were taken by two libraries that download it.
    PublishedSet(
        "Kuzushiji-MNIST",
        KUZUSHIJI_MNIST_NAMES,
        label_files=frozenset(
            {
                "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
                "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
            }
        ),
    ),
)


def with_published_names(dataset: Dataset, path: str | os.PathLike[str]) -> Dataset:
    """Return the data set with the published class names if its pictures are those of a published set.

    A data set whose classes have names, or that is of another kind, is returned unchanged.

    Args:
        dataset: an opened data set.
        path: from where it was opened.
    """
    names = dataset.class_names
    if not _may_be_published(dataset):
        return dataset
    found = _by_label_files(dataset, path) or _by_pictures(dataset)
    if found is None:
        return dataset
    note = f"The pictures are those of {found.title}, by their content"
    if not found.class_names:
        return replace(dataset, published=found.title, notes=(*dataset.notes, f"{note}."))
    named = tuple(found.class_names[int(name)] for name in names)
    note = f"{note}: the classes got its names, '{named[0]}' for {names[0]} and so on (--class-names sets others)."
    return replace(dataset, published=found.title, class_names=named, codes=names, notes=(*dataset.notes, note))


def _may_be_published(dataset: Dataset) -> bool:
    names = dataset.class_names
    if not has_integer_labels(names) or not all(name in map(str, range(_CLASSES)) for name in names):
        return False
    facts = [part.pictures.facts() for part in dataset.parts.values()]
    return all((fact.channels, fact.dtype, {*fact.sizes}) == (1, "uint8", {(_SIDE, _SIDE)}) for fact in facts)


def _by_label_files(dataset: Dataset, path: str | os.PathLike[str]) -> PublishedSet | None:
    if dataset.layout != "idx":
        return None
    location = Location(Path(path).expanduser())
    for entry in location.entries():
        if "labels" not in entry.lower() or not entry.endswith(".gz"):
            continue
        with location.open(entry) as file:
            digest = hashlib.sha256(file.read(_MOST_LABEL_BYTES)).hexdigest()
        found = next((each for each in _SETS if digest in each.label_files), None)
        if found is not None:
            return found
    return None


def _by_pictures(dataset: Dataset) -> PublishedSet | None:
    sample = list(_sample(dataset))
    for each in _SETS:
        if not each.pictures:
            continue
        known = read_filter(each.pictures)
        count = sum(is_known(known, pixels, label) for pixels, label in sample)
        if count >= max(_LEAST, _LEAST_SHARE * len(sample)):
            return each
    return None


def _sample(dataset: Dataset) -> Iterator[tuple[Pixels, int]]:
    """Yield pictures from all parts with the numbers that are their labels, evenly spread, without unreadable ones."""
    labelled = [part for part in dataset.parts.values() if part.labels is not None]
    numbers = [int(name) for name in dataset.class_names]
    for part in labelled:
        rows = np.unique(np.linspace(0, len(part) - 1, max(1, _SAMPLE // len(labelled))).round().astype(int)).tolist()
        for row in rows:
            try:
                pixels = part.pictures.original(row)
            except OnelookError:
                continue
            if pixels.shape[:2] == (_SIDE, _SIDE) and part.labels is not None:
                yield pixels.reshape(_SIDE, _SIDE, -1)[..., 0], numbers[part.labels[row]]
