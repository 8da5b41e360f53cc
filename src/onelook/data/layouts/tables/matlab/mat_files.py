"""Read Matlab's files into plain values: arrays, text, dicts for structs and lists for cells; never objects."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from onelook.archives import largest_unpacked
from onelook.data.layouts.tables.matlab.mat_73 import is_mat_73, list_mat_73, read_mat_73
from onelook.data.layouts.tables.matlab.mat_values import (
    HEADER_BYTES,
    MATRIX,
    PACKED,
    MatReader,
    byte_order,
    old_variables,
)
from onelook.data.storage.location import Location
from onelook.errors import DataError, in_words
from onelook.wording import size

MAT_SUFFIX = ".mat"
_LARGEST_BLOCK = 1 << 20
_BEGINNING_BYTES = 1 << 16  # of a variable; they contain its name and shape
# Lists of pictures are small: Stanford Cars' 16,185 records have 97,000 values, and take a third of a second.
_LARGEST_LIST_BYTES = 64_000_000
_LARGEST_LIST_UNPACKED = 256_000_000
_MOST_VALUES = 500_000


@dataclass(frozen=True)
class MatVariable:
    """A variable in a file that is not read yet."""

    shape: tuple[int, ...]
    kind: str  # Matlab's class: `double`, `uint8`, `struct`, `cell`, `char` …

    @property
    def is_numeric(self) -> bool:
        """Whether it is an array of numbers."""
        return self.kind.startswith(("int", "uint", "double", "single", "logical"))

    def __str__(self) -> str:
        return f"{'×'.join(map(str, self.shape))} {self.kind}"


def list_mat(location: Location, entry: str) -> dict[str, MatVariable]:
    """Return the variables of a file by name; their values are not read, but those of version 4.

    Raises:
        DataError: the file is damaged.
    """
    with location.open(entry) as file:
        start = file.read(HEADER_BYTES)
        if is_mat_73(start):
            return {name: MatVariable(*each) for name, each in list_mat_73(location, entry).items()}
        _refuse_other(start, _name(location, entry))
        with _explained(location, entry):
            return _list(file, start)


def _list(file: BinaryIO, start: bytes) -> dict[str, MatVariable]:
    """Return the variables of a file whose first bytes are read. Values are passed over, as they may have gigabytes."""
    if _is_old(start):
        return {name: _described(value) for name, value in old_variables(start + file.read()) if name}
    order = byte_order(start)
    headers = [_header(beginning, kind, order) for kind, beginning in _beginnings(file, order)]
    return {name: variable for name, variable in headers if name}


def read_mat(location: Location, entry: str) -> dict[str, Any]:
    """Return the variables of a file by name.

    A numeric variable is an array of Matlab's shape, a struct a dict, an array of structs a list of dicts, a cell a
    list, and text a str (or a list of them, a row each). Objects, function handles and sparse matrices are left out.

    Raises:
        DataError: the file is damaged, a decompression bomb, or nested too deeply.
    """
    content = _content(location, entry)
    if content is None:
        return read_mat_73(location, entry, None)
    with _explained(location, entry):
        return _variables(content, largest_unpacked(len(content)))


def read_small_mat(location: Location, entry: str) -> dict[str, Any]:
    """Return the variables of a file that may be a list of pictures, as `read_mat` does.

    Raises:
        DataError: as in `read_mat`; or the file is larger than any such list, or has too many values in structs.
    """
    content = _content(location, entry, _LARGEST_LIST_BYTES)
    if content is None:
        return read_mat_73(location, entry, _MOST_VALUES)
    with _explained(location, entry):
        return _variables(content, _LARGEST_LIST_UNPACKED, _MOST_VALUES)


def is_norb(content: bytes) -> bool:
    """Return whether a file's first bytes are those of NORB's matrices, which are called as Matlab's files."""
    return len(content) >= 4 and content[1:4] == b"\x4c\x3d\x1e" and 0x51 <= content[0] <= 0x56


def _content(location: Location, entry: str, most_bytes: int | None = None) -> bytes | None:
    """Return the content of a file; None of one of version 7.3, which is mapped and not read."""
    name = _name(location, entry)
    with location.open(entry) as file:
        start = file.read(HEADER_BYTES)
        if most_bytes is not None and file.seek(0, io.SEEK_END) > most_bytes:
            raise DataError(f"{name}: larger than {size(most_bytes)}, which no list of pictures is.")
    if is_mat_73(start):
        return None
    _refuse_other(start, name)
    return location.read(entry)


def _refuse_other(start: bytes, name: str) -> None:
    """Refuse an empty file, and one of another program, by its first bytes."""
    if not start:
        raise DataError(f"{name}: the file is empty. Expected Matlab's variables.")
    if not _is_old(start) and start[HEADER_BYTES - 2 : HEADER_BYTES] not in (b"IM", b"MI"):
        raise DataError(
            f"{name}: it does not begin as Matlab's files do, whatever its suffix says. Read it in Python as its "
            "authors describe, and train on the arrays: onelook.train((X, y))."
        )


@contextmanager
def _explained(location: Location, entry: str) -> Iterator[None]:
    """Name the file in an error about its content."""
    name = _name(location, entry)
    try:
        yield
    except (DataError, zlib.error) as problem:
        reason = str(problem) if isinstance(problem, DataError) else in_words(problem)
        raise DataError(
            f"{name}: no Matlab file that can be read ({reason}). If it is damaged or was not downloaded whole, save "
            "or fetch it again."
        ) from problem


def _is_old(content: bytes) -> bool:
    """Return whether a file is of version 4, which has no header: plain matrices, nothing packed or nested."""
    return 0 in content[:4] or len(content) < HEADER_BYTES


def _variables(content: bytes, most_bytes: int, most_values: int | None = None) -> dict[str, Any]:
    if _is_old(content):
        found = dict(old_variables(content))
    else:
        found = dict(MatReader(_unpacked(content, most_bytes), byte_order(content), most_values).variables())
    return {name: value for name, value in found.items() if name and value is not None}


def _elements(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the type of each element of a file of version 5, where its data begins, and where it ends."""
    order, at = byte_order(content), HEADER_BYTES
    while at + 8 <= len(content):
        kind, length = struct.unpack_from(f"{order}II", content, at)
        end = at + 8 + length
        if end > len(content):
            raise DataError(
                f"a variable of {length:,} bytes ends after {len(content) - at - 8:,}. The file is truncated"
            )
        yield kind, at + 8, end
        at = end


def _unpacked(content: bytes, most_bytes: int) -> bytes:
    """Return the file with its packed variables unpacked."""
    elements = list(_elements(content))
    if not any(kind == PACKED for kind, _, _ in elements):
        return content
    unpacked = bytearray(content[:HEADER_BYTES])
    for kind, start, end in elements:
        if kind == PACKED:
            unpacked += _inflated(content[start:end], most_bytes - len(unpacked))
        else:
            unpacked += content[start - 8 : end]
    return bytes(unpacked)


def _inflated(packed: bytes, limit: int) -> bytes:
    stream, found, rest = zlib.decompressobj(), bytearray(), packed
    while not stream.eof:
        block = stream.decompress(rest, _LARGEST_BLOCK)
        found += block
        rest = stream.unconsumed_tail
        if len(found) > limit:
            raise DataError("it unpacks to far more than any pictures do, so it is refused. Save it unpacked")
        if not block and not rest:
            break  # truncated: whoever reads the variable says so
    return bytes(found)


def _beginnings(file: BinaryIO, order: str) -> Iterator[tuple[int, bytes]]:
    """Yield the type of each element of a file of version 5, and the first bytes of its data."""
    at, total = HEADER_BYTES, file.seek(0, io.SEEK_END)
    while at + 8 <= total:
        file.seek(at)
        kind, length = struct.unpack(f"{order}II", file.read(8))
        if at + 8 + length > total:
            raise DataError(f"a variable of {length:,} bytes ends after {total - at - 8:,}. The file is truncated")
        yield kind, file.read(min(length, _BEGINNING_BYTES))
        at += 8 + length


def _header(beginning: bytes, kind: int, order: str) -> tuple[str, MatVariable]:
    """Return the name of the variable that begins with these bytes of an element, and what it is."""
    if kind == PACKED:
        unpacked = zlib.decompressobj().decompress(beginning, _BEGINNING_BYTES)
        if len(unpacked) < 8:
            raise DataError("a packed variable without content")
        (kind,), beginning = struct.unpack_from(f"{order}I", unpacked), unpacked[8:]
    if kind != MATRIX:
        raise DataError(f"an element of the type {kind}, where a variable should begin")
    found = MatReader(beginning, order).header(0, len(beginning))
    return found.name, MatVariable(found.shape, found.kind)


def _described(value: Any) -> MatVariable:
    """Return what a variable of version 4 is; what is neither numbers nor text is sparse or complex."""
    if isinstance(value, str | list):
        return MatVariable((1, len(value)), "char")
    return (
        MatVariable((0, 0), "sparse")
        if value is None
        else MatVariable(value.shape, _KINDS.get(str(value.dtype), str(value.dtype)))
    )


_KINDS = {"float64": "double", "float32": "single"}


def _name(location: Location, entry: str) -> str:
    return str(location.root) if location.is_file else f"{location.place}/{entry}"
