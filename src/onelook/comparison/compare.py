"""Compare runs: the best one, paired tests against it, and which are beaten in both accuracy and speed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.comparison.result import ComparedRun, PairedTest
from onelook.comparison.scored_predictions import ScoredPredictions
from onelook.evaluation.result import Evaluation
from onelook.metrics.scores import Reads, ScoreValues, measure_scores
from onelook.metrics.significance import exact_mcnemar, holm


def best_of(runs: Sequence[ComparedRun]) -> int:
    """Return the position of the most accurate run. Among equally accurate runs the lowest loss decides."""

    def rank(position: int) -> tuple[float, float]:
        loss = runs[position].scores.get("loss")
        return -runs[position].accuracy, math.inf if loss is None else loss

    return min(range(len(runs)), key=rank)


def with_tests(
    runs: Sequence[ComparedRun], predictions: Sequence[ScoredPredictions | None], best: int
) -> list[ComparedRun]:
    """Return the runs with the paired test of the best run against each other run, corrected for their number.

    The best run was chosen on the pictures of the test. Holm's correction is for the number of tests and does not undo
    that choice: with many nearly equal runs, try a difference that is only just shown on new pictures.
    """
    best_run = predictions[best]
    if best_run is None:
        return list(runs)
    tested, results = [], []
    for position, other in enumerate(predictions):
        if position != best and other is not None and {*other.ids} == {*best_run.ids}:
            rows = {each: row for row, each in enumerate(other.ids)}
            tested.append(position)
            results.append(exact_mcnemar(best_run.right, other.right[[rows[each] for each in best_run.ids]]))
    compared = list(runs)
    for position, result, adjusted in zip(tested, results, holm([one.p_value for one in results]), strict=True):
        test = PairedTest(result.only_first_right, result.only_second_right, result.p_value, adjusted)
        compared[position] = replace(runs[position], against_best=test)
    return compared


def with_front(runs: Sequence[ComparedRun]) -> list[ComparedRun]:
    """Return the runs, with a mark on those that no other run beats in both accuracy and time for one picture."""
    timed = [(position, run) for position, run in enumerate(runs) if run.all_threads is not None]
    costs = [run.all_threads.latency_ms for _, run in timed if run.all_threads is not None]
    front = {timed[place][0] for place in pareto_front(costs, [run.accuracy for _, run in timed])}
    return [replace(run, on_front=position in front) for position, run in enumerate(runs)]


def pareto_front(costs: Sequence[float], gains: Sequence[float]) -> tuple[int, ...]:
    """Return the positions of the candidates that no other beats, from the cheapest to the dearest.

    One beats another if it costs no more, gains no less, and is better in one of the two. Equal candidates are all on
    the front.

    Args:
        costs, gains: the cost and the gain of every candidate.

    Example:
        >>> pareto_front(costs=[1.0, 5.0, 4.0], gains=[0.8, 0.9, 0.7])
        (0, 1)
    """

    def is_beaten(one: int) -> bool:
        return any(
            costs[other] <= costs[one]
            and gains[other] >= gains[one]
            and (costs[other], gains[other]) != (costs[one], gains[one])
            for other in range(len(costs))
        )

    return tuple(sorted((one for one in range(len(costs)) if not is_beaten(one)), key=lambda one: costs[one]))


def known_scores(evaluation: Evaluation, predictions: ScoredPredictions | None) -> ScoreValues:
    """Return the scores of an evaluation. Scores that an older evaluation lacks are measured from what was kept.

    Args:
        evaluation: the evaluation of the run, with its confusion matrix.
        predictions: for the pictures of the evaluation, as some scores need confidences. None if they are missing.
    """
    kept: dict[Reads, tuple[NDArray[Any], ...]] = {"confusion": (np.array(evaluation.confusion_matrix, np.int64),)}
    if predictions is not None and len(predictions.right):
        kept["confidence"] = (predictions.confidence, predictions.right)
    return {
        name: again if evaluation.scores[name] is None else evaluation.scores[name]
        for name, again in measure_scores(kept).items()
    }
