"""Write `predictions.csv`, and predictions in the shape of a competition's sample submission."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from onelook.errors import ConfigError, DataError
from onelook.evaluation.sample_submission import Sample, match_ids, read_sample
from onelook.files import atomic_path
from onelook.wording import counted, listed

_MOST_NAMED = 10  # columns or classes in a message
Content = Literal["class numbers", "class names", "probability of one class", "probability of each class"]


@dataclass(frozen=True)
class WrittenLike:
    """What `write_like` wrote, so that the user can check it against the competition's rules."""

    path: Path
    rows: int
    columns: tuple[str, ...]
    content: Content
    explanation: str  # a sentence that says what the label column holds, and why


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
    _check_shape(ids, probabilities, class_names)
    header = ["id", "label", "confidence", *(class_names if with_probabilities else ())]

    def rows() -> Iterable[list[str]]:
        for identifier, row in zip(ids, probabilities, strict=True):
            if np.isnan(row).any():
                yield [identifier] + [""] * (len(header) - 1)
                continue
            best = int(row.argmax())
            more = [_digits(value) for value in row] if with_probabilities else []
            yield [identifier, class_names[best], _digits(row[best]), *more]

    _write_csv(path, header, rows())


def write_like(
    sample_path: Path,
    out_path: Path,
    ids: Sequence[str],
    probabilities: NDArray[np.floating[Any]],
    class_names: Sequence[str],
) -> WrittenLike:
    """Write predictions with the header, the ids and the order of a sample submission, whole or not at all.

    The values of the sample decide what is written to the label column:

    - whole numbers: the class names where these are whole numbers (digits), else the position of the class, from 0
      in natural order;
    - fractions, such as 0.5: the probability of the class that the column is named after, else of the second
      of two classes (Dogs vs. Cats: that it is a dog);
    - anything else: the class name.

    A sample with a column for each class takes the probability of each class.

    Args:
        sample_path: the sample; its first column, or else its second, holds the ids.
        out_path: the CSV file; an existing one is replaced, but never the sample.
        ids: (rows,), the data's ids, such as `test1/1.jpg`; see `match_ids` for how they are compared.
        probabilities: (rows, classes), without NaN: a submission needs a prediction for every picture.
        class_names: by position.

    Raises:
        DataError: the sample is malformed, its ids are not the data's, or its fractions stand for one of more
            than two classes.
        ConfigError: `out_path` is the sample itself.
    """
    _check_shape(ids, probabilities, class_names)
    sample = read_sample(sample_path)
    if out_path.exists() and out_path.samefile(sample_path):
        raise ConfigError(f"{out_path}: this is the sample itself, which would be lost. Give --out another name.")
    id_column = _id_column(sample, ids, class_names)
    ordered = probabilities[match_ids(sample, id_column, ids)]
    if len(sample.header) == 2:
        label_column = 1 - id_column
        content, explanation, values = _labels(sample, label_column, ordered, class_names)
        cells = {label_column: values}
    else:
        content, explanation = "probability of each class", "each class' column holds its probability"
        cells = {
            column: [_digits(value) for value in ordered[:, class_names.index(name)]]
            for column, name in enumerate(sample.header)
            if column != id_column
        }
    cells[id_column] = sample.column(id_column)
    _write_csv(out_path, sample.header, zip(*(cells[column] for column in range(len(sample.header))), strict=True))
    return WrittenLike(out_path, len(ordered), sample.header, content, explanation)


def _id_column(sample: Sample, ids: Sequence[str], class_names: Sequence[str]) -> int:
    """Return which column holds the ids.

    Raises:
        DataError: the columns are neither an id and a label, nor an id and one for each class.
    """
    if len(sample.header) == 2:
        for column in (0, 1):
            with suppress(DataError):
                match_ids(sample, column, ids)
                return column
        return 0  # no column fits: the error is about the first one
    others = [column for column, name in enumerate(sample.header) if name not in class_names]
    if len(others) == 1 and len({*sample.header}) == len(sample.header) == len(class_names) + 1:
        return others[0]
    raise DataError(
        f"{sample.path}: has {counted(len(sample.header), 'column')}: "
        f"{listed(sample.header, most=_MOST_NAMED, last='')}. Expected two, for id and label, or an id and one for "
        f"each class: {listed(class_names, most=_MOST_NAMED, last='')}."
    )


def _labels(
    sample: Sample, column: int, probabilities: NDArray[np.floating[Any]], class_names: Sequence[str]
) -> tuple[Content, str, list[str]]:
    """Return what the label column holds, a sentence that says so, and its values."""
    name, found = sample.header[column], sample.column(column)
    if _are_whole(found):
        if all(re.fullmatch(r"-?\d+", class_name) for class_name in class_names):
            return (
                "class numbers",
                f"'{name}' holds the class names, which are numbers",
                _names(probabilities, class_names),
            )
        meaning = listed((f"{number} = {class_name}" for number, class_name in enumerate(class_names)), last="")
        numbers = [str(position) for position in probabilities.argmax(axis=1)]
        return "class numbers", f"'{name}' holds numbers of classes: {meaning}", numbers
    if _are_fractions(found):
        position = _class_of_fractions(sample, name, class_names)
        explanation = f"'{name}' holds the probability of '{class_names[position]}'"
        return "probability of one class", explanation, [_digits(value) for value in probabilities[:, position]]
    explanation = f"'{name}' holds class names"
    if strange := sorted(set(found) - set(class_names) - {""}):
        explanation += f"; the sample's own '{strange[0]}' is none of the model's classes: {listed(class_names)}"
    return "class names", explanation, _names(probabilities, class_names)


def _class_of_fractions(sample: Sample, column_name: str, class_names: Sequence[str]) -> int:
    if column_name in class_names:
        return class_names.index(column_name)
    if len(class_names) == 2:
        return 1
    raise DataError(
        f"{sample.path}: the column '{column_name}' holds fractions, which stand for the probability of one of two "
        f"classes; the model has {len(class_names)}. Expected whole numbers or class names, or a column for each class."
    )


def _are_whole(values: list[str]) -> bool:
    return all(re.fullmatch(r"[+-]?\d+(\.0*)?", value) for value in values)


def _are_fractions(values: list[str]) -> bool:
    return all(re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", value) for value in values)


def _names(probabilities: NDArray[np.floating[Any]], class_names: Sequence[str]) -> list[str]:
    return [class_names[position] for position in probabilities.argmax(axis=1)]


def _digits(value: np.floating[Any]) -> str:
    """Return the shortest text that reads back as the same float of the same type."""
    return str(value)


def _check_shape(ids: Sequence[str], probabilities: NDArray[np.floating[Any]], class_names: Sequence[str]) -> None:
    if probabilities.shape != (len(ids), len(class_names)):
        raise DataError(
            f"probabilities of shape {probabilities.shape} do not fit {len(ids)} ids and {len(class_names)} classes. "
            "Expected a row for each id and a column for each class."
        )


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
