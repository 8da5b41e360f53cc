"""Read the header of a pixel table: columns of pixels, of the label, and others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from onelook.data.column_names import LABEL_NAMES, numbered_columns
from onelook.data.layouts.array_dataset import PictureShape, explain_no_shape, how_to_go_on, picture_shape
from onelook.errors import ConfigError, DataError, unknown_name
from onelook.wording import agree, counted, listed

_NUMBER = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class PixelHeader:
    """The columns of a pixel table, by position."""

    columns: tuple[str, ...]
    pixels: tuple[int, ...]  # in the order of their numbers
    label: int | None
    others: tuple[str, ...]  # the other columns
    shape: PictureShape

    @property
    def first_and_last(self) -> str:
        """The pixel columns in words, such as `pixel0 to pixel783`."""
        return f"{self.columns[self.pixels[0]]} to {self.columns[self.pixels[-1]]}"


def is_row_of_values(cells: Sequence[str]) -> bool:
    """Return whether a first line is a row of values and not a header.

    A header may also be numbers (pandas writes 0, 1, 2 … for columns without names). But these numbers rise from column
    to column, and the pixels of a picture do not. One cell at either end may be a word: the label.
    """
    if len(cells) > 2 and not is_number(cells[0]):
        cells = cells[1:]
    elif len(cells) > 2 and not is_number(cells[-1]):
        cells = cells[:-1]
    if not all(is_number(cell) for cell in cells):
        return False
    numbers = [float(cell) for cell in cells]
    return any(right <= left for left, right in pairwise(numbers))


def read_header(columns: Sequence[str], name: str, label_column: str | None = None) -> PixelHeader:
    """Return the role of each column of a pixel table.

    Args:
        columns: the cells of the first line.
        name: the name of the file in errors.
        label_column: the column of the label, if the user gave it.

    Raises:
        DataError: a column occurs twice, or the pixel columns are not a square picture.
        ConfigError: there is no column with the name that the user gave.
    """
    twice = [column for column, count in Counter(columns).items() if count > 1]
    if twice:
        raise DataError(f"{name}: the column '{twice[0]}' occurs twice in the header. Expected each name once.")
    label = _label_position(columns, label_column)
    # The label may have a number like the pixels, so it is removed first.
    rest = [position for position in range(len(columns)) if position != label]
    pixels = [rest[at] for at in numbered_columns([columns[position] for position in rest])]
    shape = picture_shape(len(pixels)) if pixels else None
    if shape is None:
        raise DataError(_no_picture(columns, pixels, name))
    others = tuple(columns[position] for position in sorted(set(rest) - set(pixels)))
    return PixelHeader(tuple(columns), tuple(pixels), label, others, shape)


def _label_position(columns: Sequence[str], label_column: str | None) -> int | None:
    if label_column is not None:
        if label_column not in columns:
            # The message suggests only columns that are not pixels, because there are hundreds of pixels.
            pixels = set(numbered_columns(columns))
            candidates = [column for position, column in enumerate(columns) if position not in pixels]
            if not candidates:
                every = agree(len(columns), "the only column is a pixel", f"all {len(columns):,} columns are pixels")
                raise ConfigError(f"no column '{label_column}': {every}.")
            raise unknown_name("column", label_column, candidates)
        return list(columns).index(label_column)
    folded = [column.casefold() for column in columns]
    return next((folded.index(name) for name in LABEL_NAMES if name in folded), None)


def _no_picture(columns: Sequence[str], pixels: Sequence[int], name: str) -> str:
    if not pixels:
        return f"{name}: no pixel columns among {listed(columns, most=6)}. Expected numbered ones, as pixel0, pixel1, …"
    text = (
        f"{name}: {counted(len(pixels), 'pixel column')} ({columns[pixels[0]]} to {columns[pixels[-1]]}), "
        f"{explain_no_shape(len(pixels))}."
    )
    gap = _missing_number([columns[position] for position in pixels])
    if gap:
        return f"{text} {gap} is missing."
    return f"{text} Expected all pixels of square pictures, row by row.{how_to_go_on(len(pixels))}"


def _missing_number(names: Sequence[str]) -> str | None:
    """Return the first number that is missing among the columns; None if names have more than one number."""
    numbers = [_NUMBER.findall(name) for name in names]
    if any(len(found) != 1 for found in numbers):
        return None
    for name, ((number,), (following,)) in zip(names, pairwise(numbers), strict=False):
        if int(following) != int(number) + 1:
            return f"'{_NUMBER.sub(str(int(number) + 1), name)}'"
    return None


def is_number(cell: str) -> bool:
    """Return whether a cell is a number of any kind."""
    try:
        float(cell)
    except ValueError:
        return False
    return True
