"""Labels, one class a picture: values of any kind encoded as positions among class names, and counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isnan

import numpy as np
from numpy.typing import NDArray

from onelook.data.natural_order import natural_sorted
from onelook.errors import DataError
from onelook.wording import agree, counted

Labels = NDArray[np.int64]  # (rows,), positions in the class names

_LARGEST_LABEL = 2**53  # beyond, not every whole number is a float64, and two labels may be one


def encode_labels(values: Sequence[object] | NDArray[np.generic], origin: str) -> tuple[tuple[str, ...], Labels]:
    """Return the class names that labels stand for, and each label as a position among them, int64.

    Whole numbers, also written as text or as 3.0, become "0", "1", … in numeric order; everything else is a
    name, in natural order.

    Args:
        values: one label a picture.
        origin: what errors call them.

    Raises:
        DataError: a label is missing, or is a number that is not whole.

    Example:
        >>> names, labels = encode_labels(["img10", "img2", "img10"], "y")
        >>> names, labels.tolist()
        (('img2', 'img10'), [1, 0, 1])
    """
    array = np.asarray(values)
    if array.dtype.kind in "iub":
        distinct, positions = np.unique(array, return_inverse=True)
        return tuple(str(int(value)) for value in distinct), positions.reshape(-1).astype(np.int64)
    if array.dtype.kind == "f":
        return _encode_floats(array, origin)
    texts = [_text(value) for value in _plain_values(array, origin)]
    missing = [row for row, text in enumerate(texts, start=1) if text is None]
    if missing:
        raise DataError(
            f"{origin}: {len(missing):,} of {counted(len(texts), 'label')} {agree(len(missing), 'is', 'are')} missing, "
            f"the first in row {missing[0]}. Expected a label for every picture."
        )
    return _encode_texts([text for text in texts if text is not None])


def class_counts(labels: Labels | None, num_classes: int) -> NDArray[np.int64]:
    """Return how many pictures each class has, (num_classes,); zeros where pictures have no labels.

    Example:
        >>> class_counts(np.array([0, 2, 2]), num_classes=4).tolist(), class_counts(None, num_classes=2).tolist()
        ([1, 0, 2, 0], [0, 0])
    """
    if labels is None:
        return np.zeros(num_classes, np.int64)
    return np.bincount(labels, minlength=num_classes)


def _encode_floats(array: NDArray[np.generic], origin: str) -> tuple[tuple[str, ...], Labels]:
    values = array.astype(np.float64)
    wrong = np.flatnonzero(~(values == np.floor(values)) | np.isinf(values))  # NaN differs from itself
    if len(wrong):
        raise DataError(
            f"{origin}: the label in row {wrong[0] + 1:,} is {values[wrong[0]]}. "
            "Expected whole numbers or names: a class, not a measurement."
        )
    if (giant := np.abs(values) > _LARGEST_LABEL).any():
        raise DataError(
            f"{origin}: the label in row {int(giant.argmax()) + 1} is {values[giant][0]:g}. "
            "Expected whole numbers that are classes, or names."
        )
    return encode_labels(values.astype(np.int64), origin)


def _encode_texts(texts: Sequence[str]) -> tuple[tuple[str, ...], Labels]:
    distinct = sorted(set(texts))
    numbers = {text: number for text in distinct if (number := _whole_number(text)) is not None}
    if len(numbers) == len(distinct):
        return encode_labels(np.array([numbers[text] for text in texts], np.int64), "")
    names = natural_sorted(distinct)
    position = {name: at for at, name in enumerate(names)}
    return tuple(names), np.array([position[text] for text in texts], np.int64)


def _plain_values(array: NDArray[np.generic], origin: str) -> Iterable[object]:
    try:
        values: list[object] = array.tolist()
    except (ValueError, SystemError) as problem:  # texts of four bytes a character, some of which are none
        raise DataError(f"{origin}: a label is no text. Save the labels again, as names or numbers.") from problem
    return values


def _text(value: object) -> str | None:
    """Return a label as text; None where it is missing."""
    if value is None or (isinstance(value, float) and isnan(value)):
        return None
    return (value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)).strip() or None


def _whole_number(text: str) -> int | None:
    """The number that a label is written as; None where it is a name, or longer than a class's number is."""
    try:
        number = float(text)
        if not number.is_integer() or abs(number) > _LARGEST_LABEL:
            return None
        return int(number)
    except ValueError:
        return None
