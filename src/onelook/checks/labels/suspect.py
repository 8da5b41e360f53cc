"""A picture whose label looks wrong."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from onelook.checks.labels.confident_learning import LabelRanking, Probabilities

# Below this kappa the models are wrong so often that most labels they object to are right.
LOWEST_KAPPA = 0.7
# For a class with fewer pictures, each model has learnt from only a handful.
FEWEST_PICTURES = 5


@dataclass(frozen=True)
class Suspect:
    """One picture of a split whose label looks wrong, with the class that it looks like."""

    row: int  # its position in the split's evidence
    label: int  # the label in the data, as a position in the class names
    suggested: int  # the class that it looks like
    probability: float  # of the suggested class, by a model that was not trained on the picture
    score: float  # in [0, 1], higher is worse: 1 minus the probability of `label`


def list_suspects(ranking: LabelRanking, probabilities: Probabilities, labels: Sequence[int]) -> tuple[Suspect, ...]:
    """Return the candidates of a ranking, worst first.

    Args:
        ranking: the ranking of the rows of one split.
        probabilities, labels: the arrays that the ranking was made from.
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


def without_confirmed(
    suspects: Iterable[Suspect], ids: Sequence[str], confirmed: Container[str]
) -> tuple[Suspect, ...]:
    """Return the suspects without those whose labels a person has confirmed.

    Args:
        suspects: of one split.
        ids: of its pictures, in the order of its rows.
        confirmed: the ids of pictures whose labels are right.
    """
    return tuple(each for each in suspects if ids[each.row] not in confirmed)
