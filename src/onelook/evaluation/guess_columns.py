"""Columns of a sample submission for several guesses a picture: `prediction1` to `prediction5`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.evaluation.sample_submission import Sample

_NUMBERED = re.compile(r"(?P<word>.*?)[-_ ]?(?P<number>\d+)")


def guess_columns(sample: Sample, class_names: Sequence[str]) -> tuple[int, ...]:
    """Return the places of the columns that hold the first, the second … guess; empty without such columns.

    They have one word and count from 0 or 1, and each row holds as many different classes. A few words, such as
    `new_turtle`, may be no class of the model.
    """
    found = [(at, match) for at, name in enumerate(sample.header) if (match := _NUMBERED.fullmatch(name))]
    numbers = [int(match["number"]) for _, match in found]
    if not 2 <= len(found) <= len(class_names) or len({match["word"].casefold() for _, match in found}) > 1:
        return ()
    if numbers[0] > 1 or numbers != [*range(numbers[0], numbers[0] + len(numbers))]:
        return ()
    places = tuple(at for at, _ in found)
    rows = [[row[at].strip() for at in places] for row in sample.rows]
    words = {word for row in rows for word in row}
    are_classes = 2 * len(words & {*class_names}) > len(words)
    return places if are_classes and all(len({*row}) == len(row) for row in rows) else ()


def guesses(probabilities: NDArray[np.floating[Any]], class_names: Sequence[str], count: int) -> list[list[str]]:
    """Return a column for each guess, the likeliest first; ties keep the first class.

    Args:
        probabilities: (rows, classes).
        class_names: by position.
        count: the number of guesses.

    Example:
        >>> guesses(np.array([[0.1, 0.6, 0.3], [0.7, 0.1, 0.2]]), ["ant", "bee", "fly"], 2)
        [['bee', 'ant'], ['fly', 'fly']]
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :count]
    return [[class_names[position] for position in column] for column in order.T]
