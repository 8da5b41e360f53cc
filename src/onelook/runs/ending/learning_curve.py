"""Measure a learning curve, which says what more pictures would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from onelook.evaluation.gains.gain import CURVE
from onelook.evaluation.learning_curve import measure_curve, rows_of_curve, why_no_curve
from onelook.evaluation.pictures.index import write_index
from onelook.runs.ending.step import Cost, Ending, EndingFacts, EndingStep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from onelook.data.dataset import ImageSet
    from onelook.evaluation.learning_curve import Values

_SECONDS = 1.5  # of processor time on a slow core, for the most pictures
_MOST = 4_000
_SHORTEST_LIMIT = 180.0


def _cost(facts: EndingFacts) -> Cost:
    rows, _ = rows_of_curve(len(facts.data.train), len(facts.data.val))
    return Cost(seconds=_SECONDS * (rows / _MOST) ** 2)


def _is_wanted(facts: EndingFacts) -> bool:
    data = facts.data
    return facts.settings.folds is None and not why_no_curve(len(data.train), len(data.val), data.num_classes)


def _run(ending: Ending) -> Ending:
    split, frozen = ending.data.split, ending.fitted.frozen
    sides = (split.train, split.val) if frozen is None else frozen
    most = rows_of_curve(len(sides[0]), len(sides[1]))
    train, judges = (_values(side, rows) for side, rows in zip(sides, most, strict=True))
    curve = None
    if train is not None and judges is not None:
        curve = measure_curve(
            train,
            judges,
            len(ending.data.dataset.class_names),
            seen="pixels" if frozen is None else "features",
            seed=ending.begun.settings.seed,
        )
    if curve is not None:
        write_index(ending.folder.evidence / CURVE, curve)
    return ending


def _values(side: ImageSet, most: int) -> tuple[Values, NDArray[np.int64]] | None:
    """Return some pictures as numbers, with their labels; None if they have none."""
    from onelook.evaluation.small_pixels import flat, small_pixels, spread_rows

    rows = spread_rows(len(side), most)
    if side.labels is None:
        return None
    # Features are pictures of one pixel, with many channels.
    is_one_pixel = side.images.shape[1:3] == (1, 1)
    values = side.take(rows).astype(np.float32) if is_one_pixel else small_pixels(side, rows)
    return flat(values), side.labels[rows]


STEP = EndingStep(
    _run,
    writes=(f"evidence/{CURVE}",),
    cost=_cost,
    is_wanted=_is_wanted,
    least_limit_seconds=_SHORTEST_LIMIT,
    what="the learning curve, which says what more pictures would give",
)
