"""Read the chunks of an array of HDF5: find them in their index, unpack them, and put them together."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from onelook.hdf5.header import Source

_DEEPEST_TREE = 16
_NODE_BYTES = 24  # before its entries
_DEFLATE, _SHUFFLE, _FLETCHER32 = 1, 2, 3
_CHECKSUM_BYTES = 4
_NAMES = {4: "szip", 5: "nbit", 6: "scale-offset", 32000: "LZF", 32001: "Blosc", 32004: "LZ4", 32008: "bitshuffle"}


@dataclass(frozen=True)
class Filter:
    """A filter that packed each chunk: its number, and its first setting."""

    number: int
    setting: int


@dataclass(frozen=True)
class Chunked:
    """The chunks of an array: the place of their index, their sides, and their filters in the order of packing."""

    tree: int
    sides: tuple[int, ...]
    filters: tuple[Filter, ...]


@dataclass(frozen=True)
class _Chunk:
    at: int
    size: int  # bytes as stored
    mask: int  # a bit for each filter that was not applied


class Chunks:
    """The chunks of one array.

    Args:
        chunked: where they are.
        shape, dtype: the array's.
        file: the file.

    Raises:
        OnelookError: the index is damaged or lacks a chunk, a filter is not read, or the array is far larger than the
            file. All methods raise it.
    """

    def __init__(self, chunked: Chunked, shape: tuple[int, ...], dtype: np.dtype[np.generic], file: Source) -> None:
        self._chunked = chunked
        self._shape = shape
        self._dtype = dtype
        self._file = file
        for each in chunked.filters:
            if each.number not in (_DEFLATE, _SHUFFLE, _FLETCHER32):
                name = _NAMES.get(each.number, f"filter {each.number}")
                raise file.refusal(f"an array is packed with {name}, and gzip is read")
        if prod(shape) * dtype.itemsize > file.most_bytes or prod(chunked.sides) * dtype.itemsize > file.most_bytes:
            raise file.refusal("an array unpacks to far more than the file has, as no pictures do")
        self._nodes: set[int] = set()
        self._found = dict(self._listed(chunked.tree, None)) if prod(shape) else {}
        expected = prod(-(-side // of_chunk) for side, of_chunk in zip(shape, chunked.sides, strict=True))
        if prod(shape) and len(self._found) != expected:
            raise file.refusal(f"an array lacks {expected - len(self._found):,} of its {expected:,} chunks")

    def blocks(self, most_bytes: int | None = None) -> Iterator[NDArray[np.generic]]:
        """Yield the array row after row, in blocks of whole chunks and about so many bytes."""
        if not prod(self._shape):
            yield np.empty(self._shape, self._dtype)
            return
        of_chunk = self._chunked.sides[0]
        row_bytes = max(1, prod(self._shape[1:]) * self._dtype.itemsize)
        rows = self._shape[0] if most_bytes is None else max(1, most_bytes // row_bytes // of_chunk) * of_chunk
        by_row: dict[int, list[tuple[int, ...]]] = {}
        for offset in self._found:
            by_row.setdefault(offset[0], []).append(offset)
        for start in range(0, self._shape[0], rows):
            block = np.empty((min(rows, self._shape[0] - start), *self._shape[1:]), self._dtype)
            for row in range(start, start + len(block), of_chunk):
                for offset in by_row.get(row, ()):
                    self._put(block, start, offset)
            yield block

    def _put(self, block: NDArray[np.generic], first: int, offset: tuple[int, ...]) -> None:
        sides = self._chunked.sides
        values = np.frombuffer(self._unpacked(self._found[offset]), self._dtype).reshape(sides)
        ends = [min(start + side, whole) for start, side, whole in zip(offset, sides, self._shape, strict=True)]
        inside = tuple(slice(0, end - start) for start, end in zip(offset, ends, strict=True))
        places = [slice(start, end) for start, end in zip(offset, ends, strict=True)]
        places[0] = slice(offset[0] - first, ends[0] - first)
        block[tuple(places)] = values[inside]

    def _listed(self, at: int, level: int | None) -> Iterator[tuple[tuple[int, ...], _Chunk]]:
        """Yield the place of each chunk in the array, and in the file, below the node of the index at a place."""
        rank = len(self._shape)
        head, kind, found, used = struct.unpack("<4sBBH", self._file.bytes_at(at, 8, "an index of chunks"))
        is_damaged = head != b"TREE" or kind != 1 or found > _DEEPEST_TREE or (level is not None and found != level)
        if is_damaged or at in self._nodes:  # a node that is listed twice could be listed for ever
            raise self._file.refusal("the index of an array's chunks is damaged")
        self._nodes.add(at)
        entry = struct.Struct(f"<II{rank + 2}Q")  # the size, the mask, the place in the array, 0, and the place
        content = self._file.bytes_at(at + _NODE_BYTES, used * entry.size, "an index of chunks")
        for size, mask, *offset, _, place in entry.iter_unpack(content):
            if found:
                yield from self._listed(place, found - 1)
                continue
            fits = all(
                start < whole and not start % side
                for start, whole, side in zip(offset, self._shape, self._chunked.sides, strict=True)
            )
            if fits:  # an array that was made smaller keeps chunks outside
                yield tuple(offset), _Chunk(place, size, mask)

    def _unpacked(self, chunk: _Chunk) -> bytes:
        """Return the content of a chunk."""
        content = self._file.data_at(chunk.at, chunk.size, "a chunk of an array")
        expected = prod(self._chunked.sides) * self._dtype.itemsize
        for position in reversed(range(len(self._chunked.filters))):
            if chunk.mask & 1 << position:
                continue
            each = self._chunked.filters[position]
            if each.number == _DEFLATE:
                content = self._inflated(content, expected + _CHECKSUM_BYTES)
            elif each.number == _SHUFFLE:
                content = _unshuffled(content, each.setting)
            else:
                content = content[:-_CHECKSUM_BYTES]
        if len(content) != expected:
            raise self._file.refusal("a chunk of an array has another size than its sides say")
        return content

    def _inflated(self, content: bytes, most_bytes: int) -> bytes:
        stream = zlib.decompressobj()
        try:
            found = stream.decompress(content, most_bytes)
        except zlib.error as problem:
            raise self._file.refusal("the compressed bytes of an array are damaged") from problem
        if not stream.eof and stream.unconsumed_tail:
            raise self._file.refusal("a chunk of an array unpacks to more than its sides say")
        return found


def _unshuffled(content: bytes, item_bytes: int) -> bytes:
    """Return bytes that were ordered by their position in a number in the order of the numbers."""
    if item_bytes < 2:
        return content
    whole = len(content) // item_bytes * item_bytes
    ordered = np.frombuffer(content, np.uint8, whole).reshape(item_bytes, -1).T
    return ordered.tobytes() + content[whole:]
