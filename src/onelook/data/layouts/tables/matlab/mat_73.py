"""Read Matlab's files of version 7.3, which are HDF5: arrays with their axes reversed, text, structs and cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.layouts.tables.hdf5_files import open_hdf5
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.hdf5.file import SIGNATURE, Hdf5Dataset, Hdf5File, Hdf5Group

_START = b"MATLAB 7.3"
_KIND = "Matlab's version 7.3, which is HDF5 inside"
_DEEPEST = 16  # structs and cells in each other, as in version 5
_CLASS, _EMPTY, _SPARSE = "MATLAB_class", "MATLAB_empty", "MATLAB_sparse"
_NUMERIC = {"float64": "double", "float32": "single"}


def is_mat_73(content: bytes) -> bool:
    """Return whether a file's first bytes are those of Matlab's version 7.3, which is HDF5."""
    return content.startswith((_START, SIGNATURE))


def list_mat_73(location: Location, entry: str) -> dict[str, tuple[tuple[int, ...], str]]:
    """Return the shape and Matlab's class of each variable by name; no values are read.

    Raises:
        DataError: the file is damaged, or uses a part of HDF5 that is not read.
    """
    with open_hdf5(location, entry, _KIND) as file:
        return {name: _described(file, place) for name, place in _variables(file.root)}


def read_mat_73(location: Location, entry: str, most_values: int | None) -> dict[str, Any]:
    """Return the variables by name, as `read_mat` does.

    Args:
        most_values: the most values in structs and cells.

    Raises:
        DataError: as in `list_mat_73`; or it holds more than any list of pictures, or unpacks to far more than it has.
    """
    with open_hdf5(location, entry, _KIND) as file:
        reader = _Reader(file, most_values)
        found = {name: reader.value(place, 0) for name, place in _variables(file.root)}
    return {name: value for name, value in found.items() if value is not None}


def _variables(root: Hdf5Group) -> Iterator[tuple[str, int]]:
    """Yield the name and the place of each variable; `#refs#` holds the contents of cells."""
    yield from ((name, place) for name, place in root.names.items() if not name.startswith("#"))


def _described(file: Hdf5File, place: int) -> tuple[tuple[int, ...], str]:
    if not Hdf5Group(file, place).is_array:
        return (1, 1), "struct"
    if not file.is_readable(place):
        return (0, 0), "object"
    dataset = file.dataset(place)
    kind = dataset.attributes.get(_CLASS)
    if not isinstance(kind, str):  # written by another program than Matlab, in the order of Python
        return dataset.shape, "char" if dataset.type.is_text else _NUMERIC.get(str(dataset.dtype), str(dataset.dtype))
    return (0, 0) if dataset.attributes.get(_EMPTY) else dataset.shape[::-1], kind


class _Reader:
    """Reads the values of one file, each once; what they take together is limited."""

    def __init__(self, file: Hdf5File, most_values: int | None) -> None:
        self._file = file
        self._most_values = most_values
        self._bytes_left = file.most_bytes
        self._read: dict[int, Any] = {}

    def value(self, place: int, depth: int) -> Any:
        """Return the variable at a place, or what is inside one; None for objects and sparse matrices."""
        if place not in self._read:
            self._read[place] = None  # a cell in itself is none
            if depth > _DEEPEST:
                raise self._file.refusal(f"structs and cells are nested more than {_DEEPEST} deep")
            if self._most_values is not None and len(self._read) > self._most_values:
                raise DataError(
                    f"more than {self._most_values:,} values in structs and cells, which takes too long to read. Save "
                    "the list of pictures as CSV."
                )
            group = Hdf5Group(self._file, place)
            self._read[place] = self._array(place, depth) if group.is_array else self._struct(group, depth)
        return self._read[place]

    def _struct(self, group: Hdf5Group, depth: int) -> Any:
        """Return a struct as a dict, and an array of structs, whose fields are links without a class, as a list."""
        if _SPARSE in group.attributes:
            return None
        fields = {name: self.value(place, depth + 1) for name, place in group.names.items()}
        is_in_itself = any(value is None for value in fields.values())
        if fields and not is_in_itself and all(self._is_of_records(place) for place in group.names.values()):
            counts = {len(values) for values in fields.values()}
            if len(counts) == 1:
                return [dict(zip(fields, values, strict=True)) for values in zip(*fields.values(), strict=True)]
        return {name: value for name, value in fields.items() if value is not None}

    def _is_of_records(self, place: int) -> bool:
        if not Hdf5Group(self._file, place).is_array or not self._file.is_readable(place):
            return False
        dataset = self._file.dataset(place)
        return dataset.type.is_reference and _CLASS not in dataset.attributes

    def _array(self, place: int, depth: int) -> Any:
        if not self._file.is_readable(place):
            return None
        dataset = self._file.dataset(place)
        kind = dataset.attributes.get(_CLASS)
        if dataset.attributes.get(_EMPTY):
            return "" if kind == "char" else [] if kind == "cell" else np.zeros((0, 0))
        array = self._counted(dataset)
        if dataset.type.is_reference:  # reversed axes read row by row are Matlab's columns
            return [self.value(int(each), depth + 1) for each in array.ravel()]
        if dataset.type.is_text:
            return array.ravel().tolist()
        if isinstance(kind, str):
            array = array.T
        return _text(array) if kind == "char" else array.astype(array.dtype.newbyteorder("="), copy=False)

    def _counted(self, dataset: Hdf5Dataset) -> NDArray[Any]:
        self._bytes_left -= dataset.dtype.itemsize * int(np.prod(dataset.shape, dtype=object))
        if self._bytes_left < 0:
            raise self._file.refusal("its variables unpack to far more than the file has")
        return dataset.read()


def _text(codes: NDArray[Any]) -> Any:
    """Return a text; for an array of several rows, a list of texts."""
    if codes.ndim != 2 or codes.dtype.kind != "u":
        return None
    rows = [row.astype("<u2").tobytes().decode("utf-16-le", "replace") for row in codes]
    return rows[0] if len(rows) == 1 else rows
