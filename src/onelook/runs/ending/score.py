"""Score the model on pictures that did not influence it, with and without those that it has seen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from onelook.evaluation.small_pixels import spread_rows
from onelook.files import write_json
from onelook.planning.plan import Plan
from onelook.runs.begin import BegunRun
from onelook.runs.ending.step import Cost, Ending, EndingFacts, EndingStep, Scored
from onelook.runs.prepare import PreparedData
from onelook.runs.stages import Fitted
from onelook.signature.signature import compact

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from onelook.data.dataset import ImageSet
    from onelook.evaluation.result import Evaluation, SetName
    from onelook.predictors.predictor import Features

_MOST_WITH_FEATURES = 10_000  # scored pictures, evenly spread


def _scored_set(begun: BegunRun, fitted: Fitted) -> tuple[SetName, ImageSet]:
    """Return the pictures that the model is scored on. The test set is used only once, when the run is complete."""
    data = begun.data
    is_fold = begun.settings.folds is not None  # folds are scored on the test set after all are trained
    if data.test is not None and fitted.result.status == "complete" and not is_fold:
        return "test", data.test
    return "val", data.val


def seen_pictures(data: PreparedData, set_name: SetName) -> dict[str, tuple[str, ...]]:
    """Return which of the scored pictures the model has seen, and how: ids by kind, as `with_leaks` takes them."""
    found = {finding.check: finding.ids for finding in data.findings}
    if set_name == "test":
        seen = {"exact": found.get("leak-exact", ()), "near": found.get("leak-near", ())}
    else:
        seen = {"copies": found.get("leak-validation", ())}
    before = None if data.learnt is None else {"val": data.learnt.val, "test": data.learnt.test}[set_name]
    return seen | ({"before": before} if before else {})


def _cautions(plan: Plan, data: PreparedData) -> tuple[str, ...]:
    """Return how the model that training continued from affects the score."""
    if plan.start is None or data.learnt is None:
        return ()
    caution = data.learnt.caution(plan.start.path, data.split)
    return () if caution is None else (caution,)


def _memory(begun: BegunRun, data: PreparedData, fitted: Fitted, evaluation: Evaluation) -> tuple[str, ...]:
    """Return sentences on how much of a classical model's score is memory; none if it has seen no scored picture."""
    from onelook.evaluation.score_without_leaks import memory_sentence

    if fitted.classical is None:
        return ()
    val_seen = any(finding.check == "leak-validation" for finding in data.findings)
    val_accuracy = None if val_seen else fitted.classical.val.accuracy
    sentence = memory_sentence(evaluation, begun.settings.model, val_accuracy)
    return () if sentence is None else (sentence,)


def _cost(facts: EndingFacts) -> Cost:
    return Cost(len(facts.scored))


def _run(ending: Ending) -> Ending:
    from onelook.evaluation.evaluate import evaluate
    from onelook.evaluation.score_without_leaks import with_leaks

    begun, data, fitted, classifier = ending.begun, ending.data, ending.fitted, ending.classifier
    set_name, pictures = _scored_set(begun, fitted)
    kept = _KeptFeatures(spread_rows(len(pictures), _MOST_WITH_FEATURES))
    on_features = kept.add if ending.reads_features else None
    probabilities = classifier.probabilities(pictures.take(np.arange(len(pictures))), on_features)
    labels = np.empty(0, np.int64) if pictures.labels is None else pictures.labels
    evaluation = evaluate(
        probabilities, labels, classifier.class_names, set_name, temperature=classifier.card.temperature
    )
    evaluation = with_leaks(evaluation, probabilities, labels, pictures.ids, seen_pictures(data, set_name))
    warnings = (*_cautions(begun.plan, data), *evaluation.warnings, *_memory(begun, data, fitted, evaluation))
    evaluation = replace(evaluation, warnings=warnings)
    score = Scored(set_name, pictures, labels, probabilities, evaluation, kept.features, kept.rows)
    return replace(ending, score=score)


class _KeptFeatures:
    """Keeps the features of some pictures while all are predicted, a batch after the other."""

    def __init__(self, rows: NDArray[np.int64]) -> None:
        self.rows = rows
        self._seen = 0
        self._kept: list[Features] = []

    def add(self, features: Features) -> None:
        """Keep those of a batch that are asked for."""
        last = self._seen + len(features)
        self._kept.append(compact(features[self.rows[(self.rows >= self._seen) & (self.rows < last)] - self._seen]))
        self._seen = last

    @property
    def features(self) -> Features | None:
        """The features, (rows, features); None if the model has none."""
        return np.concatenate(self._kept) if self._kept else None


STEP = EndingStep(_run, cost=_cost)


def _write_results(ending: Ending) -> Ending:
    from onelook.evaluation.prediction.batch import PredictedBatch, PredictionOptions
    from onelook.evaluation.prediction.files import write_prediction_file

    folder, scored = ending.folder, ending.scored
    write_json(folder.evaluation, scored.evaluation.to_dict())
    batch = PredictedBatch(scored.pictures.ids, scored.probabilities, ending.classifier.class_names)
    write_prediction_file(folder.predictions, batch, PredictionOptions())
    return ending


RESULT_FILES = EndingStep(_write_results, writes=("evaluation.json", "predictions.csv"))
