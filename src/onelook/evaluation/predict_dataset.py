"""Predict every picture of a data set, part by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import Dataset
from onelook.data.layouts.registry import layout_entry
from onelook.data.pictures.protocol import OnProgress, progress_from

if TYPE_CHECKING:
    from onelook.classifier import Classifier
from onelook.classifier.inputs import in_model_values


@dataclass(frozen=True)
class DatasetPredictions:
    """The probabilities for all pictures of a data set, in its order."""

    ids: tuple[str, ...]
    probabilities: NDArray[np.float32]  # (rows, classes); NaN for a picture that cannot be read
    unreadable: Mapping[str, str]  # id -> reason
    seen: Mapping[str, Sequence[str]]  # ids of the looked up pictures that the model has seen, by kind


def predict_dataset(
    classifier: Classifier,
    dataset: Dataset,
    on_progress: OnProgress | None,
    *,
    wanted: NDArray[np.bool_] | None = None,
    look_up: NDArray[np.bool_] | None = None,
) -> DatasetPredictions:
    """Predict the parts of a data set, one after the other.

    Args:
        classifier: the model.
        dataset: the data.
        on_progress: called with pictures decoded and pictures in all.
        wanted: (rows,), the pictures that are needed. A part of which none is needed is not decoded, and its
            probabilities are NaN; by default all are needed.
        look_up: (rows,), the pictures that are looked up in the model's list of pictures; by default none.

    Raises:
        DataError: no picture of a part can be read.
    """
    ids: list[str] = []
    rows: list[NDArray[np.float32]] = []
    unreadable: dict[str, str] = {}
    seen: dict[str, list[str]] = {"exact": [], "near": []}
    for part in dataset.parts.values():
        predicted = np.full((len(part), len(classifier.class_names)), np.nan, dtype=np.float32)
        needed = np.ones(len(part), bool) if wanted is None else wanted[len(ids) : len(ids) + len(part)]
        if needed.any():
            pictures = in_model_values(part.pictures, classifier.card)
            decoded = pictures.decode(classifier.decode, progress_from(len(ids), dataset.rows, on_progress))
            if len(decoded.kept):
                predicted[decoded.kept] = classifier.probabilities(decoded.images)
            if classifier.pictures is not None and look_up is not None:
                rows_asked = np.flatnonzero(look_up[len(ids) : len(ids) + len(part)][decoded.kept])
                value_range = classifier.card.value_range
                asked = classifier.pictures.fingerprint(decoded.images, rows_asked, value_range=value_range)
                found = classifier.pictures.find(asked)
                for kind, of_kind in found.by_kind([part.ids[row] for row in decoded.kept[rows_asked]]).items():
                    seen[kind] += of_kind
            unreadable |= {part.ids[row]: reason for row, reason in decoded.quarantined.items() if needed[row]}
        ids.extend(part.ids)
        rows.append(predicted)
    return DatasetPredictions(tuple(ids), np.concatenate(rows), unreadable, seen)


def with_size_note(dataset: Dataset, classifier: Classifier) -> Dataset:
    """Return the data set, with a note if all its pictures have one size, which is not the model's.

    Photographs of many sizes are resized in training too. But a table of 8×8 digits, for a model of 28×28, is
    probably another data set.
    """
    sizes = {size for part in dataset.parts.values() for size in part.pictures.facts().sizes}
    height, width, _ = classifier.card.input_shape
    if layout_entry(dataset.layout).has_picture_files or len(sizes) != 1 or sizes == {(height, width)}:
        return dataset
    ((found_height, found_width),) = sizes
    note = (
        f"The pictures are {found_height}×{found_width}, and the model was trained on {height}×{width}: they are "
        "resized. Is this the right data for the model?"
    )
    return replace(dataset, notes=(*dataset.notes, note))
