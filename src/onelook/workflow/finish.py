"""The last stage of a run: model saved, scored on pictures that decided nothing, shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from onelook.files import json_text, write_text
from onelook.runtime import versions
from onelook.workflow.augmented import augmented_versions
from onelook.workflow.clock import Clock
from onelook.workflow.fitting import Fitted
from onelook.workflow.pretrained_request import pretrained_record
from onelook.workflow.start import BegunRun, starting_record, value_range

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from onelook.classifier import Classifier
    from onelook.data.dataset import ImageSet
    from onelook.evaluation.result import Evaluation, SetName
    from onelook.workflow.opening import OpenedData


def finish_run(begun: BegunRun, fitted: Fitted, clock: Clock) -> Evaluation:
    """Saves the model, scores it and writes the report; `run.json` gets its last words."""
    from onelook.evaluation.evaluate import evaluate
    from onelook.evaluation.leaks import with_leaks
    from onelook.evaluation.predictions import write_predictions
    from onelook.report.build import build_report

    folder = begun.folder
    classifier = _save_model(begun, fitted)
    with clock.stage("evaluate"):
        # An interrupted run may go on: its test set stays untouched until the end.
        set_name, pictures = _judging_set(begun, fitted)
        probabilities = classifier.probabilities(pictures.images[pictures.rows])
        labels = np.empty(0, np.int64) if pictures.labels is None else pictures.labels
        evaluation = evaluate(probabilities, labels, classifier.class_names, set_name)
        seen = seen_pictures(begun.opened, set_name)
        evaluation = with_leaks(evaluation, probabilities, labels, pictures.ids, seen)
        said = (*_cautions(begun.opened), *evaluation.warnings, *_memory(begun, fitted, evaluation))
        evaluation = replace(evaluation, warnings=said)
        write_text(folder.evaluation, json_text(evaluation.to_dict()) + "\n")
        write_predictions(folder.predictions, pictures.ids, probabilities, classifier.class_names)
        _write_evidence(begun, probabilities, pictures)
    scores = {name: value for name, value in evaluation.scores.items() if value is not None}
    folder.update_run(
        status=fitted.result.status,
        best_epoch=fitted.result.best_epoch,
        stopped_early=fitted.result.stopped_early,
        resumed_from_epoch=fitted.result.resumed_from_epoch,
        notes=list(fitted.result.notes),
        metrics={"set": set_name, **scores},
        model={**folder.read_run()["model"], "size_bytes": _size_of(folder.model)},
        # Until here: the report that shows these times cannot hold its own, some tenths of a second.
        timings=clock.so_far(),
    )
    build_report(folder)
    for log in fitted.logs:
        log.on_finish(set_name, scores)
    return evaluation


def _save_model(begun: BegunRun, fitted: Fitted) -> Classifier:
    from onelook.classifier import build_classical, build_classifier

    opened = begun.opened
    described: dict[str, Any] = {
        "decode": opened.decode,
        "class_names": opened.dataset.class_names,
        "dtype": opened.prepared.split.train.images.dtype,
        "provenance": _provenance(begun, fitted),
        "metrics": _best_epoch(fitted),
        "golden_pictures": opened.prepared.split.train,
    }
    if fitted.classical is not None:
        found = fitted.classical
        classifier = build_classical(
            found.content, found.fitted, found.preprocess, network=found.network, graph=found.graph, **described
        )
    else:
        classifier = build_classifier(
            begun.own_network,
            fitted.preprocess,
            fitted.weights,
            value_range=value_range(opened),
            views=opened.settings.views,
            **described,
        )
    classifier.save(begun.folder.model)
    return classifier


def _size_of(model: Path) -> int:
    """Bytes that the model folder takes on the disk."""
    return sum(file.stat().st_size for file in model.iterdir())


def _judging_set(begun: BegunRun, fitted: Fitted) -> tuple[SetName, ImageSet]:
    split = begun.opened.prepared.split
    is_fold = begun.opened.settings.folds is not None  # of which the test set is nobody's until all are trained
    if split.test is not None and fitted.result.status == "complete" and not is_fold:
        return "test", split.test
    return "val", split.val


def seen_pictures(opened: OpenedData, set_name: SetName) -> dict[str, tuple[str, ...]]:
    """Which of the pictures that judge the model has seen, and how: ids by kind, as `with_leaks` takes them."""
    found = {finding.check: finding.ids for finding in opened.findings}
    if set_name == "test":
        seen = {"exact": found.get("leak-exact", ()), "near": found.get("leak-near", ())}
    else:
        seen = {"copies": found.get("leak-validation", ())}
    before = None if opened.learnt is None else {"val": opened.learnt.val, "test": opened.learnt.test}[set_name]
    return seen | ({"before": before} if before else {})


def _cautions(opened: OpenedData) -> tuple[str, ...]:
    """What the model that training went on from has to do with the score."""
    if opened.start is None or opened.learnt is None:
        return ()
    caution = opened.learnt.caution(opened.start.path, opened.prepared.split)
    return () if caution is None else (caution,)


def _memory(begun: BegunRun, fitted: Fitted, evaluation: Evaluation) -> tuple[str, ...]:
    """How much of a classical model's score is memory, where it has seen pictures that judge."""
    from onelook.evaluation.leaks import memory_sentence

    if fitted.classical is None:
        return ()
    val_seen = any(finding.check == "leak-validation" for finding in begun.opened.findings)
    told = None if val_seen else fitted.classical.val.accuracy
    sentence = memory_sentence(evaluation, begun.opened.settings.model, told)
    return () if sentence is None else (sentence,)


def _write_evidence(begun: BegunRun, probabilities: NDArray[np.float32], pictures: ImageSet) -> None:
    from onelook.evaluation.evidence import write_augmentation_preview, write_evidence
    from onelook.evaluation.finding_pictures import write_finding_pictures

    opened = begun.opened
    train = opened.prepared.split.train
    write_evidence(
        begun.folder.evidence,
        probabilities,
        pictures,
        opened.dataset.class_names,
        train_samples=train,
        seed=opened.settings.seed,
        value_range=value_range(opened),
    )
    write_finding_pictures(begun.folder.evidence, opened.findings, opened.prepared.reading, value_range(opened))
    if opened.settings.augment.is_active and begun.network is not None:
        original = train.take(np.zeros(1, np.int64))[0]
        versions = augmented_versions(original, opened.settings.augment, value_range(opened), opened.settings.seed)
        write_augmentation_preview(begun.folder.evidence, original, versions, value_range=value_range(opened))


def _provenance(begun: BegunRun, fitted: Fitted) -> dict[str, Any]:
    """Where the model comes from, for whoever receives it."""
    settings, dataset = begun.opened.settings, begun.opened.dataset
    return {
        "data": dataset.name,
        "data_fingerprint": dataset.fingerprint,
        "data_sources": list(dataset.sources),
        "split_fingerprint": begun.opened.prepared.split.fingerprint,
        **({"from": starting} if (starting := starting_record(begun.opened)) else {}),
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
    """Validation figures of the epoch whose weights are kept, where one was finished.

    The test score is not the model's to carry: it comes after the model is saved, and decides nothing.
    """
    best = fitted.result.best
    return {"val_loss": best.val_loss, "val_accuracy": best.val_accuracy} if best else {}
