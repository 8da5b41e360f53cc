"""The last stage of a run: save the model, score it on pictures that did not influence it, and write the report."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from onelook.files import json_text, write_text
from onelook.planning.plan import Plan
from onelook.planning.pretrained_request import pretrained_record
from onelook.runs.begin import BegunRun, starting_record
from onelook.runs.portable_model import calibrated, signed, to_classifier
from onelook.runs.prepare import PreparedData
from onelook.runs.stages import Clock, Fitted
from onelook.runtime import versions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from onelook.classifier import Classifier
    from onelook.classifier.picture_list import PictureList
    from onelook.data.dataset import ImageSet
    from onelook.evaluation.baseline import Baseline
    from onelook.evaluation.result import Evaluation, SetName
    from onelook.training.result import FitResult


def finish_run(begun: BegunRun, data: PreparedData, fitted: Fitted, clock: Clock) -> Evaluation:
    """Save the model, score it, write the report and the model's README, and add the last fields to `run.json`."""
    from onelook.evaluation.evaluate import evaluate
    from onelook.evaluation.predictions import write_predictions
    from onelook.evaluation.score_without_leaks import with_leaks
    from onelook.report.build import build_report
    from onelook.report.model_readme import write_model_readme

    folder = begun.own_folder
    classifier = _save_model(begun, data, fitted)
    with clock.stage("evaluate"):
        set_name, pictures = _scored_set(begun, fitted)
        probabilities = classifier.probabilities(pictures.images[pictures.rows])
        labels = np.empty(0, np.int64) if pictures.labels is None else pictures.labels
        evaluation = evaluate(
            probabilities, labels, classifier.class_names, set_name, temperature=classifier.card.temperature
        )
        evaluation = with_leaks(evaluation, probabilities, labels, pictures.ids, seen_pictures(data, set_name))
        evaluation = replace(evaluation, baseline=_baseline(begun, data, pictures))
        warnings = (*_cautions(begun.plan, data), *evaluation.warnings, *_memory(begun, data, fitted, evaluation))
        evaluation = replace(evaluation, warnings=warnings)
        write_text(folder.evaluation, json_text(evaluation.to_dict()) + "\n")
        write_predictions(folder.predictions, pictures.ids, probabilities, classifier.class_names)
        _write_pictures(begun, data, probabilities, pictures)
    scores = {name: value for name, value in evaluation.scores.items() if value is not None}
    folder.update_run(
        status=fitted.result.status,
        best_epoch=fitted.result.best_epoch,
        stopped_early=fitted.result.stopped_early,
        resumed_from_epoch=fitted.result.resumed_from_epoch,
        notes=list(fitted.result.notes),
        metrics={"set": set_name, **scores},
        model={**folder.read_run()["model"], "size_bytes": _size_of(folder.model)},
        # Up to here: the report shows these times, so its own (some tenths of a second) cannot be among them.
        timings=_with_earlier_epochs(clock.so_far(), fitted.result),
    )
    build_report(folder)
    write_model_readme(folder)
    for log in fitted.logs:
        log.on_finish(set_name, scores)
    return evaluation


def _with_earlier_epochs(seconds: dict[str, float], result: FitResult) -> dict[str, float]:
    """Return the seconds of each stage, with the epochs that were trained before the run was resumed.

    Example:
        >>> from types import SimpleNamespace as Some
        >>> resumed = Some(history=[Some(seconds=30.0), Some(seconds=20.0)], resumed_from_epoch=1)
        >>> _with_earlier_epochs({"train": 21.0, "total": 25.0}, resumed)
        {'train': 51.0, 'total': 55.0}
        >>> within_the_first = Some(history=[Some(seconds=30.0)], resumed_from_epoch=0)
        >>> _with_earlier_epochs({"train": 21.0, "total": 25.0}, within_the_first)
        {'train': 30.0, 'total': 34.0}
    """
    if "train" not in seconds or result.resumed_from_epoch is None:
        return seconds
    epochs = [epoch.seconds for epoch in result.history]
    # An epoch that was cut short counts its seconds from before, too.
    earlier = max(sum(epochs[: result.resumed_from_epoch]), sum(epochs) - seconds["train"])
    return seconds | {name: round(seconds[name] + earlier, 3) for name in ("train", "total")}


def _save_model(begun: BegunRun, data: PreparedData, fitted: Fitted) -> Classifier:
    train = data.split.train
    classifier = to_classifier(
        fitted.model,
        begun.plan,
        data.dataset.class_names,
        dtype=train.images.dtype,
        provenance=_provenance(begun, data, fitted),
        metrics=_best_epoch(fitted),
        golden_pictures=train,
        pictures=_picture_list(begun, data),
    )
    sizes = data.dataset.pool.pictures.facts().sizes
    classifier = signed(calibrated(classifier, data.split.val), train, data.split.val, sizes)
    classifier.save(begun.own_folder.model)
    return classifier


def _picture_list(begun: BegunRun, data: PreparedData) -> PictureList | None:
    """Return the list of the pictures that the model has learnt, with those of the model that it started from."""
    from onelook.classifier.picture_list import PictureList

    if begun.settings.omit_picture_list:
        return None
    start = begun.plan.start
    before = None if start is None else start.pictures
    return PictureList.of(data.split.train, data.split.val, before, data.value_range)


def _size_of(model: Path) -> int:
    """Return the bytes that the model folder takes on the disk."""
    return sum(file.stat().st_size for file in model.iterdir())


def _scored_set(begun: BegunRun, fitted: Fitted) -> tuple[SetName, ImageSet]:
    """Return the pictures that the model is scored on. The test set is used only once, when the run is complete."""
    data = begun.data
    is_fold = begun.settings.folds is not None  # folds are scored on the test set after all are trained
    if data.test is not None and fitted.result.status == "complete" and not is_fold:
        return "test", data.test
    return "val", data.val


def _baseline(begun: BegunRun, data: PreparedData, scored: ImageSet) -> Baseline | None:
    from onelook.evaluation.baseline import baseline_seconds, measure_baseline

    if not baseline_seconds(begun.settings):
        return None
    return measure_baseline(data.split.train, scored, len(data.dataset.class_names))


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


def _write_pictures(
    begun: BegunRun, data: PreparedData, probabilities: NDArray[np.float32], pictures: ImageSet
) -> None:
    from onelook.evaluation.pictures.augmentation_preview import augmented_versions, write_augmentation_preview
    from onelook.evaluation.pictures.finding_pictures import write_finding_pictures
    from onelook.evaluation.pictures.report_pictures import write_report_pictures

    settings, evidence, values = begun.settings, begun.own_folder.evidence, data.value_range
    train = data.split.train
    write_report_pictures(
        evidence,
        probabilities,
        pictures,
        data.dataset.class_names,
        train_samples=train,
        seed=settings.seed,
        value_range=values,
    )
    write_finding_pictures(evidence, data.findings, data.prepared.reading, values)
    if settings.augment.is_active and begun.network is not None:
        original = train.take(np.zeros(1, np.int64))[0]
        versions = augmented_versions(original, settings.augment, values, settings.seed)
        write_augmentation_preview(evidence, original, versions, value_range=values)


def _provenance(begun: BegunRun, data: PreparedData, fitted: Fitted) -> dict[str, Any]:
    """Return the origin of the model, as the model card records it."""
    settings, dataset = begun.settings, data.dataset
    return {
        "data": dataset.name,
        "data_fingerprint": dataset.fingerprint,
        "data_sources": list(dataset.sources),
        "split_fingerprint": data.split.fingerprint,
        **({"from": starting} if (starting := starting_record(begun.plan, data)) else {}),
        **({"pretrained": origin} if (origin := pretrained_record(settings)) else {}),
        "model": settings.model,
        "recipe": settings.recipe,
        "seed": settings.seed,
        "epochs": len(fitted.result.history),
        "best_epoch": fitted.result.best_epoch,
        "date": datetime.now(UTC).date().isoformat(),
        "versions": versions(),
    }


def _best_epoch(fitted: Fitted) -> dict[str, float]:
    """Return the validation figures of the epoch whose weights are kept; empty if no epoch was finished.

    The test score is not in the model: it is measured after the model is saved, and decides nothing.
    """
    best = fitted.result.best
    return {"val_loss": best.val_loss, "val_accuracy": best.val_accuracy} if best else {}
