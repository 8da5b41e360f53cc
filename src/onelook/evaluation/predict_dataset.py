"""Predict every picture of a data set, part by part."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from onelook.classifier.inputs import in_model_values
from onelook.data.dataset import Dataset
from onelook.data.layouts.registry import layout_entry
from onelook.data.pictures.protocol import OnProgress, progress_from
from onelook.evaluation.unlike_pictures import UnlikeCollector, UnlikePictures
from onelook.wording import agree

if TYPE_CHECKING:
    from onelook.classifier import Classifier

_SMALL = 40  # pixels a side, at most: the model is for digits or icons, and not for photographs
_FAR_LARGER = 4  # times in each direction


@dataclass(frozen=True)
class DatasetPredictions:
    """The probabilities for all pictures of a data set, in its order."""

    ids: tuple[str, ...]
    probabilities: NDArray[np.float32]  # (rows, classes); NaN for a picture that cannot be read
    unreadable: Mapping[str, str]  # id -> reason
    seen: Mapping[str, Sequence[str]]  # ids of the looked up pictures that the model has seen, by kind
    unlike: UnlikePictures | None = None  # those unlike the model's training pictures; None if that is not known
    features: NDArray[np.float32] | None = None  # (rows, features), NaN as above; None if they were not wanted


def predict_dataset(
    classifier: Classifier,
    dataset: Dataset,
    on_progress: OnProgress | None,
    *,
    wanted: NDArray[np.bool_] | None = None,
    look_up: NDArray[np.bool_] | None = None,
    with_features: bool = False,
) -> DatasetPredictions:
    """Predict the parts of a data set, one after the other.

    Args:
        classifier: the model.
        dataset: the data.
        on_progress: called with pictures decoded and pictures in all.
        wanted: (rows,), the pictures that are needed. A part of which none is needed is not decoded, and its
            probabilities are NaN; by default all are needed.
        look_up: (rows,), the pictures that are looked up in the model's list of pictures; by default none.
        with_features: whether the features that the network makes of each picture are returned too.

    Raises:
        DataError: no picture of a part can be read.
    """
    ids: list[str] = []
    rows: list[NDArray[np.float32]] = []
    width = classifier.feature_count if with_features else 0
    features = [np.empty((0, width), np.float32)]
    unreadable: dict[str, str] = {}
    seen: dict[str, list[str]] = {"exact": [], "near": []}
    unlike = UnlikeCollector(classifier)
    for part in dataset.parts.values():
        predicted = np.full((len(part), len(classifier.class_names)), np.nan, dtype=np.float32)
        of_part = np.full((len(part), width), np.nan, np.float32)
        needed = np.ones(len(part), bool) if wanted is None else wanted[len(ids) : len(ids) + len(part)]
        if needed.any():
            pictures = in_model_values(part.pictures, classifier.card)
            decoded = pictures.decode(classifier.decode, progress_from(len(ids), dataset.rows, on_progress))
            if len(decoded.kept):
                found: list[NDArray[np.float32]] = []
                predicted[decoded.kept], unlikeness = classifier.judge(
                    decoded.images, *((found.append,) if with_features else ())
                )
                if with_features:
                    of_part[decoded.kept] = np.concatenate(found)
                unlike.add(unlikeness, part.pictures, decoded.kept, part.ids)
            if classifier.pictures is not None and look_up is not None:
                rows_asked = np.flatnonzero(look_up[len(ids) : len(ids) + len(part)][decoded.kept])
                value_range = classifier.card.value_range
                asked = classifier.pictures.fingerprint(decoded.images, rows_asked, value_range=value_range)
                known = classifier.pictures.find(asked)
                for kind, of_kind in known.by_kind([part.ids[row] for row in decoded.kept[rows_asked]]).items():
                    seen[kind] += of_kind
            unreadable |= {part.ids[row]: reason for row, reason in decoded.quarantined.items() if needed[row]}
        ids.extend(part.ids)
        rows.append(predicted)
        features.append(of_part)
    return DatasetPredictions(
        tuple(ids),
        np.concatenate(rows),
        unreadable,
        seen,
        unlike.result(),
        np.concatenate(features) if with_features else None,
    )


def with_size_note(dataset: Dataset, classifier: Classifier) -> Dataset:
    """Return the data set, with a note if its pictures seem to be of another kind than those of the model.

    Their colour would be left out, or they are of one size, which is not the model's: a table of 8×8 digits, for a
    model of 28×28, is probably another data set. Picture files are resized in training too, so only ones that are far
    larger than the pictures of a model for small ones are noted.
    """
    facts = [of_part for part in dataset.parts.values() if (of_part := part.pictures.facts()).sizes]
    sizes = {size for each in facts for size in each.sizes}
    height, width, channels = classifier.card.input_shape
    count = dataset.rows
    found: list[str] = []
    done: list[str] = []
    expected = ""
    if _is_other_size(sizes, (height, width), are_files=layout_entry(dataset.layout).has_picture_files):
        found.append(f"{agree(count, 'is', 'are')} {_in_words(sizes)}")
        expected = f"{height}×{width}"
        done.append(f"{agree(count, 'it is', 'they are')} resized")
    if channels == 1 and any(each.channels == 3 for each in facts):
        found.append(f"{agree(count, 'has', 'have')} colour")
        expected = f"grey ones of {expected}" if expected else "grey ones"
        done.append(f"{agree(count, 'its', 'their')} colour is left out")
    if not found:
        return dataset
    note = (
        f"The {agree(count, 'picture', 'pictures')} {' and '.join(found)}, and the model was trained on {expected}: "
        f"{', and '.join(done)}. Is this the right data for the model?"
    )
    return replace(dataset, notes=(*dataset.notes, note))


def _is_other_size(sizes: Collection[tuple[int, int]], own: tuple[int, int], *, are_files: bool) -> bool:
    """Return whether the sizes (height, width) of pictures show that they are not like those of the model."""
    if are_files:
        smallest = min((height * width for height, width in sizes), default=0)
        return max(own) <= _SMALL and smallest >= _FAR_LARGER**2 * own[0] * own[1]
    return len(sizes) == 1 and sizes != {own}


def _in_words(sizes: Collection[tuple[int, int]]) -> str:
    """Return one size, or the smallest and the largest by area."""
    smallest, largest = min(sizes, key=math.prod), max(sizes, key=math.prod)
    texts = [f"{height}×{width}" for height, width in (smallest, largest)]
    return texts[0] if len(sizes) == 1 else f"{texts[0]} to {texts[1]}"
