"""Runs that were scored on the same pictures, side by side: a plain, serialisable result."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from onelook.comparison.scored_predictions import Answers
from onelook.comparison.speed import Speed
from onelook.errors import ModelError, in_words
from onelook.evaluation.result import Evaluation, Scored, SetName, read_scores
from onelook.metrics.pareto import pareto_front
from onelook.metrics.scores import Reads, ScoreValues, measure_scores
from onelook.metrics.significance import exact_mcnemar, holm

LEVEL = 0.05  # below which a difference counts as shown


@dataclass(frozen=True)
class PairedTest:
    """The best run against another one, on the same pictures: McNemar's exact test."""

    only_best_right: int  # pictures
    only_this_right: int
    p_value: float
    p_adjusted: float  # for the number of runs that the best one is held against (Holm 1979)

    @property
    def shows_a_difference(self) -> bool:
        """Whether equally good models would rarely differ so much."""
        return self.p_adjusted < LEVEL


@dataclass(frozen=True)
class EpochPoint:
    """What a run's curves show of one epoch; None where it is not a finite number."""

    epoch: int
    train_loss: float | None
    train_accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None


@dataclass(frozen=True)
class ComparedRun(Scored):
    """One run. What it does not say is None."""

    run: str  # its folder, as it was named
    label: str  # what it is called in tables: unlike all others, as short as can be
    model: str | None
    set_name: SetName  # `set` in JSON: what the score was taken on
    rows: int
    scores: ScoreValues  # in JSON each by its name, beside the other fields
    accuracy_interval: tuple[float, float]  # 95 %, Wilson 1927
    parameters: int | None
    size_bytes: int | None
    train_seconds: float | None
    epochs: int | None  # that it was trained for
    one_thread: Speed | None
    all_threads: Speed | None
    history: tuple[EpochPoint, ...] = ()
    warnings: tuple[str, ...] = ()  # of its evaluation
    against_best: PairedTest | None = None  # None for the best one itself, and where there is nothing to test on
    on_front: bool = False  # no other is both faster and more accurate

    @property
    def calibration_error(self) -> float | None:
        """The expected calibration error, in [0, 1]; None where nothing tells."""
        return self.scores.get("calibration_error")

    def to_dict(self) -> dict[str, Any]:
        """JSON values, named as in `evaluation.json`."""
        values = asdict(self)
        return {"run": values.pop("run"), "set": values.pop("set_name"), **values.pop("scores"), **values}


@dataclass(frozen=True)
class DifferentSetting:
    """A setting that is not the same in all runs."""

    name: str  # dotted
    values: tuple[str, ...]  # of each run


@dataclass(frozen=True)
class Comparison:
    """The runs in the order asked, and what follows from them."""

    data: str  # its name
    created: str  # ISO date and time
    machine: str  # that the speeds were measured on
    runs: tuple[ComparedRun, ...]
    best: int  # position of the most accurate one
    advice: str
    settings: tuple[DifferentSetting, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        values = asdict(self)
        return {**values, "best": self.runs[self.best].run, "runs": [run.to_dict() for run in self.runs]}


def read_comparison(path: Path) -> Comparison:
    """The comparison that a `comparison.json` holds, speeds as they were measured then.

    Raises:
        ModelError: the file is damaged.
    """
    try:
        values = json.loads(path.read_bytes())
        runs = [{**run, "set_name": run["set"], "scores": read_scores(run)} for run in values["runs"]]
        best = [run["run"] for run in runs].index(values["best"])
        return TypeAdapter(Comparison).validate_python({**values, "runs": runs, "best": best})
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        reason = (
            "a field is missing or of the wrong kind" if isinstance(problem, ValidationError) else in_words(problem)
        )
        raise ModelError(
            f"{path}: not a comparison ({reason}). Make it anew: onelook compare {path.parent}"
        ) from problem


def best_of(runs: Sequence[ComparedRun]) -> int:
    """The position of the most accurate run; of equals, the one with the lowest loss."""
    return min(range(len(runs)), key=lambda position: (-runs[position].accuracy, runs[position].loss))


def with_tests(runs: Sequence[ComparedRun], answers: Sequence[Answers | None], best: int) -> list[ComparedRun]:
    """The runs with the paired test of the best one against each other, corrected for their number.

    The best one is chosen on the pictures that it is tested on. Holm's correction is for the tests that are made, and
    does not undo that choice: with many nearly equal runs a difference that is just shown deserves new pictures.
    """
    best_one = answers[best]
    if best_one is None:
        return list(runs)
    tested, results = [], []
    for position, other in enumerate(answers):
        if position != best and other is not None and {*other.ids} == {*best_one.ids}:
            rows = {each: row for row, each in enumerate(other.ids)}
            tested.append(position)
            results.append(exact_mcnemar(best_one.right, other.right[[rows[each] for each in best_one.ids]]))
    compared = list(runs)
    for position, result, adjusted in zip(tested, results, holm([one.p_value for one in results]), strict=True):
        test = PairedTest(result.only_first_right, result.only_second_right, result.p_value, adjusted)
        compared[position] = replace(runs[position], against_best=test)
    return compared


def with_front(runs: Sequence[ComparedRun]) -> list[ComparedRun]:
    """The runs, those marked that no other beats in both accuracy and the time for one picture."""
    timed = [(position, run) for position, run in enumerate(runs) if run.all_threads is not None]
    costs = [run.all_threads.latency_ms for _, run in timed if run.all_threads is not None]
    front = {timed[place][0] for place in pareto_front(costs, [run.accuracy for _, run in timed])}
    return [replace(run, on_front=position in front) for position, run in enumerate(runs)]


def known_scores(evaluation: Evaluation, answers: Answers | None) -> ScoreValues:
    """The scores of an evaluation; those that an older one lacks are measured again from what was kept.

    Args:
        evaluation: of the run, with its confusion matrix.
        answers: to the pictures that it was scored on, for the scores that are made of confidences; None without them.
    """
    kept: dict[Reads, tuple[NDArray[Any], ...]] = {"confusion": (np.array(evaluation.confusion_matrix, np.int64),)}
    if answers is not None and len(answers.right):
        kept["confidence"] = (answers.confidence, answers.right)
    return {
        name: again if evaluation.scores[name] is None else evaluation.scores[name]
        for name, again in measure_scores(kept).items()
    }
