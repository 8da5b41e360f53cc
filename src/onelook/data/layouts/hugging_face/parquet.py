"""The layout `hf-parquet`: Parquet files of Hugging Face with encoded pictures in one column, labels in another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from onelook.data.dataset import Dataset
from onelook.data.layouts.hugging_face.encoded_tables import open_tables, recognise_tables
from onelook.data.layouts.layout import Candidate, LayoutOptions
from onelook.data.layouts.tables.parquet_rows import ParquetFacts, ParquetRows, opened_parquet, read_column, read_facts
from onelook.data.storage.location import Location


class HfParquet:
    """The layout `hf-parquet`, and its format."""

    layout, kind, suffix = "hf-parquet", "Parquet", ".parquet"

    def recognise(self, location: Location) -> Candidate | None:
        """Say why these are pictures in Parquet, by the schema of the first file; None if no column has pictures."""
        return recognise_tables(location, self)

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set. Its pictures stay in the files, and are read one row group at a time.

        Raises:
            DataError, ConfigError: as `open_tables`.
        """
        return open_tables(location, options, self)

    def read(self, location: Location, entry: str) -> _Table:
        """Return a file's columns."""
        return _Table(location, read_facts(location, entry))

    def pictures(self, location: Location, tables: Sequence[_Table], column: str) -> ParquetRows:
        """Return the pictures of one part by row."""
        return ParquetRows(location, [table.facts for table in tables], column)


@dataclass(frozen=True)
class _Table:
    """One file."""

    location: Location
    facts: ParquetFacts

    @property
    def entry(self) -> str:
        """The file."""
        return self.facts.entry

    @property
    def schema(self) -> Any:
        """The names and types of its columns, as a pyarrow.Schema."""
        return self.facts.schema

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.facts.rows

    def values(self, column: str) -> list[Any]:
        """Return all values of a column."""
        return read_column(self.location, self.entry, column)

    def first_values(self, column: str, rows: int) -> list[Any]:
        """Return the first values of a column of bytes."""
        if not self.facts.group_rows:
            return []
        is_struct = self.schema.field(column).type.num_fields > 0
        leaf = f"{column}.bytes" if is_struct else column
        with opened_parquet(self.location, self.entry) as (parquet, _):
            batches = parquet.iter_batches(rows, row_groups=[0], columns=[leaf], use_threads=False)
            return [value for batch in islice(batches, 1) for value in batch.column(0).to_pylist()]
