"""Read HDF5 without code of others: groups, attributes and arrays of one file, also in chunks and packed.

It follows the published file format (HDF5 File Format Specification 3.0, superblock 0 and 1, object headers 1), which
h5py, Keras and Matlab write by default. Links to other files, virtual arrays, rare filters and
types with code are refused by name. libhdf5 itself can hang for ever on a damaged file, and allocates what a file's
header asks for; here nothing is allocated that the file does not contain, and every step is counted.
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

from onelook.archives import largest_unpacked
from onelook.errors import OnelookError
from onelook.hdf5.attributes import AttributeReader, Value
from onelook.hdf5.chunks import Chunked, Chunks, Filter
from onelook.hdf5.header import (
    ATTRIBUTE,
    CONTINUATION,
    DATASPACE,
    DATATYPE,
    EXTERNAL,
    FILTERS,
    LAYOUT,
    LINK,
    LINK_INFO,
    SYMBOL_TABLE,
    Message,
    shape_at,
)
from onelook.hdf5.texts import TextReader
from onelook.hdf5.types import Type, TypeReader

SIGNATURE = b"\x89HDF\r\n\x1a\n"

Buffer = bytes | mmap.mmap
_MOST_STEPS = 500_000  # blocks read; a network of a thousand layers has about 20,000
_MOST_FILTERS = 8
_DEEPEST_TREE = 16  # of the index of a group, or of groups in groups
_LONGEST_NAME = 4_096
_UNDEFINED = 0xFFFF_FFFF_FFFF_FFFF
_ENTRY_BYTES = 40  # of a symbol table
_SOFT_LINK = 2
_LARGEST_START = 1 << 16  # of what another program writes before the file; Matlab writes 512 bytes

_SHARED = 0x02  # a flag of a message
_COMPACT, _CONTIGUOUS, _CHUNKED = 0, 1, 2  # classes of layouts


@dataclass(frozen=True)
class Refusal:
    """The error for a file that cannot be read.

    Attributes:
        error: its class.
        where: the path of the file.
        kind: the kind of file that was expected.
        advice: what to do, as a sentence or two.
    """

    error: type[OnelookError]
    where: str
    kind: str
    advice: str

    def because(self, reason: str) -> OnelookError:
        """Return the error with its reason."""
        return self.error(f"{self.where}: cannot be read as {self.kind}: {reason}. {self.advice}")


@dataclass(frozen=True)
class Hdf5Dataset:
    """An array of a file. Nothing of it is read before `read`."""

    file: Hdf5File
    shape: tuple[int, ...]
    type: Type
    place: int | Chunked  # the place of its first byte, or its chunks
    messages: tuple[Message, ...] = ()

    @property
    def attributes(self) -> dict[str, Value]:
        """The attributes that are text, rows of texts or one whole number; others are left out."""
        return self.file.attributes(self.messages)

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """The type of its numbers; of text, that of what is stored."""
        return self.type.numpy

    @property
    def plain_place(self) -> int | None:
        """The place of its first byte in the file if its numbers lie there unpacked; None if they do not."""
        is_plain = isinstance(self.place, int) and not self.type.is_text
        return self.file.start + self.place if is_plain and isinstance(self.place, int) else None

    def read(self) -> NDArray[np.generic]:
        """Return a copy of the array; text as an array of `str`."""
        blocks = list(self.blocks())
        return blocks[0] if len(blocks) == 1 else np.concatenate(blocks)

    def blocks(self, most_bytes: int | None = None) -> Iterator[NDArray[np.generic]]:
        """Yield the array row after row, in blocks of about so many bytes; in one block without a number."""
        if isinstance(self.place, int):
            content = self.file.bytes_at(self.place, prod(self.shape) * self.dtype.itemsize, "an array")
            yield self.file.texts_of(self.type, np.frombuffer(content, self.dtype).reshape(self.shape))
            return
        for block in Chunks(self.place, self.shape, self.dtype, self.file).blocks(most_bytes):
            yield self.file.texts_of(self.type, block)


class Hdf5Group:
    """A group of a file: its attributes, and the groups and arrays in it by name."""

    def __init__(self, file: Hdf5File, at: int) -> None:
        self._file = file
        self._messages = tuple(file.messages(at))
        self._groups: dict[str, Hdf5Group] = {}

    @cached_property
    def names(self) -> dict[str, int]:
        """The place of each group or array in this one, by its name."""
        tables = [message for message in self._messages if message.kind == SYMBOL_TABLE]
        if not tables and any(message.kind in (LINK, LINK_INFO) for message in self._messages):
            raise self._file.refusal(
                "its groups are of a newer kind than is read (unless a name has other letters than a to z), or they "
                "link to other files"
            )
        return dict(entry for table in tables for entry in self._file.entries(table))

    @property
    def is_array(self) -> bool:
        """Whether it is an array, and no group."""
        return {DATASPACE, DATATYPE} <= {message.kind for message in self._messages}

    def group(self, name: str) -> Hdf5Group | None:
        """Return the group with that name, the same one each time; None if there is none."""
        if name in self.names and name not in self._groups:
            self._groups[name] = Hdf5Group(self._file, self.names[name])
        return self._groups.get(name)

    def dataset(self, name: str) -> Hdf5Dataset | None:
        """Return the array with that name; None if there is none."""
        return self._file.dataset(self.names[name]) if name in self.names else None

    def datasets(self, above: str = "", depth: int = 0) -> Iterator[tuple[str, Hdf5Dataset]]:
        """Yield every array of numbers or texts in the group and in the groups below, by its path."""
        if depth > _DEEPEST_TREE:
            raise self._file.refusal("its groups are nested too deeply")
        for name in self.names:
            inner = self.group(name)
            if inner is None:
                continue
            if not inner.is_array:
                yield from inner.datasets(f"{above}{name}/", depth + 1)
            elif self._file.is_readable(self.names[name]):
                dataset = self._file.dataset(self.names[name])
                if not dataset.type.is_reference:
                    yield f"{above}{name}", dataset

    @cached_property
    def attributes(self) -> dict[str, Value]:
        """The attributes that are text, rows of texts or one whole number; others are left out."""
        return self._file.attributes(self._messages)


class Hdf5File:
    """A file's content, and the parts that others are read by.

    Args:
        content: of the file.
        refuses: the error for what cannot be read.

    Raises:
        OnelookError: the file is damaged, or uses a part of HDF5 that is not read. All methods raise it.
    """

    def __init__(self, content: Buffer, refuses: Refusal) -> None:
        self._content = content
        self._refuses = refuses
        self._steps = 0
        self._types = TypeReader(self)
        self._texts = TextReader(self)
        self._attributes = AttributeReader(self, self._types, self._texts)
        self.start = 0
        found = start_of(content)
        if found is None:
            raise self.refusal("it does not begin as HDF5 does")
        self.start = found
        version, *_ = self.unpack("<B", 8)
        sizes = self.bytes_at(13, 2, "the sizes")
        if version in (0, 1) and sizes != b"\x08\x08":
            raise self.refusal("its first bytes are damaged")
        if version not in (0, 1):
            raise self.refusal(f"it has superblock {version}, and 0 or 1 is read, as h5py writes by default")
        start = 24 if version == 0 else 28
        base, *_ = self.unpack("<Q", start)
        if base not in (0, found):
            raise self.refusal("it begins with a block of another program")
        (root,) = self.unpack("<Q", start + 40)
        self.root = Hdf5Group(self, root)

    def refusal(self, reason: str) -> OnelookError:
        """Return the error for a file that cannot be read."""
        return self._refuses.because(reason)

    @property
    def most_bytes(self) -> int:
        """The most bytes that an array of this file may unpack to."""
        return largest_unpacked(len(self._content))

    def bytes_at(self, at: int, size: int, what: str) -> bytes:
        """Return a copy of a part of the file."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise self.refusal("it has more parts than any network or data set")
        return self.data_at(at, size, what)

    def data_at(self, at: int, size: int, what: str) -> bytes:
        """Return a copy of a part of the file that holds numbers of an array, which is not counted as a step."""
        at += self.start
        if size < 0 or at < self.start or at + size > len(self._content):
            raise self.refusal(f"{what} lies outside the file, which is damaged or cut short")
        return bytes(self._content[at : at + size])

    def unpack(self, form: str, at: int) -> tuple[int, ...]:
        """Return the numbers at a place, in the form of `struct`."""
        return struct.unpack(form, self.bytes_at(at, struct.calcsize(form), "a part of it"))

    def messages(self, at: int) -> Iterator[Message]:
        """Yield the messages of the object header at a place."""
        version, _, count, _, size = self.unpack("<BBHII", at)
        if version != 1:
            raise self.refusal("an object's header is of a newer kind than is read, or damaged")
        blocks = [(at + 16, size)]
        seen = 0
        while blocks:
            here, left = blocks.pop(0)
            while left >= 8 and seen < count:
                kind, length, flags, *_ = self.unpack("<HHB3B", here)
                left -= 8 + length
                if left < 0:
                    raise self.refusal("an object's header is damaged")
                if flags & _SHARED and kind in (DATATYPE, DATASPACE, ATTRIBUTE, LAYOUT):
                    raise self.refusal("it shares types between its arrays")
                if kind == CONTINUATION:
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

    def is_readable(self, at: int) -> bool:
        """Return whether the array whose header is at a place is of numbers, texts or links, and not of records."""
        kinds = [message for message in self.messages(at) if message.kind == DATATYPE]
        return bool(kinds) and self._types.read(kinds[0].at) is not None

    def dataset(self, at: int) -> Hdf5Dataset:
        """Return the array whose header is at a place."""
        messages = tuple(self.messages(at))
        by_kind = {message.kind: message for message in messages}
        if EXTERNAL in by_kind:
            raise self.refusal("an array's numbers are in another file, which is never opened")
        if not {DATASPACE, DATATYPE, LAYOUT} <= set(by_kind):
            raise self.refusal("an array lacks its shape, its type or its place")
        shape = shape_at(self, by_kind[DATASPACE].at)
        kind = self._types.read(by_kind[DATATYPE].at)
        if kind is None:
            raise self.refusal("an array is not of plain numbers or text")
        filters = self._filters(by_kind[FILTERS].at) if FILTERS in by_kind else ()
        place = self._place(by_kind[LAYOUT].at, shape, kind.numpy.itemsize, filters)
        return Hdf5Dataset(self, shape, kind, place, messages)

    def attributes(self, messages: tuple[Message, ...]) -> dict[str, Value]:
        """Return the attributes among the messages of a header: texts, rows of texts, and single whole numbers."""
        return self._attributes.read(messages)

    def texts_of(self, kind: Type, stored: NDArray[np.generic]) -> NDArray[np.generic]:
        """Return what is stored of an array of texts as `str`; other arrays unchanged."""
        return self._texts.of_array(kind, stored)

    def _place(self, at: int, shape: tuple[int, ...], item_bytes: int, filters: tuple[Filter, ...]) -> int | Chunked:
        """Return where an array's numbers begin, or where its chunks are listed."""
        version, kind = self.unpack("<BB", at)
        if version == 3 and kind == _CHUNKED:
            (dimensions,) = self.unpack("<B", at + 2)
            if dimensions != len(shape) + 1:
                raise self.refusal("the chunks of an array have another number of sides than the array")
            tree, *sides = self.unpack(f"<Q{dimensions}I", at + 3)
            if not all(sides) or sides[-1] != item_bytes:
                raise self.refusal("the chunks of an array are damaged")
            return Chunked(tree, tuple(sides[:-1]), filters)
        if version not in (3, 4) or kind not in (_COMPACT, _CONTIGUOUS):
            reason = {
                _CHUNKED: "an array is stored in chunks of a newer kind than is read",
                3: "an array is a view of other files, which are never opened",
            }
            raise self.refusal(reason.get(kind, "an array is stored in a way that is not read"))
        size = prod(shape) * item_bytes
        if kind == _COMPACT:
            (stored,) = self.unpack("<H", at + 2)
            place = at + 4
        else:
            place, stored = self.unpack("<QQ", at + 2)
        if size and (place == _UNDEFINED or stored < size):
            raise self.refusal("an array has a shape, and not that many numbers")
        return place if size else 0

    def _filters(self, at: int) -> tuple[Filter, ...]:
        """Return the filters that packed the chunks of an array, in the order in which they were applied."""
        version, count = self.unpack("<BB", at)
        if version not in (1, 2) or count > _MOST_FILTERS:
            raise self.refusal("the filters of an array are damaged")
        here = at + (8 if version == 1 else 2)
        found = []
        for _ in range(count):
            (number,) = self.unpack("<H", here)
            has_name = version == 1 or number >= 256
            length, _, values = self.unpack("<HHH", here + 2) if has_name else (0, *self.unpack("<HH", here + 2))
            here += (8 if has_name else 6) + length
            first = self.unpack("<I", here)[0] if values else 0
            here += 4 * (values + (values % 2 if version == 1 else 0))
            found.append(Filter(number, first))
        return tuple(found)


def start_of(content: Buffer) -> int | None:
    """Return where HDF5 begins in a file: at 0, or after 512, 1,024, 2,048 … bytes of another program; else None."""
    at = 0
    while at <= _LARGEST_START:
        if content[at : at + len(SIGNATURE)] == SIGNATURE:
            return at
        at = 2 * at or 512
    return None
