"""Read files of arrays: NPY and NPZ without pickle, after a check of the sizes that they state, and HDF5."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from onelook.archives import largest_unpacked
from onelook.data.layouts.tables.hdf5_files import HDF5_SUFFIXES, list_hdf5, load_hdf5
from onelook.data.storage.location import Location
from onelook.errors import DataError, in_words, shown

NUMPY_SUFFIXES = (".npz", ".npy")
_HEADER_READERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


@dataclass(frozen=True)
class StoredArray:
    """An array in a file that is not read yet."""

    entry: str  # the name of the file in the location
    member: str | None  # its name inside an NPZ, with the suffix; its path in HDF5; None for an NPY
    name: str  # its name without suffix: `x_train` for `x_train.npy`, also inside an NPZ; its path in HDF5

    @property
    def is_in_hdf5(self) -> bool:
        """Whether its file is HDF5, by its suffix."""
        return self.entry.lower().endswith(HDF5_SUFFIXES)

    def __str__(self) -> str:
        return f"'{self.entry}'" if self.member is None else f"'{self.name}' in '{self.entry}'"


def stored_arrays(location: Location, entry: str) -> Sequence[StoredArray]:
    """Return the arrays of an NPY, NPZ or HDF5 file, by its suffix. Only names are read.

    Raises:
        DataError: the file is not an NPZ or HDF5, or is damaged.
    """
    if entry.lower().endswith(HDF5_SUFFIXES):
        return [StoredArray(entry, name, name) for name in list_hdf5(location, entry)]
    if entry.lower().endswith(".npy"):
        return [StoredArray(entry, None, entry.rpartition("/")[2][: -len(".npy")])]
    with _archive(location, entry) as archive:
        members = [name for name in archive.namelist() if name.endswith(".npy")]
    return [StoredArray(entry, member, member.removesuffix(".npy")) for member in members]


def array_shape(location: Location, stored: StoredArray) -> tuple[int, ...]:
    """Return the shape of an array, read from its header only; empty if it cannot be read."""
    try:
        if stored.is_in_hdf5:
            return list_hdf5(location, stored.entry)[stored.name]
        if stored.member is None:
            with location.open(stored.entry) as file:
                return _read_header(file)[0]
        with _archive(location, stored.entry) as archive, archive.open(stored.member) as file:
            return _read_header(file)[0]
    except Exception:  # a damaged header raises anything; reading the array reports it
        return ()


def load_array(location: Location, stored: StoredArray) -> NDArray[Any]:
    """Return the array: a read-only memory map of an NPY on disk, or else its values in memory.

    Raises:
        DataError: it contains Python objects, which only pickle could read; it is damaged; or its size differs from
            the stated one.
    """
    if stored.is_in_hdf5:
        return load_hdf5(location, stored.entry, stored.name)
    try:
        return _from_npy(location, stored.entry) if stored.member is None else _from_npz(location, stored)
    except DataError as problem:
        raise DataError(f"{location.root}: the array {stored}: {problem}") from problem
    # Headers are parsed as Python text, and streams are unpacked: a broken byte may raise anything.
    except Exception as problem:
        raise DataError(
            f"{location.root}: the array {stored} cannot be read ({in_words(problem)}). It is damaged or was not "
            "downloaded whole: save or fetch it again."
        ) from problem


def _from_npy(location: Location, entry: str) -> NDArray[Any]:
    path = location.path(entry)
    if path is None:
        with location.open(entry) as file:
            content = file.read()
        _check_header(io.BytesIO(content), len(content))
        return np.asarray(npy.read_array(io.BytesIO(content), allow_pickle=False))
    with location.open(entry) as file:
        is_empty = _check_header(file, path.stat().st_size) == 0
    # An empty array cannot be mapped. A plain array is faster than the class of a map.
    loaded = np.load(path, mmap_mode=None if is_empty else "r", allow_pickle=False)
    return np.asarray(loaded.view(np.ndarray))


def _from_npz(location: Location, stored: StoredArray) -> NDArray[Any]:
    with _archive(location, stored.entry) as archive:
        member = archive.getinfo(str(stored.member))
        # No member can be longer than the bytes before the archive's directory, whatever size is stated.
        packed_bytes = min(member.compress_size, archive.start_dir)
        if member.file_size > largest_unpacked(packed_bytes):
            raise DataError(
                f"it unpacks from {packed_bytes:,} bytes to {member.file_size:,}, as no pictures do. Save it without "
                "compression: np.savez, not np.savez_compressed."
            )
        with archive.open(member) as file:
            _check_header(file, member.file_size)
        with archive.open(member) as file:
            return np.asarray(npy.read_array(file, allow_pickle=False))


def _check_header(file: IO[bytes], file_bytes: int) -> int:
    """Return the number of bytes of values after the header, and check that it is the stated number."""
    shape, dtype = _read_header(file)
    if dtype.hasobject:
        raise DataError(
            "it holds Python objects. Only pickle could read them, and pickle runs code from the file. Save pictures "
            "as one array of numbers (np.stack of pictures of one size), labels as numbers or str."
        )
    expected, found = prod(shape) * dtype.itemsize, file_bytes - file.tell()
    if expected != found:
        raise DataError(
            f"its header says {dtype} of shape {shown(shape)}, {expected:,} bytes, but {found:,} follow it. "
            "It is truncated or damaged: save or fetch it again."
        )
    return expected


def _read_header(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return the shape and the dtype that the header states."""
    version = npy.read_magic(file)
    if version not in _HEADER_READERS:
        raise DataError(f"it is of NPY version {version}, expected 1.0 or 2.0. Save it again with np.save.")
    shape, _, dtype = _HEADER_READERS[version](file)
    return shape, dtype


@contextmanager
def _archive(location: Location, entry: str) -> Iterator[zipfile.ZipFile]:
    with location.open(entry) as file:
        try:
            archive = zipfile.ZipFile(file)
        # A damaged directory may raise anything, as damaged members do.
        except Exception as problem:
            raise DataError(
                f"{location.root}: '{entry}' is no NPZ file that can be read ({in_words(problem)}). It is damaged or "
                "was not downloaded whole: save or fetch it again."
            ) from problem
        with archive:
            yield archive
