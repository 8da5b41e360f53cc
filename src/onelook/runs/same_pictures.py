"""Bring runs to the same pictures: those that all of them were scored on, recognised by their hashes.

A data set that was corrected is other data, and its scores are of other pictures, or of other labels. The runs can
still be compared on the pictures that they share, with the labels of the newest run.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from onelook.comparison.scored_predictions import ScoredPredictions
from onelook.errors import ConfigError, ModelError, in_words
from onelook.metrics.confusion import confusion_matrix
from onelook.metrics.interval import wilson_interval
from onelook.metrics.scores import measure_scores, score_inputs
from onelook.run_folder import RunFolder
from onelook.runs.scored_runs import ScoredRun, different_pictures, scored_on
from onelook.wording import agree, definite, listed

_LEAST_SHARED = 0.5  # of the pictures of each run; below that, the easier pictures of one run would decide


@dataclass(frozen=True)
class _Answers:
    """The predictions of one run, by the hash of the picture."""

    run: ScoredRun
    named: dict[str, str]  # the id in the run
    label: dict[str, str]
    predicted: dict[str, str]
    confidence: dict[str, float]


def on_same_pictures(read: Sequence[ScoredRun]) -> tuple[list[ScoredRun], tuple[str, ...]]:
    """Return the runs with their scores on the pictures that all were scored on, and sentences on what that changed.

    Runs of the same data and split are returned unchanged.

    Raises:
        ConfigError: the runs share too few of their scored pictures, or it is not known which.
        ModelError: a run's files are damaged.
    """
    other = next((one for one in read if scored_on(one) != scored_on(read[0])), None)
    if other is None:
        return [*read], ()
    refused = different_pictures(read[0].row, other.row)
    if any(one.row.set_name != read[0].row.set_name for one in read):
        raise refused
    if len({str(one.facts.data.hashed_as) for one in read}) > 1 or read[0].facts.data.hashed_as is None:
        raise refused
    if len({frozenset(one.facts.data.class_names) for one in read}) > 1:
        raise refused
    answers = [_answers(one, refused) for one in read]
    shared = [each for each in answers[0].label if all(each in one.label for one in answers)]
    if any(len(shared) < _LEAST_SHARED * len(one.label) for one in answers):
        raise refused
    newest = max(answers, key=lambda one: one.run.facts.created)
    differing = sum(len({one.label[each] for one in answers}) > 1 for each in shared)
    return [_scored_again(one, shared, newest) for one in answers], tuple(_notes(answers, shared, newest, differing))


def _answers(one: ScoredRun, refused: ConfigError) -> _Answers:
    hash_of = _read_hashes(one.folder)
    if one.answers is None or hash_of is None:
        raise refused
    found = one.answers
    keys = [hash_of.get(each, each) for each in found.ids]
    return _Answers(
        one,
        dict(zip(keys, found.ids, strict=True)),
        dict(zip(keys, found.labels, strict=True)),
        dict(zip(keys, found.predicted, strict=True)),
        dict(zip(keys, found.confidence.tolist(), strict=True)),
    )


def _read_hashes(folder: RunFolder) -> dict[str, str] | None:
    """Return the hash of each used picture by its id; None if the run has none, as those of earlier versions."""
    if not folder.picture_hashes.is_file():
        return None
    try:
        with folder.picture_hashes.open(encoding="utf-8", newline="") as file:
            return {row["id"]: row["hash"] for row in csv.DictReader(file)}
    except (OSError, ValueError, KeyError, csv.Error) as problem:
        raise ModelError(
            f"{folder.picture_hashes}: not readable ({in_words(problem)}). Train the run again."
        ) from problem


def _scored_again(one: _Answers, shared: Sequence[str], newest: _Answers) -> ScoredRun:
    """Return the run with its scores on the shared pictures, with the labels of the newest run."""
    names = newest.run.facts.data.class_names
    position = {name: at for at, name in enumerate(names)}
    labels = np.array([position[newest.label[each]] for each in shared], np.int64)
    predicted = np.array([position[one.predicted[each]] for each in shared], np.int64)
    confidence = np.array([one.confidence[each] for each in shared], np.float64)
    right = predicted == labels
    if len(names) == 2:  # the confidence gives both probabilities
        both = np.stack([1 - confidence, 1 - confidence], axis=1)
        both[np.arange(len(shared)), predicted] = confidence
        scores = measure_scores(score_inputs(both, labels))
    else:
        confusion = confusion_matrix(labels, predicted, len(names))
        scores = measure_scores({"confusion": (confusion,), "confidence": (confidence, right)})
        scores["accuracy"] = float(right.mean())
    interval = wilson_interval(int(right.sum()), len(shared))
    row = replace(one.run.row, rows=len(shared), scores=scores, accuracy_interval=interval)
    answers = ScoredPredictions(
        tuple(shared),
        right,
        confidence,
        labels=tuple(newest.label[each] for each in shared),
        predicted=tuple(one.predicted[each] for each in shared),
        named=tuple(one.named[each] for each in shared),
    )
    return replace(one.run, row=row, answers=answers)


def _notes(answers: Sequence[_Answers], shared: Sequence[str], newest: _Answers, differing: int) -> list[str]:
    row = newest.run.row
    kind = "test" if row.set_name == "test" else "validation"
    data = "the data has changed between the runs"
    if all(len(one.label) == len(shared) for one in answers):
        notes = [f"{data}, but all were scored on {definite(len(shared), f'{kind} picture', before='the same')}"]
    else:
        own = listed(f"{one.run.row.run}: {len(one.label):,}" for one in answers)
        pictures = definite(len(shared), f"{kind} picture")
        notes = [f"{data}: they are compared on {pictures} that all were scored on ({own})"]
    if differing:
        them = agree(differing, "has another label", "have another label")
        notes.append(
            f"{differing:,} of these {them} in {row.run}, the newest run: its labels count for all, so the scores of "
            "the others may differ from those in their reports"
        )
    return notes
