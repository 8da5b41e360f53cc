"""`onelook predict`: predict a label for each picture, in the order of the data, into a file or for the screen."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.classifier import load
from onelook.commands.decoding_flags import AS_THE_MODEL_DOES, DecodingFlags
from onelook.commands.seen_when_predicting import labels_for, warnings_on_seen
from onelook.data.dataset import Dataset
from onelook.data.decode_settings import note_given
from onelook.data.open import open_with
from onelook.data.part import Part
from onelook.data.part_names import LABELLED
from onelook.data.pictures.protocol import OnProgress
from onelook.errors import ConfigError
from onelook.evaluation.id_columns import IdColumn, id_candidates
from onelook.evaluation.predict_dataset import predict_dataset, with_size_note
from onelook.evaluation.prediction_files import PredictionRows, refuse_ending, write_prediction_file
from onelook.evaluation.predictions import are_sure, check_threshold, likeliest
from onelook.evaluation.sample_submission import read_sample
from onelook.evaluation.unlike_pictures import UnlikePictures
from onelook.evaluation.write_submission import shape_of, write_like
from onelook.files import refuse_overwriting, refuse_unwritable
from onelook.runtime import PICTURES_TO_COME, command_name
from onelook.settings.opening import BY_THE_DATA, OpeningOptions


@dataclass(frozen=True)
class Predicted:
    """The predictions, their file if one was requested, and the pictures without a prediction."""

    out: Path | None
    dataset: Dataset
    ids: Sequence[str]
    probabilities: NDArray[np.float32]  # (rows, classes); NaN for a picture that cannot be read
    class_names: Sequence[str]
    top: int  # how many of the likeliest classes are shown for each picture
    unreadable: Mapping[str, str]  # id -> reason
    explanation: str | None  # what a submission's label column holds
    warnings: tuple[str, ...] = ()  # on labelled pictures that the model has seen, and on pictures of another kind
    reject_below: float = 0.0  # less confident answers are withheld
    unlike: UnlikePictures | None = None  # those unlike the model's training pictures; None if that is not known

    @property
    def rows(self) -> int:
        """The number of predictions."""
        return len(self.ids)

    @property
    def class_counts(self) -> dict[str, int]:
        """Every class of the model -> number of pictures predicted as it; withheld answers are not counted."""
        answered = self.probabilities[self.sure]
        counts = np.bincount(answered.argmax(axis=1), minlength=len(self.class_names))
        return dict(zip(self.class_names, counts.tolist(), strict=True))

    @cached_property
    def sure(self) -> NDArray[np.bool_]:
        """For each row, whether the picture was read and its answer is not withheld."""
        return are_sure(self.probabilities, self.reject_below)

    @property
    def not_sure(self) -> int:
        """The number of pictures that were read and whose answer is withheld."""
        return int((~self.sure & ~np.isnan(self.probabilities[:, 0])).sum())

    def likeliest(self, row: int) -> list[tuple[str, float]]:
        """Return the `top` likeliest classes of a picture and their probabilities; none if it cannot be read."""
        return [
            (self.class_names[position], float(self.probabilities[row, position]))
            for position in likeliest(self.probabilities[row], self.top)
        ]

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON values. Without a file they hold the predictions themselves."""
        return {
            **({"predictions": self._predictions()} if self.out is None else {"out": str(self.out)}),
            "rows": self.rows,
            "layout": self.dataset.layout,
            "class_counts": self.class_counts,
            **({"not_sure": self.not_sure} if self.reject_below > 0 else {}),
            "unreadable": [{"id": identifier, "reason": reason} for identifier, reason in self.unreadable.items()],
            "explanation": self.explanation,
            **({"unlike": self.unlike.to_dict()} if self.unlike is not None else {}),
            "warnings": list(self.warnings),
        }

    def _predictions(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        unlike = None if self.unlike is None else frozenset(self.unlike.ids)
        for row, identifier in enumerate(self.ids):
            classes = [{"label": name, "confidence": confidence} for name, confidence in self.likeliest(row)]
            best: dict[str, object] = {"label": None, "confidence": None, **(classes[0] if classes else {})}
            if self.reject_below > 0:
                best["likeliest"] = best["label"]
                best["label"] = best["label"] if self.sure[row] else None
            if unlike is not None:
                best["unlike"] = identifier in unlike
            found.append({"id": identifier, **best, **({"top": classes} if self.top > 1 else {})})
        return found


def predict(
    model: str | Path,
    data: Any,
    out: str | Path | None = None,
    *,
    like: str | Path | None = None,
    probabilities: bool = False,
    embeddings: bool = False,
    top: int = 1,
    reject_below: float = 0.0,
    decoding: DecodingFlags = AS_THE_MODEL_DOES,
    opening: OpeningOptions = BY_THE_DATA,
    on_progress: OnProgress | None = None,
) -> Predicted:
    """Predict a label for each picture of the data, and write the file `out` if given, whole or not at all.

    No row is dropped: a picture that cannot be read keeps its row, with an empty label. In a submission (`like`),
    where no label may be empty, it gets the same probability for each class.

    Args:
        model: a run folder, its `model/`, or a zip of it.
        data: as for `open_dataset`, labelled or not; all its parts are predicted, one after the other.
        out: the file, `.csv`, `.jsonl` or `.parquet`; without one, the predictions are only returned.
        like: a sample submission; `out` gets its columns, ids and order.
        probabilities: whether `out` has a column for each class.
        embeddings: whether `out` has the features that the network makes of each picture before its last layer.
        top: how many of the likeliest classes each row names.
        reject_below: answers that are less confident are withheld: they have no label. From 0 to 1.
        decoding: whether pictures are inverted or cropped, and where a model that does so is saved.
        opening: the options on how to read the data.
        on_progress: called with pictures decoded and pictures in all.

    Raises:
        ConfigError: `out` cannot be written, or an option that only a file or a list of labels can follow.
        ModelError: the model folder is damaged.
        DataError: the data is wrong, no picture of a part can be read, or the ids differ from the sample's.
    """
    _refuse_contradictions(out, like, probabilities=probabilities, embeddings=embeddings, top=top)
    if out is not None:
        refuse_overwriting(Path(out), (model, data, like), "--out")
    _refuse_threshold(reject_below, like)
    if isinstance(data, str) and data == PICTURES_TO_COME and not Path(PICTURES_TO_COME).exists():
        raise ConfigError(
            f"{PICTURES_TO_COME} stands for the pictures to predict. Write their path in its place: a picture, a "
            "folder, a zip or a table."
        )
    _refuse_swapped(model, data)
    classifier = decoding.applied_to(load(model))
    class_names = classifier.class_names
    if embeddings and not classifier.feature_count:
        raise ConfigError("--embeddings: this model makes no features before its last layer. Leave it out.")
    dataset = open_with(data, opening, for_training=False, needs_labels=False)
    dataset = note_given(with_size_note(dataset, classifier), classifier.decode)
    sample = None if like is None else read_sample(Path(like))
    # Before a picture is read: wrong ids are reported at once, and parts that the sample does not ask for are not
    # predicted.
    shape = None if sample is None else shape_of(sample, _candidates(dataset), class_names)
    wanted = None if shape is None else np.isin(np.arange(dataset.rows), shape.joined.positions)
    labels = None if classifier.pictures is None else labels_for(classifier.class_names, dataset, data, opening)
    look_up = None if labels is None else labels >= 0
    found = predict_dataset(classifier, dataset, on_progress, wanted=wanted, look_up=look_up, with_features=embeddings)
    ids: Sequence[str] = found.ids
    predicted = found.probabilities
    warnings = () if labels is None else warnings_on_seen(found, labels, class_names)
    if found.unlike is not None and found.unlike.is_worth_a_warning:
        warnings = (*warnings, found.unlike.sentence)
    explanation = None
    if sample is not None and shape is not None and out is not None:
        positions = shape.joined.positions
        ids, predicted = [ids[position] for position in positions], predicted[positions]
        guessed = np.where(np.isnan(predicted), np.float32(1 / len(class_names)), predicted)
        explanation = write_like(sample, Path(out), shape, guessed, class_names).explanation
    elif out is not None:
        rows = PredictionRows(ids, predicted, class_names, probabilities, top, reject_below, found.features)
        write_prediction_file(Path(out), rows)
    where = None if out is None else Path(out)
    return Predicted(
        where,
        dataset,
        ids,
        predicted,
        class_names,
        top,
        found.unreadable,
        explanation,
        warnings,
        reject_below,
        found.unlike,
    )


def _refuse_contradictions(
    out: str | Path | None, like: str | Path | None, *, probabilities: bool, embeddings: bool, top: int
) -> None:
    if out is not None:
        refuse_unwritable(Path(out))
        refuse_ending(Path(out), with_features=embeddings)
    elif like is not None or probabilities or embeddings:
        only_files = (f"--like {like}", like is not None), ("--probabilities", probabilities), ("--embeddings", True)
        option = next(name for name, is_given in only_files if is_given)
        ending = "parquet" if option == "--embeddings" else "csv"
        raise ConfigError(f"{option} goes into a file. Add --out FILE.{ending}.")
    if embeddings and like is not None:
        raise ConfigError(f"--embeddings and --like {like}: the sample decides the columns. Give one of them.")
    if top < 1:
        raise ConfigError(f"--top {top}: expected 1 or more classes for each picture.")
    if top > 1 and like is not None:
        raise ConfigError(f"--top {top} and --like {like}: the sample decides the columns. Give one of them.")


def _refuse_threshold(reject_below: float, like: str | Path | None) -> None:
    if check_threshold(reject_below) > 0 and like is not None:
        raise ConfigError(
            f"--reject-below {reject_below:g} and --like {like}: a submission needs an answer for each picture. Give "
            "one of them."
        )


def _refuse_swapped(model: str | Path, data: Any) -> None:
    if not isinstance(data, str | Path) or not (Path(data) / "run.json").is_file():
        return
    if not any((Path(model) / name).is_file() for name in ("run.json", "model.json")):
        raise ConfigError(
            f"{data} is a run, and stands where the pictures do: MODEL comes before DATA. Type:\n  "
            f"{shlex.join([command_name(), 'predict', str(data), str(model)])}"
        )


def _candidates(dataset: Dataset) -> list[IdColumn]:
    """Return the names by which a sample submission can ask for the pictures."""
    parts = {name: (part.ids, part.other_ids) for name, part in dataset.parts.items()}
    return id_candidates(parts, [name for name, part in dataset.parts.items() if not _has_labels(part)])


def _has_labels(part: Part) -> bool:
    return part.labels is not None or part.name.startswith(LABELLED)
