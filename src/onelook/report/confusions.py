"""Which classes are taken for which, from the confusion matrix."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.evaluation.result import Evaluation
from onelook.report.page_wording import percent
from onelook.wording import times


@dataclass(frozen=True)
class ConfusedPair:
    """One class taken for another."""

    label: str
    predicted: str
    count: int
    support: int  # pictures of `label` in all

    @property
    def share(self) -> float:
        """Of all pictures of `label`, the share that was taken for `predicted`."""
        return self.count / self.support

    @property
    def sentence(self) -> str:
        """The pair in words.

        Example:
            >>> ConfusedPair("4", "9", 11, 982).sentence.replace("\u202f", " ")
            '4 taken for 9: 11 times (1.1 % of 4)'
        """
        return f"{self.label} taken for {self.predicted}: {times(self.count)} ({percent(self.share)} of {self.label})"


def confused_pairs(evaluation: Evaluation) -> list[ConfusedPair]:
    """Every pair that was confused at all, the most frequent first, then by share, then in the order of classes."""
    names = evaluation.class_names
    pairs = [
        ConfusedPair(names[row], names[column], count, sum(counts))
        for row, counts in enumerate(evaluation.confusion_matrix)
        for column, count in enumerate(counts)
        if row != column and count
    ]
    return sorted(pairs, key=lambda pair: (-pair.count, -pair.share))


def right_and_wrong(evaluation: Evaluation) -> tuple[int, int]:
    """How many pictures were named correctly, and how many were not."""
    right = sum(counts[index] for index, counts in enumerate(evaluation.confusion_matrix))
    return right, evaluation.rows - right
