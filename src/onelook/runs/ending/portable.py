"""Make the portable model of a run, with its origin and the list of its pictures, and save it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from onelook.planning.pretrained_request import pretrained_record
from onelook.runs.begin import BegunRun, starting_record
from onelook.runs.ending.step import Ending, EndingStep
from onelook.runs.portable_model import to_classifier
from onelook.runs.prepare import PreparedData
from onelook.runs.stages import Fitted
from onelook.runtime import versions

if TYPE_CHECKING:
    from onelook.classifier import Classifier
    from onelook.classifier.picture_list import PictureList


def build_model(begun: BegunRun, data: PreparedData, fitted: Fitted) -> Classifier:
    """Return the fitted model in its portable form; the steps that end a run add to it."""
    train = data.split.train
    return to_classifier(
        fitted.model,
        begun.plan,
        data.dataset.class_names,
        dtype=train.images.dtype,
        provenance=_provenance(begun, data, fitted),
        metrics=_best_epoch(fitted),
        golden_pictures=train,
        pictures=_picture_list(begun, data),
    )


def _picture_list(begun: BegunRun, data: PreparedData) -> PictureList | None:
    """Return the list of the pictures that the model has learnt, with those of the model that it started from."""
    from onelook.classifier.picture_list import PictureList

    if begun.settings.omit_picture_list:
        return None
    start = begun.plan.start
    before = None if start is None else start.pictures
    return PictureList.of(data.split.train, data.split.val, before, data.value_range)


def _provenance(begun: BegunRun, data: PreparedData, fitted: Fitted) -> dict[str, object]:
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


def _run(ending: Ending) -> Ending:
    ending.classifier.save(ending.folder.model)
    return ending


STEP = EndingStep(_run, writes=("model/",), stage="")
