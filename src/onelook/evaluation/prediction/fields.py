"""The fields of a prediction: the one list that every file and `--json` follow.

For a new field, add a `Field` to `FIELDS`; if it has to be asked for, also a field of `PredictionOptions` and its
flag in `onelook.cli.predict`. CSV, JSON lines, Parquet and `predict --json` then have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from onelook.errors import ConfigError
from onelook.evaluation.prediction.batch import PredictedBatch, PredictionOptions

Kind = Literal["text", "share", "flag", "list"]
Values = NDArray[Any]


@dataclass(frozen=True, eq=False)  # arrays cannot be compared as one value
class Column:
    """A column of a table of predictions.

    Attributes:
        name: in CSV and Parquet.
        kind: text, a probability, true or false, or a list of numbers.
        values: (rows,), of a list (rows, numbers); anything where there is none.
        is_there: (rows,), whether the row has a value; others are empty, or null.
    """

    name: str
    kind: Kind
    values: Values
    is_there: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Shown:
    """A batch with what is wanted of it. What several columns need is computed once."""

    batch: PredictedBatch
    options: PredictionOptions

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """(rows, top): the positions of the likeliest classes, largest first; ties keep the first class."""
        probabilities = self.batch.probabilities
        if not self.batch.is_read.all():
            probabilities = np.where(self.batch.is_read[:, np.newaxis], probabilities, 0)
        found: NDArray[np.int64]
        if self.options.top == 1:
            found = probabilities.argmax(axis=1)[:, np.newaxis]
        else:
            found = np.argsort(-probabilities, axis=1, kind="stable")[:, : self.options.top]
        return found

    @cached_property
    def sure(self) -> NDArray[np.bool_]:
        """(rows,): whether the picture was read and its answer is not withheld."""
        return self.batch.sure(self.options.reject_below)

    def names(self, place: int) -> Values:
        """(rows,): the class at a place among the likeliest, from 0."""
        names: Values = np.array(self.batch.class_names, object)[self.order[:, place]]
        return names

    def shares(self, place: int) -> Values:
        """(rows,): the probability of that class."""
        found: Values = np.take_along_axis(self.batch.probabilities, self.order[:, place : place + 1], axis=1)[:, 0]
        return found


def _always(_: PredictionOptions) -> bool:
    return True


@dataclass(frozen=True)
class Field:
    """A field of the prediction of a picture.

    Attributes:
        key: its name in JSON.
        columns: its columns in CSV and Parquet; none for a model that does not know it.
        nested: its values in JSON, where they are others than those of its only column; each row's if it is read.
        is_wanted: whether the options ask for it.
        flag: the option that asks for it, if it goes into files alone.
        is_list: whether it is a list of numbers, which a cell of a CSV file cannot hold.
    """

    key: str
    columns: Callable[[Shown], Sequence[Column]]
    nested: Callable[[Shown], Sequence[object]] | None = None
    is_wanted: Callable[[PredictionOptions], bool] = _always
    flag: str = ""
    is_list: bool = False


def _id(shown: Shown) -> list[Column]:
    batch = shown.batch
    return [Column("id", "text", np.array(batch.ids, object), np.ones(len(batch), np.bool_))]


def _further_places(shown: Shown) -> list[Column]:
    found: list[Column] = []
    for place in range(1, shown.order.shape[1]):
        found.append(Column(f"label_{place + 1}", "text", shown.names(place), shown.batch.is_read))
        found.append(Column(f"confidence_{place + 1}", "share", shown.shares(place), shown.batch.is_read))
    return found


def _top(shown: Shown) -> list[object]:
    places = range(shown.order.shape[1])
    names, shares = ([take(place) for place in places] for take in (shown.names, shown.shares))
    return [
        [{"label": names[place][row], "confidence": short(shares[place][row])} for place in places if is_read]
        for row, is_read in enumerate(shown.batch.is_read.tolist())
    ]


def _probabilities(shown: Shown) -> list[Column]:
    batch = shown.batch
    return [
        Column(name, "share", batch.probabilities[:, at], batch.is_read) for at, name in enumerate(batch.class_names)
    ]


def _by_class(shown: Shown) -> list[object]:
    batch = shown.batch
    return [
        dict(zip(batch.class_names, map(short, row), strict=True)) if is_read else None
        for row, is_read in zip(batch.probabilities, batch.is_read.tolist(), strict=True)
    ]


def _embedding(shown: Shown) -> list[Column]:
    features = shown.batch.features
    return [] if features is None else [Column("embedding", "list", features, shown.batch.is_read)]


def _unlike(shown: Shown) -> list[Column]:
    unlike = shown.batch.unlike
    return [] if unlike is None else [Column("unlike", "flag", unlike, shown.batch.is_read)]


FIELDS: tuple[Field, ...] = (
    Field("id", _id),
    Field("label", lambda shown: [Column("label", "text", shown.names(0), shown.sure)]),
    Field("confidence", lambda shown: [Column("confidence", "share", shown.shares(0), shown.batch.is_read)]),
    Field(
        "likeliest",
        lambda shown: [Column("likeliest", "text", shown.names(0), shown.batch.is_read)],
        is_wanted=lambda options: options.reject_below > 0,
    ),
    Field("top", _further_places, _top, is_wanted=lambda options: options.top > 1),
    Field(
        "probabilities",
        _probabilities,
        _by_class,
        is_wanted=lambda options: options.probabilities,
        flag="--probabilities",
    ),
    Field("embedding", _embedding, is_wanted=lambda options: options.embeddings, flag="--embeddings", is_list=True),
    Field("unlike", _unlike),
)


def wanted(options: PredictionOptions) -> list[Field]:
    """Return the fields for these options, in the order of the columns."""
    return [each for each in FIELDS if each.is_wanted(options)]


def columns_of(batch: PredictedBatch, options: PredictionOptions) -> list[Column]:
    """Return the columns of a table of these predictions, in their order.

    Example:
        >>> batch = PredictedBatch(["1.png"], np.array([[0.25, 0.75]]), ["cat", "dog"])
        >>> [(column.name, column.values[0]) for column in columns_of(batch, PredictionOptions())]
        [('id', '1.png'), ('label', 'dog'), ('confidence', np.float64(0.75))]
    """
    shown = Shown(batch, options)
    return [column for each in wanted(options) for column in each.columns(shown)]


def json_rows(batch: PredictedBatch, options: PredictionOptions) -> Iterator[dict[str, object]]:
    """Yield the JSON value of each picture.

    Example:
        >>> batch = PredictedBatch(["1.png"], np.array([[0.25, 0.75]]), ["cat", "dog"])
        >>> list(json_rows(batch, PredictionOptions()))
        [{'id': '1.png', 'label': 'dog', 'confidence': 0.75}]
    """
    shown = Shown(batch, options)
    values: dict[str, Sequence[object]] = {}
    for each in wanted(options):
        if each.nested is not None:
            values[each.key] = each.nested(shown)
        else:
            for column in each.columns(shown):  # one, or none
                values[each.key] = _json_values(column)
    for row in zip(*values.values(), strict=True):
        yield dict(zip(values, row, strict=True))


def _json_values(column: Column) -> list[object]:
    there = column.is_there.tolist()
    if column.kind == "share":
        return [short(value) if is_there else None for value, is_there in zip(column.values, there, strict=True)]
    if column.kind == "list":
        return [
            [short(value) for value in values] if is_there else None
            for values, is_there in zip(column.values, there, strict=True)
        ]
    return [value if is_there else None for value, is_there in zip(column.values.tolist(), there, strict=True)]


def short(value: np.floating[Any]) -> float:
    """Return the float whose shortest text reads back as the same float of the same type."""
    return float(str(value))


def refuse_without_file(options: PredictionOptions) -> None:
    """Refuse what goes into a file alone.

    Raises:
        ConfigError: the options ask for it.
    """
    for each in wanted(options):
        if each.flag:
            ending = "parquet" if each.is_list else "csv"
            raise ConfigError(f"{each.flag} goes into a file. Add --out FILE.{ending}.")
