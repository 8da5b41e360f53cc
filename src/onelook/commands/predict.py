"""`onelook predict`: predict a label for each picture, in the order of the data, into a file or for the screen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from onelook.classifier import load
from onelook.commands.decoding_flags import AS_THE_MODEL_DOES, DecodingFlags
from onelook.commands.seen_when_predicting import labels_for, warnings_on_seen
from onelook.data.dataset import Dataset
from onelook.data.decode_settings import note_given
from onelook.data.labels import Labels
from onelook.data.open import open_with
from onelook.data.part import Part
from onelook.data.part_names import LABELLED
from onelook.data.pictures.protocol import OnProgress
from onelook.data.remote.addresses import is_url
from onelook.data.remote.output import RemoteOutput
from onelook.distributed.request import HERE, Say, check_request, warnings_on_unlike
from onelook.errors import ConfigError
from onelook.evaluation.id_columns import IdColumn, id_candidates
from onelook.evaluation.prediction.batch import PredictedBatch, PredictionOptions, PredictionTally, join_batches
from onelook.evaluation.prediction.fields import json_rows, refuse_without_file
from onelook.evaluation.prediction.files import refuse_ending
from onelook.evaluation.prediction.stream import PredictionStream, no_predictions
from onelook.evaluation.prediction.unfinished import PredictionFile
from onelook.evaluation.sample_submission import Sample, read_sample
from onelook.evaluation.size_note import with_size_note
from onelook.evaluation.unlike_pictures import UnlikePictures
from onelook.evaluation.write_submission import Shape, shape_of, write_like
from onelook.files import refuse_overwriting, refuse_unwritable
from onelook.runtime import PICTURES_TO_COME, command_line, command_name
from onelook.settings.opening import BY_THE_DATA, OpeningOptions
from onelook.wording import counted

if TYPE_CHECKING:
    from onelook.classifier import Classifier

# Pictures times classes, of which the probabilities are kept to compare them with labels: 20 MB.
_MOST_LOOKED_UP = 5_000_000


@dataclass(frozen=True)
class Predicted:
    """The predictions, their file if one was requested, and the pictures without a prediction.

    Attributes:
        out: the file or its address, or the folder or the address of several; None if none was requested.
        dataset: the opened data.
        batch: the predictions that are kept in memory: all of them, or the first, without a file; those of a
            submission; else none.
        options: what was wanted of each picture.
        tally: the counts over all pictures.
        explanation: what a submission's label column holds.
        warnings: on labelled pictures that the model has seen, and on pictures of another kind.
        unlike: those unlike the model's training pictures; None if that is not known.
    """

    out: str | Path | None
    dataset: Dataset
    batch: PredictedBatch
    options: PredictionOptions
    tally: PredictionTally
    explanation: str | None = None
    warnings: tuple[str, ...] = ()
    unlike: UnlikePictures | None = None

    @property
    def rows(self) -> int:
        """The number of predictions."""
        return self.tally.rows

    @property
    def class_counts(self) -> dict[str, int]:
        """Every class of the model -> number of pictures predicted as it; withheld answers are not counted."""
        return self.tally.class_counts

    @property
    def unreadable(self) -> Mapping[str, str]:
        """Id -> reason of the pictures that cannot be read; of very many, only the first."""
        return self.tally.unreadable

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON values. Without a file they hold the predictions themselves."""
        return {
            **({"predictions": list(json_rows(self.batch, self.options))} if self.out is None else {}),
            **({"out": str(self.out)} if self.out is not None else {}),
            "rows": self.rows,
            "layout": self.dataset.layout,
            "class_counts": self.class_counts,
            **({"not_sure": self.tally.not_sure} if self.options.reject_below > 0 else {}),
            "unreadable": [{"id": identifier, "reason": reason} for identifier, reason in self.unreadable.items()],
            "explanation": self.explanation,
            **({"unlike": self.unlike.to_dict()} if self.unlike is not None else {}),
            "warnings": list(self.warnings),
        }


def predict(
    model: str | Path,
    data: Any,
    out: str | Path | None = None,
    *,
    like: str | Path | None = None,
    resume: bool = False,
    keep: int | None = None,
    on: str = HERE,
    ray_address: str | None = None,
    workers: int | None = None,
    decoding: DecodingFlags = AS_THE_MODEL_DOES,
    opening: OpeningOptions = BY_THE_DATA,
    say: Say = print,
    on_progress: OnProgress | None = None,
    **options: Any,
) -> Predicted:
    """Predict a label for each picture of the data, and write the file `out` if given, whole or not at all.

    No row is dropped: a picture that cannot be read keeps its row, with an empty label. In a submission (`like`),
    where no label may be empty, it gets the same probability for each class. The pictures are read, predicted and
    written a batch at a time, so that any number of them fits into memory.

    Args:
        model: a run folder, its `model/`, or a zip of it.
        data: as for `open_dataset`, labelled or not; all its parts are predicted, one after the other.
        out: the file, `.csv`, `.jsonl` or `.parquet`, or its address, such as `s3://bucket/labels.csv`; without one,
            the predictions are only returned.
        like: a sample submission; `out` gets its columns, ids and order. All answers are then kept in memory.
        resume: whether an earlier process that wrote the same file and was cut off is continued.
        keep: how many predictions are returned where there is no file; by default all.
        on: `here`, in this process; or `ray`, on the workers of a Ray cluster, which write a folder of Parquet files.
        ray_address: of the cluster; by default `$RAY_ADDRESS`, else two workers on this machine.
        workers: their number.
        decoding: whether pictures are inverted or cropped, and where a model that does so is saved.
        opening: the options on how to read the data.
        say: called with a sentence on the workers.
        on_progress: called with pictures done and pictures in all.
        **options: fields of `PredictionOptions`: what is wanted of each picture.

    Raises:
        ConfigError: `out` cannot be written, or an option that only a file or a list of labels can follow.
        ModelError: the model folder is damaged.
        DataError: the data is wrong, no picture of a part can be read, or the ids differ from the sample's.
    """
    asked = PredictionOptions(**options)
    cluster = check_request(on, out, like, ray_address, workers)
    if cluster is not None and out is not None:
        from onelook.distributed.predict_shards import ShardedPrediction

        _refuse_no_data(model, data)
        classifier = decoding.applied_to(load(model))
        dataset = _open_to_predict(classifier, data, opening, asked)
        about, nothing = _about(classifier, dataset, asked), no_predictions(classifier, asked)
        address = data if is_url(data) else None
        shards = ShardedPrediction(classifier, dataset, out, asked, about, address=address, resume=resume)
        written = shards.run(cluster, say, on_progress)
        on_unlike = warnings_on_unlike(written.unlike, written.judged)
        return Predicted(written.out, dataset, nothing, asked, written.tally, None, on_unlike)
    remote = RemoteOutput(out) if isinstance(out, str) and is_url(out) else None
    where = None if out is None else Path(out) if remote is None else remote.path
    _refuse_contradictions(where, like, asked, resume=resume)
    if where is not None:
        refuse_overwriting(where, (model, data, like), "--out")
    _refuse_no_data(model, data)
    request = _Request(model, data, where, like, asked, resume, keep, decoding, opening, on_progress)
    with nullcontext() if remote is None else remote:
        done = _predict(request)
    return done if remote is None else replace(done, out=remote.url)


@dataclass(frozen=True)
class _Request:
    """The arguments of `predict`, and the place on this machine where the file is written."""

    model: str | Path
    data: Any
    out: Path | None
    like: str | Path | None
    asked: PredictionOptions
    resume: bool
    keep: int | None
    decoding: DecodingFlags
    opening: OpeningOptions
    on_progress: OnProgress | None


def _predict(request: _Request) -> Predicted:
    asked, out = request.asked, request.out
    classifier = request.decoding.applied_to(load(request.model))
    class_names = classifier.class_names
    dataset = _open_to_predict(classifier, request.data, request.opening, asked)
    sample = None if request.like is None else read_sample(Path(request.like))
    # Before a picture is read: wrong ids are reported at once, and parts that the sample does not ask for are not
    # predicted.
    shape = None if sample is None else shape_of(sample, _candidates(dataset), class_names)
    wanted = None if shape is None else np.isin(np.arange(dataset.rows), shape.joined.positions)
    dataset, labels = _with_labels(classifier, dataset, request)
    look_up = None if labels is None else labels >= 0
    file = None
    if out is not None and shape is None:
        about = _about(classifier, dataset, asked)
        file = PredictionFile(out, asked, no_predictions(classifier, asked), about, resume=request.resume)
    start = 0 if file is None else file.rows
    stream = PredictionStream(
        classifier, dataset, asked, request.on_progress, wanted=wanted, look_up=look_up, start=start
    )
    keep = request.keep if out is None else None
    looks_up = look_up is not None and bool(look_up.any())
    try:
        found = _consume(stream, classifier, asked, file, keep=keep, looks_up=looks_up)
    except KeyboardInterrupt as stopped:
        if file is None or not file.tally.rows:
            raise
        kept = f"interrupted; {counted(file.tally.rows, 'row')} of {dataset.rows:,} are kept."
        raise KeyboardInterrupt(f"{kept} The same command continues with --resume.") from stopped
    unlike = stream.unlike()
    warnings: tuple[str, ...] = ()
    if labels is not None and found.looked_up is not None:
        warnings = warnings_on_seen(found.looked_up, stream.seen, labels[start:])
    if unlike is not None and unlike.is_worth_a_warning:
        warnings = (*warnings, unlike.sentence)
    done = Predicted(None, dataset, found.kept, asked, found.tally, None, warnings, unlike)
    if file is not None:
        file.finish()
        return replace(done, out=file.path, tally=file.tally)
    if sample is None or shape is None or out is None:
        return done
    batch, tally = _answers(found.kept.take(shape.joined.positions), sample, shape)
    explanation = _write_submission(sample, out, shape, batch)
    return replace(done, out=out, batch=batch, tally=tally, explanation=explanation)


def _open_to_predict(classifier: Classifier, data: Any, opening: OpeningOptions, asked: PredictionOptions) -> Dataset:
    """Open the pictures that a model predicts, with a note if they seem to be of another kind than its own.

    Raises:
        ConfigError: features are wanted, and the model makes none.
        DataError: the data is wrong.
    """
    if asked.embeddings and not classifier.feature_count:
        raise ConfigError("--embeddings: this model makes no features before its last layer. Leave it out.")
    dataset = open_with(data, opening, for_training=False, needs_labels=False)
    return note_given(with_size_note(dataset, classifier), classifier.decode)


@dataclass(frozen=True)
class _Consumed:
    """The part of a stream that stays in memory.

    Attributes:
        kept: the predictions that are returned.
        tally: the counts of all pictures, where there is no file, which counts itself.
        looked_up: ids and probabilities of all pictures; None if none was looked up.
    """

    kept: PredictedBatch
    tally: PredictionTally
    looked_up: PredictedBatch | None


def _consume(
    stream: PredictionStream,
    classifier: Classifier,
    asked: PredictionOptions,
    file: PredictionFile | None,
    *,
    keep: int | None,
    looks_up: bool,
) -> _Consumed:
    """Predict all pictures of a stream, and write them to the file if there is one."""
    tally = PredictionTally(classifier.class_names, asked.reject_below)
    kept = [no_predictions(classifier, asked)]
    looked_up: list[PredictedBatch] = []
    for batch in stream:
        if file is not None:
            file.append(batch)
        else:
            left = len(batch) if keep is None else max(0, keep - tally.rows)
            if left:
                kept.append(batch if left >= len(batch) else batch.take(np.arange(left)))
            tally.add(batch)
        if looks_up:
            looked_up.append(PredictedBatch(batch.ids, batch.probabilities, batch.class_names))
    return _Consumed(join_batches(kept), tally, join_batches(looked_up) if looked_up else None)


def _not_looked_up() -> str:
    return (
        "These pictures are too many to look up which of them the model has learnt. For a labelled part of them, "
        f"`{command_name()} evaluate` says it."
    )


def _with_labels(classifier: Classifier, dataset: Dataset, request: _Request) -> tuple[Dataset, Labels | None]:
    """Return the labels by which pictures are looked up in the model's list; None without a list, or for too many.

    A note on the data says that they are too many.
    """
    if classifier.pictures is None:
        return dataset, None
    if dataset.rows * len(classifier.class_names) > _MOST_LOOKED_UP:
        return replace(dataset, notes=(*dataset.notes, _not_looked_up())), None
    if is_url(request.data) and dataset.layout == "picture-folder":  # which would be listed once more, in vain
        return dataset, None
    return dataset, labels_for(classifier.class_names, dataset, request.data, request.opening)


def _about(classifier: Classifier, dataset: Dataset, asked: PredictionOptions) -> dict[str, str]:
    """Return what decides the rows of a file, by its name in a message."""
    ids = hashlib.sha256(dataset.fingerprint.encode())
    for part in dataset.parts.values():
        for each in part.ids:
            ids.update(each.encode(errors="surrogateescape") + b"\n")
    model = hashlib.sha256(classifier.card.model_dump_json().encode())
    return {
        "model": model.hexdigest(),
        "data": ids.hexdigest(),
        "options": repr(asked),
        "version of onelook": version("onelook"),
        "engine": classifier.engine,
    }


def _answers(pictures: PredictedBatch, sample: Sample, shape: Shape) -> tuple[PredictedBatch, PredictionTally]:
    """Return the answer for each row of a sample, and their counts, with the pictures that cannot be read."""
    tally = PredictionTally(pictures.class_names)
    rows = shape.joined.rows
    if rows is None:
        tally.add(pictures)
        return pictures, tally
    of_pictures = PredictionTally(pictures.class_names)
    of_pictures.add(pictures)
    batch = pictures.averaged(rows, sample.column(shape.joined.id_column))
    tally.add(batch)
    return batch, replace(tally, unread=of_pictures.unread, unreadable=of_pictures.unreadable)


def _write_submission(sample: Sample, out: Path, shape: Shape, found: PredictedBatch) -> str:
    """Write a submission, and return what its label column holds."""
    equal = np.float32(1 / len(found.class_names))
    guessed = np.where(np.isnan(found.probabilities), equal, found.probabilities)
    return write_like(sample, out, shape, guessed, found.class_names).explanation


def _refuse_contradictions(
    out: Path | None, like: str | Path | None, asked: PredictionOptions, *, resume: bool
) -> None:
    if out is not None:
        refuse_unwritable(out)
        refuse_ending(out, asked, None if like is None else Path(like))
    elif like is not None:
        raise ConfigError(f"--like {like} goes into a file. Add --out FILE.csv.")
    elif resume:
        raise ConfigError("--resume continues a file. Add --out FILE, as the command had that was cut off.")
    else:
        refuse_without_file(asked)
    if like is None:
        return
    if resume:
        raise ConfigError(f"--resume and --like {like}: a submission is written at once. Leave out --resume.")
    if asked.embeddings:
        raise ConfigError(f"--embeddings and --like {like}: the sample decides the columns. Give one of them.")
    if asked.top > 1:
        raise ConfigError(f"--top {asked.top} and --like {like}: the sample decides the columns. Give one of them.")
    if asked.reject_below > 0:
        raise ConfigError(
            f"--reject-below {asked.reject_below:g} and --like {like}: a submission needs an answer for each picture. "
            "Give one of them."
        )


def _refuse_no_data(model: str | Path, data: Any) -> None:
    """Check that the data names pictures.

    Raises:
        ConfigError: it is the word that printed commands have for them, or a run in the place of the pictures.
    """
    if isinstance(data, str) and data == PICTURES_TO_COME and not Path(PICTURES_TO_COME).exists():
        raise ConfigError(
            f"{PICTURES_TO_COME} stands for the pictures to predict. Write their path in its place: a picture, a "
            "folder, a zip or a table."
        )
    if not isinstance(data, str | Path) or not (Path(data) / "run.json").is_file():
        return
    if not any((Path(model) / name).is_file() for name in ("run.json", "model.json")):
        raise ConfigError(
            f"{data} is a run, and stands where the pictures do: MODEL comes before DATA. Type:\n  "
            f"{command_line('predict', str(data), str(model))}"
        )


def _candidates(dataset: Dataset) -> list[IdColumn]:
    """Return the names by which a sample submission can ask for the pictures."""
    parts = {name: (part.ids, {**part.other_ids, **part.shared_ids}) for name, part in dataset.parts.items()}
    return id_candidates(parts, [name for name, part in dataset.parts.items() if not _has_labels(part)])


def _has_labels(part: Part) -> bool:
    return part.labels is not None or part.name.startswith(LABELLED)
