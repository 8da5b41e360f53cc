"""Read pictures in Matlab's cells: a cell for each picture, in a list or in a table with a row for each class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.layouts.tables.matlab.mat_files import MatVariable
from onelook.errors import DataError
from onelook.wording import counted

_FEWEST_PIXELS = 49  # 7×7, as in tables of pixels
_FEWEST_PICTURES = 2


@dataclass(frozen=True)
class CellPictures:
    """The pictures in the cells of one variable, and their labels."""

    name: str
    images: NDArray[Any]  # (rows, height, width) or (rows, height, width, channels)
    labels: NDArray[Any] | None
    origin: str  # the variable of the labels
    is_of_classes: bool = False  # each cell holds the pictures of a class


def may_hold_cells_of_pictures(variable: MatVariable) -> bool:
    """Return whether a variable is a cell array of several values; they may also be names."""
    return variable.kind == "cell" and prod(variable.shape) >= _FEWEST_PICTURES


def read_cells(values: Mapping[str, Any], variables: Mapping[str, MatVariable]) -> CellPictures | None:
    """Return the pictures in the only cell array of pictures, with their labels if they have any; None without one.

    Args:
        values: the variables by name; a cell array is a list, column by column.
        variables: their shapes.

    Raises:
        DataError: the pictures have several sizes, or it is not clear which cells are of one class.
    """
    found = [name for name, value in values.items() if isinstance(value, list) and _are_pictures(value)]
    if not found:
        return _stacks_of_classes(values)
    if len(found) != 1:
        return None
    (name,) = found
    cells = values[name]
    sizes = {cell.shape for cell in cells if _is_filled(cell)}
    if len(sizes) > 1:
        raise DataError(
            f"the cells of '{name}' hold pictures of {counted(len(sizes), 'size')}. Save each as a picture file, in a "
            "folder for its class; onelook brings them to one size."
        )
    labels, origin = _labels(values, name, variables[name].shape, len(cells))
    kept = [at for at, cell in enumerate(cells) if _is_filled(cell)]
    images = np.stack([np.asarray(cells[at]) for at in kept])
    return CellPictures(name, images, None if labels is None else labels[kept], origin)


def _stacks_of_classes(values: Mapping[str, Any]) -> CellPictures | None:
    """Return the pictures of the only cell array that holds those of one class in each cell; None without one.

    Each cell is (height, width, pictures); a list of as many different texts names the classes, or else 1, 2, 3 …
    """
    found = [name for name, value in values.items() if isinstance(value, list) and _are_stacks(value)]
    if len(found) != 1:
        return None
    stacks = values[found[0]]
    named = {name: flat for name, value in values.items() if name != found[0] and (flat := _flat(value)) is not None}
    fitting = [name for name, flat in named.items() if len(flat) == len({*flat.tolist()}) == len(stacks)]
    names = named[fitting[0]] if len(fitting) == 1 else np.arange(1, len(stacks) + 1)
    images = np.concatenate([np.moveaxis(stack, -1, 0) for stack in stacks])
    labels = np.repeat(names, [stack.shape[-1] for stack in stacks])
    return CellPictures(found[0], images, labels, fitting[0] if len(fitting) == 1 else "", is_of_classes=True)


def _are_stacks(cells: Sequence[Any]) -> bool:
    """Return whether each cell holds several grey pictures, all of one size."""
    return (
        len(cells) >= _FEWEST_PICTURES
        and all(isinstance(cell, np.ndarray) and cell.ndim == 3 and cell.shape[2] > 1 for cell in cells)
        and len({cell.shape[:2] for cell in cells}) == 1
        and prod(cells[0].shape[:2]) >= _FEWEST_PIXELS
        and min(cells[0].shape[:2]) > 1
    )


def _is_filled(cell: Any) -> bool:
    return isinstance(cell, np.ndarray) and cell.size > 0


def _are_pictures(cells: Sequence[Any]) -> bool:
    """Return whether all cells, except empty ones, are arrays that may be pictures."""
    filled = [cell for cell in cells if _is_filled(cell)]
    arrays = sum(isinstance(cell, np.ndarray) or cell == [] for cell in cells)
    return (
        arrays == len(cells)
        and len(filled) >= _FEWEST_PICTURES
        and all(
            (cell.ndim == 2 or (cell.ndim == 3 and cell.shape[2] == 3)) and min(cell.shape[:2]) > 1 for cell in filled
        )
        and all(prod(cell.shape[:2]) >= _FEWEST_PIXELS for cell in filled)
    )


def _labels(
    values: Mapping[str, Any], pictures: str, shape: Sequence[int], count: int
) -> tuple[NDArray[Any] | None, str]:
    """Return one label for each cell, and the variable that has them; None if there is no such variable.

    A variable may have a label for each cell, or a name for each row or column of cells.

    Raises:
        DataError: it may have names for rows and for columns alike.
    """
    others = {name: flat for name, value in values.items() if name != pictures and (flat := _flat(value)) is not None}
    for name, labels in others.items():
        if len(labels) == count and 1 < len({*labels.tolist()}) < count:
            return labels, name
    rows, columns = (*shape, 1)[:2]
    if min(rows, columns) < 2:
        return None, ""
    for name, labels in others.items():
        if len({*labels.tolist()}) == len(labels) == rows == columns:
            raise DataError(
                f"'{pictures}' has {rows} rows and {columns} columns of cells, and '{name}' may name either. Make the "
                "cells one row, with a label for each."
            )
        if len({*labels.tolist()}) == len(labels) == rows:
            return np.tile(labels, columns), name
        if len({*labels.tolist()}) == len(labels) == columns:
            return np.repeat(labels, rows), name
    return None, ""


def _flat(value: Any) -> NDArray[Any] | None:
    """Return a vector of whole numbers, or a list of texts, as one array; None for other values."""
    if isinstance(value, list):
        texts = [each[0] if isinstance(each, list) and len(each) == 1 else each for each in value]
        return np.array(texts) if texts and all(isinstance(each, str) for each in texts) else None
    if not isinstance(value, np.ndarray) or value.size != max(value.shape, default=0) or value.dtype.kind not in "iufb":
        return None
    flat = value.ravel()
    return flat.astype(np.int64) if np.isfinite(flat).all() and (flat == np.floor(flat)).all() else None
