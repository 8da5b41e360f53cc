"""Labelled pictures for 8 bits: some to measure ranges with, and others to score with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.classifier import Classifier
from onelook.classifier.inputs import from_bytes_range, in_model_values
from onelook.data.class_names import names_as_in, positions_among
from onelook.data.dataset import Dataset
from onelook.data.open import open_with
from onelook.data.pictures.protocol import Images, OnProgress
from onelook.errors import DataError
from onelook.settings.opening import BY_THE_DATA
from onelook.wording import counted

_SCORED = ("test", "val", "all", "train")  # the first of these that has labels is scored
_CALIBRATED = ("train", "all", "val")  # the first of these that is there, and not scored, gives the ranges
_FEWEST = 20  # pictures, of which half would be scored


@dataclass(frozen=True)
class LabelledPictures:
    """Pictures in the model's form, (rows, height, width, channels)."""

    calibration: Images
    scored: Images
    labels: NDArray[np.int64]  # of the scored ones: positions in the model's class names


def labelled_pictures(
    classifier: Classifier, data: Any, most: int, on_progress: OnProgress | None = None
) -> LabelledPictures:
    """Return the pictures of a data set: its test part is scored, and its training part gives the ranges.

    If there is one part alone, its pictures are divided between the two.

    Args:
        classifier: the model.
        data: as for `open_dataset`.
        most: the most pictures for calibration.
        on_progress: called with pictures decoded and pictures in all.

    Raises:
        DataError: the data is wrong, has no labels or too few pictures, or has classes that the model does not know.
    """
    dataset = names_as_in(open_with(data, BY_THE_DATA, for_training=False), classifier.class_names)
    name = next((each for each in _SCORED if each in dataset.parts and dataset.parts[each].labels is not None), None)
    if name is None:
        raise DataError(f"--calibrate {dataset.name}: its pictures have no labels, without which there is no accuracy.")
    images, kept = _decoded(classifier, dataset, name, on_progress)
    labels = positions_among(dataset.class_names, classifier.class_names, dataset.name)[dataset.parts[name].labels][
        kept
    ]
    other = next((each for each in _CALIBRATED if each in dataset.parts and each != name), None)
    if other is not None:
        ranges, _ = _decoded(classifier, dataset, other, on_progress)
        calibration = ranges[np.linspace(0, len(ranges) - 1, min(most, len(ranges))).round().astype(np.int64)]
        return LabelledPictures(calibration, images, labels)
    if len(images) < _FEWEST:
        raise DataError(
            f"--calibrate {dataset.name}: {counted(len(images), 'picture')}, expected at least {_FEWEST}: some measure "
            "the ranges of values, and others the accuracy."
        )
    chosen = np.zeros(len(images), bool)
    chosen[:: max(2, -(-len(images) // most))] = True
    return LabelledPictures(images[chosen], images[~chosen], labels[~chosen])


def _decoded(
    classifier: Classifier, dataset: Dataset, name: str, on_progress: OnProgress | None
) -> tuple[Images, NDArray[np.int64]]:
    card = classifier.card
    decoded = in_model_values(dataset.parts[name].pictures, card).decode(card.decode, on_progress)
    images = decoded.images
    is_native = images.dtype != np.uint8 or card.dtype == "uint8"
    return (images if is_native else from_bytes_range(images, card)), decoded.kept
