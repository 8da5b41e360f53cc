"""All settings of one training run, as `run.json` records them."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from onelook.settings.augment import AugmentSettings, MixSettings
from onelook.settings.base import setting
from onelook.settings.classical import ClassicalSettings, FeatureSettings
from onelook.settings.opening import OpeningOptions
from onelook.settings.optimization import (
    EarlyStoppingSettings,
    LossSettings,
    Monitor,
    OptimizerSettings,
    ReduceOnPlateauSettings,
    ScheduleSettings,
)
from onelook.settings.pictures import PreprocessSettings, ViewSettings
from onelook.settings.setting_facts import SettingFacts
from onelook.settings.training_job import PICKED, JobSettings, split_names

Log = Literal["tensorboard", "mlflow"]
Precision = Literal["auto", "float32", "bfloat16"]
_TRAINING = SettingFacts(changes="weights", read_by="networks")  # the facts of most settings of training


class TrainSettings(OpeningOptions, JobSettings):
    """Everything that decides a run, except the data itself. A field with a flag is an option of `onelook train`."""

    device: Literal["auto", "cpu", "cuda"] = setting(
        "auto",
        "The device to train on.",
        SettingFacts(changes="nothing", read_by="all", flag="--device", metavar="auto|cpu|cuda"),
    )
    precision: Precision = setting(
        "auto",
        "The number format of training. auto: bfloat16 where the device has instructions that make it faster.",
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
    omit_picture_list: bool = setting(
        False,
        "Leave the list of training pictures out of the model: nothing can then say which pictures it has seen.",
        SettingFacts(changes="nothing", read_by="all", flag="--no-picture-list", panel="Model", compared=False),
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
            shown_default=PICKED,
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
            shown_default=PICKED,
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

    @field_validator("log", mode="before")
    @classmethod
    def _log_may_be_typed(cls, names: object) -> object:
        """Split several names in one text, as a flag or --set gives them, at the commas."""
        return split_names(names)
