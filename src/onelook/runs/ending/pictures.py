"""Keep the pictures that the report shows: errors, samples, what the checks found, and random changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from onelook.runs.begin import BegunRun
from onelook.runs.ending.step import Ending, EndingStep
from onelook.runs.prepare import PreparedData

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from onelook.data.dataset import ImageSet


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


def _run(ending: Ending) -> Ending:
    scored = ending.scored
    _write_pictures(ending.begun, ending.data, scored.probabilities, scored.pictures)
    return ending


STEP = EndingStep(_run, writes=("evidence/",))
