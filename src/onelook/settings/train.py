"""All settings of one training run, resolved: what `run.json` records."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from onelook.settings.augment import AugmentSettings, MixSettings
from onelook.settings.base import Settings, setting
from onelook.settings.callbacks import EarlyStoppingSettings, Monitor, ReduceOnPlateauSettings
from onelook.settings.classical import ClassicalSettings, FeatureSettings
from onelook.settings.decode import ResizeMode
from onelook.settings.optimizer import LossSettings, OptimizerSettings, ScheduleSettings
from onelook.settings.preprocess import PreprocessSettings
from onelook.settings.views import ViewSettings

_Side = Annotated[int, Field(ge=1, le=8192)]  # as `DecodeSettings` takes it
Log = Literal["tensorboard", "mlflow"]
Precision = Literal["auto", "float32", "bfloat16"]
# auto: full, unless the plan for a pretrained network has picked another.
Tune = Literal["auto", "head", "full", "gradual"]


class TrainSettings(Settings):
    """Everything that decides a run but the data itself. Fields with a flag are options of `onelook train`."""

    model: str = setting(
        "cnn", "A network or classical model by name, or a TOML file.", flag="--model", metavar="NAME|FILE.toml"
    )
    models: tuple[str, ...] | None = setting(
        None,
        "Several networks or methods: a run each on the same split, then their comparison.",
        flag="--models",
        metavar="a,b,c",
    )
    recipe: str | None = setting(None, "A published training, as published.", flag="--recipe", metavar="NAME")
    test: str | None = setting(None, "Labelled pictures kept for the last score.", flag="--test", metavar="PATH")
    val: float | str = setting(
        0.1, "Share of the training pictures (or a path) to tune on.", flag="--val", metavar="FRACTION|PATH"
    )
    split: str | None = setting(
        None,
        "A split made before: a run, its split.csv, or your own table of id and split.",
        flag="--split",
        metavar="RUN|FILE.csv",
    )
    folds: int | None = setting(
        None,
        "Cross-validation: so many trainings, in which each picture validates once.",
        flag="--folds",
        metavar="N",
        ge=2,
    )
    from_model: str | None = setting(
        None, "Go on training from these weights, with that network.", flag="--from", metavar="MODEL"
    )
    force: bool = setting(
        False, "With --from: go on although pictures that it has learnt would validate or test.", flag="--force"
    )
    weights: str | None = setting(
        None,
        "Of a pretrained network: a file or folder of its weights; none: from scratch.",
        flag="--weights",
        metavar="FILE|FOLDER|none",
    )
    tune: Tune = setting(
        "auto",
        "Of a pretrained network: train its head, all of it, or block by block.",
        flag="--tune",
        metavar="head|full|gradual",
    )
    epochs: int = setting(10, "Passes over the training pictures.", flag="--epochs", metavar="N", ge=1)
    time_limit_seconds: float | None = setting(
        None, "Time for the whole command, such as 3m.", flag="--time-limit", metavar="TIME", gt=0
    )
    image_size: tuple[_Side, _Side] | None = setting(
        None, "Height and width that pictures are brought to.", flag="--image-size", metavar="128|128x96"
    )
    resize: ResizeMode = setting("stretch", "How a picture of another shape is brought to size.")
    batch_size: int = setting(
        32, "Pictures in one step; auto: what a GPU is fastest with.", flag="--batch-size", metavar="N|auto", ge=1
    )
    auto_batch_size: bool = setting(False, "Whether the batch size is looked for: what --batch-size auto sets.")
    seed: int = setting(0, "Start of all random numbers.", flag="--seed", metavar="N", ge=0, lt=2**32)
    class_names: tuple[str, ...] | None = setting(
        None, "Names of the classes 0, 1, 2 …", flag="--class-names", metavar="a,b,c"
    )
    layout: str | None = setting(
        None, "How the data is laid out, where two layouts fit.", flag="--layout", metavar="NAME"
    )
    label_column: str | None = setting(
        None, "The CSV column that holds the label.", flag="--label-column", metavar="NAME"
    )
    label_from: str | None = setting(
        None,
        "Where paths have the label: a regex with a group 'label', or folder:2.",
        flag="--label-from",
        metavar="PATTERN|folder:N",
    )
    device: Literal["auto", "cpu", "cuda"] = setting(
        "auto", "Where to train.", flag="--device", metavar="auto|cpu|cuda"
    )
    precision: Precision = setting(
        "auto", "What training computes in: auto is bfloat16 on GPUs made for it, else float32."
    )
    compile: bool = setting(
        False, "Whether torch compiles the network's steps first: minutes at the start, for long runs on a GPU."
    )
    log: tuple[Log, ...] = setting(
        (),
        "Also log the run to tensorboard (in its folder), mlflow or both.",
        flag="--log",
        metavar="tensorboard,mlflow",
    )
    strict: bool = setting(False, "Stop at the first unreadable picture.", flag="--strict")
    dropout: float | None = setting(None, "Sets every dropout layer of the network; 0 switches it off.", ge=0, lt=1)
    weight_average: float | None = setting(
        None, "Validates and keeps a moving average of the weights with this decay, such as 0.999.", gt=0, lt=1
    )
    keep_best: Monitor = setting("val_accuracy", "Which value decides the best epoch, whose weights are kept.")
    preprocess: PreprocessSettings = setting(PreprocessSettings(), "The fixed preparation of every picture.")
    augment: AugmentSettings = setting(AugmentSettings(), "Random changes of training pictures.")
    mix: MixSettings = setting(MixSettings(), "Training pictures mixed two by two.")
    views: ViewSettings = setting(ViewSettings(), "What of a picture the trained model looks at.")
    sampling: Literal["all", "balanced"] = setting(
        "all", "all: every picture once an epoch; balanced: as many draws, every class as often."
    )
    optimizer: OptimizerSettings = setting(OptimizerSettings(), "The rule that moves the weights.")
    schedule: ScheduleSettings = setting(ScheduleSettings(), "How the learning rate goes over the run.")
    loss: LossSettings = setting(LossSettings(), "What is minimised.")
    features: FeatureSettings = setting(
        FeatureSettings(),
        "What a classical model is given: pixels, hog, or a pretrained network's features.",
        flag="--features",
        metavar="pixels|hog|NAME",
    )
    classical: ClassicalSettings = setting(ClassicalSettings(), "How a classical model is fitted.")
    early_stopping: EarlyStoppingSettings | None = setting(None, "When to end early.")
    reduce_on_plateau: ReduceOnPlateauSettings | None = setting(None, "When to lower the rate.")

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
