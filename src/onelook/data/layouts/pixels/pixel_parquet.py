"""The layout `pixel-parquet`: Parquet with a column for each pixel, in one file, in train and test, or in shards."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.archives import largest_unpacked
from onelook.data.column_names import numbered_columns
from onelook.data.dataset import Dataset
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.pixels.header import PixelHeader, read_header
from onelook.data.layouts.pixels.pixel_dataset import ReadTable, pixel_dataset
from onelook.data.layouts.tables.cache import PixelTable, cached_table, labelled_table
from onelook.data.layouts.tables.files_by_part import files_by_part
from onelook.data.layouts.tables.parquet_rows import ParquetFacts, opened_parquet, read_column, read_facts
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError

_READER_VERSION = 4
_BATCH_ROWS = 4_096  # rows converted to pixels at once: 26 MB for 784 columns of 64-bit numbers


class PixelParquet:
    """The layout `pixel-parquet`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why this is a pixel table, by the columns of the first file; None if these are not pixels."""
        entries = [entry for entry in location.entries() if entry.lower().endswith(".parquet")]
        if not entries:
            return None
        try:
            schema = read_facts(location, entries[0]).schema
        except (DataError, ConfigError):  # damaged, or pyarrow is missing: `hf-parquet` reports it
            return None
        pixels = _pixel_columns(schema)
        if not pixels:
            return None
        why = f"{entries[0]} has {len(pixels):,} numbered columns of numbers, {pixels[0]} to {pixels[-1]}"
        return Candidate(why, LabelSource.PIXEL_TABLE)

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the table or tables. If a value is not a pixel, all of the table is refused.

        Raises:
            DataError: a file is damaged, the pixels are not a square picture, or a value is missing or not a pixel.
            ConfigError: there is no column with the name that the user gave for the label; or pyarrow is missing.
        """
        by_part, _ = files_by_part(location, "a column a pixel")
        tables = {part: _read(location, entries, options.label_column) for part, entries in by_part.items()}
        return pixel_dataset(location, "pixel-parquet", "Parquet", tables, needs_labels=options.needs_labels)


def _pixel_columns(schema: Any) -> list[str]:
    """Return the numbered columns of numbers, in their order; empty unless they are most of the columns."""
    import pyarrow as pa

    names = list(schema.names)
    pixels = [names[at] for at in numbered_columns(names)]
    kinds = {schema.field(name).type for name in pixels}
    is_numbers = all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in kinds)
    return pixels if is_numbers and 2 * len(pixels) > len(names) else []


def _read(location: Location, entries: Sequence[str], label_column: str | None) -> ReadTable:
    """Return the files of one part as one table, from the cache if they were read before."""
    files = [read_facts(location, entry) for entry in entries]
    name = str(location.root) if location.is_file else f"{location.place}/{entries[0]}"
    header = read_header(list(files[0].schema.names), name, label_column)
    for file in files[1:]:
        if file.schema.names != files[0].schema.names:
            raise DataError(f"{location.root}: {entries[0]} and {file.entry} have other columns. Expected the same.")
    if not sum(file.rows for file in files):
        raise DataError(f"{name}: a table without rows. Expected a row a picture.")
    unpacked, packed = sum(file.rows for file in files) * len(header.pixels), sum(file.file_bytes for file in files)
    if unpacked > largest_unpacked(packed):  # a column of zeros takes no more space than one number
        raise DataError(
            f"{name}: {packed:,} bytes that unpack to {unpacked:,} pixels: pictures do not compress like that, so "
            "it is refused."
        )
    content = (
        f"pixel-parquet {_READER_VERSION}|{location.fingerprint(entries)}|{location.root.resolve()}|{header.label}"
    )
    key = hashlib.sha256(content.encode(errors="surrogateescape")).hexdigest()
    table = cached_table(key, lambda: _parse(location, files, header), str(location.root))
    return ReadTable(name, header, table, shards=entries[1:])


def _parse(location: Location, files: Sequence[ParquetFacts], header: PixelHeader) -> PixelTable:
    names = [header.columns[at] for at in header.pixels]
    pixels = np.empty((sum(file.rows for file in files), len(names)), np.uint8)
    start = 0
    for file in files:
        with opened_parquet(location, file.entry) as (parquet, _):
            for batch in parquet.iter_batches(_BATCH_ROWS, columns=names, use_threads=False):
                block = pixels[start : start + batch.num_rows]
                for at, name in enumerate(names):
                    block[:, at] = _as_pixels(batch.column(name), f"{location.root}, column '{name}'", start)
                start += batch.num_rows
    if header.label is None:
        return PixelTable(pixels, None, ())
    label = header.columns[header.label]
    values = [value for file in files for value in read_column(location, file.entry, label)]
    return labelled_table(pixels, values, f"{location.root}, column '{label}'")


def _as_pixels(column: Any, place: str, before: int) -> NDArray[np.uint8]:
    """Return the values as bytes.

    Args:
        place: the name of the column in errors.
        before: the number of rows before these.

    Raises:
        DataError: a value is missing, not whole, or not in 0 to 255; the error says which.
    """
    values = column.to_numpy(zero_copy_only=False)  # whole numbers with missing values become floats with NaN
    as_bytes = np.clip(np.nan_to_num(values), 0, 255).astype(np.uint8)
    wrong = np.flatnonzero(as_bytes != values)  # also NaN, which is equal to nothing
    if len(wrong):
        value = values[wrong[0]]
        hint = " Multiply pixels in 0 to 1 by 255 and round them." if 0 < value < 1 else ""
        raise DataError(
            f"{place}, row {before + int(wrong[0]) + 1}: found {value}, expected a whole number from 0 to 255.{hint} "
            "The table is refused whole."
        )
    return np.asarray(as_bytes)
