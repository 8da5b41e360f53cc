"""The messages of an object header of HDF5, which describe a group or an array, and what they are read by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from onelook.errors import OnelookError

# Message types of an object header.
DATASPACE, LINK_INFO, DATATYPE, LINK, EXTERNAL, LAYOUT = 0x01, 0x02, 0x03, 0x06, 0x07, 0x08
FILTERS, ATTRIBUTE, CONTINUATION, SYMBOL_TABLE, ATTRIBUTE_INFO = 0x0B, 0x0C, 0x10, 0x11, 0x15

_MOST_DIMENSIONS = 8


class Source(Protocol):
    """The file, by its parts."""

    @property
    def most_bytes(self) -> int:
        """The most bytes that an array of this file may unpack to."""
        ...

    def bytes_at(self, at: int, size: int, what: str) -> bytes:
        """Return a copy of a part of the file."""
        ...

    def data_at(self, at: int, size: int, what: str) -> bytes:
        """Return a copy of a part of the file that is not counted as a step."""
        ...

    def unpack(self, form: str, at: int) -> tuple[int, ...]:
        """Return the numbers at a place, in the form of `struct`."""
        ...

    def refusal(self, reason: str) -> OnelookError:
        """Return the error for a file that cannot be read."""
        ...


@dataclass(frozen=True)
class Message:
    """One message of an object header."""

    kind: int
    at: int
    size: int


def shape_at(file: Source, at: int) -> tuple[int, ...]:
    """Return the shape that the message at a place describes."""
    version, dimensions, _, kind = file.unpack("<BBBB", at)
    if version not in (1, 2) or dimensions > _MOST_DIMENSIONS or (version == 2 and kind == 2):
        raise file.refusal("an array has no shape that is read")
    return file.unpack(f"<{dimensions}Q", at + (8 if version == 1 else 4))
