"""Find which classes are taken for which others, from the confusion matrix."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.evaluation.result import Evaluation


@dataclass(frozen=True)
class ConfusedPair:
    """One class taken for another."""

    label: str
    predicted: str
    count: int
    support: int  # all pictures of `label`

    @property
    def share(self) -> float:
        """The share of all pictures of `label` that were taken for `predicted`."""
        return self.count / self.support


def confused_pairs(evaluation: Evaluation) -> list[ConfusedPair]:
    """Return every confused pair, the most frequent first. Ties are ordered by share, then by class."""
    names = evaluation.class_names
    pairs = [
        ConfusedPair(names[row], names[column], count, sum(counts))
        for row, counts in enumerate(evaluation.confusion_matrix)
        for column, count in enumerate(counts)
        if row != column and count
    ]
    return sorted(pairs, key=lambda pair: (-pair.count, -pair.share))


def right_and_wrong(evaluation: Evaluation) -> tuple[int, int]:
    """Return how many predictions are correct, and how many are wrong."""
    right = sum(counts[index] for index, counts in enumerate(evaluation.confusion_matrix))
    return right, evaluation.rows - right
