"""A run's predictions for the pictures that it was scored on, read from its files."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from onelook.errors import ModelError, in_words
from onelook.evaluation.result import SetName
from onelook.run_folder import RunFolder


@dataclass(frozen=True)
class ScoredPredictions:
    """Predictions of one run, in the order of `predictions.csv`."""

    ids: tuple[str, ...]
    right: NDArray[np.bool_]  # (rows,), whether the predicted class is the label
    confidence: NDArray[np.float64]  # (rows,), the probability of the predicted class, in [0, 1]
    labels: tuple[str, ...] = ()  # the class of each picture
    predicted: tuple[str, ...] = ()  # the predicted class of each picture
    named: tuple[str, ...] = ()  # the ids in the run's files; empty if they are `ids`

    @property
    def own_ids(self) -> tuple[str, ...]:
        """The ids in the run's files, in the same order."""
        return self.named or self.ids


def read_scored_predictions(run: RunFolder, set_name: SetName) -> ScoredPredictions | None:
    """Read `predictions.csv` and compare it with the labels in `split.csv`. None if one of the files is missing.

    Raises:
        ModelError: a file is damaged, or the two files name different pictures.
    """
    if not (run.predictions.is_file() and run.split_csv.is_file()):
        return None
    given = {row["id"]: row["class"] for row in _rows(run.split_csv, "id", "class") if row["split"] == set_name}
    predicted = _rows(run.predictions, "id", "label", "confidence")
    ids = tuple(row["id"] for row in predicted)
    if len({*ids}) < len(ids) or {*ids} != {*given}:
        raise ModelError(
            f"{run.predictions}: its pictures are not those of the {set_name} set in split.csv. One of the files was "
            "changed: train the run again."
        )
    try:
        confidence = np.array([float(row["confidence"]) for row in predicted])
    except ValueError as problem:
        raise _damaged(run.predictions, "a confidence is no number") from problem
    labels, answers = tuple(given[each] for each in ids), tuple(row["label"] for row in predicted)
    right = np.array([label == answer for label, answer in zip(labels, answers, strict=True)], np.bool_)
    return ScoredPredictions(ids, right, confidence, labels, answers)


def _rows(path: Path, *columns: str) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, ValueError, csv.Error) as problem:
        raise _damaged(path, in_words(problem)) from problem
    if any(row.get(column) is None for row in rows for column in columns):
        raise _damaged(path, f"a line lacks one of {', '.join(columns)}")
    return rows


def _damaged(path: Path, reason: str) -> ModelError:
    return ModelError(f"{path}: not readable ({reason}). The file is damaged: train the run again.")
