"""Join arrays that are one array in numbered files, as downsampled ImageNet's `train_data_batch_1.npz` … `_10.npz`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.layouts.arrays.npy_files import StoredArray, load_array
from onelook.data.natural_order import natural_sorted
from onelook.data.storage.location import Location
from onelook.errors import DataError

_MOST_IN_MEMORY = 256 << 20  # bytes; downsampled ImageNet has 3.9 GB
_BLOCK_ROWS = 4096
_NUMBER = re.compile(r"\d+(?=\D*$)")  # the last one


def are_shards(arrays: Sequence[StoredArray]) -> bool:
    """Return whether arrays of one name lie in files that only a number tells apart.

    Example:
        >>> are_shards([StoredArray(f"train_data_batch_{at}.npz", "data.npy", "data") for at in (1, 2, 10)])
        True
        >>> are_shards([StoredArray(f"fold{at}.npz", name, name) for at, name in ((1, "x"), (2, "images"))])
        False
    """
    entries = [stored.entry for stored in arrays]
    forms = {_NUMBER.sub("#", entry.rpartition(".")[0]) for entry in entries}
    one_form = len(forms) == 1 and "#" in next(iter(forms))
    return one_form and len(set(entries)) == len(arrays) > 1 and len({stored.name for stored in arrays}) == 1


def in_order(arrays: Sequence[StoredArray]) -> list[StoredArray]:
    """Return shards by their numbers: 2 before 10."""
    by_entry = {stored.entry: stored for stored in arrays}
    return [by_entry[entry] for entry in natural_sorted(by_entry)]


def load_shards(location: Location, arrays: Sequence[StoredArray]) -> NDArray[Any]:
    """Return the arrays of shards as one.

    Raises:
        DataError: one is damaged, or its rows have another shape or type than those of the first.
    """
    ordered = in_order(arrays)
    first = load_array(location, ordered[0])

    def load() -> Iterator[NDArray[Any]]:
        for at, stored in enumerate(ordered):
            array = load_array(location, stored) if at else first
            if array.shape[1:] != first.shape[1:] or array.dtype != first.dtype or array.ndim == 0:
                raise DataError(
                    f"{location.root}: {stored} is {array.dtype} of shape {array.shape}, {ordered[0]} is {first.dtype} "
                    f"of {first.shape}. Expected rows of one shape in numbered files."
                )
            yield array

    is_large = first.nbytes * len(ordered) > _MOST_IN_MEMORY
    return join_arrays(location, [stored.entry for stored in ordered], load, first, is_large=is_large)


def join_arrays(
    location: Location,
    files: Sequence[str],
    load: Callable[[], Iterable[NDArray[Any]]],
    first: NDArray[Any],
    *,
    is_large: bool,
) -> NDArray[Any]:
    """Return several arrays as one; large ones are joined in a file of the cache, which is mapped.

    Args:
        location: the location of the files.
        files: the files of the arrays, in order.
        load: returns the arrays, in order.
        first: the first of the arrays, as all have its shape of a row and its dtype.
        is_large: whether all together are too large for memory.
    """
    if not is_large:
        return np.concatenate(list(load()))
    # Imported here, because most arrays are small.
    from onelook.data.cache.entries import cache_key, new_entry, read_entry

    key = cache_key("joined-arrays", location.fingerprint(files), str(first.shape[1:]))
    found = read_entry(key)
    if found is None:
        with new_entry(key, first.shape[1:], first.dtype) as writer:
            for each in load():
                for start in range(0, len(each), _BLOCK_ROWS):
                    writer.append(each[start : start + _BLOCK_ROWS])
        found = read_entry(key)
    if found is None:
        raise DataError("the joined pictures vanished from the cache before they were used. Start again.")
    return found.pictures
