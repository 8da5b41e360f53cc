"""Take pictures of a memory map, such as the cache's, without keeping all pages of its file in memory.

The pages of a map count as memory of the process from the first look at them. The system keeps them in its own cache
all the same, so they are read from there again, and not from the disk.
"""

from __future__ import annotations

import mmap

import numpy as np
from numpy.typing import NDArray

from onelook.data.pictures.protocol import Images

_FREELY_MAPPED_BYTES = 128 << 20  # a smaller map stays in memory, which saves 2 microseconds a picture
_TAKEN_BYTES = 64 << 20  # of pages at once
_BYTES_AROUND = 64 << 10  # that Linux maps for one look


def take_rows(images: Images, rows: NDArray[np.int64]) -> Images:
    """Return a copy of some pictures, by their positions; of a large memory map, few pages are in memory at once.

    Args:
        images: (pictures, height, width, channels).
        rows: (rows,), from 0.
    """
    if _large_map(images) is None:
        return images.take(rows, axis=0)
    taken = np.empty((len(rows), *images.shape[1:]), images.dtype)
    at_once = max(1, _TAKEN_BYTES // max(_BYTES_AROUND, images[:1].nbytes))
    for start in range(0, len(rows), at_once):
        block = slice(start, start + at_once)
        taken[block] = images.take(rows[block], axis=0)
        release_pages(images)
    return taken


def release_pages(images: Images) -> None:
    """Give the pages of a large memory map back to the system. They are read again when they are looked at again."""
    if (file := _large_map(images)) is not None:
        file.madvise(mmap.MADV_DONTNEED)


def _large_map(images: Images) -> mmap.mmap | None:
    """Return the map of a file in which these pictures lie; None if it is small, or they lie elsewhere."""
    array: object = images
    while isinstance(array, np.ndarray) and not isinstance(array, np.memmap):
        array = array.base
    # Pages of a map that may be written to would be lost with what was written.
    if not isinstance(array, np.memmap) or array.mode != "r" or not hasattr(mmap, "MADV_DONTNEED"):
        return None
    while isinstance(array, np.ndarray):
        array = array.base
    return array if isinstance(array, mmap.mmap) and len(array) > _FREELY_MAPPED_BYTES else None
