"""`onelook predict`: a label for every picture, in the order of the input."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from onelook.classifier import load
from onelook.data.dataset import Dataset
from onelook.data.layouts.registry import layout_entry
from onelook.data.open import open_dataset
from onelook.data.pictures.protocol import OnProgress, progress_from
from onelook.evaluation.predictions import write_like, write_predictions
from onelook.files import refuse_unwritable

if TYPE_CHECKING:
    from onelook.classifier import Classifier


@dataclass(frozen=True)
class Predicted:
    """What was written, and what could not be predicted."""

    out: Path
    dataset: Dataset
    rows: int
    class_counts: Mapping[str, int]  # predicted class -> pictures, every class of the model
    unreadable: Mapping[str, str]  # id -> why
    explanation: str | None  # what stands in a submission's label column

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "out": str(self.out),
            "rows": self.rows,
            "layout": self.dataset.layout,
            "class_counts": dict(self.class_counts),
            "unreadable": [{"id": identifier, "reason": reason} for identifier, reason in self.unreadable.items()],
            "explanation": self.explanation,
        }


def predict_to_file(
    model: str | Path,
    data: Any,
    out: str | Path,
    *,
    like: str | Path | None = None,
    probabilities: bool = False,
    layout: str | None = None,
    on_progress: OnProgress | None = None,
) -> Predicted:
    """Predicts every picture of the data and writes `out` as CSV, whole or not at all.

    No row is dropped: an unreadable picture keeps its row, with an empty label. In a submission (`like`), where
    every row must say something, it gets the same probability for each class.

    Args:
        model: a run folder, its `model/`, or a zip of it.
        data: as for `open_dataset`, labelled or not; all its parts are predicted, one after the other.
        out: the CSV file.
        like: a sample submission, whose columns, ids and order are taken.
        probabilities: whether `out` has a column a class.
        layout: the layout's name, where two fit.
        on_progress: called with pictures decoded and pictures in all.

    Raises:
        ConfigError: `out` cannot be written.
        ModelError: the model folder is damaged.
        DataError: the data is wrong, no picture of a part can be read, or the ids are not the sample's.
    """
    refuse_unwritable(Path(out))
    classifier = load(model)
    dataset = _with_size_note(open_dataset(data, layout=layout, for_training=False, needs_labels=False), classifier)
    ids, predicted, unreadable = _predict_parts(classifier, dataset, on_progress)
    explanation = None
    if like is None:
        write_predictions(Path(out), ids, predicted, classifier.class_names, with_probabilities=probabilities)
    else:
        even = np.float32(1 / len(classifier.class_names))
        guessed = np.where(np.isnan(predicted), even, predicted)
        explanation = write_like(Path(like), Path(out), ids, guessed, classifier.class_names).explanation
    read = predicted[~np.isnan(predicted[:, 0])]
    chosen = Counter(classifier.class_names[position] for position in read.argmax(axis=1))
    counts = {name: chosen[name] for name in classifier.class_names}
    return Predicted(Path(out), dataset, len(ids), counts, unreadable, explanation)


def _with_size_note(dataset: Dataset, classifier: Classifier) -> Dataset:
    """The data set, with a note where its pictures have one size and another one than the model's.

    Photographs of all sizes are resized in training too; a table of 8×8 digits for a model of 28×28 is most
    likely another data set.
    """
    sizes = {size for part in dataset.parts.values() for size in part.pictures.facts().sizes}
    height, width, _ = classifier.card.input_shape
    if layout_entry(dataset.layout).has_picture_files or len(sizes) != 1 or sizes == {(height, width)}:
        return dataset
    ((found_height, found_width),) = sizes
    note = (
        f"The pictures are {found_height}×{found_width}, and the model was trained at {height}×{width}: they are "
        "resized. Is this the data that the model is for?"
    )
    return replace(dataset, notes=(*dataset.notes, note))


def _predict_parts(
    classifier: Classifier, dataset: Dataset, on_progress: OnProgress | None
) -> tuple[list[str], NDArray[np.float32], dict[str, str]]:
    """The ids of all pictures, (rows, classes) probabilities with NaN for unreadable ones, and these with reasons."""
    ids: list[str] = []
    rows: list[NDArray[np.float32]] = []
    unreadable: dict[str, str] = {}
    for part in dataset.parts.values():
        decoded = part.pictures.decode(classifier.decode, progress_from(len(ids), dataset.rows, on_progress))
        predicted = np.full((len(part), len(classifier.class_names)), np.nan, dtype=np.float32)
        if len(decoded.kept):
            predicted[decoded.kept] = classifier.probabilities(decoded.images)
        ids.extend(part.ids)
        rows.append(predicted)
        unreadable |= {part.ids[row]: reason for row, reason in decoded.quarantined.items()}
    return ids, np.concatenate(rows), unreadable
