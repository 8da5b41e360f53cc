"""Encoded pictures that lie in a column of Parquet files, read a row group at a time."""

from __future__ import annotations

import io
import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from onelook.archives import largest_unpacked
from onelook.data.storage.location import Location
from onelook.errors import DataError, in_words, missing_extra
from onelook.wording import counted

# A row group is read at once. Writers make them of 100 or 1,000 pictures; of large photographs that is 1 GB.
_LARGEST_GROUP_BYTES = 2 << 30
# Row groups kept for threads that are at work on neighbouring ones: two at least, of small ones more.
_KEPT_BYTES = 64 << 20
_FEWEST_KEPT = 2


@dataclass(frozen=True)
class ParquetFacts:
    """The facts in the footer of one file."""

    entry: str
    schema: Any  # pyarrow.Schema
    group_rows: Sequence[int]  # of every row group
    file_bytes: int

    @property
    def rows(self) -> int:
        """Rows of all groups together."""
        return sum(self.group_rows)


def read_facts(location: Location, entry: str) -> ParquetFacts:
    """Return the schema and the row groups of a file; no row is read.

    Raises:
        DataError: it is damaged or no Parquet file, or has sizes that nobody's pictures have.
    """
    name = str(location.root) if location.is_file else f"{location.root}/{entry}"
    with opened_parquet(location, entry) as (parquet, file_bytes):
        groups = [parquet.metadata.row_group(at) for at in range(parquet.metadata.num_row_groups)]
        facts = ParquetFacts(entry, parquet.schema_arrow, [group.num_rows for group in groups], file_bytes)
        largest = max((group.total_byte_size for group in groups), default=0)
    if len(set(facts.schema.names)) < len(facts.schema.names):
        raise DataError(f"{name}: two columns have one name, among {', '.join(facts.schema.names)}.")
    # Each row's id and label take memory: a forged count must not decide how much.
    if min(facts.group_rows, default=0) < 0 or facts.rows > file_bytes:
        raise DataError(f"{name}: says that it has {facts.rows:,} rows, in {file_bytes:,} bytes. It is damaged.")
    if largest > largest_unpacked(file_bytes):
        raise DataError(
            f"{name}: a row group that unpacks to {largest:,} bytes, in a file of {file_bytes:,}: pictures do not "
            "compress like that, so it is refused."
        )
    if largest > _LARGEST_GROUP_BYTES:
        raise DataError(
            f"{name}: a row group of {largest:,} bytes. Expected {_LARGEST_GROUP_BYTES:,} at most, as groups are read "
            "at once: write it again with fewer rows in each (row_group_size=1000)."
        )
    return facts


def read_column(location: Location, entry: str, column: str) -> list[Any]:
    """Return all values of one column as Python objects. Equal values of a dictionary are one object.

    Raises:
        DataError: it cannot be read.
    """
    with opened_parquet(location, entry, repeating=column) as (parquet, _):
        return values_of(parquet.read(columns=[column], use_threads=False).column(0))


def values_of(column: Any) -> list[Any]:
    """Return the values of a pyarrow array, plain or chunked; each value of a dictionary is made once."""
    found: list[Any] = []
    for chunk in getattr(column, "chunks", (column,)):
        if hasattr(chunk, "dictionary"):
            distinct = chunk.dictionary.to_pylist()
            found.extend(None if at is None else distinct[at] for at in chunk.indices.to_pylist())
        else:
            found.extend(chunk.to_pylist())
    return found


@contextmanager
def opened_parquet(location: Location, entry: str, *, repeating: str | None = None) -> Iterator[tuple[Any, int]]:
    """Open an entry as a pyarrow.parquet.ParquetFile, and give its size in bytes.

    Args:
        repeating: the column, or leaf of one, whose equal values are kept once. A file keeps them so too: one
            picture of a megabyte and a million references to it take little more than that.

    Raises:
        ConfigError: pyarrow is not installed.
        DataError: what the block reads is damaged.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise missing_extra("pyarrow", "train", "reading Parquet") from error

    name = str(location.root) if location.is_file else f"{location.root}/{entry}"
    try:
        with location.open(entry) as file:
            file_bytes = file.seek(0, io.SEEK_END)
            file.seek(0)
            yield pq.ParquetFile(file, read_dictionary=[repeating] if repeating else None), file_bytes
    # pyarrow's errors are ValueError, OSError and others besides its own.
    except pa.ArrowNotImplementedError as problem:
        raise DataError(f"{name}: Parquet of a kind that is not read here: {in_words(problem)}.") from problem
    except (pa.ArrowException, ValueError, OSError, EOFError, MemoryError, LookupError, OverflowError) as problem:
        # Its own words are about the format's insides, but for those on texts that are none.
        reason = f" ({in_words(problem)})" if isinstance(problem, UnicodeError | MemoryError) else ""
        raise DataError(
            f"{name}: not a Parquet file that can be read{reason}. It is damaged or was not downloaded whole: fetch it "
            "again."
        ) from problem


class ParquetRows:
    """The pictures of one part, by name: `train/3` or `3` is the third row of all files together.

    Args:
        location: where the files lie.
        files: what they are, in order.
        column: the column of the pictures: their bytes, or a struct that has these as `bytes`.
    """

    def __init__(self, location: Location, files: Sequence[ParquetFacts], column: str) -> None:
        self._location = location
        self._files = files
        self._column = column
        self._groups = [(file, group) for file in files for group in range(len(file.group_rows))]
        self._starts = [0]
        for file, group in self._groups:
            self._starts.append(self._starts[-1] + file.group_rows[group])
        self._kept: OrderedDict[int, Any] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def root(self) -> Path:
        """The path as the user gave it."""
        return self._location.root

    def open(self, name: str) -> BinaryIO:
        """The picture's bytes as a file."""
        return io.BytesIO(self.read(name))

    def read(self, name: str) -> bytes:
        """The picture's bytes; none where the row has none.

        Raises:
            DataError: the row group cannot be read.
        """
        row = int(name.rpartition("/")[2]) - 1
        group = bisect_right(self._starts, row) - 1
        with self._lock:
            pictures = self._pictures(group)
        if isinstance(pictures, DataError):
            raise DataError(str(pictures))
        content: bytes | None = pictures[row - self._starts[group]].as_py()
        return content or b""

    def fingerprint(self, names: Sequence[str] | None = None) -> str:
        """Changes when one of the files does."""
        return self._location.fingerprint([file.entry for file in self._files])

    def path(self, name: str) -> Path | None:
        """The first of the files on disk; None inside an archive."""
        return self._location.path(self._files[0].entry)

    def _pictures(self, group: int) -> Any:
        """Return the pictures of a row group, or the reason why it cannot be read, which its other rows share."""
        if group not in self._kept:
            try:
                self._kept[group] = self._read_group(group)
            except DataError as problem:
                self._kept[group] = problem
            while len(self._kept) > _FEWEST_KEPT and sum(map(_size, self._kept.values())) > _KEPT_BYTES:
                self._kept.popitem(last=False)
        self._kept.move_to_end(group)
        return self._kept[group]

    def _read_group(self, group: int) -> Any:
        file, at = self._groups[group]
        is_struct = file.schema.field(self._column).type.num_fields > 0
        leaf = f"{self._column}.bytes" if is_struct else self._column
        with opened_parquet(self._location, file.entry, repeating=leaf) as (parquet, _):
            import pyarrow.compute as pc

            values = parquet.read_row_group(at, columns=[leaf], use_threads=False).column(0)
            if len(values) != file.group_rows[at]:
                raise DataError(
                    f"a row group has {counted(len(values), 'row')}, {file.group_rows[at]:,} were announced"
                )
            return pc.struct_field(values, "bytes") if is_struct else values


def _size(kept: Any) -> int:
    return 0 if isinstance(kept, DataError) else int(kept.nbytes)
