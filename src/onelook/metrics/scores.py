"""The type of a score, and the functions that measure every registered score.

A new score is one file that holds a `Score`, and one line in `onelook.metrics.METRICS`. `evaluation.json`, the report,
the command line, folds and comparisons iterate over that registry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from onelook.metrics import METRICS
from onelook.metrics.confusion import confusion_of
from onelook.wording import number, percent

# The arrays that a score is computed from:
#   probabilities: (rows, classes), each row summing to 1; and labels: (rows,), positions of the classes.
#   confidence: (rows,), the probability of the predicted class; and right: (rows,), whether that class is the label.
#   confusion: (classes, classes), counts; row: the label, column: the predicted class.
Reads = Literal["probabilities", "confidence", "confusion"]
Format = Literal["percent", "number"]
# The short views: the first screen of a report, and what `onelook evaluate`, `train --folds` and `compare` print.
Place = Literal["report", "evaluate", "folds", "comparison"]

ScoreValues = Mapping[str, float | None]  # every registered score by its name; None if it is undefined or unknown


@dataclass(frozen=True)
class Score:
    """The computation and the display of a score. The registry has its name in JSON and its meaning."""

    label: str  # for people, as within a sentence: "macro F1"
    measure: Callable[..., float | None]  # takes the arrays that `reads` names; None if the score is undefined
    reads: Reads = "probabilities"
    format: Format = "number"
    higher_is_better: bool = True
    limits: tuple[float, float] = (0.0, 1.0)  # the lowest and the highest value that it can have
    # The short views that show it. JSON shows every score, and so do the pages of a run, of folds and of a comparison.
    shown_in: tuple[Place, ...] = ("evaluate",)
    short: str = ""  # for a narrow column; empty if the label is short enough

    @property
    def title(self) -> str:
        """The label with a capital, for the beginning of a line.

        Example:
            >>> Score("macro F1", len).title
            'Macro F1'
        """
        return self.label[:1].upper() + self.label[1:]

    @property
    def column(self) -> str:
        """The title of a narrow column."""
        return self.short or self.label

    def in_words(self, value: float | None, *, percent_decimals: int = 2, number_decimals: int = 4) -> str:
        """Return a value of this score as text: a dash for None, and 0 only for exactly 0.

        Example:
            >>> Score("macro F1", len).in_words(0.98765), Score("log loss", len).in_words(0.0000213)
            ('0.9877', '2.1e-05')
            >>> Score("log loss", len).in_words(-0.0)
            '0.0000'
            >>> Score("accuracy", len, format="percent").in_words(0.98765), Score("kappa", len).in_words(None)
            ('98.77 %', '–')
        """
        if value is None:
            return "–"
        if self.format == "percent":
            return percent(value, percent_decimals)
        text = f"{value or 0.0:.{number_decimals}f}"  # a perfect log loss is -0.0
        return number(value, 2) if value and not float(text) else text


def all_scores() -> dict[str, Score]:
    """Return every registered score by its name in JSON, in the order of display."""
    return {name: METRICS.load(name) for name in METRICS}


def further_scores(results: Iterable[Mapping[str, Any]], place: Place | None = None) -> dict[str, Score]:
    """Return the scores to show beside accuracy, which every view shows apart, with its interval.

    Args:
        results: values by the name of their score. A score that none of them has is left out.
        place: a short view; None for a table of all scores.

    Example:
        >>> list(further_scores([{"accuracy": 0.9, "loss": 0.3}, {"accuracy": 0.8, "macro_f1": 0.7}]))
        ['macro_f1', 'loss']
    """
    known = {name for values in results for name, value in values.items() if value is not None}
    return {
        name: score
        for name, score in all_scores().items()
        if name in known and name != "accuracy" and (place is None or place in score.shown_in)
    }


def measure_scores(known: Mapping[Reads, tuple[NDArray[Any], ...]]) -> dict[str, float | None]:
    """Return every registered score by name; None if it is undefined, or where an array that it reads is unknown.

    Args:
        known: the arrays that are known, by kind.

    Example:
        >>> measure_scores({"confusion": (np.array([[3, 1], [0, 4]]),)})["balanced_accuracy"]
        0.875
    """
    return {
        name: score.measure(*known[score.reads]) if score.reads in known else None
        for name, score in all_scores().items()
    }


def score_inputs(
    probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]]
) -> dict[Reads, tuple[NDArray[Any], ...]]:
    """Return the arrays that scores are computed from, for `measure_scores`.

    Args:
        probabilities: (rows, classes), float, each row summing to 1.
        labels: (rows,), positions of the classes.
    """
    return {
        "probabilities": (probabilities, labels),
        "confidence": (probabilities.max(axis=1), probabilities.argmax(axis=1) == labels),
        "confusion": (confusion_of(probabilities, labels),),
    }
