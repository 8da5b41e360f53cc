"""Rank probabilities, decide which answers are sure, and write tables of them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence, Sized
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.errors import ConfigError, DataError
from onelook.files import atomic_path


def check_threshold(reject_below: float) -> float:
    """Return the confidence below which answers are withheld.

    Raises:
        ConfigError: it is not from 0 to 1.
    """
    if not 0 <= reject_below <= 1:
        raise ConfigError(f"--reject-below {reject_below:g}: expected a confidence from 0 to 1, such as 0.8 for 80 %.")
    return reject_below


def are_sure(probabilities: NDArray[np.floating[Any]], reject_below: float) -> NDArray[np.bool_]:
    """Return for each picture whether its largest probability reaches the threshold; not for one that cannot be read.

    Args:
        probabilities: (rows, classes); NaN where a picture cannot be read.
        reject_below: from 0 to 1; it is rounded to the type of the probabilities.

    Example:
        >>> are_sure(np.array([[0.2, 0.8], [0.3, 0.7]], np.float32), 0.8).tolist()
        [True, False]
    """
    sure: NDArray[np.bool_] = probabilities.max(axis=1) >= float(reject_below)
    return sure


def likeliest(row: NDArray[np.floating[Any]], top: int) -> list[int]:
    """Return the positions of a picture's `top` largest probabilities, largest first; ties keep the first class.

    Args:
        row: (classes,), its probabilities; NaN if it cannot be read, and then no position is returned.
        top: how many, from 1 on; fewer are returned if there are fewer classes.

    Example:
        >>> likeliest(np.array([0.1, 0.6, 0.3]), 2)
        [1, 2]
    """
    if np.isnan(row).any():
        return []
    return [int(row.argmax())] if top == 1 else np.argsort(-row, kind="stable")[:top].tolist()


def digits(value: np.floating[Any]) -> str:
    """Return the shortest text that reads back as the same float of the same type."""
    return str(value)


def check_shape(ids: Sized, probabilities: NDArray[np.floating[Any]], class_names: Sequence[str]) -> None:
    """Refuse probabilities that do not fit the ids and the classes.

    Raises:
        DataError: the numbers differ.
    """
    if probabilities.shape != (len(ids), len(class_names)):
        raise DataError(
            f"probabilities of shape {probabilities.shape} do not fit {len(ids)} ids and {len(class_names)} classes. "
            "Expected a row for each id and a column for each class."
        )


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ",") -> None:
    """Write a table whole or not at all."""
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
