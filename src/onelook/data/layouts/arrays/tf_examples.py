"""Read the examples (`tf.train.Example`) in a TFRecord file, without TensorFlow.

A record of the file is the length of its content, a checksum of the length, the content, and a checksum of the content.
The content is a protocol buffer: named lists of bytes, of floats, or of whole numbers.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from onelook.data.storage.location import Location
from onelook.errors import DataError

_LENGTH = struct.Struct("<Q")
_CHECKSUM = struct.Struct("<I")
_HEADER_BYTES = _LENGTH.size + _CHECKSUM.size
_POLYNOMIAL = 0x82F6_3B78  # of CRC-32C (RFC 3720), with its bits reversed
_MASK_DELTA = 0xA282_EAD8  # TensorFlow turns each checksum by 15 bits, and adds this
_WORD = 0xFFFF_FFFF
_LONGEST_NUMBER = 70  # bits of a number of 7 bits a byte
# Wire types of protocol buffers, and the bytes of those of one size.
_NUMBER, _BYTES = 0, 2
_SIZES = {1: 8, 5: 4}
_OF_TEXTS, _OF_NUMBERS = 1, 3  # fields of a feature; 2 are floats

Span = tuple[int, int]  # the first byte, and the one behind the last


@dataclass(frozen=True)
class Feature:
    """The values of one feature of an example; floats are left out."""

    texts: tuple[Span, ...] = ()  # places of bytes in the record's content
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Example:
    """One record of a file."""

    start: int  # of its content in the file
    content: bytes
    features: Mapping[str, Feature]

    def text(self, name: str) -> bytes | None:
        """Return the bytes of a feature; None if it has not exactly one value of bytes."""
        spans = self.features.get(name, Feature()).texts
        return self.content[slice(*spans[0])] if len(spans) == 1 else None


def read_examples(location: Location, entry: str) -> Iterator[Example]:
    """Yield the examples of a file.

    Raises:
        DataError: the file is packed, damaged or cut short, or its records hold something else.
    """
    name = str(location.root) if location.is_file else f"{location.place}/{entry}"
    with location.open(entry) as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        start = 0
        while start < size:
            header = file.read(_HEADER_BYTES)
            if header[:2] == b"\x1f\x8b":
                raise DataError(f"{name}: TFRecord packed with gzip. Unpack it (gunzip), and give the folder.")
            length = _LENGTH.unpack_from(header)[0] if len(header) == _HEADER_BYTES else size
            if len(header) < _HEADER_BYTES or _CHECKSUM.unpack_from(header, _LENGTH.size)[0] != _checksum(header[:8]):
                raise DataError(f"{name}: no TFRecord file, or damaged in byte {start + 1:,}. Fetch it again.")
            start += _HEADER_BYTES
            if length > size - start - _CHECKSUM.size:
                raise DataError(
                    f"{name}: cut short: a record of {length:,} bytes has {size - start:,}. Fetch it again."
                )
            content = file.read(length)
            file.seek(_CHECKSUM.size, io.SEEK_CUR)
            try:
                features = _features(content)
            except (IndexError, UnicodeDecodeError, ValueError) as problem:
                raise DataError(
                    f"{name}: a record that is no tf.train.Example, in byte {start + 1:,}. Expected pictures and their "
                    "labels as named features."
                ) from problem
            yield Example(start, content, features)
            start += length + _CHECKSUM.size


def _features(content: bytes) -> dict[str, Feature]:
    """Return the features of an example by name.

    Raises:
        ValueError, IndexError, UnicodeDecodeError: it is none.
    """
    found: dict[str, Feature] = {}
    for whole in _spans(content, (0, len(content)), 1):
        for entry in _spans(content, whole, 1):
            name = b"".join(content[slice(*span)] for span in _spans(content, entry, 1)).decode()
            for value in _spans(content, entry, 2):
                found[name] = _feature(content, value)
    return found


def _feature(content: bytes, span: Span) -> Feature:
    texts = [text for values in _spans(content, span, _OF_TEXTS) for text in _spans(content, values, 1)]
    numbers: list[int] = []
    for values in _spans(content, span, _OF_NUMBERS):
        for field, value in _fields(content, values):
            if field == 1:
                numbers += _packed(content, value) if isinstance(value, tuple) else [value]
    return Feature(tuple(texts), tuple(map(_signed, numbers)))


def _spans(content: bytes, span: Span, field: int) -> Iterator[Span]:
    """Yield the places of the bytes of a field, which a message may have several times."""
    for number, value in _fields(content, span):
        if number == field:
            if not isinstance(value, tuple):
                raise ValueError(f"field {field} holds a number")
            yield value


def _fields(content: bytes, span: Span) -> Iterator[tuple[int, Span | int]]:
    """Yield the number and the value of each field of a message: a number, or the place of its bytes."""
    at, end = span
    while at < end:
        key, at = _number(content, at)
        value: Span | int
        if key & 7 == _NUMBER:
            value, at = _number(content, at)
        else:
            size, at = _number(content, at) if key & 7 == _BYTES else (_SIZES.get(key & 7, end), at)
            value, at = (at, at + size), at + size
        if at > end:
            raise ValueError(f"field {key >> 3} ends outside of its message")
        yield key >> 3, value


def _packed(content: bytes, span: Span) -> list[int]:
    found = []
    at, end = span
    while at < end:
        value, at = _number(content, at)
        found.append(value)
    return found


def _number(content: bytes, at: int) -> tuple[int, int]:
    """Return a number of 7 bits a byte, the lowest first, and the place behind it."""
    value = 0
    for shift in range(0, _LONGEST_NUMBER, 7):
        value |= (content[at] & 0x7F) << shift
        at += 1
        if content[at - 1] < 0x80:
            return value, at
    raise ValueError(f"a number longer than {_LONGEST_NUMBER} bits")


def _signed(value: int) -> int:
    value &= 0xFFFF_FFFF_FFFF_FFFF
    return value - (1 << 64) if value >> 63 else value


def _checksum(content: bytes) -> int:
    """Return TensorFlow's masked CRC-32C; of a length alone, as that of pictures takes long in Python."""
    crc = _WORD
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (_POLYNOMIAL if crc & 1 else 0)
    crc ^= _WORD
    return ((crc >> 15 | crc << 17) + _MASK_DELTA) & _WORD
