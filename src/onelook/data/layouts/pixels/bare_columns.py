"""Find the columns of a pixel table without a header: the position of the label, by the values of the columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.data.layouts.array_dataset import PictureShape, explain_no_shape, picture_shape
from onelook.data.layouts.question import Choice, ask_which
from onelook.errors import ConfigError, DataError, unknown_name
from onelook.wording import counted

# The smallest picture that is recognised by its count of values: 7×7. Four measurements of a flower and its kind are
# not a picture of 2×2.
FEWEST_PIXELS = 49
_MOST_CLASSES = 200  # the most one-hot columns
_ENDS = {"first": 0, "last": -1}


@dataclass(frozen=True)
class BareColumns:
    """The columns of a table without a header, by position."""

    count: int
    pixels: range
    labels: range  # one column, or several one-hot columns; empty if there is no label
    shape: PictureShape

    @property
    def is_one_hot(self) -> bool:
        """Whether the label is in one-hot columns."""
        return len(self.labels) > 1

    @property
    def end(self) -> str | None:
        """The end of the row with the label, `first` or `last`; None if there is no label."""
        if not self.labels:
            return None
        return "first" if self.labels.start == 0 else "last"

    def __str__(self) -> str:
        height, width, channels = self.shape
        return f"{counted(len(self.pixels), 'pixel')} a row ({height}×{width} {'grey' if channels == 1 else 'colour'})"


def may_be_pictures(cells: Sequence[str | float]) -> bool:
    """Return whether a row with this number of cells may be a picture, with a label or without.

    Example:
        >>> may_be_pictures([0] * 785), may_be_pictures([0] * 784), may_be_pictures([0] * 17)
        (True, True, False)
    """
    return _shape(len(cells)) is not None or _shape(len(cells) - 1) is not None or bool(_one_hot(_row(cells)))


def has_label(cells: Sequence[str | float]) -> bool:
    """Return whether a row that may be a picture contains its label.

    Example:
        >>> has_label([0] * 785), has_label([0] * 784)
        (True, False)
    """
    return _shape(len(cells) - 1) is not None or bool(_one_hot(_row(cells)))


def find_columns(
    sample: NDArray[np.float64], name: str, label_column: str | None = None, *, may_ask: bool = True
) -> BareColumns:
    """Return the columns of the pixels and of the label.

    Args:
        sample: rows from the whole table, (rows, columns); NaN if a cell is no number, which only labels may be.
        name: the name of the table in errors.
        label_column: the position of the label that the user gave: a number from 1, `first` or `last`.

        may_ask: False if pictures are only predicted; then the first of two possible label columns is used.

    Raises:
        DataError: this number of columns is not a picture, with a label or without; or there is no row.
        ConfigError: the label may be the first or the last column; or there is no column with that number.
    """
    count = sample.shape[1]
    if not len(sample):
        raise DataError(f"{name}: no row of numbers that can be read. Expected a picture in every row.")
    hot = _one_hot(sample)
    if hot and (label_column is None or _position(label_column, count) in hot):
        start = 0 if hot.start == 0 else count - len(hot)
        pixels = range(hot.stop, count) if hot.start == 0 else range(start)
        shape = _shape(len(pixels))
        if shape is not None:
            return BareColumns(count, pixels, hot, shape)
    if label_column is not None:
        return _with_label_at(_position(label_column, count), count, name)
    if _shape(count - 1) is None:
        shape = _shape(count)
        if shape is None:
            raise DataError(
                f"{name}: {counted(count, 'number')} a row and no header. {count:,} are {explain_no_shape(count)}, nor "
                f"are {count - 1:,}, beside a label. Expected all pixels of a square picture in every row."
            )
        return BareColumns(count, range(count), range(0), shape)
    return _with_label_at(_label_at(sample, name, may_ask=may_ask), count, name)


def _shape(values: int) -> PictureShape | None:
    return picture_shape(values) if values >= FEWEST_PIXELS else None


def _row(cells: Sequence[str | float]) -> NDArray[np.float64]:
    row = np.full((1, len(cells)), np.nan)
    for at, cell in enumerate(cells):
        try:
            row[0, at] = float(cell)
        except ValueError:
            continue
    return row


def _one_hot(sample: NDArray[np.float64]) -> range:
    """Return the one-hot columns at an end whose removal leaves a picture; empty if there are none.

    If all columns, or all except one, are a picture, there are no one-hot columns.
    """
    count = sample.shape[1]
    if _shape(count) is not None or _shape(count - 1) is not None:
        return range(0)
    for classes in range(2, min(_MOST_CLASSES, count - FEWEST_PIXELS) + 1):
        if _shape(count - classes) is None:
            continue
        for columns in (range(count - classes, count), range(classes)):
            part = sample[:, columns.start : columns.stop]
            if ((part == 0) | (part == 1)).all() and (part.sum(axis=1) == 1).all():
                return columns
    return range(0)


def _label_at(sample: NDArray[np.float64], name: str, *, may_ask: bool) -> int:
    """Return the position of the label, 0 or the last one, by the values of both columns.

    Raises:
        ConfigError: both may be the label.
    """
    last = sample.shape[1] - 1
    marks = {at: _likeness(sample[:, at]) for at in (0, last)}
    if marks[0] == marks[last] and may_ask:
        choices = [
            Choice(f"--label-column {'first' if at == 0 else 'last'}", f"its values are {_values(sample[:, at])}")
            for at in (0, last)
        ]
        raise ask_which(
            f"{name}: {counted(last + 1, 'number')} a row and no header: a picture, and a label that is the first or "
            "the last of them.",
            choices,
        )
    return last if marks[last] > marks[0] else 0


def _likeness(column: NDArray[np.float64]) -> int:
    """Return how likely a column is the label; a higher number is likelier."""
    if np.isnan(column).any():
        return 4  # words cannot be pixels
    values = np.unique(column)
    if len(values) == 1 or (values != np.floor(values)).any():
        return 0  # the border of pictures is constant, and measurements have decimals
    if len(values) == len(column) > 20:
        return 0  # all values differ: row numbers
    is_dense = len(values) == values[-1] - values[0] + 1 and values[0] in (0, 1)
    # In most rows, a pixel has one value, black or white; classes are not so uneven.
    most = np.unique(column, return_counts=True)[1].max() / len(column)
    return 1 + int(is_dense) + int(most < 0.9)


def _values(column: NDArray[np.float64]) -> str:
    values = [f"{value:g}" for value in np.unique(column)]
    return ", ".join(values[:5]) + (f" … {values[-1]}" if len(values) > 5 else "")


def _position(label_column: str, count: int) -> int:
    if label_column in _ENDS:
        return _ENDS[label_column] % count
    if label_column.isdecimal() and int(label_column) in (1, count):
        return int(label_column) - 1
    if label_column.isdecimal():
        raise ConfigError(
            f"--label-column {label_column}: without a header it is the first column, 1, or the last, {count}."
        )
    raise unknown_name("column", label_column, _ENDS)


def _with_label_at(at: int, count: int, name: str) -> BareColumns:
    shape = _shape(count - 1)
    if shape is None:
        raise DataError(
            f"{name}: {counted(count, 'number')} a row and no header. Beside the label, {count - 1:,} are "
            f"{explain_no_shape(count - 1)}. Expected all pixels of a square picture in every row."
        )
    pixels = range(1, count) if at == 0 else range(count - 1)
    return BareColumns(count, pixels, range(at, at + 1), shape)
