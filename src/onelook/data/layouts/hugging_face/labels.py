"""Read the labels of Hugging Face's data sets: their column, the names of its numbers, and missing labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.class_names import positions_among
from onelook.data.labels import Labels, encode_labels
from onelook.errors import ConfigError, DataError, unknown_name
from onelook.wording import agree, counted, listed

_LABEL_COLUMNS = ("label", "labels", "fine_label", "coarse_label")
_NO_LABEL = -1  # Hugging Face writes this for a picture without a label in a labelled data set

# Hugging Face's description of each column, as plain values: `{"_type": "ClassLabel", "names": ["cat", "dog"]}`.
Features = Mapping[str, Mapping[str, Any]]


def choose_label_column(columns: Sequence[str], features: Features, asked: str | None, picture: str) -> str | None:
    """Return the column of the labels; None if there is none.

    Args:
        asked: the column that the user names.
        picture: the column of the pictures.

    Raises:
        ConfigError: the named column does not exist, or several columns may hold the labels.
    """
    if asked is not None:
        if asked not in columns:
            raise unknown_name("column", asked, [name for name in columns if name != picture])
        return asked
    classes = [name for name in columns if features.get(name, {}).get("_type") == "ClassLabel"]
    found = list(dict.fromkeys([*(name for name in _LABEL_COLUMNS if name in columns), *classes]))
    if len(found) > 1:
        raise ConfigError(
            f"the columns {listed(found)} could each be the label. Choose one, as with --label-column {found[0]}.",
            options=[f"--label-column {name}" for name in found],
        )
    return found[0] if found else None


def names_of(features: Features, label: str | None) -> tuple[str, ...]:
    """Return the names of the numbers 0, 1, 2 … in the label column; empty if there are none."""
    names = features.get(label, {}).get("names") if label is not None else None
    is_named = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return tuple(names) if is_named and names else ()


def present_labels(values: Sequence[Any], class_names: Sequence[str], origin: str) -> NDArray[Any] | None:
    """Return the labels of one part; None if no picture has one.

    Raises:
        DataError: some pictures have a label and others have none.
    """
    if all(value is None or value == _NO_LABEL for value in values):
        return None
    # Without names, -1 and 1 may be the classes.
    absent = (None, _NO_LABEL) if class_names else (None,)
    missing = [row for row, value in enumerate(values, start=1) if value in absent]
    if missing:
        raise DataError(
            f"{origin}: {len(missing):,} of {counted(len(values), 'picture')} {agree(len(missing), 'has', 'have')} no "
            f"label, the first in row {missing[0]}. Expected one for every picture; remove these rows or move them to "
            "a split of their own."
        )
    return np.array(values)


def positions_of(
    labels: Mapping[str, NDArray[Any] | None], class_names: tuple[str, ...], origin: str
) -> tuple[dict[str, Labels | None], tuple[str, ...]]:
    """Return the labels of each part as positions among the class names, and these names.

    Args:
        labels: the unchanged labels by part, the training part first.
        class_names: the names of the numbers; if empty, the labels of the first part are the classes.

    Raises:
        DataError: a number has no name, or a class is not among the first part's.
    """
    found: dict[str, Labels | None] = {}
    are_named = bool(class_names)  # else a number is itself a class, not a position
    for part, values in labels.items():
        if values is None:
            found[part] = None
        elif are_named and values.dtype.kind in "iu":
            found[part] = _named_positions(values, class_names, f"{origin} of {part}")
        else:
            names, numbers = encode_labels(values, f"{origin} of {part}")
            class_names = class_names or names
            found[part] = positions_among(names, class_names, f"{origin} of {part}")[numbers]
    return found, class_names


def _named_positions(values: NDArray[Any], class_names: tuple[str, ...], origin: str) -> Labels:
    """Return labels that are positions among the names in the data, after checking that they are."""
    wrong = np.flatnonzero((values < 0) | (values >= len(class_names)))
    if len(wrong):
        raise DataError(
            f"{origin}: the label {values[wrong[0]]} in row {wrong[0] + 1}, but the file names "
            f"{counted(len(class_names), 'class')}: {listed(class_names)}. Expected 0 to {len(class_names) - 1}."
        )
    return values.astype(np.int64)
