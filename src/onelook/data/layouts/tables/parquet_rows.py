"""Read encoded pictures from a column of Parquet files, one row group at a time."""

from __future__ import annotations

import io
import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from onelook.archives import largest_unpacked
from onelook.data.storage.location import Location
from onelook.data.storage.pictures_in_files import PicturesInFiles
from onelook.errors import DataError, in_words, missing_extra
from onelook.wording import counted

# A row group is read at once. Usual row groups have 100 or 1,000 pictures; with large photographs that is 1 GB.
_LARGEST_GROUP_BYTES = 2 << 30
# Row groups kept in memory for threads that read neighbouring ones: at least two, and more if they are small.
_KEPT_BYTES = 64 << 20
_FEWEST_KEPT = 2


@dataclass(frozen=True)
class ParquetFacts:
    """The facts in the footer of one file."""

    entry: str
    schema: Any  # pyarrow.Schema
    group_rows: Sequence[int]  # the rows of every row group
    file_bytes: int

    @property
    def rows(self) -> int:
        """The rows of all groups together."""
        return sum(self.group_rows)


def read_facts(location: Location, entry: str) -> ParquetFacts:
    """Return the schema and the row groups of a file; no row is read.

    Raises:
        DataError: it is damaged or not a Parquet file, or states impossible sizes.
    """
    name = str(location.root) if location.is_file else f"{location.place}/{entry}"
    with opened_parquet(location, entry) as (parquet, file_bytes):
        groups = [parquet.metadata.row_group(at) for at in range(parquet.metadata.num_row_groups)]
        facts = ParquetFacts(entry, parquet.schema_arrow, [group.num_rows for group in groups], file_bytes)
        largest = max((group.total_byte_size for group in groups), default=0)
    if len(set(facts.schema.names)) < len(facts.schema.names):
        raise DataError(f"{name}: two columns have one name, among {', '.join(facts.schema.names)}.")
    # The id and label of each row take memory, so a forged number of rows must be refused.
    if min(facts.group_rows, default=0) < 0 or facts.rows > file_bytes:
        rows, length = counted(facts.rows, "row"), counted(file_bytes, "byte")
        raise DataError(f"{name}: says that it has {rows}, in {length}. It is damaged.")
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


def is_text(kind: Any) -> bool:
    """Return whether a type of pyarrow is text, in any of its three forms: polars and newer writers have their own."""
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def read_column(location: Location, entry: str, column: str) -> list[Any]:
    """Return all values of one column as Python objects. Equal values of a dictionary are one object.

    Raises:
        DataError: it cannot be read.
    """
    with opened_parquet(location, entry, repeating=column) as (parquet, _):
        return values_of(parquet.read(columns=[column], use_threads=False).column(0))


def values_of(column: Any) -> list[Any]:
    """Return the values of a pyarrow array, plain or chunked; each value of a dictionary is created once."""
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
    """Open an entry as a pyarrow.parquet.ParquetFile, and return it with its size in bytes.

    Args:
        repeating: the column (or a leaf of it) whose equal values are kept once, as in the file. A picture of a
            megabyte with a million references to it then takes little more than a megabyte.

    Raises:
        ConfigError: pyarrow is not installed.
        DataError: the block reads damaged data.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise missing_extra("pyarrow", "train", "reading Parquet") from error

    name = str(location.root) if location.is_file else f"{location.place}/{entry}"
    try:
        with location.open(entry) as file:
            file_bytes = file.seek(0, io.SEEK_END)
            file.seek(0)
            yield pq.ParquetFile(file, read_dictionary=[repeating] if repeating else None), file_bytes
    # pyarrow raises ValueError, OSError and others besides its own exceptions.
    except pa.ArrowNotImplementedError as problem:
        raise DataError(f"{name}: Parquet of a kind that is not read here: {in_words(problem)}.") from problem
    except (pa.ArrowException, ValueError, OSError, EOFError, MemoryError, LookupError, OverflowError) as problem:
        # Its messages are about internals of the format, except those on invalid text.
        reason = f" ({in_words(problem)})" if isinstance(problem, UnicodeError | MemoryError) else ""
        raise DataError(
            f"{name}: not a Parquet file that can be read{reason}. It is damaged or was not downloaded whole: fetch it "
            "again."
        ) from problem


class ParquetRows(PicturesInFiles):
    """The pictures of one part, a row each.

    Args:
        files: the files in order.
        column: the column of the pictures: their bytes, or a struct with a field `bytes`.
    """

    def __init__(self, location: Location, files: Sequence[ParquetFacts], column: str, before: int = 0) -> None:
        super().__init__(location, [file.entry for file in files], before)
        self._files = files
        self._column = column
        self._groups = [(file, group) for file in files for group in range(len(file.group_rows))]
        self._starts = [0]
        for file, group in self._groups:
            self._starts.append(self._starts[-1] + file.group_rows[group])
        self._kept: OrderedDict[int, _Group] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, name: str) -> bytes:
        """Return the picture's bytes; empty if the row has none.

        Raises:
            DataError: the row group cannot be read.
        """
        row = self._row(name)
        group = bisect_right(self._starts, row) - 1
        with self._lock:
            content = self._group(group).read(row - self._starts[group])
            if self._kept[group].is_finished:
                self._drop(group)
        if isinstance(content, DataError):
            raise DataError(str(content))
        return content

    def only(self, names: Sequence[str]) -> ParquetRows:
        """Return these pictures alone: the files that hold them are known, with their sizes and columns.

        Raises:
            DataError: the files lie in an archive.
        """
        first, last = self._reach(names)
        kept: list[ParquetFacts] = []
        start = skipped = 0
        for file in self._files:
            if start + file.rows <= first:
                skipped += file.rows
            elif start <= last:
                kept.append(file)
            start += file.rows
        there = self._location.only([file.entry for file in kept])
        return ParquetRows(there, kept, self._column, self._before + skipped)

    def __reduce__(self) -> tuple[type[ParquetRows], tuple[Location, Sequence[ParquetFacts], str, int]]:
        """Pickle without the open groups and their lock."""
        return ParquetRows, (self._location, self._files, self._column, self._before)

    def _group(self, group: int) -> _Group:
        if group not in self._kept:
            try:
                self._kept[group] = _Group(self._read_group(group))
            except DataError as problem:
                self._kept[group] = _Group(problem)
            while len(self._kept) > _FEWEST_KEPT and sum(each.bytes for each in self._kept.values()) > _KEPT_BYTES:
                self._drop(next(iter(self._kept)))
        self._kept.move_to_end(group)
        return self._kept[group]

    def _drop(self, group: int) -> None:
        """Forget a row group, and give its memory back: pyarrow keeps what was freed for later use."""
        import pyarrow as pa

        del self._kept[group]
        pa.default_memory_pool().release_unused()

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


class _Group:
    """A row group in memory.

    Args:
        pictures: the bytes of each row, as an array of pyarrow; or the reason why none of its rows can be read.
    """

    def __init__(self, pictures: Any) -> None:
        self._pictures = pictures
        is_readable = not isinstance(pictures, DataError)
        self.bytes = int(pictures.nbytes) if is_readable else 0
        self._is_read = bytearray(len(pictures) if is_readable else 0)
        self._left = len(self._is_read)

    @property
    def is_finished(self) -> bool:
        """Whether every row was read, so that nobody who reads in order needs it any more."""
        return bool(self._is_read) and not self._left

    def read(self, row: int) -> bytes | DataError:
        """Return the bytes of a row, empty if it has none; or the reason why it cannot be read."""
        if isinstance(self._pictures, DataError):
            return self._pictures
        self._left -= not self._is_read[row]
        self._is_read[row] = True
        content: bytes | None = self._pictures[row].as_py()
        return content or b""
