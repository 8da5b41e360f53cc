"""Open HDF5 files of a location: list their arrays by path, and read them, large ones into a file of the cache."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.cache.entries import cache_key, new_entry, read_entry
from onelook.data.storage.location import Location
from onelook.errors import DataError, in_words
from onelook.hdf5.file import SIGNATURE, Hdf5Dataset, Hdf5File, Refusal

HDF5_SUFFIXES = (".h5", ".hdf5", ".hdf")
_MOST_IN_MEMORY = 256 << 20  # bytes; PatchCamelyon's training pictures have 7.2 GB
_BLOCK_BYTES = 64 << 20
_ADVICE = (
    "If h5py opens it, read it there and train on the arrays: onelook.train((X, y)). If not, it is damaged or was not "
    "downloaded whole: save or fetch it again."
)


@contextmanager
def open_hdf5(location: Location, entry: str, kind: str = "HDF5") -> Iterator[Hdf5File]:
    """Open a file; what is read of it can be used afterwards.

    Args:
        location, entry: the file.
        kind: what it is called in errors.

    Raises:
        DataError: it is damaged, or uses a part of HDF5 that is not read. What is read of it raises it too.
    """
    where = str(location.root) if location.is_file else f"{location.root}/{entry}"
    refuses = Refusal(DataError, where, kind, _ADVICE)
    path = location.path(entry)
    if path is None:
        yield Hdf5File(location.read(entry), refuses)
        return
    try:
        with path.open("rb") as file:
            if len(file.read(len(SIGNATURE))) < len(SIGNATURE):
                raise refuses.because("it is empty, or nearly so")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                yield Hdf5File(content, refuses)
    except OSError as problem:
        raise DataError(f"{where}: could not be read ({in_words(problem)}). Check its permissions.") from problem


def list_hdf5(location: Location, entry: str) -> dict[str, tuple[int, ...]]:
    """Return the shape of each array of numbers or texts by its path, such as `train/data`.

    Raises:
        DataError: as in `open_hdf5`.
    """
    with open_hdf5(location, entry) as file:
        return {name: dataset.shape for name, dataset in file.root.datasets()}


def load_hdf5(location: Location, entry: str, name: str) -> NDArray[Any]:
    """Return an array by its path. A large one is mapped, from the file itself or from the cache.

    Raises:
        DataError: as in `open_hdf5`.
    """
    with open_hdf5(location, entry) as file:
        dataset = next(found for path, found in file.root.datasets() if path == name)
        is_large = prod(dataset.shape) * dataset.dtype.itemsize > _MOST_IN_MEMORY
        return _mapped(location, entry, name, dataset) if is_large else dataset.read()


def _mapped(location: Location, entry: str, name: str, dataset: Hdf5Dataset) -> NDArray[Any]:
    path, place = location.path(entry), dataset.plain_place
    if path is not None and place is not None:
        return np.memmap(path, dataset.dtype, "r", place, dataset.shape).view(np.ndarray)
    key = cache_key("hdf5-array", location.fingerprint([entry]), name)
    found = read_entry(key)
    if found is None:
        with new_entry(key, dataset.shape[1:], dataset.dtype) as writer:
            for block in dataset.blocks(_BLOCK_BYTES):
                writer.append(block)
        found = read_entry(key)
    if found is None:
        raise DataError("the unpacked pictures vanished from the cache before they were used. Start again.")
    return found.pictures
