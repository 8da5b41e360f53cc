"""Read Matlab's files with SciPy into plain values: arrays, text, dicts for structs, lists for cells; never objects.

The sizes that a file states are checked first, because SciPy trusts them: the unpacked size of variables, and the depth
of nested structs and cells.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from onelook.archives import largest_unpacked
from onelook.data.storage.location import Location
from onelook.errors import DataError, in_words, missing_extra
from onelook.wording import size

MAT_SUFFIX = ".mat"
_HEADER_BYTES = 128
_MATRIX, _PACKED = 14, 15  # types of the elements of a file
_DEEPEST = 12  # the deepest nesting of structs; annotations of data sets have three levels
_LARGEST_BLOCK = 1 << 20
_STRUCTURE = 16  # bytes that a matrix needs for its flags alone
_ARRAY_FLAGS, _DIMENSIONS = 6, 5
_MOST_SIDES = 32  # the most dimensions that SciPy reads
# Lists of pictures are small: Stanford Cars' 16,185 records have 97,000 values, and take a tenth of a second.
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
    """Return the variables of a file by name; their values are not read.

    Raises:
        DataError: the file is damaged, or of version 7.3, which is HDF5.
        ConfigError: SciPy is not installed.
    """
    content, scipy_io = _content(location, entry), _scipy_io()
    with _explained(location, entry):
        found = scipy_io.whosmat(io.BytesIO(content))
    return {name: MatVariable(tuple(map(int, shape)), kind) for name, shape, kind in found if name}


def read_mat(location: Location, entry: str) -> dict[str, Any]:
    """Return the variables of a file by name.

    A numeric variable is an array of Matlab's shape, a struct a dict, an array of structs a list of dicts, a cell a
    list, and text a str (or a list of them, a row each). Objects, function handles and sparse matrices are left out.

    Raises:
        DataError: the file is damaged, of version 7.3, a decompression bomb, or nested too deeply.
        ConfigError: SciPy is not installed.
    """
    content, scipy_io = _content(location, entry), _scipy_io()
    with _explained(location, entry):
        return _variables(scipy_io, _unpacked(content))


def read_small_mat(location: Location, entry: str) -> dict[str, Any]:
    """Return the variables of a file that may be a list of pictures, as `read_mat` does.

    Raises:
        DataError: as in `read_mat`; or the file is larger than any such list, or has too many values in structs.
        ConfigError: SciPy is not installed.
    """
    content, scipy_io = _content(location, entry, _LARGEST_LIST_BYTES), _scipy_io()
    with _explained(location, entry):
        return _variables(scipy_io, _unpacked(content, _LARGEST_LIST_UNPACKED, _MOST_VALUES))


def is_mat_73(content: bytes) -> bool:
    """Return whether a file's first bytes are those of Matlab's version 7.3, which is HDF5."""
    return content.startswith(b"MATLAB 7.3") or content.startswith(b"\x89HDF\r\n\x1a\n")


def _variables(scipy_io: Any, content: bytes) -> dict[str, Any]:
    found = scipy_io.loadmat(io.BytesIO(content), chars_as_strings=True)
    plain = {name: _plain(value) for name, value in found.items() if not name.startswith("__")}
    return {name: value for name, value in plain.items() if value is not None}


def _content(location: Location, entry: str, most_bytes: int | None = None) -> bytes:
    name = _name(location, entry)
    if most_bytes is None:
        content = location.read(entry)
    else:
        with location.open(entry) as file:
            content = file.read(most_bytes + 1)
    if is_mat_73(content[:_HEADER_BYTES]):
        raise DataError(
            f"{name}: Matlab's version 7.3, which is HDF5 inside. Save it in Matlab with save(…, '-v7'), or read it "
            "with h5py and train on the arrays: onelook.train((X, y))."
        )
    if most_bytes is not None and len(content) > most_bytes:
        raise DataError(f"{name}: larger than {size(most_bytes)}, which no list of pictures is.")
    if not content:
        raise DataError(f"{name}: the file is empty. Expected Matlab's variables.")
    return content


@contextmanager
def _explained(location: Location, entry: str) -> Iterator[None]:
    """Turn any exception of SciPy for damaged bytes into one error."""
    name = _name(location, entry)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # warnings on variables that it cannot read; they are left out
            yield
    except DataError as problem:
        raise DataError(f"{name}: {problem}.") from problem
    except Exception as problem:
        raise DataError(
            f"{name}: no Matlab file that can be read ({in_words(problem)}). It is damaged or was not downloaded "
            "whole: save or fetch it again."
        ) from problem


def _unpacked(content: bytes, most_bytes: int | None = None, most_values: int | None = None) -> bytes:
    """Return the file with its packed variables unpacked, after checks that SciPy does not make.

    Args:
        content: the file.
        most_bytes: the largest unpacked size; by default the limit for a decompression bomb.
        most_values: the most values in structs and cells; by default any number.
    """
    if 0 in content[:4] or len(content) < _HEADER_BYTES:  # version 4 has plain matrices, nothing packed or nested
        return content
    order = "<" if content[126:128] == b"IM" else ">"
    limit = largest_unpacked(len(content)) if most_bytes is None else most_bytes
    unpacked, at = bytearray(content[:_HEADER_BYTES]), _HEADER_BYTES
    while at + 8 <= len(content):
        kind, length = struct.unpack_from(f"{order}II", content, at)
        body = content[at + 8 : at + 8 + length]
        if len(body) < length:
            raise DataError(f"a variable of {length:,} bytes ends after {len(body):,}. The file is truncated")
        if kind == _PACKED:
            unpacked += _inflated(body, limit - len(unpacked))
        else:
            unpacked += content[at : at + 8] + body
        at += 8 + length
    whole = bytes(unpacked)
    _check_structure(whole, order, most_values)
    return whole


def _inflated(packed: bytes, limit: int) -> bytes:
    stream, found, rest = zlib.decompressobj(), bytearray(), packed
    while not stream.eof:
        block = stream.decompress(rest, _LARGEST_BLOCK)
        found += block
        rest = stream.unconsumed_tail
        if len(found) > limit:
            raise DataError("it unpacks to far more than any pictures do, so it is refused. Save it unpacked")
        if not block and not rest:
            break  # truncated: SciPy reports it
    return bytes(found)


def _check_structure(content: bytes, order: str, most_values: int | None) -> None:
    """Refuse endlessly nested structs and cells, which SciPy follows until the process dies, and forged sizes."""
    todo, values = [(_HEADER_BYTES, len(content), 0)], 0
    while todo:
        at, end, depth = todo.pop()
        if depth > _DEEPEST:
            raise DataError(f"structs and cells are nested more than {_DEEPEST} deep. Save the arrays on their own")
        while at + 8 <= end:
            kind, length = struct.unpack_from(f"{order}II", content, at)
            if kind >> 16:  # a small element has type, length and value in eight bytes
                at += 8
                continue
            if kind == _MATRIX:
                values += 1
                inner = at + 8, min(at + 8 + length, end)
                _check_size(content, order, *inner)
                todo.append((*inner, depth + 1))
            at += 8 + length + (-length % 8 if depth else 0)
        if most_values is not None and values > most_values:
            raise DataError(
                f"more than {most_values:,} values in structs and cells, which takes too long to read. Save the list "
                "of pictures as CSV"
            )


def _check_size(content: bytes, order: str, at: int, end: int) -> None:
    """Refuse a matrix whose stated shape has more values than it has bytes, because SciPy allocates them first."""
    if at + _STRUCTURE + 8 > end:
        return
    flags_kind, _, flags = struct.unpack_from(f"{order}III", content, at)
    kind, length = struct.unpack_from(f"{order}II", content, at + _STRUCTURE)
    if flags_kind != _ARRAY_FLAGS or flags & 0xFF not in _HOLDING_VALUES or kind != _DIMENSIONS:
        return
    count = min(length, end - at - _STRUCTURE - 8, 4 * _MOST_SIDES) // 4
    sides = struct.unpack_from(f"{order}{count}i", content, at + _STRUCTURE + 8)
    if prod(sides) > end - at:
        raise DataError(f"a variable of {end - at:,} bytes claims to be {'×'.join(map(str, sides[:4]))} values")


# Matlab's classes of arrays (cell, struct, object and text), in which each value takes at least a byte.
_HOLDING_VALUES = frozenset({1, 2, 3, 4})


def _plain(value: Any) -> Any:
    """Return a variable as plain values; None for anything else."""
    from scipy.io.matlab import MatlabFunction, MatlabObject, MatlabOpaque

    if not isinstance(value, np.ndarray) or isinstance(value, MatlabFunction | MatlabObject | MatlabOpaque):
        return None
    if value.dtype.names is not None:
        structs = [{name: _plain(each[name]) for name in value.dtype.names} for each in value.ravel(order="F")]
        return structs[0] if value.size == 1 else structs
    if value.dtype.kind == "O":
        return [_plain(each) for each in value.ravel(order="F")]
    if value.dtype.kind in "US":
        texts = [str(each) for each in value.ravel()]
        return texts[0] if len(texts) == 1 else texts if prod(value.shape) else ""
    return value if value.dtype.kind in "uifb" else None


def _scipy_io() -> Any:
    try:
        import scipy.io
    except ImportError as error:
        raise missing_extra("scipy", "train", "reading Matlab's files") from error
    return scipy.io


def _name(location: Location, entry: str) -> str:
    return str(location.root) if location.is_file else f"{location.root}/{entry}"
