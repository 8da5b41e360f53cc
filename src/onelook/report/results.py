"""What a report is built from: a run's result files, read and checked once. No model runs here."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from onelook.errors import ModelError, in_words, shown
from onelook.evaluation.pictures.index import (
    AUGMENTATION,
    FINDINGS,
    INDEX,
    AugmentationPreview,
    ClassSamples,
    FindingPictures,
    FindingsIndex,
    ReportPictures,
)
from onelook.evaluation.result import Evaluation
from onelook.report.pictures import PictureFolder
from onelook.run_folder import RunFolder


def _without_nulls(values: object) -> object:
    """The values that are there: null says that one is not known."""
    return {k: v for k, v in values.items() if v is not None} if isinstance(values, Mapping) else values


class _Facts(BaseModel):
    """A part of `run.json`. All may be missing, since a run can end early; what a later version adds is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    _drop_nulls = model_validator(mode="before")(_without_nulls)


class FindingFacts(_Facts):
    """What a check of the data found."""

    check: str
    split: str = ""
    count: int = 0
    ids: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    message: str
    severity: str = "warning"  # error, warning or note


class DataFacts(_Facts):
    """What the run was trained on."""

    name: str = ""
    layout: str = ""
    why: str = ""
    fingerprint: str = ""
    class_names: tuple[str, ...] = ()
    class_counts: Mapping[str, Mapping[str, int]] = {}  # split -> class -> pictures
    image_size: tuple[int, int] | None = None  # height, width
    channels: int | None = None
    dtype: str = ""
    value_range: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()
    missing_values: int | None = None
    ledger: Mapping[str, int] = {}  # found, used, quarantined, duplicate


class AugmentationFacts(_Facts):
    """How training pictures are changed."""

    settings: Mapping[str, Any] = {}  # of `AugmentSettings`
    why: str = ""  # a sentence: who decided on them; or why there are none


class SplitFacts(_Facts):
    """How many pictures went where."""

    fingerprint: str = ""
    train: int = 0
    val: int = 0
    test: int = 0


class PretrainedFacts(_Facts):
    """The published weights that training began with."""

    trained_on: str = ""
    licence: str = ""
    source: str = ""
    image_size: int = 0
    mean: float | tuple[float, ...] = 0.0
    std: float | tuple[float, ...] = 1.0
    crop: float = 1.0
    tuned: str = ""


class ModelFacts(_Facts):
    """How large the network is."""

    name: str = ""
    parameters: int | None = None
    multiply_adds: int | None = None
    views: int = 1  # of each picture, of which a prediction is the mean
    size_bytes: int | None = None
    pretrained: PretrainedFacts | None = None  # the published weights that it began with
    learnt: str = ""  # what a fitted classical model is made of; empty for a network
    fitted_rows: int | None = None  # training pictures that a classical model was fitted on


class OriginFacts(_Facts):
    """The model that training went on from."""

    model: str = ""
    checksum: str = ""
    clean: bool | None = None  # whether it had learnt none of the pictures that judge; None where nothing tells


class RunFacts(_Facts):
    """`run.json`."""

    status: str = ""
    name: str = ""
    created: str = ""
    command: str | tuple[str, ...] = ""
    settings: Mapping[str, Any] = {}
    versions: Mapping[str, str] = {}
    seed: int | None = None
    device: str = ""
    data: DataFacts = Field(default_factory=DataFacts)
    split: SplitFacts = Field(default_factory=SplitFacts)
    origin: OriginFacts | None = Field(default=None, alias="from")
    choices: tuple[str, ...] = ()
    findings: tuple[FindingFacts, ...] = ()
    model: ModelFacts = Field(default_factory=ModelFacts)
    best_epoch: int | None = None
    stopped_early: bool = False
    resumed_from_epoch: int | None = None
    notes: tuple[str, ...] = ()  # what was told while it trained
    timings: Annotated[Mapping[str, float], BeforeValidator(_without_nulls)] = {}  # seconds


class Epoch(_Facts):
    """A line of `history.jsonl`. A value that is not a finite number is None."""

    epoch: int
    seconds: float | None = None
    learning_rate: float | None = None
    train_loss: float | None = None
    train_accuracy: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None


@dataclass(frozen=True)
class Results:
    """All that the sections may look at. What is not there is None or empty."""

    name: str  # of the run folder
    run: RunFacts
    history: tuple[Epoch, ...]
    evaluation: Evaluation | None
    evidence: ReportPictures | None
    augmentation: AugmentationPreview | None
    found: tuple[FindingPictures, ...]
    pictures: PictureFolder
    augmentation_pictures: PictureFolder
    found_pictures: PictureFolder

    @property
    def data(self) -> DataFacts:
        """What the run was trained on."""
        return self.run.data

    @property
    def findings(self) -> tuple[FindingFacts, ...]:
        """What the checks found in it."""
        return self.run.findings

    @property
    def augmentation_facts(self) -> AugmentationFacts:
        """The settings with which the run changed its training pictures."""
        settings = self.run.settings.get("augment")
        return AugmentationFacts(settings=settings if isinstance(settings, Mapping) else {})

    @property
    def samples(self) -> tuple[ClassSamples, ...]:
        """A few training pictures of each of the first classes."""
        return self.evidence.samples if self.evidence else ()

    @property
    def best_epoch(self) -> Epoch | None:
        """The epoch whose weights the model has, where the history still holds it."""
        return next((epoch for epoch in self.history if epoch.epoch == self.run.best_epoch), None)


def read_results(folder: RunFolder) -> Results:
    """A run's result files.

    Raises:
        OnelookError: there is no run, or one of its files is damaged.
    """
    augmentation, findings = folder.evidence / AUGMENTATION, folder.evidence / FINDINGS
    found = _read_index(FindingsIndex, findings / INDEX)
    return Results(
        name=folder.path.resolve().name,
        run=read_facts(folder),
        history=_read_history(folder),
        evaluation=read_evaluation(folder),
        evidence=_read_index(ReportPictures, folder.evidence / INDEX),
        augmentation=_read_index(AugmentationPreview, augmentation / INDEX),
        found=found.findings if found else (),
        pictures=PictureFolder(folder.evidence),
        augmentation_pictures=PictureFolder(augmentation),
        found_pictures=PictureFolder(findings),
    )


_Record = TypeVar("_Record", bound=BaseModel)


def _checked(kind: type[_Record], values: object, path: Path) -> _Record:
    """The validated record; what is wrong names the file and the field."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole file"
        raise ModelError(
            f"{path}: {where} is {shown(first['input'])}: {first['msg'][0].lower()}{first['msg'][1:]}. "
            "The file is damaged or was changed by hand."
        ) from error


def _read_json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError, RecursionError) as problem:
        raise ModelError(f"{path}: not readable as JSON ({in_words(problem)}). The file is damaged.") from problem


def _read_index(kind: type[_Record], path: Path) -> _Record | None:
    return _checked(kind, _read_json(path), path) if path.is_file() else None


def _read_history(folder: RunFolder) -> tuple[Epoch, ...]:
    return tuple(_checked(Epoch, _finite(line), folder.history) for line in folder.read_history())


def _finite(line: Mapping[str, Any]) -> dict[str, Any]:
    """The line with None for what no chart can show: NaN and the infinities of a run that diverged."""
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in line.items()
    }


def read_facts(folder: RunFolder) -> RunFacts:
    """What `run.json` says.

    Raises:
        OnelookError: there is no run, or the file is damaged.
    """
    return _checked(RunFacts, folder.read_run(), folder.run_json)


def read_evaluation(folder: RunFolder) -> Evaluation | None:
    """The run's score; None where it has none yet.

    Raises:
        ModelError: the file is damaged, or its figures contradict each other.
    """
    path = folder.evaluation
    if not path.is_file():
        return None
    values = _read_json(path)
    try:
        evaluation = Evaluation.from_dict(values)  # type: ignore[arg-type]  # what is no mapping is refused below
        contradiction = _contradiction(evaluation)
    except KeyError as problem:
        raise _no_evaluation(path, f"{problem} is missing") from problem
    except (TypeError, ValueError, AttributeError) as problem:
        raise _no_evaluation(path, in_words(problem)) from problem
    if contradiction is not None:
        raise _no_evaluation(path, contradiction)
    return evaluation


def _no_evaluation(path: Path, reason: str) -> ModelError:
    return ModelError(
        f"{path}: not an evaluation ({reason}). The file is damaged: train or evaluate again to write it anew."
    )


def _contradiction(evaluation: Evaluation) -> str | None:
    """How figures contradict each other; None where the sections can rely on them."""
    classes = len(evaluation.class_names)
    if [len(row) for row in evaluation.confusion_matrix] != [classes] * classes or classes == 0:
        return f"the confusion matrix is not {classes} by {classes}, one row and column a class"
    if tuple(one.class_name for one in evaluation.per_class) != evaluation.class_names:
        return "per_class does not list the classes in their order"
    counted = sum(map(sum, evaluation.confusion_matrix))
    if counted != evaluation.rows or counted == 0:
        return f"the confusion matrix counts {counted} pictures, rows says {evaluation.rows}"
    return None
