"""Settings of a run that `TrainSettings` includes: the model, its pictures, and the length of the training."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from onelook.settings.base import Settings, setting
from onelook.settings.pictures import ResizeMode
from onelook.settings.setting_facts import SettingFacts

_Side = Annotated[int, Field(ge=1, le=8192)]  # the limits in `DecodeSettings`
# auto: full, unless the plan for a pretrained network picks another.
Tune = Literal["auto", "head", "full", "gradual"]

PICKED = "picked from the data"  # a number in the help would be wrong for most data


def split_names(names: object) -> object:
    """Return the names in one text with commas as a tuple; any other value unchanged."""
    return tuple(name.strip() for name in names.split(",")) if isinstance(names, str) else names


class JobSettings(Settings):
    """The model to train, its pictures, and the length of the training."""

    model: str = setting(
        "cnn",
        "A network or a classical model: its name, or a TOML file.",
        SettingFacts(
            changes="weights",
            read_by="all",
            flag="--model",
            metavar="NAME|FILE.toml",
            shown_default=PICKED,
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
            shown_default=PICKED,
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
            shown_default=PICKED,
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

    @field_validator("models", mode="before")
    @classmethod
    def _may_be_typed(cls, names: object) -> object:
        """Split several names in one text, as a flag or --set gives them, at the commas."""
        return split_names(names)

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
