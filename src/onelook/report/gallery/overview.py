"""The whole confusion matrix of many classes as one small drawing: a dot for each pair of classes with errors."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from onelook.evaluation.result import Evaluation
from onelook.report.charts.distributions import Shade
from onelook.report.confusions import ConfusedPair
from onelook.report.gallery.class_order import confused_together
from onelook.report.gallery.matrix import shade_step
from onelook.wording import counted, translate

_DOTS_SHOWN = 4_000  # more would make a haze of single errors
_SMALLEST_DOT = 1 / 240  # of the side: two pixels of a drawing of 480


@dataclass(frozen=True)
class Overview:
    """The drawing: one unit for each class."""

    side: int
    dots: tuple[Shade, ...]  # of errors
    caption: str
    summary: str


def overview_of(evaluation: Evaluation, pairs: list[ConfusedPair], largest_error: float) -> Overview:
    """Return the drawing of all classes, with confused ones beside each other.

    Args:
        evaluation: has the counts.
        pairs: the confused pairs, the most frequent first.
        largest_error: the share of a class that gets the strongest shade.
    """
    side = len(evaluation.class_names)
    order = confused_together(evaluation.confusion_matrix)
    places = {evaluation.class_names[index]: place for place, index in enumerate(order)}
    dot = max(1.0, round(side * _SMALLEST_DOT, 1))
    paths: defaultdict[int, list[str]] = defaultdict(list)
    for pair in reversed(pairs[:_DOTS_SHOWN]):  # the most frequent are drawn last, on top
        x, y = places[pair.predicted] + (1 - dot) / 2, places[pair.label] + (1 - dot) / 2
        paths[shade_step(pair.share / largest_error)].append(f"M{x:g} {y:g}h{dot:g}v{dot:g}h-{dot:g}z")
    shown = counted(min(len(pairs), _DOTS_SHOWN), "pair")
    more = translate(", the {shown} with the most errors", shown=shown) if len(pairs) > _DOTS_SHOWN else ""
    return Overview(
        side=side,
        dots=tuple(Shade(step, "".join(paths[step])) for step in sorted(paths)),
        caption=translate(
            "All {side} classes: labels from top to bottom, predictions from left to right{more}",
            side=f"{side:,}",
            more=more,
        ),
        summary=translate(
            "The confusion matrix of {side} classes as a drawing: {shown} of classes with errors.",
            side=f"{side:,}",
            shown=shown,
        ),
    )
