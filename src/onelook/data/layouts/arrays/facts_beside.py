"""Take one of several facts about each picture as its label, as a column of dSprites' `latents_classes`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from shlex import quote
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.layouts.arrays.npy_files import StoredArray, array_shape, load_array
from onelook.data.layouts.question import Choice, ask_which, classes_in_words
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError, unknown_name
from onelook.wording import counted, named

_MOST_COLUMNS = 64  # of an array of facts; more are features
_MOST_CLASSES = 1_000
_MOST_ASKED = 12
_FEWEST_ARRAYS = 2  # of one fact each, of which any may be the label

Facts = Mapping[str, NDArray[Any]]


def facts_beside(location: Location, arrays: Sequence[StoredArray], rows: int) -> dict[str, NDArray[Any]]:
    """Return the facts by name: arrays of whole numbers or texts, a value a picture, and columns such as `latents:2`.

    Args:
        location: the location of the data.
        arrays: the arrays that are neither pictures nor labels by name.
        rows: the number of pictures.
    """
    found: dict[str, NDArray[Any]] = {}
    for stored in arrays:
        shape = array_shape(location, stored)
        if len(shape) not in (1, 2) or shape[0] != rows or (len(shape) == 2 and shape[1] > _MOST_COLUMNS):
            continue
        with suppress(DataError):  # arrays of Python objects are not read
            values = load_array(location, stored)
            if values.dtype.kind in "iuU":
                found |= _classes_in(stored.name, values)
    return found


def _classes_in(name: str, values: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Return the columns of an array that may be classes, by name; none of an array with a column for each class."""
    if values.ndim == 1:
        columns = {name: values}
    elif values.dtype.kind in "iu" and values.min(initial=0) >= 0 and values.max(initial=0) <= 1:
        columns = {}
    else:
        columns = {f"{name}:{at + 1}": values[:, at] for at in range(values.shape[1])}
    most = min(_MOST_CLASSES, len(values) // 2)
    return {called: each for called, each in columns.items() if 1 < len(np.unique(each)) <= most}


def chosen_fact(
    root: Path, facts: Facts, asked: str | None, labels: Collection[str], *, must_choose: bool
) -> str | None:
    """Return the fact that is the label; None if it is none of them.

    Args:
        root: the path of the data, for the question.
        facts: the facts.
        asked: the name that the user gave.
        labels: the names of the arrays of labels, which may be asked for too.
        must_choose: whether to ask if an array has several facts.

    Raises:
        ConfigError: several may be the label, or none has the name that the user gave.
    """
    if asked is not None:
        if asked not in facts and asked not in labels:
            raise unknown_name("array", asked, [*labels, *facts])
        return asked if asked in facts else None
    of_columns = [name for name in facts if ":" in name]
    if labels or not must_choose or (not of_columns and len(facts) < _FEWEST_ARRAYS):
        return None
    if len(of_columns) == 1:
        return of_columns[0]
    raise _question(root, {name: facts[name] for name in of_columns or facts})


def _question(root: Path, facts: Facts) -> ConfigError:
    if not any(":" in name for name in facts):
        return ask_which(
            f"{root}: {named(list(facts))} each hold a fact about each picture, and any of them may be the label.",
            [
                Choice(f"--label-column {quote(name)}", classes_in_words([str(value) for value in values.tolist()]))
                for name, values in list(facts.items())[:_MOST_ASKED]
            ],
        )
    arrays = dict.fromkeys(name.rpartition(":")[0] for name in facts)
    shown = " and ".join(f"'{name}'" for name in arrays)
    return ask_which(
        f"{root}: {shown} holds several facts about each picture, a column each, and any of them may be the label.",
        [
            Choice(
                f"--label-column {quote(name)}",
                f"{counted(len(np.unique(values)), 'class')} in column {name.rpartition(':')[2]}",
            )
            for name, values in list(facts.items())[:_MOST_ASKED]
        ],
    )
