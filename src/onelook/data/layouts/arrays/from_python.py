"""Open arrays from Python: `X`, `(X, y)`, or a dict of these by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.class_names import note_on_numbers, positions_among
from onelook.data.dataset import Dataset
from onelook.data.labels import Labels, NoClassesError, encode_labels, note_on_spellings
from onelook.data.layouts.array_dataset import array_dataset, explain_no_shape, picture_shape, without_classes
from onelook.data.layouts.tables.colour_order import ColourOrder, colour_order, in_colour, note_on_order
from onelook.data.pictures.protocol import BYTE_RANGE, Images
from onelook.errors import DataError
from onelook.runtime import command_name
from onelook.wording import counted, listed

_PARTS = ("train", "val", "test", "all")
_MOST_BANDS = 14  # of a satellite; an axis of more is one of space
_MOST_SHOWN = 3  # numbers of a picture
_BLOCK_ROWS = 4096  # pictures examined at once for the range of their values


def open_arrays(data: Any, name: str = "arrays") -> Dataset:
    """Return the data set of arrays.

    Args:
        data: `X`; `(X, y)`; or `{"train": (X, y), "test": (X, y)}`. `X` holds pictures as (rows, height, width),
            (rows, height, width, channels), (rows, channels, height, width) or, square and flattened,
            (rows, pixels), with 1 or 3 channels; its dtype is kept, except that booleans become 0.0 and 1.0. The
            pixels of the first part show whether the colours of flattened pictures lie pixel by pixel or in planes.
            `y` holds whole numbers, names, or one-hot rows.
        name: the name of the data set.

    Raises:
        DataError: a shape that can be read in two ways or none, a missing value, or counts that differ.

    Example:
        >>> dataset = open_arrays((np.zeros((4, 1, 8, 8), np.uint8), ["cat", "dog", "cat", "dog"]))
        >>> dataset.class_names, dataset.why
        (('cat', 'dog'), 'arrays from Python: X of shape (4, 1, 8, 8), uint8, read as 4 pictures, channels first')
    """
    if data is None or np.isscalar(data):
        raise DataError(
            f"data is {data!r}. Expected a path, a name that `{command_name()} datasets` lists, or arrays: X, (X, y)."
        )
    if isinstance(data, tuple) and len(data) != 2:
        raise DataError(
            f"data is a tuple of {len(data)}. Expected (X, y); several parts go as "
            "{'train': (X, y), 'test': (X_test, y_test)}."
        )
    given = data if isinstance(data, Mapping) else {"all": data}
    unknown = [str(part) for part in given if part not in _PARTS]
    if unknown or not given:
        raise DataError(
            f"arrays for the parts {', '.join(unknown) or '(none)'}. Expected a dict of 'train', 'val' and 'test'."
        )
    if len(given) > 1 and "train" not in given:  # `X` beside `X_test` is to train on
        given = {"train" if part == "all" else part: pair for part, pair in given.items()}
    parts: dict[str, tuple[Images, Labels | None]] = {}
    class_names: tuple[str, ...] = ()
    value_range = BYTE_RANGE
    readings, notes = [], []
    order: ColourOrder | None = None
    for part in (part for part in _PARTS if part in given):  # training first: its classes are the classes
        pair = given[part]
        label = "" if part == "all" else f"{part} "
        x, y = pair if isinstance(pair, tuple) and len(pair) == 2 else (pair, None)
        array, shape = _numbers(x, f"{label}X")
        if not parts and is_in_colour(array):
            found = colour_order(array)
            order = found or ColourOrder.PIXELS
            notes.append(note_on_order(found))
        images, reading = _pictures(array, shape, order or ColourOrder.PIXELS)
        if array.dtype.kind == "f":
            _refuse_missing(images, f"{label}X")
        # Only of the first part, the training part: the test set must not decide how pictures are scaled.
        value_range = value_range if parts else value_range_of(images)
        labels = None
        if y is not None:
            names, positions = _labels(y, len(images), label)
            class_names = class_names or names
            labels = positions_among(names, class_names, f"{label}y")[positions]
            notes += [f"{label}y: {note}" for note in (_note_spellings(y), note_on_numbers(names, class_names)) if note]
        parts[part] = images, labels
        readings.append(reading)
    return array_dataset(
        parts,
        name=name,
        layout="arrays",
        why=f"arrays from Python: {'; '.join(readings)}",
        class_names=class_names,
        value_range=value_range,
        notes=(*notes, *_notes_on_range(parts, value_range)),
    )


def open_stored_arrays(data: Mapping[str, Any], root: Path, name: str) -> Dataset:
    """Return the data set of arrays from files; without labels, and with the reason, if these are no classes.

    Args:
        data: `X` or `(X, y)` by part.
        root: the path of the data, for errors.

    Raises:
        DataError: as `open_arrays` does.
    """
    try:
        try:
            return open_arrays(data, name)
        except NoClassesError as problem:
            pictures = {part: pair[0] if isinstance(pair, tuple) else pair for part, pair in data.items()}
            return without_classes(open_arrays(pictures, name), str(problem), root)
    except DataError as problem:
        raise DataError(f"{root}: {problem}") from problem


def _note_spellings(y: Any) -> str | None:
    array = np.asarray(y)
    return note_on_spellings(array.ravel().tolist()) if array.dtype.kind in "OU" else None


def _numbers(x: Any, origin: str) -> tuple[NDArray[Any], str]:
    """Return the values of pictures as an array, a view if possible, and a few words on its shape."""
    try:
        array = np.asarray(x)
    # Lists of different lengths; a tensor on a GPU, or with gradients.
    except (ValueError, TypeError, RuntimeError) as problem:
        raise DataError(f"{origin} cannot be made an array: {problem}. Expected pictures of one size.") from problem
    if array.dtype.kind not in "uifb":
        raise DataError(f"{origin} has the dtype {array.dtype}, expected numbers: uint8, or floats.")
    shape = f"{origin} of shape {array.shape}, {array.dtype}"
    if not array.size:
        raise DataError(f"{shape}: it is empty. Expected at least one picture.")
    if array.dtype.itemsize > 8:
        raise DataError(f"{origin} has the dtype {array.dtype}, which models do not take. Expected float32 or float64.")
    array = (
        array.astype(np.float32) if array.dtype.kind == "b" else array.astype(array.dtype.newbyteorder("="), copy=False)
    )
    return array, shape


def is_in_colour(array: NDArray[Any]) -> bool:
    """Return whether rows of values are flattened pictures in colour."""
    return array.ndim == 2 and (picture_shape(array.shape[1]) or (0, 0, 0))[2] == 3


def _pictures(array: NDArray[Any], shape: str, order: ColourOrder) -> tuple[Images, str]:
    """Return the pictures as (rows, height, width, channels), a view if possible, and how they were read."""
    images, reading = _channels_last(array, shape, order)
    return images, f"{shape}, read as {counted(len(images), 'picture')}{reading}"


def _channels_last(array: NDArray[Any], shape: str, order: ColourOrder) -> tuple[Images, str]:
    if array.ndim == 2:
        square = picture_shape(array.shape[1])
        if square is None:
            raise DataError(f"{shape}: {counted(array.shape[1], 'value')} a row, {explain_no_shape(array.shape[1])}.")
        reading = " of {}×{}×{} values".format(*square)
        if square[2] == 3:
            how = "plane by plane" if order is ColourOrder.PLANES else "row by row"
            return in_colour(array, square[0], order), f"{reading}, {how}"
        return array.reshape(len(array), *square), f"{reading}, row by row"
    if array.ndim == 3:
        if array.shape[2] in (1, 3) and array.shape[1] > 3:
            raise DataError(
                f"{shape}: one picture, or many that are {array.shape[2]} pixels wide? "
                "Give one picture as X[None]; expected (rows, height, width[, channels])."
            )
        return array[..., np.newaxis], ", grey"
    if array.ndim != 4:
        raise DataError(f"{shape}: {array.ndim} axes. Expected (rows, height, width) or with channels, first or last.")
    is_last, is_first = array.shape[3] in (1, 3), array.shape[1] in (1, 3)
    if is_last and is_first:
        raise DataError(
            f"{shape}: both axis 1 and axis 3 could be the channels. Give grey pictures as (rows, height, width), "
            "or bring the pictures to a size that leaves no doubt."
        )
    if is_last:
        return array, ", channels last"
    if is_first:
        return np.moveaxis(array, 1, -1), ", channels first"
    hint = " Drop the alpha channel first." if 4 in (array.shape[1], array.shape[3]) else ""
    if min(array.shape[1:]) > _MOST_BANDS:
        hint = f" If these are volumes, as of CT, take one slice of each: X[:, {array.shape[1] // 2}]."
    else:
        hint += " If there are more bands, choose one or three of them."
    raise DataError(f"{shape}: neither axis 1 nor axis 3 is 1 or 3, the channels of grey and colour.{hint}")


def _refuse_missing(images: Images, origin: str) -> None:
    count, first = 0, -1
    for start in range(0, len(images), _BLOCK_ROWS):
        wrong = ~np.isfinite(images[start : start + _BLOCK_ROWS])
        if found := int(np.count_nonzero(wrong)):
            first = first if count else start + int(np.argmax(wrong.any(axis=(1, 2, 3))))
            count += found
    if count:
        raise DataError(
            f"{origin}: {counted(count, 'missing value')} (NaN or infinite), the first in picture {first} "
            "counted from 0. Expected finite numbers; fill these in or drop the pictures."
        )


def _labels(y: Any, rows: int, label: str) -> tuple[tuple[str, ...], Labels]:
    """Return the class names and the position of each picture's label among them; one-hot rows are converted."""
    try:
        array = np.asarray(y)
    except ValueError as problem:
        raise DataError(f"{label}y cannot be made an array: {problem}. Expected a label a picture.") from problem
    if len(array) != rows if array.ndim else True:
        found = counted(len(array), "label") if array.ndim else "a single value"
        raise DataError(
            f"{label}X has {counted(rows, 'picture')} and {label}y has {found}. Expected a label for every picture."
        )
    if array.ndim > 1 and array.size == len(array):  # (rows, 1), or PatchCamelyon's (rows, 1, 1, 1)
        array = array.reshape(-1)
    elif array.ndim == 2 and array.dtype.kind in "uifb" and ((array == 0) | (array == 1)).all():
        if not (array.sum(axis=1) == 1).all():
            raise NoClassesError(
                f"{label}y has rows with no class or several: several labels a picture (multi-label), of which onelook "
                "learns one. Expected one 1 in every one-hot row: choose one label a picture, or one column of y."
            )
        return tuple(str(number) for number in range(array.shape[1])), array.argmax(axis=1).astype(np.int64)
    if array.ndim == 2 and array.shape[1] > 1 and array.dtype.kind in "iuf":
        first = listed((f"{value:g}" for value in array[0].tolist()), most=_MOST_SHOWN)
        raise NoClassesError(
            f"{label}y holds {array.shape[1]:,} numbers for each picture, such as {first}: facts or numbers to predict "
            "(a regression), and no class. Expected one label a picture: if a column is the label, give y[:, column] "
            "in Python."
        )
    if array.ndim != 1:
        raise DataError(f"{label}y has the shape {array.shape}. Expected (rows,), or one-hot rows of 0 and 1.")
    return encode_labels(array, f"{label}y")


def value_range_of(images: Images) -> tuple[float, float]:
    """Return the lowest and highest value of a pixel: the narrowest usual range with all values, or the measured one.

    For uint8 it is always 0 to 255, so that dark pictures stay dark.
    """
    if images.dtype == np.uint8:
        return BYTE_RANGE
    lowest, highest = float(images.min()), float(images.max())
    for low, high in ((0.0, 1.0), (-1.0, 1.0), BYTE_RANGE):
        if low <= lowest and highest <= high:
            return low, high
    return lowest, highest


def _notes_on_range(
    parts: Mapping[str, tuple[Images, Labels | None]], value_range: tuple[float, float]
) -> Iterator[str]:
    """Yield a sentence for each part with values outside the range of the first part, or on floats from 0 to 1."""
    low, high = value_range
    outside = False
    for part, (images, _) in parts.items():
        lowest, highest = images.min(), images.max()
        if lowest < low or highest > high:
            outside = True
            yield (
                f"The {part} pictures have values from {lowest:g} to {highest:g}, the first part's lie within "
                f"{low:g} to {high:g}. Both are scaled alike."
            )
    if not outside and value_range == (0.0, 1.0) and all(images.dtype.kind == "f" for images, _ in parts.values()):
        yield "The pictures are floats from 0 to 1: 0 is black, 1 is white, and nothing is divided by 255."
