"""Labels of any kind turned into positions among class names; class names set, matched and checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import isnan

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import Dataset, Labels
from onelook.data.natural_order import natural_sorted
from onelook.errors import ConfigError, DataError
from onelook.wording import agree, counted, listed, named, printable

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


def settle_class_names(dataset: Dataset) -> Dataset:
    """Return the data set with class names that can be written anywhere, and that all differ.

    Raises:
        DataError: two classes have one name, or one has none.
    """
    names = tuple(map(printable, dataset.class_names))
    if "" in names:
        raise DataError(
            f"{dataset.name}: of its {counted(len(names), 'class')}, class {names.index('')} has an empty name. "
            "Expected a name for each."
        )
    if len(set(names)) < len(names):
        twice = next(name for name, count in Counter(names).items() if count > 1)
        raise DataError(f"{dataset.name}: two classes are called '{twice}'. Expected a name of its own for each.")
    return dataset if names == dataset.class_names else replace(dataset, class_names=names)


def name_classes(dataset: Dataset, names: Sequence[str]) -> Dataset:
    """Return the data set with names for its integer labels, in numeric order.

    Raises:
        ConfigError: the counts differ, a name stands twice, or the classes have names already.
    """
    if not dataset.class_names:
        raise ConfigError(f"--class-names: {dataset.name} has no labels that could be named.")
    if not has_integer_labels(dataset.class_names):
        raise ConfigError(
            f"--class-names gives names to integer labels, but the classes of {dataset.name} have names already: "
            f"{listed(dataset.class_names)}."
        )
    if len(names) != len(dataset.class_names):
        raise ConfigError(
            f"--class-names gives {counted(len(names), 'name')}, but {dataset.name} has "
            f"{counted(len(dataset.class_names), 'class')}: {listed(dataset.class_names)}. Expected one name for each, "
            "in this order."
        )
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise ConfigError(
            f"--class-names: {named(twice)} {agree(len(twice), 'stands', 'stand')} twice. Expected each once."
        )
    return replace(dataset, class_names=tuple(names))


def has_integer_labels(class_names: Sequence[str]) -> bool:
    """Return whether the class names are whole numbers."""
    return bool(class_names) and all(name.removeprefix("-").isdecimal() for name in class_names)


def positions_among(names: Sequence[str], known: Sequence[str], origin: str) -> NDArray[np.int64]:
    """Return the position of each name among the `known` classes.

    Classes that are called by number are matched to named ones by that number, counted from 0.

    Raises:
        DataError: a class is not among the known ones; says which.
    """
    by_name: Mapping[str, int] = {name: position for position, name in enumerate(known)}
    if has_integer_labels(names) and not has_integer_labels(known):
        by_name = {str(position): position for position in range(len(known))}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise DataError(
            f"{origin} has classes that the training data has not: {listed(unknown)}. "
            f"Expected only these: {listed(known)}."
        )
    return np.array([by_name[name] for name in names], np.int64)


def note_on_numbers(names: Sequence[str], known: Sequence[str]) -> str | None:
    """Return a note on which class each number was taken for, where classes have names; else None.

    Only a person can tell whether the numbers were meant so: in tables that someone else wrote, 0 need not be
    the first class by name.

    Example:
        >>> note_on_numbers(["0", "1"], ["cat", "dog"])
        "The labels are numbers, the classes have names: 0 was taken for 'cat' and 1 for 'dog'."
    """
    if not has_integer_labels(names) or has_integer_labels(known):
        return None
    taken = [f"{name} {'was taken ' if at == 0 else ''}for '{known[int(name)]}'" for at, name in enumerate(names)]
    return f"The labels are numbers, the classes have names: {listed(taken)}."


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
