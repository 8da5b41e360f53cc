"""The input and output of the two readers of pixel tables: positions of the columns, pixels and labels."""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Text = bytes | mmap.mmap  # a whole file
PASSED_BYTES = 16 << 20  # that are read of a file before their pages are given back


def give_back_pages(text: Text) -> None:
    """Give the pages of a mapped file that were read back to the system; they are read again if needed.

    Otherwise all of a table of gigabytes counts as memory of this process.
    """
    if isinstance(text, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):  # not on Windows
        text.madvise(mmap.MADV_DONTNEED)


@dataclass(frozen=True)
class GridColumns:
    """The columns of a table, by position.

    Args:
        names: the names of all columns; every row must have this number of cells.
        pixels: the positions of the pixel columns, in the order of the pixels.
        label: the position of the label column.
        delimiter: one ASCII character.
        has_header: whether the first line is the header.
    """

    names: Sequence[str]
    pixels: Sequence[int]
    label: int | None = None
    delimiter: str = ","
    has_header: bool = True


@dataclass(frozen=True)
class Grid:
    """A table that was read: pixels (rows, pixel columns) uint8, and the label cells as text or as numbers."""

    pixels: NDArray[np.uint8]
    labels: Sequence[str] | NDArray[np.int64] | None
