"""A label that looks wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onelook.checks.labels.confident_learning import LabelRanking, Probabilities


@dataclass(frozen=True)
class Suspect:
    """One picture of a split whose label looks wrong, with what it looks like instead."""

    row: int  # in the split's evidence
    label: int  # as given, a position in the class names
    suggested: int  # what it looks like
    probability: float  # of the suggested class, by a model that was not trained on the picture
    score: float  # in [0, 1], higher is worse: 1 less the probability of the label as given


def list_suspects(ranking: LabelRanking, probabilities: Probabilities, labels: Sequence[int]) -> tuple[Suspect, ...]:
    """The candidates of a ranking, worst first.

    Args:
        ranking: of the rows of one split.
        probabilities, labels: what it was made from.
    """
    rows = ranking.candidates
    likelihood = probabilities[rows, ranking.suggested[rows]].astype(np.float64)
    return tuple(
        Suspect(row, int(labels[row]), suggested, probability, score)
        for row, suggested, probability, score in zip(
            rows.tolist(),
            ranking.suggested[rows].tolist(),
            likelihood.tolist(),
            ranking.score[rows].tolist(),
            strict=True,
        )
    )
