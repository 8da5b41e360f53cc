"""Read Arrow files, as Hugging Face's `save_to_disk` writes them: values of columns, and the places of pictures.

A file is a stream of messages: the schema, then batches of rows. A message is its length, a description (a table of
Flatbuffers) and a body, which holds the values of all columns. The lengths are read here, so that nothing is allocated
that a damaged file asks for; pyarrow reads the schema and the columns, and checks them before a value is used.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from onelook.data.storage.location import Location
from onelook.data.storage.pictures_in_files import Place
from onelook.errors import DataError, in_words, missing_extra
from onelook.wording import counted

_BEGINNING_OF_FILE = b"ARROW1\0\0"  # of the variant with an index at its end; its messages are the same
_MARK = b"\xff\xff\xff\xff"  # before the length of a description
_SCHEMA, _BATCH = 1, 3  # kinds of messages
# The numbers of fields, as in Arrow's Message.fbs.
_KIND, _DESCRIPTION, _BODY_BYTES = 1, 2, 3
_ROWS, _PACKING = 0, 3


@dataclass(frozen=True)
class ArrowFile:
    """One file, whose values stay on disk until they are asked for.

    Attributes:
        schema: a pyarrow.Schema.
        batches: the rows, as pyarrow.RecordBatch.
        content: all bytes, as a pyarrow.Buffer.
    """

    location: Location
    entry: str
    schema: Any
    batches: tuple[Any, ...]
    content: Any

    @property
    def rows(self) -> int:
        """The rows of all batches together."""
        return sum(batch.num_rows for batch in self.batches)

    def values(self, column: str) -> list[Any]:
        """Return all values of a column as Python objects.

        Raises:
            DataError: it is damaged.
        """
        with _read_errors(self.location, self.entry):
            return [value for batch in self.batches for value in _checked(batch, column).to_pylist()]

    def first_values(self, column: str, rows: int) -> list[Any]:
        """Return the first values of a column.

        Raises:
            DataError: it is damaged.
        """
        with _read_errors(self.location, self.entry):
            return [value for batch in self.batches[:1] for value in _checked(batch, column)[:rows].to_pylist()]

    def places(self, column: str) -> list[Place]:
        """Return the place of each value of a column of bytes, or of structs with a field `bytes`.

        Raises:
            DataError: it is damaged, or holds only the names of files elsewhere.
        """
        with _read_errors(self.location, self.entry):
            found = [place for batch in self.batches for place in self._places(_checked(batch, column))]
        if found and not any(size for _, _, size in found) and self.schema.field(column).type.num_fields:
            raise DataError(
                f"{_name(self.location, self.entry)}: the column '{column}' holds no pictures, at most their paths on "
                "another machine. Save it again with a newer version of datasets, which puts the pictures into it."
            )
        return found

    def _places(self, values: Any) -> Iterator[Place]:
        """Yield the places of the values of one batch."""
        import pyarrow as pa

        is_given = values.is_valid().to_numpy(zero_copy_only=False)
        if values.type.num_fields:
            values = values.field("bytes")
            is_given = is_given & values.is_valid().to_numpy(zero_copy_only=False)
        if values.type not in (pa.binary(), pa.large_binary()):
            raise NotImplementedError(f"the pictures are of the type {values.type}")
        _, offsets, data = values.buffers()
        kind = np.int32 if values.type == pa.binary() else np.int64
        ends = (
            np.frombuffer(offsets, kind)[: len(values) + 1].astype(np.int64) if len(values) else np.zeros(1, np.int64)
        )
        start = data.address - self.content.address if data is not None else 0
        for at, size, given in zip((start + ends[:-1]).tolist(), np.diff(ends).tolist(), is_given, strict=True):
            yield self.entry, at, size if given else 0


def read_arrow(location: Location, entry: str) -> ArrowFile:
    """Return the schema and the batches of a file; no value is read.

    Raises:
        ConfigError: pyarrow is not installed.
        DataError: it is damaged, or of a kind that is not read.
    """
    with _read_errors(location, entry):
        import pyarrow as pa

        path = location.path(entry)
        if path is None:
            content = pa.py_buffer(location.read(entry))
        else:
            content = pa.py_buffer(np.memmap(path, np.uint8, "r") if path.stat().st_size else b"")
        messages = _messages(content)
        _, first = next(messages, (0, b""))
        schema = pa.ipc.read_schema(first)
        batches = tuple(pa.ipc.read_record_batch(message, schema) for _, message in messages)
        found = ArrowFile(location, entry, schema, batches, content)
        names = schema.names
    if len(set(names)) < len(names):
        raise DataError(f"{_name(location, entry)}: two columns have one name, among {', '.join(names)}.")
    # The id and label of each row take memory, so a forged number of rows must be refused.
    if found.rows > content.size:
        rows, length = counted(found.rows, "row"), counted(content.size, "byte")
        raise DataError(f"{_name(location, entry)}: says that it has {rows}, in {length}. It is damaged.")
    return found


def _messages(content: Any) -> Iterator[tuple[int, Any]]:
    """Yield the kind and the bytes of each message: the schema, then the batches.

    Raises:
        ValueError, struct.error: the file is damaged.
        NotImplementedError: it is of a kind that is not read.
    """
    at = len(_BEGINNING_OF_FILE) if content[: len(_BEGINNING_OF_FILE)].to_pybytes() == _BEGINNING_OF_FILE else 0
    wanted = _SCHEMA
    while True:
        mark, length = struct.unpack("<4si", content[at : at + 8].to_pybytes())
        if mark != _MARK or length < 0:
            raise ValueError("no message")
        if not length:  # the end
            return
        body = at + 8 + length
        kind, body_bytes = _described(content[at + 8 : body].to_pybytes())
        if kind != wanted:
            raise NotImplementedError("it has dictionaries")
        if body_bytes < 0 or body + body_bytes > content.size:
            raise ValueError("cut short")
        yield kind, content[at : body + body_bytes]
        at, wanted = body + body_bytes, _BATCH


def _described(description: bytes) -> tuple[int, int]:
    """Return the kind of a message, and the bytes of its body.

    Raises:
        ValueError, struct.error: the file is damaged.
        NotImplementedError: its values are packed.
    """

    def number(form: str, at: int) -> int:
        if at < 0:
            raise ValueError("a place before the message")
        (value,) = struct.unpack_from(form, description, at)
        return int(value)

    def field(table: int, which: int) -> int | None:
        """Return the place of a field of a table; None if it is not there."""
        fields = table - number("<i", table)
        at = 4 + 2 * which
        offset = number("<H", fields + at) if at < number("<H", fields) else 0
        return table + offset if offset else None

    message = number("<I", 0)
    kind, described, body = (field(message, which) for which in (_KIND, _DESCRIPTION, _BODY_BYTES))
    found = 0 if kind is None else number("<B", kind)
    if found == _BATCH and described is not None and field(described + number("<I", described), _PACKING) is not None:
        raise NotImplementedError("its columns are packed")
    return found, 0 if body is None else number("<q", body)


def _checked(batch: Any, column: str) -> Any:
    """Return a column of a batch, of which every place lies within the file."""
    values = batch.column(batch.schema.names.index(column))
    values.validate(full=True)
    return values


@contextmanager
def _read_errors(location: Location, entry: str) -> Iterator[None]:
    try:
        import pyarrow as pa
    except ImportError as error:
        raise missing_extra("pyarrow", "train", "reading Arrow") from error
    try:
        yield
    except (pa.ArrowNotImplementedError, NotImplementedError) as problem:
        raise DataError(
            f"{_name(location, entry)}: Arrow of a kind that is not read here: {in_words(problem)}. Save it as Parquet."
        ) from problem
    # pyarrow raises ValueError, OSError and others besides its own exceptions.
    except (pa.ArrowException, ValueError, struct.error, OSError, MemoryError, LookupError, OverflowError) as problem:
        reason = f" ({in_words(problem)})" if isinstance(problem, UnicodeError | MemoryError) else ""
        raise DataError(
            f"{_name(location, entry)}: not an Arrow file that can be read{reason}. It is damaged or was not "
            "downloaded whole: fetch it again."
        ) from problem


def _name(location: Location, entry: str) -> str:
    return str(location.root) if location.is_file else f"{location.place}/{entry}"
