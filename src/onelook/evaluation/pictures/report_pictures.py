"""Pictures that a report shows beside its numbers: the worst errors, a few at random, samples, augmented versions.

They are small files in a run's `evidence/` with an index, so that the report needs neither the data nor the model.
What another step adds to `evidence/` has a folder of its own there.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from onelook.data.dataset import ImageSet
from onelook.data.labels import Labels
from onelook.data.pictures.protocol import Images
from onelook.errors import DataError
from onelook.evaluation.pictures.thumbnails import ThumbnailWriter, guess_value_range
from onelook.files import atomic_folder

INDEX = "evidence.json"
AUGMENTATION = "augmentation"  # the folder in `evidence/` that shows augmented versions of one picture

WORST_ERRORS = 24
RANDOM_PICTURES = 12
_CLASSES_SHOWN = 12
_SAMPLES_A_CLASS = 8
_SAMPLES_IN_ALL = 60
AUGMENTED_VERSIONS = 15


class Record(BaseModel):
    """What is kept as JSON beside pictures; what a later version adds is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class JudgedPicture(Record):
    """A picture with its label and what the model took it for."""

    file: str  # a name in the evidence folder
    id: str
    label: str
    predicted: str
    p_label: float  # the probability that the model gave to the label, in [0, 1]
    p_predicted: float  # and to the class that it chose


class SamplePicture(Record):
    """A picture of the training set."""

    file: str
    id: str


class ClassSamples(Record):
    """A few training pictures of one class."""

    class_name: str
    pictures: tuple[SamplePicture, ...]


class Evidence(Record):
    """The index of an evidence folder."""

    format_version: int = 1
    errors: int  # how many there are in all; `worst_errors` shows the first of them
    worst_errors: tuple[JudgedPicture, ...]  # by p(predicted) - p(label), largest first
    random: tuple[JudgedPicture, ...]
    samples: tuple[ClassSamples, ...] = ()
    classes: int = 0  # how many classes there are in all; `samples` shows the first of them


class AugmentationPreview(Record):
    """The index of the augmentation folder: one picture and what augmentation makes of it."""

    format_version: int = 1
    original: str
    versions: tuple[str, ...]


def write_evidence(
    folder: Path,
    probabilities: NDArray[np.float32],
    image_set: ImageSet,
    class_names: tuple[str, ...],
    *,
    train_samples: ImageSet | None,
    seed: int,
    value_range: tuple[float, float] | None = None,
) -> Evidence:
    """Writes thumbnails and their index to `folder`, whole or not at all, in place of what was there.

    Folders inside `folder` belong to others and stay.

    Args:
        folder: a run's `evidence/`.
        probabilities: (rows, classes), for the rows of `image_set` in order.
        image_set: the labelled pictures that were judged.
        class_names: by position.
        train_samples: the training pictures, of which a few a class are shown; None shows none.
        seed: of the choice of random pictures and samples.
        value_range: the values that mean black and white; guessed from the pictures where not given.

    Raises:
        DataError: the pictures have no labels, or their number is not that of the probabilities.
    """
    labels = _labels(image_set, probabilities)
    generator = np.random.default_rng(seed)
    with atomic_folder(folder) as temporary:
        _keep_subfolders(folder, temporary)
        writer = ThumbnailWriter.to_folder(temporary, value_range or guess_value_range(_first(image_set)))
        wrong = _worst_errors(probabilities, labels)
        judge = _Judge(image_set, labels, probabilities, class_names)
        drawn = generator.choice(len(labels), size=min(RANDOM_PICTURES, len(labels)), replace=False)
        evidence = Evidence(
            errors=len(wrong),
            worst_errors=judge.show(wrong[:WORST_ERRORS], "error", writer),
            random=judge.show(drawn, "random", writer),
            samples=() if train_samples is None else _samples(train_samples, class_names, generator, writer),
            classes=len(class_names),
        )
        write_index(temporary / INDEX, evidence)
    return evidence


def write_augmentation_preview(
    folder: Path, original: Images, versions: Images, *, value_range: tuple[float, float] | None = None
) -> AugmentationPreview:
    """Writes one picture and up to 15 augmented versions of it to `folder`/augmentation, whole or not at all.

    Args:
        folder: a run's `evidence/`.
        original: (height, width, channels).
        versions: (count, height, width, channels), as augmentation made them, values as in `original`.
        value_range: the values that mean black and white; guessed from the original where not given.
    """
    with atomic_folder(folder / AUGMENTATION) as temporary:
        writer = ThumbnailWriter.to_folder(temporary, value_range or guess_value_range(original))
        preview = draw_augmentation(original, versions, writer)
        write_index(temporary / INDEX, preview)
    return preview


def draw_augmentation(original: Images, versions: Images, writer: ThumbnailWriter) -> AugmentationPreview:
    """One picture, (height, width, channels), and up to 15 augmented versions of it, each handed to the writer."""
    return AugmentationPreview(
        original=writer.write("original", original),
        versions=tuple(
            writer.write(f"version-{number:02d}", version)
            for number, version in enumerate(versions[:AUGMENTED_VERSIONS], start=1)
        ),
    )


class _Judge:
    """Shows pictures with their label and what the model took them for."""

    def __init__(
        self, image_set: ImageSet, labels: Labels, probabilities: NDArray[np.float32], class_names: tuple[str, ...]
    ) -> None:
        self._image_set = image_set
        self._labels = labels
        self._probabilities = probabilities
        self._class_names = class_names

    def show(self, positions: NDArray[np.int64], prefix: str, writer: ThumbnailWriter) -> tuple[JudgedPicture, ...]:
        """The pictures at these positions, written as `prefix`-01, `prefix`-02, …"""
        images = self._image_set.take(positions)
        return tuple(
            self._one(int(position), writer.write(f"{prefix}-{number:02d}", image))
            for number, (position, image) in enumerate(zip(positions, images, strict=True), start=1)
        )

    def _one(self, position: int, file: str) -> JudgedPicture:
        row = self._probabilities[position]
        label, predicted = int(self._labels[position]), int(row.argmax())
        return JudgedPicture(
            file=file,
            id=self._image_set.ids[position],
            label=self._class_names[label],
            predicted=self._class_names[predicted],
            p_label=round(float(row[label]), 6),
            p_predicted=round(float(row[predicted]), 6),
        )


def _labels(image_set: ImageSet, probabilities: NDArray[np.float32]) -> Labels:
    if image_set.labels is None:
        raise DataError("evidence needs labelled pictures: these have no labels, so no error can be told from a hit.")
    if len(image_set.labels) != len(probabilities):
        raise DataError(
            f"evidence: {len(image_set.labels)} labelled pictures and {len(probabilities)} rows of probabilities. "
            "Expected one row for each picture, in the same order."
        )
    return image_set.labels


def _worst_errors(probabilities: NDArray[np.float32], labels: Labels) -> NDArray[np.int64]:
    """Positions of all errors, by p(predicted) - p(label), largest first; ties in the order of the pictures."""
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


def draw_samples(
    image_set: ImageSet,
    class_names: Sequence[str],
    each: int,
    *,
    generator: np.random.Generator,
    writer: ThumbnailWriter,
    sizes: NDArray[np.int64] | None = None,
) -> tuple[ClassSamples, ...]:
    """A few pictures of each class, drawn at random, in the order of the data; of no class where nothing is labelled.

    Args:
        image_set: the pictures to draw from.
        class_names: the classes to show: the first of those that there are.
        each: pictures of a class at most.
        sizes: (rows of `image_set.images`, 2), height and width of each original; None shows them as they are.
    """
    if image_set.labels is None:
        return ()
    samples = []
    for label, class_name in enumerate(class_names):
        positions = np.flatnonzero(image_set.labels == label)
        drawn = np.sort(generator.choice(positions, size=min(each, len(positions)), replace=False))
        pictures = tuple(
            SamplePicture(
                file=writer.write(f"sample-{label:02d}-{number:02d}", image, size_at(sizes, image_set.rows[position])),
                id=image_set.ids[position],
            )
            for number, (position, image) in enumerate(zip(drawn, image_set.take(drawn), strict=True), start=1)
        )
        samples.append(ClassSamples(class_name=class_name, pictures=pictures))
    return tuple(samples)


def size_at(sizes: NDArray[np.int64] | None, row: int) -> tuple[int, int] | None:
    """Height and width in one row of sizes, where there are any."""
    return None if sizes is None else (int(sizes[row, 0]), int(sizes[row, 1]))


def _first(image_set: ImageSet) -> Images:
    """A few pictures, enough to see in which range the values lie."""
    return image_set.take(np.arange(min(64, len(image_set))))


def _keep_subfolders(old: Path, new: Path) -> None:
    if old.is_dir():
        for folder in sorted(entry for entry in old.iterdir() if entry.is_dir()):
            shutil.copytree(folder, new / folder.name)


def write_index(path: Path, index: BaseModel) -> None:
    """Writes a record as JSON, for the report to read."""
    path.write_text(json.dumps(index.model_dump(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
