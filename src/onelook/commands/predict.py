"""`onelook predict`: predict a label for each picture, in the order of the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from onelook.classifier import load
from onelook.data.dataset import Dataset
from onelook.data.decode_settings import note_given
from onelook.data.open import open_dataset
from onelook.data.pictures.protocol import OnProgress
from onelook.evaluation.predict_dataset import predict_dataset, with_size_note
from onelook.evaluation.predictions import write_predictions
from onelook.evaluation.sample_submission import IdColumn, id_candidates, read_sample
from onelook.evaluation.submission import shape_of, write_like
from onelook.files import refuse_unwritable


@dataclass(frozen=True)
class Predicted:
    """The predictions that were written, and the pictures without one."""

    out: Path
    dataset: Dataset
    rows: int
    class_counts: Mapping[str, int]  # every class of the model -> number of pictures predicted as it
    unreadable: Mapping[str, str]  # id -> reason
    explanation: str | None  # what a submission's label column holds

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON values."""
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
    """Predict a label for each picture of the data, and write the CSV file `out`, whole or not at all.

    No row is dropped: a picture that cannot be read keeps its row, with an empty label. In a submission (`like`),
    where no label may be empty, it gets the same probability for each class.

    Args:
        model: a run folder, its `model/`, or a zip of it.
        data: as for `open_dataset`, labelled or not; all its parts are predicted, one after the other.
        out: the CSV file.
        like: a sample submission; `out` gets its columns, ids and order.
        probabilities: whether `out` has a column for each class.
        layout: the layout's name, if several layouts fit.
        on_progress: called with pictures decoded and pictures in all.

    Raises:
        ConfigError: `out` cannot be written.
        ModelError: the model folder is damaged.
        DataError: the data is wrong, no picture of a part can be read, or the ids differ from the sample's.
    """
    refuse_unwritable(Path(out))
    classifier = load(model)
    class_names = classifier.class_names
    dataset = with_size_note(open_dataset(data, layout=layout, for_training=False, needs_labels=False), classifier)
    dataset = note_given(dataset, classifier.decode)
    sample = None if like is None else read_sample(Path(like))
    # Before a picture is read: ids that do not fit are said at once, and parts that nobody asks for are not predicted.
    shape = None if sample is None else shape_of(sample, _candidates(dataset), class_names)
    wanted = None if shape is None else np.isin(np.arange(dataset.rows), shape.joined.positions)
    found = predict_dataset(classifier, dataset, on_progress, wanted=wanted)
    ids, predicted = found.ids, found.probabilities
    explanation = None
    if sample is None or shape is None:
        write_predictions(Path(out), ids, predicted, class_names, with_probabilities=probabilities)
    else:
        predicted = predicted[shape.joined.positions]
        guessed = np.where(np.isnan(predicted), np.float32(1 / len(class_names)), predicted)
        explanation = write_like(sample, Path(out), shape, guessed, class_names).explanation
    read = predicted[~np.isnan(predicted[:, 0])]
    predicted_names = Counter(class_names[position] for position in read.argmax(axis=1))
    counts = {name: predicted_names[name] for name in class_names}
    return Predicted(Path(out), dataset, len(predicted), counts, found.unreadable, explanation)


def _candidates(dataset: Dataset) -> list[IdColumn]:
    """Return the names by which a sample submission can ask for the pictures."""
    parts = {name: (part.ids, part.other_ids) for name, part in dataset.parts.items()}
    return id_candidates(parts, [name for name, part in dataset.parts.items() if part.labels is None])
