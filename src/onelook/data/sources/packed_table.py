"""Tables that are gzipped, as `train.csv.gz`: known by their first bytes, unpacked with a limit."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import BinaryIO

from onelook.data.sources.picture_tree import suffix_of
from onelook.data.sources.source import Location
from onelook.errors import DataError

_GZIP = b"\x1f\x8b"
# A table of mostly black pictures packs to a thirtieth. gzip reaches 1,030 on nothing but zeros: such a file is a bomb,
# unless what it unpacks to harms nobody.
_MAXIMUM_COMPRESSION = 300
_HARMLESS_BYTES = 64 << 20
_BLOCK_BYTES = 1 << 20


def table_suffix(name: str) -> str:
    """A table's suffix, in lower case; `.csv` also of `train.csv.gz`."""
    return suffix_of(name[: -len(".gz")] if name.lower().endswith(".gz") else name)


def open_table(location: Location, entry: str) -> BinaryIO:
    """A table's own bytes; unpacked in memory where they are gzipped. The caller closes it.

    Raises:
        DataError: the gzip file is damaged, or unpacks to more than any table.
    """
    if not is_packed(location, entry):
        return location.open(entry)
    with location.open(entry) as packed:
        return io.BytesIO(_unpacked(packed, _name(location, entry)))


def read_first_bytes(location: Location, entry: str, most: int) -> bytes:
    """A table's first line, newline included, or its first `most` bytes; nothing where it is damaged."""
    with location.open(entry) as file:
        line = file.readline(most)
        if not line.startswith(_GZIP):
            return line
    with location.open(entry) as file:
        try:
            return gzip.GzipFile(fileobj=file).readline(most)
        except (OSError, EOFError, zlib.error):
            return b""


def is_packed(location: Location, entry: str) -> bool:
    """Whether the table is gzipped, whatever its name says."""
    with location.open(entry) as file:
        return file.read(len(_GZIP)) == _GZIP


def _unpacked(file: BinaryIO, name: str) -> bytes:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    limit = max(_HARMLESS_BYTES, _MAXIMUM_COMPRESSION * size)
    content = bytearray()
    try:
        with gzip.GzipFile(fileobj=file) as source:
            while block := source.read(_BLOCK_BYTES):
                content += block
                if len(content) > limit:
                    raise DataError(
                        f"{name}: {size:,} bytes that unpack to more than {limit:,}: no table packs like that, so it "
                        "is refused. Unpack it yourself if you trust it."
                    )
    except (OSError, EOFError, zlib.error) as problem:
        raise DataError(f"{name}: the gzip file is truncated or damaged ({problem}). Fetch it again.") from problem
    return bytes(content)


def _name(location: Location, entry: str) -> str:
    return str(location.root) if location.is_file else f"{location.root}/{entry}"
