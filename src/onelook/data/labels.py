"""Labels with one class per picture: encode values of any kind as positions among class names, and count them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import isnan

import numpy as np
from numpy.typing import NDArray

from onelook.data.natural_order import natural_sorted
from onelook.errors import DataError
from onelook.wording import agree, counted, listed, named

Labels = NDArray[np.int64]  # (rows,), positions in the class names

_MOST_LEVELS = 10  # different numbers with decimals that may be classes
_MOST_NAMED = 3  # a note names at most this number of classes
_ZERO_IN_FRONT = re.compile(r"-?0\d")
_LARGEST_LABEL = 2**53  # float64 cannot distinguish all larger whole numbers


class NoClassesError(DataError):
    """The labels are not classes: they are several per picture, or numbers to predict."""


def encode_labels(values: Sequence[object] | NDArray[np.generic], origin: str) -> tuple[tuple[str, ...], Labels]:
    """Return the class names of the labels, and each label as a position among them, int64.

    Whole numbers, also as text or as 3.0, become "0", "1", … in numeric order; everything else is a name, in natural
    order. Numbers with leading zeros, such as 001, keep their spelling if each number has only one spelling.

    Args:
        values: one label per picture.
        origin: the name of the labels in errors.

    Raises:
        DataError: a label is missing, or is a number that is not whole.

    Example:
        >>> names, labels = encode_labels(["img10", "img2", "img10"], "y")
        >>> names, labels.tolist()
        (('img2', 'img10'), [1, 0, 1])
        >>> encode_labels(["010", "001"], "y")[0], encode_labels(["010", "1", "001"], "y")[0]
        (('001', '010'), ('1', '10'))
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
    """Return the number of pictures of each class, (num_classes,); zeros if pictures have no labels.

    Example:
        >>> class_counts(np.array([0, 2, 2]), num_classes=4).tolist(), class_counts(None, num_classes=2).tolist()
        ([1, 0, 2, 0], [0, 0])
    """
    if labels is None:
        return np.zeros(num_classes, np.int64)
    return np.bincount(labels, minlength=num_classes)


def rows_by_class(labels: Labels, num_classes: int) -> list[NDArray[np.int64]]:
    """Return the rows of each class, in their order; found in one pass, however many classes there are.

    Example:
        >>> [rows.tolist() for rows in rows_by_class(np.array([2, 0, 2]), num_classes=3)]
        [[1], [], [0, 2]]
    """
    return np.split(np.argsort(labels, kind="stable"), np.cumsum(class_counts(labels, num_classes))[:-1])


def _encode_floats(array: NDArray[np.generic], origin: str) -> tuple[tuple[str, ...], Labels]:
    values = array.astype(np.float64)
    wrong = np.flatnonzero(~(values == np.floor(values)) | np.isinf(values))  # NaN differs from itself
    if len(wrong):
        is_number = np.isfinite(values).all()
        raise (NoClassesError if is_number else DataError)(
            f"{origin}: the label in row {wrong[0] + 1:,} is {values[wrong[0]]}. "
            "Expected whole numbers or names: a class, not a measurement."
        )
    if (giant := np.abs(values) > _LARGEST_LABEL).any():
        raise DataError(
            f"{origin}: the label in row {int(giant.argmax()) + 1} is {values[giant][0]:g}. "
            "Expected whole numbers that are classes, or names."
        )
    return encode_labels(values.astype(np.int64), origin)


def refuse_measurements(texts: Sequence[str], origin: str) -> None:
    """Refuse labels that are numbers with decimals, unless they are a few levels.

    Raises:
        NoClassesError: they are measurements.

    Example:
        >>> refuse_measurements(["0.5", "1", "0.5"], "y")
    """
    distinct = set(texts)
    if len(distinct) <= _MOST_LEVELS:
        return
    try:
        numbers = [float(text) for text in distinct]
    except ValueError:
        return
    if any(not number.is_integer() for number in numbers):
        raise NoClassesError(
            f"{origin}: the labels are {len(distinct):,} different numbers with decimals, such as "
            f"{named(sorted(distinct, key=float)[:_MOST_NAMED])}: numbers to predict (a regression), and no classes. "
            "onelook trains classifiers: write the range of each number into a column of its own, and train on that."
        )


def note_on_spellings(values: Iterable[object]) -> str | None:
    """Return a note on labels that are one class because they are the same number; None if each has one spelling.

    Example:
        >>> note_on_spellings(["1", "01", "2", "1.0"])
        "Labels that are the same number are one class: '01', '1' and '1.0' are the class 1."
    """
    numbers = _whole_numbers({text for value in values if isinstance(value, str) and (text := _text(value))})
    spellings: dict[int, list[str]] = defaultdict(list)
    for text, number in sorted(numbers.items()):
        spellings[number].append(text)
    several = [f"{named(each)} are the class {number}" for number, each in spellings.items() if len(each) > 1]
    if not several:
        return None
    return f"Labels that are the same number are one class: {listed(several, most=_MOST_NAMED)}."


def _encode_texts(texts: Sequence[str]) -> tuple[tuple[str, ...], Labels]:
    numbers = _whole_numbers(set(texts))
    if numbers and not _keep_their_zeros(numbers):
        return encode_labels(np.array([numbers[text] for text in texts], np.int64), "")
    names = sorted(numbers, key=lambda text: numbers[text]) or natural_sorted(set(texts))
    position = {name: at for at, name in enumerate(names)}
    return tuple(names), np.array([position[text] for text in texts], np.int64)


def _plain_values(array: NDArray[np.generic], origin: str) -> Iterable[object]:
    try:
        values: list[object] = array.tolist()
    except (ValueError, SystemError) as problem:  # damaged text of four bytes per character
        raise DataError(f"{origin}: a label is no text. Save the labels again, as names or numbers.") from problem
    return values


def _text(value: object) -> str | None:
    """Return a label as text; None if it is missing."""
    if value is None or (isinstance(value, float) and isnan(value)):
        return None
    return (value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)).strip() or None


def _keep_their_zeros(numbers: Mapping[str, int]) -> bool:
    """Return whether leading zeros belong to the class names; a submission then has to contain them."""
    return len(set(numbers.values())) == len(numbers) and any(map(_ZERO_IN_FRONT.match, numbers))


def _whole_numbers(texts: Iterable[str]) -> dict[str, int]:
    """Return the number of each text; empty if one is not a number."""
    numbers: dict[str, int] = {}
    for text in texts:
        number = _whole_number(text)
        if number is None:
            return {}
        numbers[text] = number
    return numbers


def _whole_number(text: str) -> int | None:
    """Return the number that a label is written as; None if it is a name, or longer than the number of a class."""
    try:
        number = float(text)
        if not number.is_integer() or abs(number) > _LARGEST_LABEL:
            return None
        return int(number)
    except ValueError:
        return None
