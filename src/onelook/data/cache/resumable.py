"""A cache entry that takes long to make: its rows are kept while it grows, and work continues after an interruption.

An unfinished entry is a folder `<key>.unfinished`, which is never read as an entry. It has `pictures.npy` with the rows
so far, and `journal.jsonl` with one line per batch of rows: their checksum and the writer's note. Everything after the
last line that agrees with its rows is dropped, so the process may be killed at any instruction, and the power may fail.
When all rows are written, the folder is renamed to the entry. One process at a time works on it. Another process that
needs the same entry makes its own, because the first one may be stopped for any length of time.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import zlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import DTypeLike, NDArray

from onelook import files
from onelook.data.cache.entries import (
    PICTURES,
    EntryWriter,
    describe_entry,
    entry_folder,
    explain_unwritable,
    mark_used,
    new_entry,
    remove_expired,
)
from onelook.data.cache.lock import exclusive_lock

_JOURNAL = "journal.jsonl"
# Rows are flushed to disk while the next ones are made; flushing 150 MB at the end took 0.15 s of waiting.
_FLUSHED_BYTES = 32 << 20


class BatchWriter:
    """A writer of an entry's rows, batch by batch and with a note on each, that knows the batches that exist.

    Attributes:
        entry: the writer of the entry, which takes the facts and columns of the finished entry.
    """

    def __init__(self, entry: EntryWriter, journal: _Journal | None = None) -> None:
        self.entry = entry
        self._journal = journal

    @property
    def notes(self) -> list[Any]:
        """The notes on the batches so far, in order; at first those of an earlier process."""
        return [] if self._journal is None else self._journal.notes

    def append(self, rows: NDArray[Any], note: Any) -> None:
        """Add a batch, (count, *row_shape), of the entry's dtype; the count may be 0.

        Args:
            note: JSON values. With None, neither this batch nor a later one is kept after an interruption.
        """
        self.entry.append(rows)
        if self._journal is not None:
            self._journal.add(rows, note)


@contextmanager
def resumable_entry(key: str, row_shape: tuple[int, ...], dtype: DTypeLike = np.uint8) -> Iterator[BatchWriter]:
    """Open a writer. Its rows become the entry `key` if the block succeeds, and an unfinished entry if it fails.

    Raises:
        DataError: the cache cannot be written, with its path and the reason.
    """
    target = entry_folder(key)
    folder = target.with_name(f"{key}.unfinished")
    with explain_unwritable(), ExitStack() as stack:
        if not stack.enter_context(exclusive_lock(target.with_name(f"{key}.lock"))):
            yield BatchWriter(stack.enter_context(new_entry(key, row_shape, dtype)))
            return
        folder.mkdir(exist_ok=True)
        mark_used(folder)  # an old unfinished entry must not expire while it is in use
        for name in (PICTURES, _JOURNAL):
            (folder / name).touch()
        with (folder / PICTURES).open("r+b") as pictures, (folder / _JOURNAL).open("r+b") as lines:
            entry = EntryWriter(pictures, row_shape, np.dtype(dtype))
            stack.callback(_remove_if_empty, folder, entry)
            row_bytes = math.prod(row_shape) * np.dtype(dtype).itemsize
            with _Journal(entry, pictures, lines, row_bytes=row_bytes) as journal:
                yield BatchWriter(entry, journal)
            entry.finish()
        describe_entry(folder, entry)
        files.put_folder(folder, target)
        (target / _JOURNAL).unlink(missing_ok=True)
    remove_expired(target.parent)


def _remove_if_empty(folder: Path, entry: EntryWriter) -> None:
    """Remove an unfinished entry that has no picture yet."""
    if entry.rows == 0:
        shutil.rmtree(folder, ignore_errors=True)


class _Journal:
    """A journal of the rows of a growing file that are complete.

    Args:
        entry: the writer of the file, at its beginning; its number of rows is set to those that exist.
        pictures: the file; rows that the journal does not confirm are cut off.
        lines: the journal's file.
        row_bytes: the size of one row.
    """

    def __init__(self, entry: EntryWriter, pictures: BinaryIO, lines: BinaryIO, *, row_bytes: int) -> None:
        self.notes: list[Any] = []
        self._pictures = pictures
        self._lines = lines
        self._goes_on = True
        self._flusher = ThreadPoolExecutor(1, thread_name_prefix="flush")
        self._flushing: Future[None] | None = None
        self._unflushed_bytes = 0
        first = pictures.tell()
        there = os.fstat(pictures.fileno()).st_size - first
        reliable = 0
        for line in lines:
            batch = _parsed(line)
            if batch is None or (entry.rows + batch["rows"]) * row_bytes > there:
                break
            if zlib.crc32(pictures.read(batch["rows"] * row_bytes)) != batch["crc32"]:
                break
            entry.rows += batch["rows"]
            self.notes.append(batch["note"])
            reliable += len(line)
        for file, end in ((pictures, first + entry.rows * row_bytes), (lines, reliable)):
            file.seek(end)
            file.truncate()

    def __enter__(self) -> _Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._flusher.shutdown()
        if self._flushing is not None:
            self._flushing.result()

    def add(self, rows: NDArray[Any], note: Any) -> None:
        """Record a batch that has just been written to the file."""
        self._goes_on &= note is not None
        if self._goes_on:
            self._pictures.flush()  # the rows first: no line may exist before its rows
            batch = {"rows": len(rows), "crc32": zlib.crc32(np.ascontiguousarray(rows).data), "note": note}
            self._lines.write(f"{json.dumps(batch)}\n".encode())
            self._lines.flush()
        self._unflushed_bytes += rows.nbytes
        if self._unflushed_bytes >= _FLUSHED_BYTES and (self._flushing is None or self._flushing.done()):
            if self._flushing is not None:
                self._flushing.result()  # raises an error of the disk
            self._flushing = self._flusher.submit(os.fsync, self._pictures.fileno())
            self._unflushed_bytes = 0


def _parsed(line: bytes) -> dict[str, Any] | None:
    """Return a line of the journal; None if it is truncated."""
    try:
        batch = json.loads(line)
    except ValueError:
        return None
    is_whole = isinstance(batch, dict) and {"rows", "crc32", "note"} <= batch.keys() and isinstance(batch["rows"], int)
    return batch if is_whole and batch["rows"] >= 0 else None
