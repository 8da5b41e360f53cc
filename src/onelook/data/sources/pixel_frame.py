"""A pandas or polars DataFrame with a column a pixel, known without importing either library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from onelook.data.dataset import Dataset
from onelook.data.sources.arrays import open_arrays
from onelook.data.sources.frame import is_frame
from onelook.data.sources.pixel_header import PixelHeader, numbered_columns, read_header
from onelook.data.sources.pixel_table import describe_header, header_notes
from onelook.data.sources.source import SourceOptions
from onelook.errors import DataError

_NAME = "the DataFrame"


def holds_pixels(data: Any) -> bool:
    """Whether this is a DataFrame of pixels, or a dict of such ones by part."""
    if isinstance(data, Mapping):
        return bool(data) and all(is_frame(each) and holds_pixels(each) for each in data.values())
    if not is_frame(data):
        return False
    columns = [str(column) for column in data.columns]
    return 2 * len(numbered_columns(columns)) > len(columns)


def open_pixel_frame(data: Any, options: SourceOptions) -> Dataset:
    """The data set of a DataFrame, or of one a part: what the same table as a CSV file would be.

    Whole numbers from 0 to 255 become bytes, as they would be read from a file; other values are kept as they are.

    Raises:
        DataError: the pixels make no square picture, or a value is missing.
        ConfigError: there is no column of the name that the user gave for the label.
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


def _arrays(frame: Any, header: PixelHeader) -> Any:
    """Pictures (rows, height, width, channels), with labels where there are some."""
    names = list(frame.columns)  # not as text: pandas' own may be numbers
    pixels = np.asarray(frame[[names[at] for at in header.pixels]].to_numpy())
    if pixels.dtype.kind not in "uif":
        raise DataError(f"{_NAME}: the pixel columns hold {pixels.dtype}. Expected numbers in every cell.")
    if pixels.size and pixels.min() >= 0 and pixels.max() <= 255 and (pixels.dtype.kind in "iu"):
        pixels = pixels.astype(np.uint8)
    pictures = pixels.reshape(len(pixels), *header.shape)
    if header.label is None:
        return pictures
    return pictures, np.asarray(frame[names[header.label]].to_numpy())
