"""All settings of one training run, resolved: what `run.json` records."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from onelook.settings.augment import AugmentSettings, MixSettings
from onelook.settings.base import Settings, setting
from onelook.settings.classical import ClassicalSettings, FeatureSettings
from onelook.settings.optimization import (
    EarlyStoppingSettings,
    LossSettings,
    Monitor,
    OptimizerSettings,
    ReduceOnPlateauSettings,
    ScheduleSettings,
)
from onelook.settings.pictures import PreprocessSettings, ResizeMode, ViewSettings
from onelook.settings.setting_facts import SettingFacts

_Side = Annotated[int, Field(ge=1, le=8192)]  # as `DecodeSettings` takes it
Log = Literal["tensorboard", "mlflow"]
Precision = Literal["auto", "float32", "bfloat16"]
# auto: full, unless the plan for a pretrained network has picked another.
Tune = Literal["auto", "head", "full", "gradual"]

_PICKED = "picked from the data"  # a number in the help would be wrong for most data
_TRAINING = SettingFacts(changes="weights", read_by="networks")  # of most settings that say how to train


class TrainSettings(Settings):
    """Everything that decides a run but the data itself. Fields with a flag are options of `onelook train`."""

    model: str = setting(
        "cnn",
        "A network or classical model by name, or a TOML file.",
        SettingFacts(
            changes="weights",
            read_by="all",
            flag="--model",
            metavar="NAME|FILE.toml",
            panel="Model",
            compared=False,  # a comparison names each run by it
            excluded_by=("recipe", "models", "from_model"),
            decides_augmentation=True,
        ),
    )
    models: tuple[str, ...] | None = setting(
        None,
        "Several networks or methods: a run each on the same split, then their comparison.",
        SettingFacts(
            changes="runs",
            read_by="all",
            flag="--models",
            metavar="a,b,c",
            panel="Model",
            compared=False,
            excluded_by=("recipe", "from_model"),
            rules_out_pretrained=True,
        ),
    )
    recipe: str | None = setting(
        None,
        "A published training, as published.",
        SettingFacts(
            changes="weights",
            read_by="all",
            flag="--recipe",
            metavar="NAME",
            panel="Model",
            searchable=False,
            excluded_by=("from_model",),
            rules_out_pretrained=True,
            decides_augmentation=True,
        ),
    )
    test: str | None = setting(
        None,
        "Labelled pictures kept for the last score.",
        SettingFacts(
            changes="data", read_by="all", flag="--test", metavar="PATH", panel="Data", typed="pictures", needs_run=True
        ),
    )
    val: float | str = setting(
        0.1,
        "Share of the training pictures (or a path) to tune on.",
        SettingFacts(
            changes="data",
            read_by="all",
            flag="--val",
            metavar="FRACTION|PATH",
            panel="Data",
            typed="fraction or pictures",
            excluded_by=("split", "folds"),
        ),
    )
    split: str | None = setting(
        None,
        "A split made before: a run, its split.csv, or your own table of id and split.",
        SettingFacts(
            changes="data", read_by="all", flag="--split", metavar="RUN|FILE.csv", panel="Data", needs_run=True
        ),
    )
    folds: int | None = setting(
        None,
        "Cross-validation: so many trainings, in which each picture validates once.",
        SettingFacts(
            changes="runs", read_by="all", flag="--folds", metavar="N", panel="Data", excluded_by=("split", "models")
        ),
        ge=2,
    )
    from_model: str | None = setting(
        None,
        "Go on training from these weights, with that network.",
        SettingFacts(
            changes="weights",
            read_by="networks",
            flag="--from",
            metavar="MODEL",
            panel="Model",
            searchable=False,
            excluded_by=("folds",),
            needs_run=True,
            rules_out_pretrained=True,
        ),
    )
    force: bool = setting(
        False,
        "With --from: go on although pictures that it has learnt would validate or test.",
        SettingFacts(changes="data", read_by="networks", flag="--force", panel="Model"),
    )
    weights: str | None = setting(
        None,
        "Of a pretrained network: a file or folder of its weights; none: from scratch.",
        SettingFacts(
            changes="weights",
            read_by="pretrained",
            flag="--weights",
            metavar="FILE|FOLDER|none",
            panel="Model",
            needs_run=True,
        ),
    )
    tune: Tune = setting(
        "auto",
        "Of a pretrained network: train its head, all of it, or block by block.",
        SettingFacts(
            changes="weights",
            read_by="pretrained",
            flag="--tune",
            metavar="head|full|gradual",
            panel="Model",
            needs_run=True,
        ),
    )
    epochs: int = setting(
        10,
        "Passes over the training pictures.",
        SettingFacts(
            changes="weights", read_by="networks", flag="--epochs", metavar="N", shown_default=_PICKED, may_grow=True
        ),
        ge=1,
    )
    time_limit_seconds: float | None = setting(
        None,
        "Time for the whole command, such as 3m.",
        SettingFacts(
            changes="time",
            read_by="all",
            flag="--time-limit",
            metavar="TIME",
            keyword="time_limit",
            typed="time",
            may_grow=True,
            compared=False,
        ),
        gt=0,
    )
    image_size: tuple[_Side, _Side] | None = setting(
        None,
        "Height and width that pictures are brought to.",
        SettingFacts(
            changes="data",
            read_by="all",
            flag="--image-size",
            metavar="128|128x96",
            panel="Data",
            typed="image size",
            searchable=True,
            excluded_by=("from_model",),
        ),
    )
    resize: ResizeMode = setting(
        "stretch",
        "How a picture of another shape is brought to size.",
        SettingFacts(changes="data", read_by="all", searchable=True, excluded_by=("from_model",)),
    )
    batch_size: int = setting(
        32,
        "Pictures in one step; auto: what a GPU is fastest with.",
        SettingFacts(
            changes="weights", read_by="networks", flag="--batch-size", metavar="N|auto", shown_default=_PICKED
        ),
        ge=1,
    )
    auto_batch_size: bool = setting(
        False,
        "Whether the batch size is looked for: what --batch-size auto sets.",
        SettingFacts(changes="weights", read_by="networks", searchable=False),
    )
    seed: int = setting(
        0,
        "Start of all random numbers.",
        SettingFacts(changes="weights", read_by="all", flag="--seed", metavar="N", searchable=False),
        ge=0,
        lt=2**32,
    )
    class_names: tuple[str, ...] | None = setting(
        None,
        "Names of the classes 0, 1, 2 …",
        SettingFacts(changes="data", read_by="all", flag="--class-names", metavar="a,b,c", panel="Data", typed="names"),
    )
    layout: str | None = setting(
        None,
        "How the data is laid out, where two layouts fit.",
        SettingFacts(changes="data", read_by="all", flag="--layout", metavar="NAME", panel="Data", needs_run=True),
    )
    label_column: str | None = setting(
        None,
        "The CSV column that holds the label.",
        SettingFacts(
            changes="data", read_by="all", flag="--label-column", metavar="NAME", panel="Data", needs_run=True
        ),
    )
    label_from: str | None = setting(
        None,
        "Where paths have the label: a regex with a group 'label', or folder:2.",
        SettingFacts(
            changes="data", read_by="all", flag="--label-from", metavar="PATTERN|folder:N", panel="Data", needs_run=True
        ),
    )
    device: Literal["auto", "cpu", "cuda"] = setting(
        "auto",
        "Where to train.",
        SettingFacts(changes="nothing", read_by="all", flag="--device", metavar="auto|cpu|cuda"),
    )
    precision: Precision = setting(
        "auto",
        "What training computes in: auto is bfloat16 on GPUs made for it, else float32.",
        SettingFacts(changes="weights", read_by="networks"),
    )
    compile: bool = setting(
        False,
        "Whether torch compiles the network's steps first: minutes at the start, for long runs on a GPU.",
        SettingFacts(changes="weights", read_by="networks"),  # compiled steps round otherwise
    )
    log: tuple[Log, ...] = setting(
        (),
        "Also log the run to tensorboard (in its folder), mlflow or both.",
        SettingFacts(
            changes="nothing",
            read_by="networks",
            flag="--log",
            metavar="tensorboard,mlflow",
            needs_run=True,
            compared=False,
        ),
    )
    strict: bool = setting(
        False,
        "Stop at the first unreadable picture.",
        SettingFacts(changes="data", read_by="all", flag="--strict", panel="Data", compared=False),
    )
    dropout: float | None = setting(
        None, "Sets every dropout layer of the network; 0 switches it off.", _TRAINING, ge=0, lt=1
    )
    weight_average: float | None = setting(
        None,
        "Validates and keeps a moving average of the weights with this decay, such as 0.999.",
        _TRAINING,
        gt=0,
        lt=1,
    )
    keep_best: Monitor = setting(
        "val_accuracy",
        "Which value decides the best epoch, whose weights are kept.",
        SettingFacts(changes="weights", read_by="networks", searchable=False),
    )
    preprocess: PreprocessSettings = setting(
        PreprocessSettings(),
        "The fixed preparation of every picture.",
        SettingFacts(changes="weights", read_by="all", excluded_by=("from_model",), rules_out_pretrained=True),
    )
    augment: AugmentSettings = setting(
        AugmentSettings(),
        "Random changes of training pictures.",
        SettingFacts(changes="weights", read_by="networks", varies_pictures=True, decides_augmentation=True),
    )
    mix: MixSettings = setting(
        MixSettings(),
        "Training pictures mixed two by two.",
        SettingFacts(changes="weights", read_by="networks", varies_pictures=True),
    )
    views: ViewSettings = setting(
        ViewSettings(),
        "What of a picture the trained model looks at.",
        SettingFacts(changes="answers", read_by="networks"),
    )
    sampling: Literal["all", "balanced"] = setting(
        "all", "all: every picture once an epoch; balanced: as many draws, every class as often.", _TRAINING
    )
    optimizer: OptimizerSettings = setting(OptimizerSettings(), "The rule that moves the weights.", _TRAINING)
    schedule: ScheduleSettings = setting(ScheduleSettings(), "How the learning rate goes over the run.", _TRAINING)
    loss: LossSettings = setting(LossSettings(), "What is minimised.", _TRAINING)
    features: FeatureSettings = setting(
        FeatureSettings(),
        "What a classical model is given: pixels, hog, or a pretrained network's features.",
        SettingFacts(changes="weights", read_by="classical", flag="--features", metavar="pixels|hog|NAME"),
    )
    classical: ClassicalSettings = setting(
        ClassicalSettings(),
        "How a classical model is fitted.",
        SettingFacts(changes="weights", read_by="classical"),
    )
    early_stopping: EarlyStoppingSettings | None = setting(None, "When to end early.", _TRAINING)
    reduce_on_plateau: ReduceOnPlateauSettings | None = setting(None, "When to lower the rate.", _TRAINING)

    @field_validator("log", "models", mode="before")
    @classmethod
    def _may_be_typed(cls, names: object) -> object:
        """A flag, and --set, have several names in one text, separated by commas."""
        return tuple(name.strip() for name in names.split(",")) if isinstance(names, str) else names

    @field_validator("models")
    @classmethod
    def _are_different(cls, models: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if models is not None and (not models or "" in models or len({*models}) < len(models)):
            raise ValueError("one name or several, each once, such as cnn,mlp")
        return models

    @field_validator("val")
    @classmethod
    def _leaves_pictures_on_both_sides(cls, val: float | str) -> float | str:
        if not isinstance(val, str) and not 0 < val < 1:
            raise ValueError("a share above 0 and below 1, such as 0.1, or a path of validation pictures")
        return val
