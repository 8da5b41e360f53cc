"""Write `predictions.csv`: a label and a confidence for each picture."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence, Sized
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.errors import ConfigError, DataError
from onelook.files import atomic_path


def write_predictions(
    path: Path,
    ids: Sequence[str],
    probabilities: NDArray[np.floating[Any]],
    class_names: Sequence[str],
    *,
    with_probabilities: bool = False,
    top: int = 1,
    reject_below: float = 0.0,
) -> None:
    """Write `id,label,confidence`, a row a picture in the order of `ids`, whole or not at all.

    Args:
        path: the CSV file; an existing one is replaced.
        ids: (rows,), one id for each picture.
        probabilities: (rows, classes), written with enough digits to read back the same float. A row of NaN means that
            the picture could not be read: only its id is written.
        class_names: by position.
        with_probabilities: adds a column for each class, with the name of the class.
        top: from 2 on, adds `label_2,confidence_2` and so on, for as many of the likeliest classes.
        reject_below: a row that is less confident has no label. Above 0 it adds the column `likeliest`, which has the
            class of every row.

    Raises:
        DataError: the numbers of ids, rows, classes and columns do not fit each other.
    """
    check_shape(ids, probabilities, class_names)
    top = min(top, len(class_names))
    further = [f"{name}_{place}" for place in range(2, top + 1) for name in ("label", "confidence")]
    withheld = ["likeliest"] if reject_below > 0 else []
    header = ["id", "label", "confidence", *withheld, *further, *(class_names if with_probabilities else ())]

    def rows() -> Iterable[list[str]]:
        for identifier, row, sure in zip(ids, probabilities, are_sure(probabilities, reject_below), strict=True):
            if np.isnan(row).any():
                yield [identifier] + [""] * (len(header) - 1)
                continue
            label, *best = [text for each in likeliest(row, top) for text in (class_names[each], digits(row[each]))]
            first = [best[0]]
            if withheld:
                first.append(label)
                label = label if sure else ""
            more = [digits(value) for value in row] if with_probabilities else []
            yield [identifier, label, *first, *best[1:], *more]

    write_csv(path, header, rows())


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
