"""A confusion matrix of some classes as a page shows it: cells with their shades and words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from onelook.evaluation.result import Evaluation
from onelook.report.confusions import ConfusedPair
from onelook.report.page_wording import class_in_words, percent
from onelook.report.theme import RAMP_STEPS
from onelook.wording import percentage, translate


@dataclass(frozen=True)
class Cell:
    """The number of pictures of the row's class that were taken for the column's class."""

    count: int
    share: str  # of the row, without the sign of percent
    shade: str  # a CSS class, empty for an empty cell
    words: str  # the cell as a sentence, empty for an empty cell


@dataclass(frozen=True)
class Row:
    """All pictures of one class."""

    class_name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Matrix:
    """The rows of some classes, with a column for each of them."""

    classes: tuple[int, ...]  # their positions in the data's order
    class_names: tuple[str, ...]
    rows: tuple[Row, ...]
    density: str  # CSS classes that set the room of a cell


def matrix_of(evaluation: Evaluation, classes: Sequence[int], largest_error: float, density: str = "") -> Matrix:
    """Return the matrix of these classes, in this order.

    Args:
        evaluation: has the counts.
        classes: positions.
        largest_error: the share of a class, in (0, 1], that gets the strongest shade of an error.
        density: CSS classes; empty to choose them by the number of classes.
    """
    names = tuple(class_in_words(evaluation.class_names[index]) for index in classes)
    return Matrix(
        classes=tuple(classes),
        class_names=names,
        rows=tuple(_row(evaluation, index, classes, largest_error) for index in classes),
        density=density or density_of(names),
    )


def largest_share(pairs: Sequence[ConfusedPair]) -> float:
    """Return the largest share of a class that was taken for one other; 1 if there are no errors."""
    return max((pair.share for pair in pairs), default=1.0)


def density_of(class_names: Sequence[str]) -> str:
    """Return CSS classes that set the room of a cell, and whether column headings are vertical."""
    classes, longest = len(class_names), max(map(len, class_names))
    if classes <= 6:
        return "ample"
    room, fitting = ("roomy", 5) if classes <= 12 else ("middling", 3) if classes <= 25 else ("dense", 2)
    return room if longest <= fitting else f"{room} tall"


def shade_step(strength: float) -> int:
    """Return the step of a ramp, from 1, for a strength in (0, 1]."""
    return max(1, math.ceil(strength * RAMP_STEPS))


def _row(evaluation: Evaluation, index: int, classes: Sequence[int], largest_error: float) -> Row:
    """Return a row of cells. Errors are rare, so the largest of them, a share in (0, 1], gets the strongest shade."""
    counts = evaluation.confusion_matrix[index]
    support = sum(counts)
    name = class_in_words(evaluation.class_names[index])
    cells = []
    for column in classes:
        count = counts[column]
        if not count:
            cells.append(Cell(0, _share(0, support), "", ""))
            continue
        shade = (
            _shade("right", count / support) if column == index else _shade("wrong", count / support / largest_error)
        )
        other = class_in_words(evaluation.class_names[column])
        words = translate(
            "{name} taken for {other}: {count} of {support} ({share})",
            name=name,
            other=other,
            count=f"{count:,}",
            support=f"{support:,}",
            share=percent(count / support),
        )
        cells.append(Cell(count, _share(count, support), shade, words))
    return Row(name, tuple(cells))


def _share(count: int, support: int) -> str:
    return percentage(count / support if support else 0.0)


def _shade(hue: str, strength: float) -> str:
    """Return the CSS class of a filled cell: pale for a small strength, full for a strength of 1."""
    return f"{hue}-{shade_step(strength)}"
