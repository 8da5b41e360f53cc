"""Read HDF5 as Keras writes it: groups, text attributes and plain arrays of one file.

It follows the published file format (HDF5 File Format Specification 3.0, superblock 0 and 1, object headers 1) and
reads no more than a file of weights needs. Links to other files, virtual and packed arrays, filters and types with code
are refused by name. libhdf5 itself can hang for ever on a damaged file, and allocates what a file's header asks for;
here nothing is allocated that the file does not contain, and every step is counted.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

from onelook.errors import ModelError, shown

SIGNATURE = b"\x89HDF\r\n\x1a\n"

Buffer = bytes | mmap.mmap
_MOST_STEPS = 500_000  # blocks read; a network of a thousand layers has about 20,000
_MOST_DIMENSIONS = 8
_DEEPEST_TREE = 16  # of the index of a group
_LONGEST_NAME = 4_096
_UNDEFINED = 0xFFFF_FFFF_FFFF_FFFF
_ENTRY_BYTES = 40  # of a symbol table
_SOFT_LINK = 2

# Message types of an object header.
_DATASPACE, _LINK_INFO, _DATATYPE, _LINK, _EXTERNAL, _LAYOUT = 0x01, 0x02, 0x03, 0x06, 0x07, 0x08
_FILTERS, _ATTRIBUTE, _CONTINUATION, _SYMBOL_TABLE, _ATTRIBUTE_INFO = 0x0B, 0x0C, 0x10, 0x11, 0x15
_SHARED = 0x02  # a flag of a message

_FIXED, _FLOAT, _STRING, _VARIABLE = 0, 1, 3, 9  # classes of data types
# (precision, exponent's position, its size, mantissa's position, its size, exponent's bias) of IEEE numbers
_IEEE = {2: (16, 10, 5, 0, 10, 15), 4: (32, 23, 8, 0, 23, 127), 8: (64, 52, 11, 0, 52, 1023)}

Text = str | tuple[str, ...]


class Hdf5Error(ModelError):
    """The file is damaged, or uses a part of HDF5 that Keras does not write."""


@dataclass(frozen=True)
class _Type:
    """A data type: a NumPy type, or text of fixed or of any length."""

    numpy: np.dtype[np.generic]
    is_text: bool = False
    is_variable: bool = False


@dataclass(frozen=True)
class Message:
    """One message of an object header."""

    kind: int
    at: int
    size: int


@dataclass(frozen=True)
class Hdf5Dataset:
    """An array of a file. Nothing of it is read before `read`."""

    file: Hdf5File
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    at: int

    def read(self) -> NDArray[np.generic]:
        """Return a copy of the array."""
        content = self.file.bytes_at(self.at, prod(self.shape) * self.dtype.itemsize, "an array")
        return np.frombuffer(content, self.dtype).reshape(self.shape)


class Hdf5Group:
    """A group of a file: its attributes that are text, and the groups and arrays in it by name."""

    def __init__(self, file: Hdf5File, at: int) -> None:
        self._file = file
        self._messages = tuple(file.messages(at))
        self._groups: dict[str, Hdf5Group] = {}

    @cached_property
    def names(self) -> dict[str, int]:
        """The place of each group or array in this one, by its name."""
        tables = [message for message in self._messages if message.kind == _SYMBOL_TABLE]
        if not tables and any(message.kind in (_LINK, _LINK_INFO) for message in self._messages):
            raise self._file.refusal(
                "its groups are of a newer kind than Keras writes (unless a layer has other letters than a to z), or "
                "they link to other files"
            )
        return dict(entry for table in tables for entry in self._file.entries(table))

    def group(self, name: str) -> Hdf5Group | None:
        """Return the group with that name, the same one each time; None if there is none."""
        if name in self.names and name not in self._groups:
            self._groups[name] = Hdf5Group(self._file, self.names[name])
        return self._groups.get(name)

    def dataset(self, name: str) -> Hdf5Dataset | None:
        """Return the array with that name; None if there is none."""
        return self._file.dataset(self.names[name]) if name in self.names else None

    @cached_property
    def attributes(self) -> dict[str, Text]:
        """The attributes that are text, or rows of texts; others are left out."""
        if any(message.kind == _ATTRIBUTE_INFO for message in self._messages):
            raise self._file.refusal("its attributes are of a newer kind than Keras writes")
        found = (self._file.attribute(message) for message in self._messages if message.kind == _ATTRIBUTE)
        return {name: value for name, value in found if value is not None}


class Hdf5File:
    """A file's content, and the parts that others are read by.

    Args:
        content: of the file.
        where: its path in error messages.

    Raises:
        Hdf5Error: the file is damaged, or uses a part of HDF5 that Keras does not write. All methods raise it.
    """

    def __init__(self, content: Buffer, where: str) -> None:
        self._content = content
        self._where = where
        self._steps = 0
        if self.bytes_at(0, len(SIGNATURE), "the beginning") != SIGNATURE:
            raise self.refusal("it does not begin as HDF5 does")
        version, *_ = self.unpack("<B", 8)
        sizes = self.bytes_at(13, 2, "the sizes")
        if version not in (0, 1) or sizes != b"\x08\x08":
            raise self.refusal(f"it has superblock {version}, and Keras writes 0")
        start = 24 if version == 0 else 28
        base, *_ = self.unpack("<Q", start)
        if base:
            raise self.refusal("it begins with a block of another program")
        (root,) = self.unpack("<Q", start + 40)
        self.root = Hdf5Group(self, root)

    def refusal(self, reason: str) -> Hdf5Error:
        """Return the error for a file that cannot be read."""
        return Hdf5Error(
            f"{self._where}: cannot be read as the HDF5 that Keras writes: {reason}. If the file opens in Keras, save "
            "it there again (model.save('model.keras')); if not, copy it again."
        )

    def bytes_at(self, at: int, size: int, what: str) -> bytes:
        """Return a copy of a part of the file."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise self.refusal("it has more parts than any network")
        if size < 0 or at < 0 or at + size > len(self._content):
            raise self.refusal(f"{what} lies outside the file, which is damaged or cut short")
        return bytes(self._content[at : at + size])

    def unpack(self, form: str, at: int) -> tuple[int, ...]:
        """Return the numbers at a place, in the form of `struct`."""
        return struct.unpack(form, self.bytes_at(at, struct.calcsize(form), "a part of it"))

    def messages(self, at: int) -> Iterator[Message]:
        """Yield the messages of the object header at a place."""
        version, _, count, _, size = self.unpack("<BBHII", at)
        if version != 1:
            raise self.refusal("an object's header is of a newer kind than Keras writes, or damaged")
        blocks = [(at + 16, size)]
        seen = 0
        while blocks:
            here, left = blocks.pop(0)
            while left >= 8 and seen < count:
                kind, length, flags, *_ = self.unpack("<HHB3B", here)
                left -= 8 + length
                if left < 0:
                    raise self.refusal("an object's header is damaged")
                if flags & _SHARED and kind in (_DATATYPE, _DATASPACE, _ATTRIBUTE, _LAYOUT):
                    raise self.refusal("it shares types between its arrays")
                if kind == _CONTINUATION:
                    blocks.append((*self.unpack("<QQ", here + 8),))  # type: ignore[arg-type]  # two numbers
                else:
                    yield Message(kind, here + 8, length)
                here += 8 + length
                seen += 1

    def entries(self, table: Message) -> Iterator[tuple[str, int]]:
        """Yield the name and the place of everything in a group."""
        tree, heap = self.unpack("<QQ", table.at)
        signature, size, _, names = struct.unpack("<8sQQQ", self.bytes_at(heap, 32, "a group's names"))
        if signature[:5] != b"HEAP\x00":
            raise self.refusal("the names of a group are damaged")
        for node in self._leaves(tree, 0):
            head, version, _, count = struct.unpack("<4sBBH", self.bytes_at(node, 8, "a group"))
            if head != b"SNOD" or version != 1:
                raise self.refusal("a group is damaged")
            for number in range(count):
                offset, at, kind, _ = self.unpack("<QQII", node + 8 + number * _ENTRY_BYTES)
                if kind == _SOFT_LINK:
                    raise self.refusal("it holds links instead of arrays")
                if offset >= size:
                    raise self.refusal("a name lies outside its group")
                longest = min(_LONGEST_NAME, size - offset)
                name, end, _ = self.bytes_at(names + offset, longest, "a name").partition(b"\0")
                if not end:
                    raise self.refusal("a name does not end")
                yield name.decode("utf-8", "backslashreplace"), at

    def _leaves(self, at: int, depth: int) -> Iterator[int]:
        """Yield the places of a group's lists of names, below the node of its index at a place."""
        head, kind, level, used = struct.unpack("<4sBBH", self.bytes_at(at, 8, "a group's index"))
        if head != b"TREE" or kind != 0 or depth > _DEEPEST_TREE or level > _DEEPEST_TREE:
            raise self.refusal("the index of a group is damaged")
        for number in range(used):
            (child,) = self.unpack("<Q", at + 32 + 16 * number)
            if level:
                yield from self._leaves(child, depth + 1)
            else:
                yield child

    def dataset(self, at: int) -> Hdf5Dataset:
        """Return the array whose header is at a place."""
        by_kind = {message.kind: message for message in self.messages(at)}
        if _EXTERNAL in by_kind:
            raise self.refusal("an array's numbers are in another file, which is never opened")
        if _FILTERS in by_kind:
            raise self.refusal("an array is packed")
        if not {_DATASPACE, _DATATYPE, _LAYOUT} <= set(by_kind):
            raise self.refusal("an array lacks its shape, its type or its place")
        shape = self._shape(by_kind[_DATASPACE].at)
        kind = self._type(by_kind[_DATATYPE].at)
        if kind is None or kind.is_text:
            raise self.refusal("an array is not of plain numbers")
        size = prod(shape) * kind.numpy.itemsize
        return Hdf5Dataset(self, shape, kind.numpy, self._place(by_kind[_LAYOUT].at, size))

    def _place(self, at: int, size: int) -> int:
        """Return where an array's numbers begin."""
        version, kind = self.unpack("<BB", at)
        if version not in (3, 4) or kind not in (0, 1):
            reason = {2: "an array is stored in chunks", 3: "an array is a view of other files, which are never opened"}
            raise self.refusal(reason.get(kind, "an array is stored in a way that is not read"))
        if kind == 0:
            (stored,) = self.unpack("<H", at + 2)
            place = at + 4
        else:
            place, stored = self.unpack("<QQ", at + 2)
        if size and (place == _UNDEFINED or stored < size):
            raise self.refusal("an array has a shape, and not that many numbers")
        return place if size else 0

    def _shape(self, at: int) -> tuple[int, ...]:
        version, dimensions, _, kind = self.unpack("<BBBB", at)
        if version not in (1, 2) or dimensions > _MOST_DIMENSIONS or (version == 2 and kind == 2):
            raise self.refusal("an array has no shape that is read")
        return self.unpack(f"<{dimensions}Q", at + (8 if version == 1 else 4))

    def _type(self, at: int) -> _Type | None:
        """Return a type; None for one that is not read."""
        first, bits, _, _, size = self.unpack("<BBBBI", at)
        kind = first & 0x0F
        order = ">" if bits & 1 else "<"
        if kind == _FIXED and size in (1, 2, 4, 8):
            return _Type(np.dtype(f"{order}{'i' if bits & 8 else 'u'}{size}"))
        if kind == _FLOAT and size in _IEEE:
            _, precision, *rest, bias = self.unpack("<HHBBBBI", at + 8)
            is_ieee = (precision, *rest, bias) == _IEEE[size] and not bits & 0x40
            return _Type(np.dtype(f"{order}f{size}")) if is_ieee else None
        if kind == _STRING and 0 < size <= _LONGEST_NAME:
            return _Type(np.dtype(f"S{size}"), is_text=True)
        if kind == _VARIABLE and size == 16 and bits & 0x0F == 1:
            return _Type(np.dtype("V16"), is_text=True, is_variable=True)
        return None

    def attribute(self, message: Message) -> tuple[str, Text | None]:
        """Return the name of an attribute and its text; None if it is not text."""
        version, _, of_name, of_type, of_space = self.unpack("<BBHHH", message.at)
        if version not in (1, 2, 3):
            raise self.refusal("an attribute is damaged")
        step = 8 if version == 1 else 1
        name_at = message.at + (9 if version == 3 else 8)
        type_at = name_at + -(-of_name // step) * step
        space_at = type_at + -(-of_type // step) * step
        at = space_at + -(-of_space // step) * step
        name = (
            self.bytes_at(name_at, min(of_name, _LONGEST_NAME), "a name").partition(b"\0")[0].decode("utf-8", "replace")
        )
        kind = self._type(type_at)
        if kind is None or not kind.is_text:
            return name, None
        shape = self._shape(space_at)
        size = kind.numpy.itemsize
        content = self.bytes_at(at, prod(shape) * size, "an attribute")
        parts = (content[start : start + size] for start in range(0, len(content), size))
        texts = tuple(self._variable(part) if kind.is_variable else _decode(part) for part in parts)
        return name, texts if shape else texts[0]

    def _variable(self, reference: bytes) -> str:
        """Return a text from the file's common store of texts."""
        length, at, index = struct.unpack("<IQI", reference)
        signature, size = struct.unpack("<8sQ", self.bytes_at(at, 16, "a text"))
        if signature[:5] != b"GCOL\x01":
            raise self.refusal("a text is damaged")
        here, end = at + 16, at + size
        while here + 16 <= end:
            number, _, _, stored = self.unpack("<HHIQ", here)
            if number == index:
                if length > stored:
                    break
                return _decode(self.bytes_at(here + 16, length, "a text"))
            if number == 0:
                break
            here += 16 + -(-stored // 8) * 8
        raise self.refusal(f"text {shown(index)} is missing")


def _decode(content: bytes) -> str:
    return content.partition(b"\0")[0].decode("utf-8", "replace")
