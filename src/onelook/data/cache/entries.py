"""The cache of decoded pictures on disk: one array for each part of a data set, and facts about its pictures.

An entry is a folder under `cache_folder()`: `pictures.npy`, which is memory-mapped, `entry.json`, and an array file
for each fact about every picture. An entry is written whole or not at all, and a damaged one counts as missing.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import DTypeLike, NDArray

from onelook import files, runtime
from onelook.errors import DataError

PICTURES = "pictures.npy"
_ENTRY_VERSION = 2  # of the format of an entry
_CHECKED_ROWS = 64
KEY_DIGITS = 40
KEPT_DAYS = 30  # since an entry was made or last used, so that the cache does not grow for ever


def cache_key(*parts: object) -> str:
    """Return the name of the entry with this key, made of `parts`: 40 hexadecimal digits.

    Example:
        >>> cache_key("a", 1) == cache_key("a", 1), cache_key("a", 1) == cache_key("a1")
        (True, False)
    """
    return hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()[:KEY_DIGITS]


@dataclass(frozen=True)
class CacheEntry:
    """An entry of the cache."""

    pictures: NDArray[Any]  # (rows, …), memory-mapped and read-only
    facts: dict[str, Any]  # plain values
    columns: dict[str, NDArray[Any]]  # facts about every picture: (rows, …) each


class EntryWriter:
    """A writer that writes the rows of an entry batch by batch, so that at most one batch is in memory."""

    def __init__(self, file: BinaryIO, row_shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self.facts: dict[str, Any] = {}  # plain values, stored beside the pictures
        self.columns: dict[str, NDArray[Any]] = {}  # facts about every picture, (rows, …) each, also stored there
        self.rows = 0
        self._file = file
        self._row_shape = row_shape
        self._dtype = dtype
        # The header first says that there are no rows, and is written again when their number is known; numpy leaves
        # room for it. Plain writes are used, not a writable map: a full disk then raises an error, where a map would
        # end the process.
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
    """Open a writer. Its rows and facts become the entry `key` if the block succeeds, and are removed if it fails.

    Raises:
        DataError: the cache cannot be written; the error has its path and the reason.
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
    """Complete a folder of pictures to an entry: write its columns, its facts, and a checksum that shows damage."""
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
    """Turn an error of the system while writing into one that says what to do.

    Raises:
        DataError: the block could not write; the error has the cache's path and the reason.
    """
    try:
        yield
    except OSError as problem:
        raise DataError(
            f"{entry_folder('any').parent}: the cache cannot be written ({problem.strerror or problem}). "
            "Make room there, or set $ONELOOK_CACHE to a folder that has some."
        ) from problem


def read_entry(key: str, *, marks_used: bool = True) -> CacheEntry | None:
    """Return the entry with this key; None if it is missing or damaged.

    Args:
        marks_used: whether the entry is kept for another month.
    """
    folder = entry_folder(key)
    try:
        entry = json.loads((folder / "entry.json").read_text())
        if entry["version"] != _ENTRY_VERSION:
            return None
        pictures = np.load(folder / PICTURES, mmap_mode="r").view(np.ndarray)  # a plain array is faster
        if entry["check"] != _spot_check(pictures):
            return None
        columns = {name: np.load(folder / f"{name}.npy") for name in entry["columns"]}
        if any(_checksum(column) != entry["columns"][name] for name, column in columns.items()):
            return None
        if marks_used:
            mark_used(folder)
        return CacheEntry(pictures, entry["facts"], columns)
    # A missing or truncated file, invalid JSON or an invalid header: the entry is made again.
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        return None


def read_entries(prefix: str, *, marks_used: bool = True) -> list[CacheEntry]:
    """Return the entries whose keys begin with `prefix`, in the order of their keys, without damaged ones."""
    folders = sorted(entry_folder(prefix).parent.glob(f"{prefix}*"))
    found = (read_entry(each.name, marks_used=marks_used) for each in folders if len(each.name) == KEY_DIGITS)
    return [entry for entry in found if entry is not None]


def entry_folder(key: str) -> Path:
    """Return the folder of the entry, which need not exist."""
    return runtime.cache_folder() / "pictures" / key


def mark_used(entry: Path) -> None:
    """Record on disk that an entry was used now. Do nothing if the cache cannot be written."""
    with suppress(OSError):
        os.utime(entry)


def remove_expired(entries: Path, *, now: float | None = None) -> None:
    """Remove the folders in `entries` that were neither made nor used in the last `KEPT_DAYS`.

    A process that has mapped an entry can still read it. A folder that cannot be removed stays.

    Args:
        entries: the folder with the entries.
        now: seconds since 1970; by default the present time.
    """
    oldest = (time.time() if now is None else now) - KEPT_DAYS * 86_400
    with suppress(OSError), os.scandir(entries) as found:
        for entry in found:
            with suppress(OSError):
                if entry.is_dir(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_mtime < oldest:
                    shutil.rmtree(entry, ignore_errors=True)


def _checksum(array: NDArray[Any]) -> int:
    kind = zlib.crc32(f"{array.shape} {array.dtype}".encode())
    return zlib.crc32(np.ascontiguousarray(array).data, kind)


def _spot_check(pictures: NDArray[Any]) -> int:
    """Return a checksum of rows that are spread over the entry, including the last one.

    It detects a file that is truncated, blank or exchanged. Reading every byte at each opening would cost the time that
    the cache saves.
    """
    check = zlib.crc32(f"{pictures.shape} {pictures.dtype}".encode())
    for row in np.linspace(0, len(pictures) - 1, min(_CHECKED_ROWS, len(pictures)), dtype=np.int64):
        check = zlib.crc32(np.ascontiguousarray(pictures[row]).data, check)
    return check
