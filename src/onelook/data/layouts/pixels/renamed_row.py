"""Read back the first row of pixels that pandas made the names of columns: `0,0.1,0.2,127` of `0,0,0,127`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from onelook.data.layouts.array_dataset import picture_shape
from onelook.data.layouts.pixels.bare_columns import FEWEST_PIXELS, BareColumns
from onelook.data.layouts.tables.cache import PixelTable

_LARGEST_BYTE = 255


def row_in_header(cells: Sequence[str]) -> list[str] | None:
    """Return the row that became the header when pandas read and saved a table without one; None for another line.

    A name that occurs again gets a point and how often it occurred before. One cell at an end may be a word. If the
    first column was renamed later, the point of another column may show its value.

    Example:
        >>> row_in_header(["5", "0", "0.1", "127", "0.2"]), row_in_header(["0", "0.5", "1"])
        (['5', '0', '0', '127', '0'], None)
        >>> row_in_header(["label", "5.1", "0", "0.1"])
        ['5', '5', '0', '0']
    """
    times: Counter[str] = Counter()
    row: list[str] = []
    for at, cell in enumerate(cells):
        value, _, again = cell.partition(".")
        if not value.isdecimal():
            if at not in (0, len(cells) - 1) or again:
                return None
        elif again == str(times[value] + 1) and at and not row[0].isdecimal():
            row[0] = value
            times[value] += 1
        elif again != (str(times[value]) if times[value] else ""):
            return None
        times[value] += 1
        row.append(value)
    return row if max(times.values(), default=0) > 1 else None


def numbers_columns(cells: Sequence[str]) -> bool:
    """Return whether a header only numbers the columns, with one more than a picture has pixels: which is the label?

    Example:
        >>> numbers_columns([str(at) for at in range(785)]), numbers_columns([str(at) for at in range(784)])
        (True, False)
    """
    if not cells or cells[0] not in ("0", "1") or len(cells) <= FEWEST_PIXELS:
        return False
    is_whole = picture_shape(len(cells)) is not None
    if is_whole or picture_shape(len(cells) - 1) is None:
        return False
    first = int(cells[0])
    return all(cell == str(at) for at, cell in enumerate(cells, start=first))


def with_row_in_header(table: PixelTable, row: Sequence[str], columns: BareColumns) -> PixelTable:
    """Return the table with its first row, which was the header, and a note; without the row if its label is no class.

    Args:
        table: the other rows.
        row: the cells of the first row.
        columns: the positions of the pixels and of the label.
    """
    pixels = [int(row[at]) for at in columns.pixels if row[at].isdecimal()]
    label = row[columns.labels.start] if columns.labels else None
    is_whole = len(pixels) == len(columns.pixels) and max(pixels, default=0) <= _LARGEST_BYTE
    if not is_whole or columns.is_one_hot or (label is not None and label not in table.class_names):
        note = "The header holds the values of a row, which could not be read back: one row is lost."
        return replace(table, notes=(*table.notes, note))
    labels = table.labels
    if labels is not None and label is not None:
        labels = np.concatenate([[table.class_names.index(label)], labels]).astype(np.int64)
    first = np.array([pixels], table.pixels.dtype)
    note = "The first row had become the header, as pandas writes it ('0.1' for a second 0), and was read back."
    return replace(table, pixels=np.concatenate([first, table.pixels]), labels=labels, notes=(*table.notes, note))
