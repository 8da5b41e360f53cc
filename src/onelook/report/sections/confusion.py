"""The confusion matrix, and the most confused pairs in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from onelook.evaluation.result import Evaluation
from onelook.report.confusions import ConfusedPair, confused_pairs
from onelook.report.page import Section
from onelook.report.page_wording import SET_IN_WORDS, percent
from onelook.report.results import Results
from onelook.report.theme import RAMP_STEPS
from onelook.wording import counted, percentage, times

_LARGEST_MATRIX = 50  # classes; with more, cells are too small to read, and the list is better
_PAIRS_SHOWN = 12


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
class Pair:
    """A confused pair with the length of its bar in percent."""

    words: str
    count: str
    share: str
    bar: float


@dataclass(frozen=True)
class Confusion:
    """The content of the section."""

    title: str
    class_names: tuple[str, ...]
    rows: tuple[Row, ...]  # empty with too many classes
    density: str  # CSS classes that set the room of a cell
    pairs: tuple[Pair, ...]
    more_pairs: int
    more_words: str = ""  # how often those were confused


def build_section(results: Results) -> Section:
    """Build the section with the matrix, for up to 50 classes, and the most confused pairs."""
    evaluation = results.evaluation
    if evaluation is None:
        return Section("Confusions", "Which class is taken for which", missing="The model was not scored.")
    view = confusion_of(evaluation)
    return Section("Confusions", view.title, "confusion.html", view)


def confusion_of(evaluation: Evaluation, pairs: int = _PAIRS_SHOWN) -> Confusion:
    """Return the matrix, for up to 50 classes, and at most `pairs` of the most confused pairs."""
    found = confused_pairs(evaluation)
    shown = len(evaluation.class_names) <= _LARGEST_MATRIX
    largest_error = max((pair.share for pair in found), default=1.0)
    return Confusion(
        title=confusion_title(evaluation, found),
        class_names=tuple(evaluation.class_names),
        rows=tuple(_row(evaluation, index, largest_error) for index in range(len(evaluation.class_names)))
        if shown
        else (),
        density=_density(evaluation.class_names),
        pairs=tuple(_pair(pair, found[0].count) for pair in found[:pairs]),
        more_pairs=max(0, len(found) - pairs),
        more_words=_less_often(found, pairs),
    )


def confusion_title(evaluation: Evaluation, pairs: list[ConfusedPair]) -> str:
    """Return the most frequent confusion as a sentence."""
    if not pairs:
        return f"No {SET_IN_WORDS[evaluation.set_name]} picture was taken for another class"
    first = pairs[0]
    if first.count == 1:
        return "No two classes were confused more than once"
    ties = sum(pair.count == first.count for pair in pairs)
    if ties > 1:
        return f"{counted(ties, 'pair')} of classes were confused {times(first.count)} each, none more often"
    return f"{first.label} is taken for {first.predicted} most often: {times(first.count)}"


def _less_often(found: Sequence[ConfusedPair], shown: int) -> str:
    """Return how often the pairs that are not shown were confused; empty if all are shown."""
    if len(found) <= shown:
        return ""
    most, fewest, last = found[shown].count, found[-1].count, found[shown - 1].count
    if most == fewest:
        return f"{times(most)} each" if len(found) > shown + 1 else times(most)
    return "fewer times" if most < last else f"{times(last)} or less"


def _row(evaluation: Evaluation, index: int, largest_error: float) -> Row:
    """Return a row of cells. Errors are rare, so the largest of them, a share in (0, 1], gets the strongest shade."""
    names, counts = evaluation.class_names, evaluation.confusion_matrix[index]
    support = sum(counts)
    cells = tuple(
        Cell(
            count=count,
            share=_share(count, support),
            shade=""
            if not count
            else _shade("right", count / support)
            if column == index
            else _shade("wrong", count / support / largest_error),
            words=f"{names[index]} taken for {names[column]}: {count:,} of {support:,} ({percent(count / support)})"
            if count
            else "",
        )
        for column, count in enumerate(counts)
    )
    return Row(names[index], cells)


def _share(count: int, support: int) -> str:
    return percentage(count / support if support else 0.0)


def _shade(hue: str, strength: float) -> str:
    """Return the CSS class of a filled cell: pale for a small strength, full for a strength of 1."""
    return f"{hue}-{shade_step(strength)}"


def shade_step(strength: float) -> int:
    """Return the step of a ramp, from 1, for a strength in (0, 1]."""
    return max(1, math.ceil(strength * RAMP_STEPS))


def _density(class_names: Sequence[str]) -> str:
    """Return CSS classes that set the room of a cell, and whether column headings are vertical."""
    classes, longest = len(class_names), max(map(len, class_names))
    if classes <= 6:
        return "ample"
    room, fitting = ("roomy", 5) if classes <= 12 else ("middling", 3) if classes <= 25 else ("dense", 2)
    return room if longest <= fitting else f"{room} tall"


def _pair(pair: ConfusedPair, most: int) -> Pair:
    return Pair(
        words=f"{pair.label} taken for {pair.predicted}",
        count=times(pair.count),
        share=f"{percent(pair.share)} of {pair.label}",
        bar=round(100 * pair.count / most, 1),
    )
