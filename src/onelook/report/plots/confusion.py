"""Draw the confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from onelook.errors import ConfigError
from onelook.evaluation.result import Evaluation
from onelook.report.confusions import confused_pairs
from onelook.report.gallery.matrix import shade_step
from onelook.report.plots.figure import Plot, plain, write
from onelook.report.results import Results
from onelook.report.sections.confusion import confusion_title
from onelook.report.theme import LIGHT, contrast, ramp
from onelook.wording import counted

_MOST_CLASSES = 100  # with more, those with the most errors are drawn
# (classes at most, inches of a cell, points of its number, points of a class name). With more than 50 classes a number
# would be too small to read, and thousands of them take seconds to draw.
_SIZES = ((6, 0.8, 12.0, 10.0), (12, 0.5, 10.5, 9.5), (25, 0.34, 7.5, 8.0), (50, 0.22, 5.5, 7.5), (100, 0.15, 0.0, 7.0))
_INCHES_A_POINT = 0.0078  # the width of a letter, where one point is its size
_LONGEST_NAME = 24  # characters
_SMALLEST_WIDTH = 5.6  # inches, for the title


def draw_confusion(results: Results) -> Plot:
    """Return the confusion matrix: labels in rows, predictions in columns.

    Raises:
        ConfigError: the run has no score.
    """
    evaluation = results.evaluation
    if evaluation is None:
        raise ConfigError(f"{results.name}: the model was not scored, so there is no confusion matrix.")
    shown = _shown_classes(evaluation)
    matrix = np.array(evaluation.confusion_matrix, dtype=np.int64)
    largest_error = _largest_error(matrix)
    names = [_short(evaluation.class_names[index]) for index in shown]
    _, cell, number_size, name_size = next(size for size in _SIZES if len(shown) <= size[0])
    side, longest = cell * len(shown), _INCHES_A_POINT * name_size * max(map(len, names))
    is_tall = longest > cell - 0.08
    beside, above = max(1.15, 0.4 + longest), 0.15 + (longest if is_tall else 0.25)
    title = confusion_title(evaluation, confused_pairs(evaluation))
    width = max(beside + side + 0.3, _SMALLEST_WIDTH)
    plot = Plot(title, _subtitle(evaluation, shown), width, above + side + 0.3)
    axes = plot.axes_at(beside, above, side, side)
    _draw(axes, matrix, shown, largest_error, number_size)
    ticks = range(len(shown))
    axes.set_xticks(ticks, names)
    axes.set_yticks(ticks, names)
    axes.xaxis.tick_top()
    plain(axes.get_yticklabels(), fontsize=name_size, color=LIGHT.ink)
    plain(axes.get_xticklabels(), fontsize=name_size, color=LIGHT.ink, rotation=90 if is_tall else 0)
    corner = beside - 0.12, plot.title_inches + above - 0.09
    plot.write(*corner, "taken for →", size=8.5, color=LIGHT.faint_ink, ha="right", va="bottom")
    return plot


def _shown_classes(evaluation: Evaluation) -> list[int]:
    """Return the positions of the classes to draw: all, or those that are in the most errors, in their order."""
    matrix = np.array(evaluation.confusion_matrix, dtype=np.int64)
    if len(matrix) <= _MOST_CLASSES:
        return list(range(len(matrix)))
    wrong = matrix - np.diag(np.diag(matrix))
    most = np.argsort(-(wrong.sum(axis=0) + wrong.sum(axis=1)), kind="stable")[: _MOST_CLASSES // 2]
    return sorted(most.tolist())


def _subtitle(evaluation: Evaluation, shown: Sequence[int]) -> str:
    key = "Rows are labels. Blue is right, orange is wrong."
    in_all = len(evaluation.class_names)
    if len(shown) == in_all:
        return key
    return f"The {len(shown)} of {counted(in_all, 'class')} with the most errors. {key}"


def _largest_error(matrix: NDArray[np.int64]) -> float:
    """Return the largest share of a class that was taken for one other class; 1 if there are no errors."""
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    np.fill_diagonal(shares, 0)
    return float(shares.max()) or 1.0


def _draw(
    axes: Axes, matrix: NDArray[np.int64], shown: Sequence[int], largest_error: float, number_size: float
) -> None:
    blues, oranges = ramp(LIGHT.right_wash, LIGHT.right), ramp(LIGHT.wrong_wash, LIGHT.wrong)
    colours = np.empty((len(shown), len(shown), 3))
    for row, label in enumerate(shown):
        support = max(1, int(matrix[label].sum()))
        for column, predicted in enumerate(shown):
            count = int(matrix[label, predicted])
            colour = LIGHT.mat
            if count and label == predicted:
                colour = blues[shade_step(count / support) - 1]
            elif count:
                colour = oranges[shade_step(count / support / largest_error) - 1]
            colours[row, column] = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
            if count and number_size:
                ink = "#ffffff" if contrast("#ffffff", colour) > contrast("#000000", colour) else "#000000"
                write(axes, column, row, f"{count:,}", size=number_size, color=ink, ha="center", va="center")
    axes.imshow(colours, aspect="equal", interpolation="nearest")
    # Thin lines of paper between the cells.
    edges = np.arange(1, len(shown)) - 0.5
    for draw in (axes.hlines, axes.vlines):
        draw(edges, -0.5, len(shown) - 0.5, colors=LIGHT.paper, linewidth=2.0 if len(shown) <= 25 else 0.6)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
