"""All settings of one training run, as `run.json` records them."""

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
# auto: full, unless the plan for a pretrained network picks another.
Tune = Literal["auto", "head", "full", "gradual"]

_PICKED = "picked from the data"  # a number in the help would be wrong for most data
_TRAINING = SettingFacts(changes="weights", read_by="networks")  # the facts of most settings of training


class TrainSettings(Settings):
    """Everything that decides a run, except the data itself. A field with a flag is an option of `onelook train`."""

    model: str = setting(
        "cnn",
        "A network or a classical model: its name, or a TOML file.",
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
        "Several models: train each on the same split, then compare them.",
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
        "Train exactly as a published recipe does; see onelook recipes.",
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
        "Labelled pictures for the final score.",
        SettingFacts(
            changes="data", read_by="all", flag="--test", metavar="PATH", panel="Data", typed="pictures", needs_run=True
        ),
    )
    val: float | str = setting(
        0.1,
        "Validation pictures: a share of the training pictures, or a path.",
        SettingFacts(
            changes="data",
            read_by="all",
            flag="--val",
            metavar="FRACTION|PATH",
            also_called=("validation_split", "val_split", "validation_data", "validation_fraction", "valid_pct"),
            panel="Data",
            typed="fraction or pictures",
            excluded_by=("split", "folds"),
        ),
    )
    limit: int | None = setting(
        None,
        "Train on this many pictures at most, each class by its share: a quick first try.",
        SettingFacts(
            changes="data",
            read_by="all",
            flag="--limit",
            metavar="N",
            panel="Data",
            needs_run=True,
            also_called=("max_rows", "max_samples", "n_samples", "num_samples", "subset", "sample"),
        ),
        ge=2,
    )
    split: str | None = setting(
        None,
        "Use an earlier split: a run, its split.csv, or your own table of id and split.",
        SettingFacts(
            changes="data", read_by="all", flag="--split", metavar="RUN|FILE.csv", panel="Data", needs_run=True
        ),
    )
    folds: int | None = setting(
        None,
        "Cross-validation: train N times, so that each picture validates once.",
        SettingFacts(
            changes="runs", read_by="all", flag="--folds", metavar="N", panel="Data", excluded_by=("split", "models")
        ),
        ge=2,
    )
    from_model: str | None = setting(
        None,
        "Continue training from this model: its network and its weights.",
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
        "With --from: train even if the model has already learnt some of the validation or test pictures.",
        SettingFacts(changes="data", read_by="networks", flag="--force", panel="Model"),
    )
    weights: str | None = setting(
        None,
        "Weights of a pretrained network: a file or folder. none: train from scratch.",
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
        "Train a pretrained network's head only, all of it, or block by block.",
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
            changes="weights",
            read_by="networks",
            flag="--epochs",
            metavar="N",
            shown_default=_PICKED,
            may_grow=True,
            also_called=("num_epochs", "n_epochs", "max_epochs", "nb_epoch", "epoch", "num_train_epochs"),
        ),
        ge=1,
    )
    time_limit_seconds: float | None = setting(
        None,
        "Time limit for the whole command, such as 3m.",
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
        "Height and width to which pictures are resized, in pixels.",
        SettingFacts(
            changes="data",
            read_by="all",
            flag="--image-size",
            also_called=("imgsz", "img_size", "image_sz", "input_size", "target_size", "size"),
            metavar="128|128x96",
            panel="Data",
            typed="image size",
            searchable=True,
            excluded_by=("from_model",),
        ),
    )
    resize: ResizeMode = setting(
        "stretch",
        "How a picture of another shape is resized.",
        SettingFacts(changes="data", read_by="all", searchable=True, excluded_by=("from_model",)),
    )
    batch_size: int = setting(
        32,
        "Pictures per training step. auto: the fastest size for the GPU.",
        SettingFacts(
            changes="weights",
            read_by="networks",
            flag="--batch-size",
            metavar="N|auto",
            shown_default=_PICKED,
            also_called=("bs", "batch", "batchsize", "train_batch_size"),
        ),
        ge=1,
    )
    auto_batch_size: bool = setting(
        False,
        "Find the fastest batch size for the GPU; --batch-size auto sets it.",
        SettingFacts(changes="weights", read_by="networks", searchable=False),
    )
    seed: int = setting(
        0,
        "Seed of all random numbers.",
        SettingFacts(
            changes="weights",
            read_by="all",
            flag="--seed",
            metavar="N",
            searchable=False,
            also_called=("random_state", "random_seed"),
        ),
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
        "The data's layout, needed if several layouts fit.",
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
        "Where a path holds the label: a regular expression with a group 'label', or folder:2.",
        SettingFacts(
            changes="data", read_by="all", flag="--label-from", metavar="PATTERN|folder:N", panel="Data", needs_run=True
        ),
    )
    ignore_groups: bool = setting(
        False,
        "Split pictures of one patient, place or track, which the data tells, as if they were unrelated.",
        SettingFacts(changes="data", read_by="all", flag="--no-groups", panel="Data", needs_run=True),
    )
    device: Literal["auto", "cpu", "cuda"] = setting(
        "auto",
        "The device to train on.",
        SettingFacts(changes="nothing", read_by="all", flag="--device", metavar="auto|cpu|cuda"),
    )
    precision: Precision = setting(
        "auto",
        "The number format of training. auto: bfloat16 on GPUs that support it well, else float32.",
        SettingFacts(changes="weights", read_by="networks"),
    )
    compile: bool = setting(
        False,
        "Compile the training step with torch first. It takes minutes, and pays off in long runs on a GPU.",
        SettingFacts(changes="weights", read_by="networks"),  # compiled steps round differently
    )
    log: tuple[Log, ...] = setting(
        (),
        "Also log the run to TensorBoard (in the run's folder), MLflow, or both.",
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
        "Stop at the first picture that cannot be read.",
        SettingFacts(changes="data", read_by="all", flag="--strict", panel="Data", compared=False),
    )
    dropout: float | None = setting(
        None,
        "The rate of every dropout layer in the network; 0 switches dropout off.",
        SettingFacts(
            changes="weights",
            read_by="networks",
            flag="--dropout",
            metavar="RATE",
            shown_default="the network's own",
            also_called=("drop", "drop_rate", "dropout_rate"),
        ),
        ge=0,
        lt=1,
    )
    weight_average: float | None = setting(
        None,
        "Validate and keep a moving average of the weights, with this decay, such as 0.999.",
        _TRAINING,
        gt=0,
        lt=1,
    )
    keep_best: Monitor = setting(
        "val_accuracy",
        "The value that decides which epoch is best. The weights of the best epoch are kept.",
        SettingFacts(changes="weights", read_by="networks", searchable=False),
    )
    preprocess: PreprocessSettings = setting(
        PreprocessSettings(),
        "Fixed preparation of every picture, in training and in prediction.",
        SettingFacts(changes="weights", read_by="all", excluded_by=("from_model",), rules_out_pretrained=True),
    )
    augment: AugmentSettings = setting(
        AugmentSettings(),
        "none: do not change training pictures at random. Single changes: --set rotation_range=15, as in Keras.",
        SettingFacts(
            changes="weights",
            read_by="networks",
            flag="--augment",
            metavar="none",
            shown_default=_PICKED,
            varies_pictures=True,
            decides_augmentation=True,
            also_called=("augmentation", "data_augmentation", "aug", "augmentations", "transforms"),
        ),
    )
    mix: MixSettings = setting(
        MixSettings(),
        "Training pictures mixed two by two.",
        SettingFacts(changes="weights", read_by="networks", varies_pictures=True),
    )
    views: ViewSettings = setting(
        ViewSettings(),
        "Test-time augmentation: the views of a picture that the trained model looks at.",
        SettingFacts(changes="answers", read_by="networks"),
    )
    sampling: Literal["all", "balanced"] = setting(
        "all",
        "all: each epoch uses every picture once. balanced: it draws as many pictures, equally many of each class.",
        _TRAINING,
    )
    optimizer: OptimizerSettings = setting(
        OptimizerSettings(),
        "The rule that moves the weights: sgd, adam, adamw, rmsprop, adagrad or muon.",
        SettingFacts(
            changes="weights",
            read_by="networks",
            flag="--optimizer",
            metavar="NAME",
            shown_default=_PICKED,
            also_called=("optim", "opt", "solver"),
        ),
    )
    schedule: ScheduleSettings = setting(ScheduleSettings(), "How the learning rate changes over the run.", _TRAINING)
    loss: LossSettings = setting(LossSettings(), "The value that training minimises.", _TRAINING)
    features: FeatureSettings = setting(
        FeatureSettings(),
        "Input of a classical model: pixels, hog, or a pretrained network's features.",
        SettingFacts(changes="weights", read_by="classical", flag="--features", metavar="pixels|hog|NAME"),
    )
    classical: ClassicalSettings = setting(
        ClassicalSettings(),
        "How a classical model is fitted.",
        SettingFacts(changes="weights", read_by="classical"),
    )
    early_stopping: EarlyStoppingSettings | None = setting(None, "When to stop early.", _TRAINING)
    reduce_on_plateau: ReduceOnPlateauSettings | None = setting(None, "When to lower the learning rate.", _TRAINING)

    @field_validator("log", "models", mode="before")
    @classmethod
    def _may_be_typed(cls, names: object) -> object:
        """Split several names in one text, as a flag or --set gives them, at the commas."""
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
