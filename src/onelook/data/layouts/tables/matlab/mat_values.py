"""Read variables from the bytes of a Matlab file of version 4 or 5: arrays, text, dicts for structs, lists for cells.

MathWorks describes the bytes in "MAT-File Format". SciPy's reader is not used, because it trusts the sizes that a
damaged file states: one changed byte can end the whole process.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.errors import DataError

HEADER_BYTES = 128
MATRIX, PACKED = 14, 15  # types of the elements of a file
_DEEPEST = 12  # the deepest nesting of structs; annotations of data sets have three levels
_MOST_SIDES = 32
_INT8, _INT32, _UINT32 = 1, 5, 6
_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_TEXTS = {1: "latin-1", 2: "latin-1", 16: "utf-8", 4: "utf-16", 17: "utf-16", 18: "utf-32"}
_CELL, _STRUCT, _CHAR = 1, 2, 4
_CLASSES = {
    **{_CELL: "cell", _STRUCT: "struct", 3: "object", _CHAR: "char", 5: "sparse", 6: "double", 7: "single"},
    **{8: "int8", 9: "uint8", 10: "int16", 11: "uint16", 12: "int32", 13: "uint32", 14: "int64", 15: "uint64"},
    **{16: "function", 17: "opaque"},
}
_COMPLEX, _LOGICAL = 0x0800, 0x0200
_OLD_HEADER = 20  # bytes of the header of a variable in version 4
_OLD_NUMBERS = ("f8", "f4", "i4", "i2", "u2", "u1")


@dataclass(frozen=True)
class Header:
    """The header of a variable, which is before its values."""

    name: str
    shape: tuple[int, ...]
    kind: str  # Matlab's class: `double`, `struct` …; `logical` for numbers that are true or false
    is_complex: bool
    data_at: int


def byte_order(content: bytes) -> str:
    """Return the byte order of a file of version 5, as a sign of the module `struct`."""
    return "<" if content[126:HEADER_BYTES] == b"IM" else ">"


@dataclass
class MatReader:
    """A reader of the variables of version 5.

    Args:
        content: the unpacked bytes of variables.
        order: the byte order of their numbers, `<` or `>`.
        most_values: the most arrays, texts, structs and cells together; more are refused.
    """

    content: bytes
    order: str
    most_values: int | None = None
    _values: int = field(default=0, init=False)

    def variables(self, at: int = HEADER_BYTES) -> Iterator[tuple[str, Any]]:
        """Yield each variable with its name; the value is None unless it is numbers, text, a struct or a cell.

        Raises:
            DataError: the bytes do not follow the format.
        """
        while at + 8 <= len(self.content):
            kind, start, stop, _ = self._element(at, len(self.content))
            if kind != MATRIX:
                raise DataError(f"an element of the type {kind}, where a variable should begin")
            name, value = self._matrix(start, stop, 0)
            yield name, value
            at = stop  # variables are not padded

    def header(self, at: int, stop: int) -> Header:
        """Return the header of the variable in these bytes."""
        kind, start, end, after = self._element(at, stop)
        if kind != _UINT32 or end - start != 8:
            raise DataError("a variable without flags")
        (flags,) = struct.unpack_from(f"{self.order}I", self.content, start)
        kind, start, end, after = self._element(after, stop)
        count = (end - start) // 4
        if kind not in (_INT32, _UINT32) or not 2 <= count <= _MOST_SIDES:
            raise DataError("a variable without sides")
        shape = struct.unpack_from(f"{self.order}{count}i", self.content, start)
        if min(shape) < 0:
            raise DataError("a variable with a negative side")
        kind, start, end, after = self._element(after, stop)
        name = self.content[start:end].decode(_TEXTS.get(kind, "latin-1"), "replace")
        called = _CLASSES.get(flags & 0xFF, "unknown")
        if flags & _LOGICAL and called in _NUMERIC:
            called = "logical"
        return Header(name, shape, called, bool(flags & _COMPLEX), after)

    def _element(self, at: int, stop: int) -> tuple[int, int, int, int]:
        """Return the type of an element, the beginning and end of its data, and the beginning of the next element."""
        if at + 8 > stop:
            raise DataError("a variable ends too early")
        kind, length = struct.unpack_from(f"{self.order}II", self.content, at)
        if kind >> 16:  # a small element has type and length in four bytes, and the data in the next four
            kind, length = kind & 0xFFFF, kind >> 16
            if length > 4:
                raise DataError("a small element of more than four bytes")
            return kind, at + 4, at + 4 + length, at + 8
        if at + 8 + length > stop:
            raise DataError(f"an element of {length:,} bytes in {stop - at:,}")
        end = at + 8 + length
        return kind, at + 8, end, min(end + -length % 8, stop)

    def _matrix(self, start: int, stop: int, depth: int) -> tuple[str, Any]:
        """Return the name and the value of a variable, or of what is inside one."""
        self._values += 1
        if self.most_values is not None and self._values > self.most_values:
            raise DataError(
                f"more than {self.most_values:,} values in structs and cells, which takes too long to read. Save the "
                "list of pictures as CSV"
            )
        if depth > _DEEPEST:
            raise DataError(f"structs and cells are nested more than {_DEEPEST} deep. Save the arrays on their own")
        if start == stop:
            return "", np.zeros((0, 0))
        header = self.header(start, stop)
        # In every kind of variable, each value takes at least a byte.
        if prod(header.shape) > stop - header.data_at and header.kind != "sparse":
            sides = "×".join(map(str, header.shape[:4]))
            raise DataError(f"a variable of {stop - start:,} bytes claims to be {sides} values")
        if header.kind == "cell":
            cells, _ = self._matrices(header.data_at, stop, prod(header.shape), depth)
            return header.name, cells
        if header.kind == "struct":
            return header.name, self._struct(header, stop, depth)
        if header.kind == "char":
            return header.name, self._text(header, stop)
        if header.kind in _NUMERIC and not header.is_complex:
            return header.name, self._array(header, stop)
        return header.name, None

    def _matrices(self, at: int, stop: int, count: int, depth: int) -> tuple[list[Any], int]:
        """Return `count` consecutive values, and the end of their bytes."""
        found = []
        for _ in range(count):
            kind, start, end, at = self._element(at, stop)
            if kind != MATRIX:
                raise DataError(f"an element of the type {kind}, where a value should begin")
            found.append(self._matrix(start, end, depth + 1)[1])
        return found, at

    def _struct(self, header: Header, stop: int, depth: int) -> Any:
        kind, start, end, at = self._element(header.data_at, stop)
        if kind != _INT32 or end - start != 4:
            raise DataError("a struct without the length of its names")
        (length,) = struct.unpack_from(f"{self.order}i", self.content, start)
        kind, start, end, at = self._element(at, stop)
        if kind != _INT8 or length <= 0 or (end - start) % length:
            raise DataError("a struct without names")
        names = [
            self.content[one : one + length].partition(b"\0")[0].decode("latin-1") for one in range(start, end, length)
        ]
        records = []
        for _ in range(prod(header.shape)):
            values, at = self._matrices(at, stop, len(names), depth)
            records.append(dict(zip(names, values, strict=True)))
        return records[0] if len(records) == 1 else records

    def _text(self, header: Header, stop: int) -> Any:
        """Return a text; for an array of several rows, a list of texts."""
        if not prod(header.shape):
            return ""
        kind, start, end, _ = self._element(header.data_at, stop)
        encoding = _TEXTS.get(kind)
        if encoding is None:
            raise DataError(f"text of the type {kind}")
        if encoding[-2:] in ("16", "32"):
            encoding += "-le" if self.order == "<" else "-be"
        text = self.content[start:end].decode(encoding, "replace")
        rows = header.shape[0]
        if rows == 1:
            return text
        return [text[row::rows] for row in range(rows)]  # column by column

    def _array(self, header: Header, stop: int) -> NDArray[Any]:
        if not prod(header.shape):
            return np.zeros(header.shape)
        kind, start, end, _ = self._element(header.data_at, stop)
        if kind not in _NUMBERS:
            raise DataError(f"numbers of the type {kind}")
        stored = np.dtype(f"{self.order}{_NUMBERS[kind]}")
        count = prod(header.shape)
        if end - start != count * stored.itemsize:
            sides = "×".join(map(str, header.shape))
            raise DataError(f"{end - start:,} bytes for an array of {sides} values of {stored.itemsize} bytes")
        values = np.frombuffer(self.content, stored, count, start)  # no copy: pictures may have gigabytes
        # This is the type of the stored bytes: Matlab stores doubles that are whole numbers below 256 as bytes.
        return values.astype(stored.newbyteorder("="), copy=False).reshape(header.shape, order="F")


_NUMERIC = frozenset({"logical", *(name for number, name in _CLASSES.items() if 6 <= number <= 15)})


def old_variables(content: bytes) -> Iterator[tuple[str, Any]]:
    """Yield the variables of a file of version 4, each with its name; the value is None for sparse and complex ones.

    Raises:
        DataError: the bytes do not follow the format.
    """
    at = 0
    while at < len(content):
        if at + _OLD_HEADER > len(content):
            raise DataError("a variable ends too early")
        order = "<" if struct.unpack_from("<i", content, at)[0] in range(5_000) else ">"
        code, rows, columns, is_complex, length = struct.unpack_from(f"{order}5i", content, at)
        numbers, kind = code // 10 % 10, code % 10
        if code not in range(5_000) or numbers >= len(_OLD_NUMBERS) or kind > 2 or min(rows, columns) < 0 or length < 1:
            raise DataError("it does not begin as Matlab's files do")
        stored = np.dtype(f"{order}{_OLD_NUMBERS[numbers]}")
        start = at + _OLD_HEADER + length
        end = start + rows * columns * stored.itemsize
        if end > len(content):
            raise DataError(f"{rows}×{columns} values, after which it ends too early")
        name = content[at + _OLD_HEADER : start].rstrip(b"\0").decode("latin-1")
        values = np.frombuffer(content, stored, rows * columns, start).reshape((rows, columns), order="F")
        values = values.astype(stored.newbyteorder("="), copy=False)
        at = end if not is_complex else end + (end - start)
        yield name, None if is_complex or kind == 2 else values if kind == 0 else _old_text(values)


def _old_text(codes: NDArray[Any]) -> Any:
    if not ((codes >= 0) & (codes < 0x110000)).all():
        raise DataError("text of no letters")
    rows = ["".join(map(chr, row)) for row in codes.astype(np.int64).tolist()]
    return rows[0] if len(rows) == 1 else rows
