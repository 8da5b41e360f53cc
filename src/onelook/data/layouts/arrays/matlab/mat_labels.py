"""Read labels in Matlab's forms: a column or row of numbers from 1, one-hot rows, a cell of names; name classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.class_names import has_integer_labels
from onelook.data.dataset import Dataset
from onelook.data.labels import NoClassesError
from onelook.wording import listed

_NAMES = frozenset(
    {"classnames", "classes", "labelnames", "names", "categories", "classlabels", "listclasses", "categorynames"}
)


def label_count(labels: Any, shape: Sequence[int]) -> int:
    """Return the number of pictures that the labels belong to.

    Args:
        labels: (rows, 1), (1, rows), (rows, classes), (classes, rows), or a list of names.
        shape: the shape of the array of pictures, which shows whether an axis is rows or classes.
    """
    if isinstance(labels, list):
        return len(labels)
    sides = labels.shape
    if labels.size == max(sides):
        return int(labels.size)
    return int(next((side for side in sides if side in (shape[0], shape[-1])), sides[0]))


def class_labels(labels: Any, rows: int, name: str) -> NDArray[Any]:
    """Return one label per picture, whole numbers or names.

    Raises:
        NoClassesError: a picture has several labels, or numbers.
    """
    if isinstance(labels, list):
        return np.array(labels)
    array = labels.ravel() if labels.size == rows else labels
    if array.ndim == 2:
        hot = array if len(array) == rows else array.T
        hot = (hot + 1) // 2 if {*np.unique(hot).tolist()} == {-1, 1} else hot  # 1 and -1 in place of 0
        if not ((hot == 0) | (hot == 1)).all() or not (hot.sum(axis=1) == 1).all():
            raise NoClassesError(
                f"{name} has {hot.shape[1]} numbers a picture, and not one 1 in each: several labels a picture, or "
                "numbers to predict. onelook learns one class per picture."
            )
        return np.asarray(hot.argmax(axis=1))
    if array.dtype.kind == "f" and np.isfinite(array).all() and (array == np.floor(array)).all():
        return np.asarray(array.astype(np.int64))
    return np.asarray(array.astype(np.int64) if array.dtype.kind in "ub" else array)


def named_classes(dataset: Dataset, variables: Mapping[str, Any], kind: str = "") -> Dataset:
    """Return the data set with the class names of a variable for its numbered classes; unchanged without one.

    Args:
        dataset: the data set, whose classes may be numbers.
        variables: the variables by name, of which one may be a list of names.
        kind: the beginning of its name, as `fine_` of CIFAR-100's `fine_label_names` for `fine_labels`.
    """
    for name, value in variables.items():
        names = _texts(value)
        if (
            not names_classes([name.rpartition(".")[2].removeprefix(kind)])
            or not names
            or not has_integer_labels(dataset.class_names)
        ):
            continue
        numbers = [int(each) for each in dataset.class_names]
        first = 0 if 0 in numbers else 1
        if max(numbers) - first >= len(names):
            continue
        called = tuple(names[number - first] for number in numbers)
        shown = listed((f"{number} is '{each}'" for number, each in zip(numbers, called, strict=True)), most=3)
        note = f"The classes are called as '{name}' says, counted from {first}: {shown}."
        return replace(dataset, class_names=called, notes=(*dataset.notes, note))
    return dataset


def names_classes(names: Iterable[str]) -> bool:
    """Return whether one of the names is that of a list of class names, as `label_names`."""
    return any(name.lower().replace("_", "") in _NAMES for name in names)


def _texts(value: Any) -> list[str]:
    """Return a variable as names; empty if it contains anything else."""
    if not isinstance(value, list):
        return []
    flat = [each[0] if isinstance(each, list) and len(each) == 1 else each for each in value]
    return [str(each).strip() for each in flat] if all(isinstance(each, str) for each in flat) else []
