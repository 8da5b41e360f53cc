"""Write `predictions.csv`: a label and a confidence for each picture."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence, Sized
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.errors import DataError
from onelook.files import atomic_path


def write_predictions(
    path: Path,
    ids: Sequence[str],
    probabilities: NDArray[np.floating[Any]],
    class_names: Sequence[str],
    *,
    with_probabilities: bool = False,
) -> None:
    """Write `id,label,confidence`, a row a picture in the order of `ids`, whole or not at all.

    Args:
        path: the CSV file; an existing one is replaced.
        ids: (rows,), one id for each picture.
        probabilities: (rows, classes), written with enough digits to read back the same float. A row of NaN means that
            the picture could not be read: only its id is written.
        class_names: by position.
        with_probabilities: adds a column for each class, with the name of the class.

    Raises:
        DataError: the numbers of ids, rows, classes and columns do not fit each other.
    """
    check_shape(ids, probabilities, class_names)
    header = ["id", "label", "confidence", *(class_names if with_probabilities else ())]

    def rows() -> Iterable[list[str]]:
        for identifier, row in zip(ids, probabilities, strict=True):
            if np.isnan(row).any():
                yield [identifier] + [""] * (len(header) - 1)
                continue
            best = int(row.argmax())
            more = [digits(value) for value in row] if with_probabilities else []
            yield [identifier, class_names[best], digits(row[best]), *more]

    write_csv(path, header, rows())


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
