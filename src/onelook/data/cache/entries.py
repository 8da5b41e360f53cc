"""The cache of decoded pictures on disk: one array for each part of a data set, and facts about its pictures.

An entry is a folder under `cache_folder()`: `pictures.npy`, which is memory-mapped, `entry.json`, and an array file
for each thing that is known of every picture. It appears whole or not at all, and one that is damaged counts as not
there.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import DTypeLike, NDArray

from onelook import files, runtime
from onelook.data.cache.expiry import mark_used, remove_expired
from onelook.errors import DataError

PICTURES = "pictures.npy"
_ENTRY_VERSION = 2  # of this file's own layout
_CHECKED_ROWS = 64


def cache_key(*parts: object) -> str:
    """Return the name of the entry that `parts` determine: 40 hexadecimal digits.

    Example:
        >>> cache_key("a", 1) == cache_key("a", 1), cache_key("a", 1) == cache_key("a1")
        (True, False)
    """
    return hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()[:40]


@dataclass(frozen=True)
class Entry:
    """An entry of the cache."""

    pictures: NDArray[Any]  # (rows, …), memory-mapped and read-only
    facts: dict[str, Any]  # plain values
    columns: dict[str, NDArray[Any]]  # of every picture: (rows, …) each


class EntryWriter:
    """A writer that takes the rows of an entry batch by batch, so that one batch at most is in memory."""

    def __init__(self, file: BinaryIO, row_shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self.facts: dict[str, Any] = {}  # plain values, kept beside the pictures
        self.columns: dict[str, NDArray[Any]] = {}  # of every picture, (rows, …) each, kept beside them too
        self.rows = 0
        self._file = file
        self._row_shape = row_shape
        self._dtype = dtype
        # Written as if there were no rows, and again when it is known how many there are: numpy leaves room in
        # its header for the first number to grow. Plain writes rather than a writable map, because a full disk
        # then is an error that can be told, where a map would end the process.
        self._write_header()

    def append(self, rows: NDArray[Any]) -> None:
        """Add rows, (count, *row_shape), of the entry's dtype."""
        if rows.shape[1:] != self._row_shape or rows.dtype != self._dtype:
            raise ValueError(f"rows of {rows.shape[1:]} {rows.dtype} in an entry of {self._row_shape} {self._dtype}")
        self._file.write(np.ascontiguousarray(rows).data)
        self.rows += len(rows)

    def finish(self) -> None:
        """Write the number of rows into the header."""
        self._file.seek(0)
        self._write_header()

    def _write_header(self) -> None:
        shape = (self.rows, *self._row_shape)
        npy.write_array_header_1_0(
            self._file, {"descr": npy.dtype_to_descr(self._dtype), "fortran_order": False, "shape": shape}
        )


@contextmanager
def new_entry(key: str, row_shape: tuple[int, ...], dtype: DTypeLike = np.uint8) -> Iterator[EntryWriter]:
    """Open a writer whose rows and facts become the entry `key` when the block succeeds, and are removed when it fails.

    Raises:
        DataError: the cache cannot be written, with its path and the reason.
    """
    folder = entry_folder(key)
    with explain_unwritable(), files.atomic_folder(folder) as temporary:
        with (temporary / PICTURES).open("wb") as file:
            writer = EntryWriter(file, row_shape, np.dtype(dtype))
            yield writer
            writer.finish()
        describe_entry(temporary, writer)
    remove_expired(folder.parent)


def describe_entry(folder: Path, writer: EntryWriter) -> None:
    """Write what makes a folder of pictures an entry: its columns, its facts, and a checksum that shows damage."""
    pictures = np.load(folder / PICTURES, mmap_mode="r")
    for name, column in writer.columns.items():
        np.save(folder / f"{name}.npy", column)
    entry = {
        "version": _ENTRY_VERSION,
        "check": _spot_check(pictures),
        "facts": writer.facts,
        "columns": {name: _checksum(column) for name, column in writer.columns.items()},
    }
    (folder / "entry.json").write_text(json.dumps(entry))


@contextmanager
def explain_unwritable() -> Iterator[None]:
    """Turn the system's refusal to write into an error that says what to do.

    Raises:
        DataError: the block met one, with the cache's path and the reason.
    """
    try:
        yield
    except OSError as problem:
        raise DataError(
            f"{entry_folder('any').parent}: the cache cannot be written ({problem.strerror or problem}). "
            "Make room there, or set $ONELOOK_CACHE to a folder that has some."
        ) from problem


def read_entry(key: str) -> Entry | None:
    """Return the entry of this key; None where it is missing or damaged."""
    folder = entry_folder(key)
    try:
        entry = json.loads((folder / "entry.json").read_text())
        if entry["version"] != _ENTRY_VERSION:
            return None
        pictures = np.load(folder / PICTURES, mmap_mode="r").view(np.ndarray)  # a plain array is quicker
        if entry["check"] != _spot_check(pictures):
            return None
        columns = {name: np.load(folder / f"{name}.npy") for name in entry["columns"]}
        if any(_checksum(column) != entry["columns"][name] for name, column in columns.items()):
            return None
        mark_used(folder)
        return Entry(pictures, entry["facts"], columns)
    # A file that is missing or cut short, JSON that is none, a header that is none: all are built again.
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        return None


def entry_folder(key: str) -> Path:
    """Return the folder of the entry, which need not exist."""
    return runtime.cache_folder() / "pictures" / key


def _checksum(array: NDArray[Any]) -> int:
    kind = zlib.crc32(f"{array.shape} {array.dtype}".encode())
    return zlib.crc32(np.ascontiguousarray(array).data, kind)


def _spot_check(pictures: NDArray[Any]) -> int:
    """Return a checksum of rows that are spread over the entry, the last one included.

    It notices a file that is cut, blank or another's. To read every byte at each opening would cost the time
    that the cache is there to save.
    """
    check = zlib.crc32(f"{pictures.shape} {pictures.dtype}".encode())
    for row in np.linspace(0, len(pictures) - 1, min(_CHECKED_ROWS, len(pictures)), dtype=np.int64):
        check = zlib.crc32(np.ascontiguousarray(pictures[row]).data, check)
    return check
