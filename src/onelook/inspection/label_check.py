"""Judge labels with networks that were not trained on the judged pictures, and list the suspects, worst first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from onelook.checks.labels.confident_learning import LabelRanking, agreement, rank_labels
from onelook.checks.labels.suspect import FEWEST_PICTURES, LOWEST_KAPPA, Suspect, list_suspects, without_confirmed
from onelook.data.dataset import Dataset
from onelook.data.fixes.suspects_file import suspects_csv
from onelook.data.pictures.protocol import OnProgress
from onelook.data.reading import Reading
from onelook.files import write_text
from onelook.inspection.out_of_fold import out_of_fold
from onelook.settings import DecodeSettings
from onelook.wording import counted, percent


@dataclass(frozen=True)
class SuspectPicture:
    """A label that looks wrong, with the names that the user knows."""

    id: str
    split: str  # the part of the data
    label: str
    suggested: str
    probability: float  # of the suggested class
    score: float  # in [0, 1], higher is worse: 1 minus the probability of the label

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON values."""
        return {**vars(self), "probability": round(self.probability, 4), "score": round(self.score, 4)}


@dataclass(frozen=True)
class LabelCheck:
    """The result of judging the labels."""

    accuracy: float  # share of the training pictures' labels that the networks agree with
    kappa: float  # Cohen's kappa: the agreement beyond chance
    folds: int
    epochs: int
    rankings: Mapping[str, LabelRanking]  # every picture of each labelled part, even if the networks are not reliable
    suspects: Mapping[str, tuple[Suspect, ...]]  # empty if they are not reliable
    listed: tuple[SuspectPicture, ...]  # the suspects of all parts together, worst first
    dataset: Dataset | None = field(default=None, repr=False)  # has the pictures, whose contents the file tells

    @property
    def is_reliable(self) -> bool:
        """Whether the networks are good enough to judge labels."""
        return self.kappa >= LOWEST_KAPPA

    def __str__(self) -> str:
        trained = (
            f"{self.folds} quick networks, {counted(self.epochs, 'epoch')} each, agree with {percent(self.accuracy)}"
        )
        if self.is_reliable:
            return f"{trained} of the labels of pictures that they were not trained on"
        return (
            f"{trained} of the labels of pictures that they were not trained on (Cohen's kappa {self.kappa:.2f}; "
            f"{LOWEST_KAPPA} is needed). That is too little to judge labels, so none is listed. Either the pictures "
            "are too hard or too few for a quick network, or very many labels are wrong."
        )

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON values."""
        return {
            "reliable": self.is_reliable,
            "accuracy": round(self.accuracy, 4),
            "kappa": round(self.kappa, 4),
            "folds": self.folds,
            "epochs": self.epochs,
            "note": str(self),
            "suspects": [suspect.to_dict() for suspect in self.listed],
        }

    def write(self, path: Path) -> None:
        """Write the suspects as CSV, worst first: `id,split,label,suggested,probability,score`, and three more columns.

        With the first of these filled in, `action`, it is a fixes file.
        """
        rows = [
            (each.id, each.split, each.label, each.suggested, f"{each.probability:.4f}", f"{each.score:.4f}")
            for each in self.listed
        ]
        write_text(path, suspects_csv(rows, self.dataset))


def check_labels(
    dataset: Dataset, reading: Reading, decode: DecodeSettings, on_progress: OnProgress | None = None
) -> LabelCheck:
    """Judge the labels of every labelled part.

    Args:
        dataset, reading, decode: the opened data, its decoded pictures, and how they were decoded.
        on_progress: called with the number of pictures trained on, over all epochs of all folds, and their total.

    Raises:
        ConfigError: torch is not installed.
        DataError: no part is labelled.
    """
    judged = out_of_fold(dataset, reading, decode, on_progress)
    labels = {name: np.asarray(reading.parts[name].labels) for name in judged.probabilities}
    rankings = {
        name: rank_labels(probabilities, labels[name], fewest_rows=FEWEST_PICTURES)
        for name, probabilities in judged.probabilities.items()
    }
    accuracy, kappa = agreement(judged.probabilities[judged.pool], labels[judged.pool])
    suspects: dict[str, tuple[Suspect, ...]] = {}
    if kappa >= LOWEST_KAPPA:
        suspects = {
            name: without_confirmed(
                list_suspects(rankings[name], probabilities, labels[name].tolist()),
                reading.parts[name].ids,
                dataset.confirmed,
            )
            for name, probabilities in judged.probabilities.items()
        }
    listed = [
        SuspectPicture(
            id=reading.parts[name].ids[each.row],
            split=name,
            label=reading.class_names[each.label],
            suggested=reading.class_names[each.suggested],
            probability=each.probability,
            score=each.score,
        )
        for name, of_part in suspects.items()
        for each in of_part
    ]
    return LabelCheck(
        accuracy=accuracy,
        kappa=kappa,
        folds=judged.folds,
        epochs=judged.epochs,
        rankings=rankings,
        suspects=suspects,
        listed=tuple(sorted(listed, key=lambda each: -each.score)),
        dataset=dataset,
    )
