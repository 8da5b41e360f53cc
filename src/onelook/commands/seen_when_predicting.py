"""Warn where pictures that are predicted have labels, and the model has seen some of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from onelook.data.class_names import positions_among
from onelook.data.dataset import Dataset
from onelook.data.labels import Labels
from onelook.data.open import open_with
from onelook.errors import DataError, OnelookError
from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.prediction.batch import PredictedBatch
from onelook.evaluation.score_without_leaks import with_leaks
from onelook.settings.opening import OpeningOptions


def labels_for(class_names: Sequence[str], dataset: Dataset, data: Any, opening: OpeningOptions) -> Labels:
    """Return the position of each picture's label among the model's classes, (rows,); -1 if it has none of them.

    Args:
        class_names: the classes of the model.
        dataset: the opened data. Pictures in folders were opened without labels, because a prediction needs none.
        data, opening: what it was opened from, and how.
    """
    labelled = dataset
    if all(part.labels is None for part in dataset.parts.values()):
        try:
            labelled = open_with(data, opening, for_training=False)
        except OnelookError:  # it has no labels, or a person would have to say which
            return np.full(dataset.rows, -1)
    label_of: dict[str, int] = {}
    for part in labelled.parts.values():
        if part.labels is not None:
            positions = _positions(labelled.class_names, class_names)
            label_of |= dict(zip(part.ids, positions[part.labels].tolist(), strict=True))
    ids = (each for part in dataset.parts.values() for each in part.ids)
    return np.fromiter((label_of.get(each, -1) for each in ids), np.int64, dataset.rows)


def warnings_on_seen(found: PredictedBatch, seen: Mapping[str, Sequence[str]], labels: Labels) -> tuple[str, ...]:
    """Return a sentence on the labelled pictures that the model has seen, with the score without them; or none.

    Args:
        found: the predictions.
        seen: the ids of the pictures that the model has seen, by kind.
        labels: as `labels_for` returns them.
    """
    rows = np.flatnonzero((labels >= 0) & found.is_read)
    if not any(seen.values()) or not len(rows):
        return ()
    probabilities = found.probabilities[rows]
    scored = evaluate(probabilities, labels[rows], found.class_names, "test")
    ids = [found.ids[row] for row in rows.tolist()]
    called = "pictures" if len(rows) == len(found) else "labelled pictures"
    scored = with_leaks(scored, probabilities, labels[rows], ids, seen, called=called)
    return scored.warnings[:1]


def _positions(names: Sequence[str], known: Sequence[str]) -> Labels:
    try:
        return positions_among(names, known, "the data")
    except DataError:  # it has other classes too
        return np.array([known.index(name) if name in known else -1 for name in names], np.int64)
