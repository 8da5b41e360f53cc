"""Find and open files of tables, gzipped or not."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from typing import BinaryIO

from onelook.archives import unpack_gzip
from onelook.data.storage.location import Location, suffix_of

_GZIP = b"\x1f\x8b"
TFRECORD = ".tfrecord"
_SHARD = re.compile(r"-\d+-of-\d+$")

# Four files without headers, by name: pictures and labels of two parts. None of them alone is a table of a layout.
FOUR_CSV_PARTS = ("train", "test")
FOUR_CSV_FILES = tuple(f"{part}_{kind}.csv" for part in FOUR_CSV_PARTS for kind in ("images", "labels"))


# There may be a hundred thousand such files beside one table, so they are skipped quickly.
_COMMON_PICTURES = (".jpg", ".png", ".jpeg", ".JPG", ".PNG", ".JPEG", ".bmp", ".tif")


def top_files(location: Location) -> list[str]:
    """Return the files directly in the location without a suffix of pictures. They are searched once."""
    return location.once(_top_files)


def _top_files(location: Location) -> list[str]:
    return [entry for entry in location.entries() if "/" not in entry and not entry.endswith(_COMMON_PICTURES)]


def endings(location: Location) -> frozenset[str]:
    """Return the endings of the file names, without `.gz`: their suffixes, and whole names without suffix.

    A shard such as `train-00000-of-00008`, which ends with its number, counts as TFRecord too. Pictures with the most
    common suffixes are skipped. The files are searched once.

    Example:
        >>> from pathlib import Path
        >>> sorted(endings(Location(Path("data"), ["a/train.CSV.gz", "b.csv", "x/1.jpg", "t10k-images-idx3-ubyte"])))
        ['.csv', 't10k-images-idx3-ubyte']
    """
    return location.once(_endings)


def _endings(location: Location) -> frozenset[str]:
    names = [entry for entry in location.entries() if not entry.endswith(_COMMON_PICTURES)]
    found = {table_suffix(name) or _without_gz(name.rpartition("/")[2]).lower() for name in names}
    return frozenset(found | {TFRECORD for ending in found if _SHARD.search(ending)})


def table_suffix(name: str) -> str:
    """Return the suffix of a table in lower case; `.csv` also for `train.csv.gz`."""
    return suffix_of(_without_gz(name))


def _without_gz(name: str) -> str:
    return name[: -len(".gz")] if name.lower().endswith(".gz") else name


def open_table(location: Location, entry: str) -> BinaryIO:
    """Open the bytes of a table, unpacked in memory if they are gzipped. The caller closes them.

    Raises:
        DataError: the gzip file is damaged, or larger than any table when unpacked.
    """
    if not is_packed(location, entry):
        return location.open(entry)
    with location.open(entry) as packed:
        return io.BytesIO(unpack_gzip(packed, _name(location, entry)))


def read_first_bytes(location: Location, entry: str, most: int) -> bytes:
    """Return the first line of a table with its newline, or its first `most` bytes; empty if it is damaged."""
    with location.open(entry) as file:
        line = file.readline(most)
        if not line.startswith(_GZIP):
            return line
    with location.open(entry) as file:
        try:
            return gzip.GzipFile(fileobj=file).readline(most)
        except (OSError, EOFError, zlib.error):
            return b""


def read_unpacked_beginning(location: Location, entry: str, most: int) -> bytes:
    """Return the first bytes of a table, unpacked if it is gzipped; empty if it is damaged."""
    packed = is_packed(location, entry)
    with location.open(entry) as file:
        if not packed:
            return file.read(most)
        try:
            return gzip.GzipFile(fileobj=file).read(most)
        except (OSError, EOFError, zlib.error):
            return b""


def is_packed(location: Location, entry: str) -> bool:
    """Return whether the table is gzipped, regardless of its name."""
    with location.open(entry) as file:
        return file.read(len(_GZIP)) == _GZIP


def _name(location: Location, entry: str) -> str:
    return str(location.root) if location.is_file else f"{location.place}/{entry}"
