"""`onelook evaluate`: score a model on labelled pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from onelook.classifier import Classifier, load
from onelook.classifier.inputs import in_model_values
from onelook.commands.decoding_flags import AS_THE_MODEL_DOES, DecodingFlags
from onelook.data.class_names import names_as_in, note_on_numbers, positions_among
from onelook.data.dataset import Dataset
from onelook.data.decode_settings import note_given
from onelook.data.labels import Labels
from onelook.data.open import open_with
from onelook.data.pictures.protocol import OnProgress
from onelook.errors import DataError
from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.result import Evaluation
from onelook.evaluation.score_without_leaks import with_leaks
from onelook.evaluation.unlike_pictures import UnlikeCollector, UnlikePictures
from onelook.runtime import command_name
from onelook.settings.opening import BY_THE_DATA, OpeningOptions
from onelook.wording import agree, counted, listed

_CALLED = {"test": "test pictures", "val": "validation pictures"}
_NO_LIST = (
    "The model keeps no list of the pictures that it was trained on: whether some of these are among them is not known."
)
_FEWEST_TO_DOUBT = 10  # pictures, of which not all are of one class by chance


@dataclass(frozen=True)
class ScoredPictures:
    """A score, and the pictures that it was measured on."""

    dataset: Dataset
    part: str
    evaluation: Evaluation
    unlike: UnlikePictures | None = None  # those unlike the model's training pictures; None if that is not known
    has_fixes: bool = False  # whether a fixes file was given

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON values: the scores, the pictures of another kind, and what a fixes file changed."""
        found: dict[str, object] = {**self.evaluation.to_dict()}
        if self.unlike is not None:
            found["unlike"] = self.unlike.to_dict()
        if self.has_fixes:
            found["fixes"] = {
                "relabelled": dict(self.dataset.relabelled),
                "dropped": sorted(self.dataset.dropped),
                "confirmed": sorted(self.dataset.confirmed),
            }
        return found


def evaluate_model(
    model: str | Path,
    data: Any,
    *,
    decoding: DecodingFlags = AS_THE_MODEL_DOES,
    opening: OpeningOptions = BY_THE_DATA,
    on_progress: OnProgress | None = None,
) -> ScoredPictures:
    """Score the data's test part; without one its validation part; without both all of it.

    Classes are matched by name. If the data has numbers and the model has names, they are matched by number, from 0.
    Pictures that cannot be read are left out; a warning says how many they are.

    Args:
        model: a run folder, its `model/`, or a zip of it.
        data: as for `open_dataset`.
        decoding: whether pictures are inverted or cropped, and where a model that does so is saved.
        opening: the options on how to read the data, as in training.
        on_progress: called with pictures decoded and pictures in all.

    Raises:
        ModelError: the model folder is damaged.
        DataError: the data is wrong, unlabelled, or has classes that the model does not know.
    """
    return evaluate_classifier(decoding.applied_to(load(model)), data, opening=opening, on_progress=on_progress)


def evaluate_classifier(
    classifier: Classifier,
    data: Any,
    *,
    opening: OpeningOptions = BY_THE_DATA,
    on_progress: OnProgress | None = None,
) -> ScoredPictures:
    """Score a loaded model. The other arguments are those of `evaluate_model`.

    Raises:
        DataError: as for `evaluate_model`.
    """
    dataset = note_given(open_with(data, opening, for_training=False), classifier.decode)
    dataset = names_as_in(dataset, classifier.class_names)
    name, labels = _labelled_part(dataset)
    labels = positions_among(dataset.class_names, classifier.class_names, dataset.name)[labels]
    pictures = in_model_values(dataset.parts[name].pictures, classifier.card)
    decoded = pictures.decode(classifier.decode, on_progress)
    probabilities, unlikeness = classifier.judge(decoded.images)
    labels, ids = labels[decoded.kept], [dataset.parts[name].ids[row] for row in decoded.kept.tolist()]
    result = evaluate(
        probabilities,
        labels,
        classifier.class_names,
        "val" if name == "val" else "test",
        temperature=classifier.card.temperature,
    )
    if classifier.pictures is not None:
        # The data's validation pictures may be those of the training: they only must not be trained on.
        fingerprints = classifier.pictures.fingerprint(decoded.images, value_range=classifier.card.value_range)
        found = classifier.pictures.find(fingerprints, only_trained=name == "val")
        result = with_leaks(
            result, probabilities, labels, ids, found.by_kind(ids), called=_CALLED.get(name, "pictures")
        )
    collector = UnlikeCollector(classifier)
    collector.add(unlikeness, dataset.parts[name].pictures, decoded.kept, dataset.parts[name].ids)
    unlike = collector.result()
    warnings = [*result.warnings]
    if unlike is not None and unlike.is_worth_a_warning:
        warnings.append(unlike.sentence)
    if classifier.pictures is None:
        dataset = replace(dataset, notes=(*dataset.notes, _NO_LIST))
    if (note := note_on_numbers(dataset.class_names, classifier.class_names)) is not None:
        warnings.append(f"{note} If they mean other classes, name them in numeric order with --class-names.")
    constant = np.unique(labels)
    if len(constant) == 1 and len(labels) > _FEWEST_TO_DOUBT and len(classifier.class_names) > 1:
        warnings.append(
            f"All {len(labels):,} pictures have the label '{classifier.class_names[constant[0]]}'. Are these "
            "the true labels? A sample submission has one value in all rows, and no true labels."
        )
    is_same_data = classifier.card.training.get("data_fingerprint") == dataset.fingerprint
    if classifier.pictures is None and name != "test" and is_same_data:
        warnings.append(
            "The model was trained on this data: it has learnt most of these pictures, so the score says little about "
            "new ones. The run's report has the score on its own validation or test pictures."
        )
    if decoded.quarantined:
        ids = [dataset.parts[name].ids[row] for row in decoded.quarantined]
        warnings.append(
            f"{len(ids):,} of {counted(len(pictures), 'picture')} could not be read and "
            f"{agree(len(ids), 'is', 'are')} not in the score: {listed(ids)}."
        )
    scores = replace(result, warnings=tuple(warnings))
    return ScoredPictures(dataset, name, scores, unlike, has_fixes=opening.fixes is not None)


def _labelled_part(dataset: Dataset) -> tuple[str, Labels]:
    for name in ("test", "val", "all", "train"):
        part = dataset.parts.get(name)
        if part is not None and part.labels is not None:
            return name, part.labels
    raise DataError(
        f"{dataset.name}: its pictures have no labels ({dataset.layout}: {dataset.why}). "
        f"A score needs labels; to label pictures use `{command_name()} predict`."
    )
