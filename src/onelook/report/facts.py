"""The facts in a run's `run.json` and `history.jsonl` that pages show, as validated records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def _without_nulls(values: object) -> object:
    """Return the known values: null means that a value is not known."""
    return {k: v for k, v in values.items() if v is not None} if isinstance(values, Mapping) else values


class _Facts(BaseModel):
    """A part of a result file.

    Every field may be missing, because a run can end early. Fields that a later version adds are ignored.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    _drop_nulls = model_validator(mode="before")(_without_nulls)


class FindingFacts(_Facts):
    """A finding of a data check."""

    check: str
    split: str = ""
    count: int = 0
    ids: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    message: str
    severity: str = "warning"  # error, warning or note

    @property
    def is_serious(self) -> bool:
        """Whether it should be settled before a score is believed."""
        return self.severity == "error"


class RecordedData(_Facts):
    """The data set that the run was trained on, or that was inspected."""

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
    ledger: Mapping[str, int] = {}  # found, used, quarantined, duplicate; dropped, if any are
    hashed_as: Mapping[str, Any] | None = None  # the decoding before `picture_hashes.csv`


class AugmentationFacts(_Facts):
    """How training pictures are changed."""

    settings: Mapping[str, Any] = {}  # of `AugmentSettings`
    why: str = ""  # a sentence: who chose the settings, or why there are none


class SplitFacts(_Facts):
    """The number of pictures in each split."""

    fingerprint: str = ""
    train: int = 0
    val: int = 0
    test: int = 0


class PretrainedFacts(_Facts):
    """The published weights that training started from."""

    trained_on: str = ""
    licence: str = ""
    source: str = ""
    image_size: int = 0
    mean: float | tuple[float, ...] = 0.0
    std: float | tuple[float, ...] = 1.0
    crop: float = 1.0
    tuned: str = ""


class ModelFacts(_Facts):
    """The model and its size."""

    name: str = ""
    parameters: int | None = None
    multiply_adds: int | None = None
    views: int = 1  # of each picture; a prediction is the mean over the views
    size_bytes: int | None = None
    pretrained: PretrainedFacts | None = None
    learnt: str = ""  # what a fitted classical model consists of; empty for a network
    fitted_rows: int | None = None  # training pictures that a classical model was fitted on


class OriginFacts(_Facts):
    """The earlier model that training started from."""

    model: str = ""
    checksum: str = ""
    clean: bool | None = None  # whether it was trained on none of the pictures that score; None if nobody knows


class RunFacts(_Facts):
    """The content of `run.json`."""

    status: str = ""
    name: str = ""
    created: str = ""
    command: str | tuple[str, ...] = ""
    settings: Mapping[str, Any] = {}
    versions: Mapping[str, str] = {}
    seed: int | None = None
    device: str = ""
    data: RecordedData = Field(default_factory=RecordedData)
    split: SplitFacts = Field(default_factory=SplitFacts)
    origin: OriginFacts | None = Field(default=None, alias="from")
    choices: tuple[str, ...] = ()
    findings: tuple[FindingFacts, ...] = ()
    model: ModelFacts = Field(default_factory=ModelFacts)
    best_epoch: int | None = None
    stopped_early: bool = False
    resumed_from_epoch: int | None = None
    notes: tuple[str, ...] = ()  # messages during training
    timings: Annotated[Mapping[str, float], BeforeValidator(_without_nulls)] = {}  # seconds
    left_out: tuple[str, ...] = ()  # a sentence for each step that the time limit was too short for


class Epoch(_Facts):
    """A line of `history.jsonl`. A value that is not a finite number is None."""

    epoch: int
    seconds: float | None = None
    learning_rate: float | None = None
    train_loss: float | None = None
    train_accuracy: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None
