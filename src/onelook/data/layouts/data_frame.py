"""Open a pandas or polars DataFrame with picture files or with pixel columns, without importing either library."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from onelook.data.column_names import numbered_columns
from onelook.data.dataset import Dataset
from onelook.data.layouts.arrays.from_python import open_arrays
from onelook.data.layouts.layout import LayoutOptions
from onelook.data.layouts.manifests.picture_rows import Listing
from onelook.data.layouts.manifests.readers.table import ManifestTable, frame_table
from onelook.data.layouts.manifests.roles import find_roles
from onelook.data.layouts.manifests.rows import listed_dataset
from onelook.data.layouts.pixels.header import PixelHeader, read_header
from onelook.data.layouts.pixels.pixel_dataset import describe_header, header_notes
from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import Location, suffix_of
from onelook.errors import DataError
from onelook.wording import counted, named

_SAMPLE_ROWS = 200
_NAME = "the DataFrame"


def is_frame(data: Any) -> bool:
    """Return whether this is a pandas or polars DataFrame."""
    kind = type(data)
    return kind.__name__ == "DataFrame" and kind.__module__.partition(".")[0] in ("pandas", "polars")


def lists_files(data: Any) -> bool:
    """Return whether this is a DataFrame with a column of texts, so that it has no pixels."""
    return is_frame(data) and any(isinstance(cell, str) for name in data.columns for cell in data[name][:_SAMPLE_ROWS])


def holds_pixels(data: Any) -> bool:
    """Return whether this is a DataFrame of pixels, or a dict of such DataFrames by part."""
    if isinstance(data, Mapping):
        return bool(data) and all(is_frame(each) and holds_pixels(each) for each in data.values())
    if not is_frame(data):
        return False
    columns = [str(column) for column in data.columns]
    return 2 * len(numbered_columns(columns)) > len(columns)


def open_frame(frame: Any, options: LayoutOptions) -> Dataset:
    """Return the data set of a DataFrame with a column of paths, absolute or relative to the working directory.

    The other columns are read like those of a table file.

    Raises:
        DataError: no column names existing picture files, or a row is wrong.
        ConfigError: there is no column with the name that the user gave for the label.
    """
    table = frame_table(frame)
    path = _path_column(table)
    roles = find_roles(table, path, options.label_column)
    cells = [cell or "" for cell in table.columns[path]]
    if "" in cells:
        raise DataError(
            f"{table.name}: the column '{path}' is empty in row {cells.index('') + 1}. Expected a path a row."
        )
    paths = [Path(os.path.abspath(os.path.expanduser(cell))) for cell in cells]  # noqa: PTH100, PTH111 - links stay
    there = [each for each in paths if each.is_file()]
    root = Path(os.path.commonpath([each.parent for each in there]))
    names = [each.relative_to(root).as_posix() if each.is_file() else None for each in paths]
    label = f"the label in the column '{roles.label}'" if roles.label else "no label column"
    return listed_dataset(
        Listing(
            place=Location(root, [name for name in names if name is not None]),
            name="table",
            layout="manifest",
            table=table,
            roles=roles,
            names=names,
            ids=cells,
            why=f"a DataFrame that lists {counted(table.rows, 'picture')} in the column '{path}', and {label}",
        )
    )


def open_pixel_frame(data: Any, options: LayoutOptions) -> Dataset:
    """Return the data set of a DataFrame of pixels, or of one for each part; the same table in CSV gives the same.

    Whole numbers from 0 to 255 become bytes, as from a file; other values are not changed.

    Raises:
        DataError: the pixels are not a square picture, or a value is missing.
        ConfigError: there is no column with the name that the user gave for the label.
    """
    frames = data if isinstance(data, Mapping) else {"all": data}
    headers = {
        part: read_header([str(column) for column in frame.columns], _NAME, options.label_column)
        for part, frame in frames.items()
    }
    arrays = {part: _arrays(frame, headers[part]) for part, frame in frames.items()}
    dataset = open_arrays(arrays if isinstance(data, Mapping) else arrays["all"], "table")
    first = next(iter(headers.values()))
    notes = [note for header in headers.values() for note in header_notes(_NAME, header)]
    return replace(
        dataset,
        layout="pixel-csv",
        why=f"a DataFrame with {describe_header(first)}",
        notes=(*dict.fromkeys(notes), *dataset.notes),
    )


def _path_column(table: ManifestTable) -> str:
    """Return the column with the most files among its sampled cells."""
    found = {column: sum(map(_is_file, _sample(cells))) for column, cells in table.columns.items()}
    best = max(found, key=lambda column: found[column])
    # A sample may miss the few existing files of thousands, so names with a suffix of pictures also count.
    if not found[best]:
        alike = [column for column, cells in table.columns.items() if _ends_like_pictures(_sample(cells))]
        best = next((column for column in alike if any(map(_is_file, filter(None, table.columns[column])))), "")
        if not best:
            column = (
                f"of the column '{alike[0]}', such as {named(_sample(table.columns[alike[0]])[:3])}, " if alike else ""
            )
            raise DataError(
                f"{table.name}: none {column or f'of the columns {named(list(table.columns))} '}names files that are "
                f"there. Expected paths, absolute or relative to {Path.cwd()}."
            )
    return best


def _is_file(cell: str) -> bool:
    return os.path.isfile(os.path.expanduser(cell))  # noqa: PTH111, PTH113 - faster than a Path for thousands


def _sample(cells: Sequence[str | None]) -> list[str]:
    return [cell for cell in cells[:_SAMPLE_ROWS] if cell is not None]


def _ends_like_pictures(cells: Sequence[str]) -> bool:
    return 2 * sum(suffix_of(cell) in PICTURE_SUFFIXES for cell in cells) > len(cells)


def _arrays(frame: Any, header: PixelHeader) -> Any:
    """Return pictures (rows, height, width, channels), with labels if there are any."""
    names = list(frame.columns)  # not as text, because column names in pandas may be numbers
    pixels = np.asarray(frame[[names[at] for at in header.pixels]].to_numpy())
    if pixels.dtype.kind not in "uif":
        raise DataError(f"{_NAME}: the pixel columns hold {pixels.dtype}. Expected numbers in every cell.")
    if pixels.size and pixels.min() >= 0 and pixels.max() <= 255 and (pixels.dtype.kind in "iu"):
        pixels = pixels.astype(np.uint8)
    pictures = pixels.reshape(len(pixels), *header.shape)
    if header.label is None:
        return pictures
    return pictures, np.asarray(frame[names[header.label]].to_numpy())
