"""Pictures that the report shows beside the scores: errors, a few at random, and samples of each class.

They are small files in a run's `evidence/` with an index, so that the report needs neither the data nor the model. The
errors after the worst ones are in one file of their own.
Other steps keep their pictures in folders of their own in `evidence/`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import ImageSet
from onelook.data.labels import Labels
from onelook.data.pictures.protocol import Images
from onelook.errors import DataError
from onelook.evaluation.pictures.class_samples import draw_samples
from onelook.evaluation.pictures.further_errors import find_further_errors
from onelook.evaluation.pictures.index import (
    FURTHER_ERRORS,
    INDEX,
    ClassSamples,
    PredictedPicture,
    ReportPictures,
    write_index,
)
from onelook.evaluation.pictures.thumbnails import ThumbnailWriter, guess_value_range
from onelook.files import atomic_folder

WORST_ERRORS = 24
RANDOM_PICTURES = 12
_CLASSES_SHOWN = 12
_SAMPLES_A_CLASS = 8
_SAMPLES_IN_ALL = 60


def write_report_pictures(
    folder: Path,
    probabilities: NDArray[np.float32],
    image_set: ImageSet,
    class_names: tuple[str, ...],
    *,
    train_samples: ImageSet | None,
    seed: int,
    value_range: tuple[float, float] | None = None,
) -> ReportPictures:
    """Write thumbnails and their index to `folder`, whole or not at all, in place of what was there.

    Folders inside `folder` belong to other steps and stay.

    Args:
        folder: a run's `evidence/`.
        probabilities: (rows, classes), for the rows of `image_set` in order.
        image_set: the labelled pictures that the model was scored on.
        class_names: by position.
        train_samples: the training pictures, from which a few of each class are drawn; None shows none.
        seed: draws the random pictures and the samples.
        value_range: the values that mean black and white; None guesses them from the pictures.

    Raises:
        DataError: the pictures have no labels, or their number is not that of the probabilities.
    """
    labels = _labels(image_set, probabilities)
    generator = np.random.default_rng(seed)
    with atomic_folder(folder) as temporary:
        _keep_subfolders(folder, temporary)
        values = value_range or guess_value_range(_first(image_set))
        writer = ThumbnailWriter.to_folder(temporary, values)
        wrong = worst_errors(probabilities, labels)
        scored = _ScoredPictures(image_set, labels, probabilities, class_names)
        drawn = generator.choice(len(labels), size=min(RANDOM_PICTURES, len(labels)), replace=False)
        index = ReportPictures(
            errors=len(wrong),
            worst_errors=scored.write(wrong[:WORST_ERRORS], "error", writer),
            random=scored.write(drawn, "random", writer),
            samples=() if train_samples is None else _samples(train_samples, class_names, generator, writer),
            classes=len(class_names),
        )
        write_index(temporary / INDEX, index)
        if len(wrong) > WORST_ERRORS:
            further = find_further_errors(
                wrong,
                WORST_ERRORS,
                probabilities=probabilities,
                image_set=image_set,
                labels=labels,
                class_names=class_names,
                value_range=values,
            )
            write_index(temporary / FURTHER_ERRORS, further, indent=None)
    return index


class _ScoredPictures:
    """Writes thumbnails of scored pictures, and says what each label and prediction is."""

    def __init__(
        self, image_set: ImageSet, labels: Labels, probabilities: NDArray[np.float32], class_names: tuple[str, ...]
    ) -> None:
        self._image_set = image_set
        self._labels = labels
        self._probabilities = probabilities
        self._class_names = class_names

    def write(self, positions: NDArray[np.int64], prefix: str, writer: ThumbnailWriter) -> tuple[PredictedPicture, ...]:
        """Write the pictures at these positions as `prefix`-01, `prefix`-02, …"""
        images = self._image_set.take(positions)
        return tuple(
            self._one(int(position), writer.write(f"{prefix}-{number:02d}", image))
            for number, (position, image) in enumerate(zip(positions, images, strict=True), start=1)
        )

    def _one(self, position: int, file: str) -> PredictedPicture:
        row = self._probabilities[position]
        label, predicted = int(self._labels[position]), int(row.argmax())
        return PredictedPicture(
            file=file,
            id=self._image_set.ids[position],
            label=self._class_names[label],
            predicted=self._class_names[predicted],
            p_label=round(float(row[label]), 6),
            p_predicted=round(float(row[predicted]), 6),
        )


def _labels(image_set: ImageSet, probabilities: NDArray[np.float32]) -> Labels:
    if image_set.labels is None:
        raise DataError(
            "the report's pictures: these pictures have no labels, so nothing says which predictions are wrong. "
            "Expected labelled pictures."
        )
    if len(image_set.labels) != len(probabilities):
        raise DataError(
            f"the report's pictures: {len(image_set.labels)} labelled pictures and {len(probabilities)} rows of "
            "probabilities. Expected one row for each picture, in the same order."
        )
    return image_set.labels


def worst_errors(probabilities: NDArray[np.float32], labels: Labels) -> NDArray[np.int64]:
    """Return positions of all errors, by p(predicted) - p(label), largest first; ties keep the pictures' order."""
    rows = np.arange(len(labels))
    predicted = probabilities.argmax(axis=1)
    gap = probabilities[rows, predicted] - probabilities[rows, labels]
    wrong = np.flatnonzero(predicted != labels)
    return wrong[np.argsort(-gap[wrong], kind="stable")]


def _samples(
    train: ImageSet, class_names: tuple[str, ...], generator: np.random.Generator, writer: ThumbnailWriter
) -> tuple[ClassSamples, ...]:
    shown = class_names[:_CLASSES_SHOWN]
    each = min(_SAMPLES_A_CLASS, _SAMPLES_IN_ALL // len(shown))
    return draw_samples(train, shown, each, generator=generator, writer=writer)


def _first(image_set: ImageSet) -> Images:
    """Return a few pictures, enough to guess the range of their values."""
    return image_set.take(np.arange(min(64, len(image_set))))


def _keep_subfolders(old: Path, new: Path) -> None:
    if old.is_dir():
        for folder in sorted(entry for entry in old.iterdir() if entry.is_dir()):
            shutil.copytree(folder, new / folder.name)
