"""The layout `class-arrays`: one NPY file for each class, named after it, as in Quick, Draw!"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import Dataset
from onelook.data.layouts.arrays.file_pairs import is_of_pictures
from onelook.data.layouts.arrays.from_python import is_in_colour, open_arrays
from onelook.data.layouts.arrays.npy_files import StoredArray, array_shape, load_array, stored_arrays
from onelook.data.layouts.arrays.shards import join_arrays
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.tables.colour_order import ColourOrder, colour_order, in_colour, note_on_order
from onelook.data.layouts.tables.pair_names import ArrayKind, pair_names, read_name
from onelook.data.part_names import PART_FOLDERS, PART_ORDER
from onelook.data.pictures.from_arrays import ArrayPictures
from onelook.data.pictures.protocol import Images
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import counted, listed, named

_SUFFIX = ".npy"
_MOST_IN_MEMORY = 256 << 20  # bytes; the pictures of Quick, Draw! have 39 GB
_SHOWN_PICTURES = 200  # of all files, which show the order of colours
_DIGITS = re.compile(r"\d+")
_ID_DIGITS = 3  # of a number that is no class, but that of an exam or a person
_CLASS_WORDS = ("class", "label", "digit", "category", "cls", "letter")
_QUICK_DRAW = "full_numpy_bitmap_"  # the beginning of the file names in its bucket, before the class


class ClassArrays:
    """The layout `class-arrays`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why each file is a class: two files or more, all with pictures of one shape, and no labels; else None."""
        parts = _files(location)
        files = [entry for of_part in parts.values() for entry in of_part.values()]
        names = [_stem(entry) for entry in files]
        if len({*names}) < 2 or pair_names(names):
            return None
        # A file of labels is not a class; the layout `npz` reads such pairs.
        if any(read_name(name).kind is ArrayKind.LABELS for name in names) or _are_arrays_of_python(names):
            return None
        if _number_volumes(names):
            return None
        shapes = {array_shape(location, _array(location, entry))[1:] for entry in files}
        if len(shapes) > 1 or not is_of_pictures((1, *next(iter(shapes)))):
            return None
        return Candidate(_why(parts), LabelSource.FORMAT)

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set of all files.

        Raises:
            DataError: a file is damaged, or its pictures have another shape than those of the first file.
        """
        parts = _files(location)
        if not parts:
            raise DataError(f"{location.root}: no NPY files were found there. Expected one for each class.")
        pools: dict[str, tuple[Images, Any]] = {}
        notes = ["Each file was taken for a class, called by its name."]
        order: ColourOrder | None = None
        for part, files in parts.items():
            arrays = _arrays(location, list(files.values()))
            if any(map(is_in_colour, arrays)) and not pools:  # the training part shows it for all
                order = _order_of_all(arrays)
                notes.append(note_on_order(order))
            images = [
                _pictures(location, entry, array, order) for entry, array in zip(files.values(), arrays, strict=True)
            ]
            if other := next((at for at, each in enumerate(images) if each.shape[1:] != images[0].shape[1:]), None):
                first, second = next(iter(files.values())), list(files.values())[other]
                raise DataError(
                    f"{location.root}: '{first}' holds pictures of the shape {images[0].shape[1:]}, '{second}' of "
                    f"{images[other].shape[1:]}. Expected one shape in all files."
                )
            labels = np.repeat([_class_name(entry) for entry in files.values()], [len(each) for each in images])
            pools[part] = _joined(location, list(files.values()), images), labels
        used = {entry for files in parts.values() for entry in files.values()}
        rest = [entry for entry in location.entries() if entry not in used]
        notes += [f"Files that are no arrays of a class were left out: {listed(rest, most=5)}."] if rest else []
        dataset = open_arrays(pools, location.name)
        return replace(dataset, layout="class-arrays", why=_why(parts), notes=(*notes, *dataset.notes))


def _files(location: Location) -> dict[str, dict[str, str]]:
    """Return the NPY files of each part by their names: in the folder itself, or in `train/`, `val/` and `test/`."""
    found: dict[str, dict[str, str]] = {}
    for entry in location.entries():
        if not entry.endswith((_SUFFIX, _SUFFIX.upper())):
            continue
        folder, _, name = entry.rpartition("/")
        part = "all" if not folder else PART_FOLDERS.get(folder.lower())
        if part is not None:
            found.setdefault(part, {})[name] = entry
    if "all" in found:
        return {"all": found["all"]}
    return {part: found[part] for part in PART_ORDER if part in found}


def _are_arrays_of_python(names: Sequence[str]) -> bool:
    """Return whether all names are words for pictures or parts, such as `x_train` and `x_test`, and so not classes."""
    return all(not read_name(name).words for name in names)


def _number_volumes(names: Sequence[str]) -> bool:
    """Return whether files only number volumes or persons, as `0012` and `case_7` do, and no classes, as `0` and `1`.

    Example:
        >>> _number_volumes(["0000", "0001"]), _number_volumes(["case_1", "case_2"]), _number_volumes(["0", "1"])
        (True, True, False)
    """
    stems = {_DIGITS.sub("#", name.lower()) for name in names}
    if len(stems) > 1:
        return False
    (stem,) = stems
    words = stem.strip("#_- .")
    if not words:
        return min(len(name) for name in names) >= _ID_DIGITS
    return "#" in stem and not any(word in words for word in _CLASS_WORDS)


def _class_name(entry: str) -> str:
    return _stem(entry).removeprefix(_QUICK_DRAW)


def _stem(entry: str) -> str:
    return entry.rpartition("/")[2][: -len(_SUFFIX)]


def _array(location: Location, entry: str) -> StoredArray:
    return stored_arrays(location, entry)[0]


def _arrays(location: Location, files: Sequence[str]) -> list[NDArray[Any]]:
    return [load_array(location, _array(location, entry)) for entry in files]


def _pictures(location: Location, entry: str, array: NDArray[Any], order: ColourOrder | None) -> Images:
    """Return the pictures of one file, (rows, height, width, channels).

    Args:
        location: the location of the file.
        entry: the name of the file.
        array: its array.
        order: the order of colours in rows of values, which is the same in all files.
    """
    if is_in_colour(array):
        array = in_colour(array, isqrt(array.shape[1] // 3), order or ColourOrder.PIXELS)
    try:
        pictures = open_arrays(array).parts["all"].pictures
    except DataError as problem:
        raise DataError(f"{location.place}/{entry}: {problem}") from problem
    assert isinstance(pictures, ArrayPictures)
    return pictures.images


def _order_of_all(arrays: Sequence[NDArray[Any]]) -> ColourOrder | None:
    """Return the order of colours that some pictures of each file show together."""
    shapes = {array.shape[1:] for array in arrays}
    if len(shapes) > 1:  # the pictures of one shape are not the others': reading them says so
        return None
    each = max(1, _SHOWN_PICTURES // len(arrays))
    return colour_order(np.concatenate([array[:: max(1, len(array) // each)][:each] for array in arrays]))


def _joined(location: Location, files: Sequence[str], images: Sequence[Images]) -> Images:
    """Return the pictures of all files as one array; many are joined in a file of the cache, which is mapped."""
    # Arrays of several types become one type in memory only.
    is_large = sum(each.nbytes for each in images) > _MOST_IN_MEMORY and len({each.dtype for each in images}) == 1
    return join_arrays(location, files, lambda: images, images[0], is_large=is_large)


def _why(parts: Mapping[str, Mapping[str, str]]) -> str:
    names = list(dict.fromkeys(name for files in parts.values() for name in files))
    return f"it holds {counted(len(names), 'NPY file')} of pictures of one shape: {named(names, most=3)}"
