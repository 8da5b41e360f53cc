"""Fits a classifier to arrays in memory, without a run: no folder, no checks, no report, as quick as it can be."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.array_pictures import ArrayPictures
from onelook.data.dataset import ImageSet
from onelook.data.pictures.protocol import Images
from onelook.data.sources.arrays import value_range_of
from onelook.errors import ConfigError
from onelook.runtime import require_torch
from onelook.settings import DecodeSettings, TrainSettings
from onelook.settings.merge import Overrides, build_settings
from onelook.settings.queries import settings_that
from onelook.workflow.array_fit import ArrayFit, NetworkFit
from onelook.workflow.classical_request import is_classical
from onelook.workflow.fitting_classical import make_fitter
from onelook.workflow.plan import DataFacts, Plan, plan_run
from onelook.workflow.ready import Sides, make_fresh
from onelook.workflow.request import check_names, gather_overrides, resolve_settings

if TYPE_CHECKING:
    from onelook.classical.fit import ClassicalFit
    from onelook.classifier import Classifier
    from onelook.workflow.one_run import Run

# Fewer pictures are all learnt from: a handful kept aside would decide nothing but by chance.
_FEWEST_TO_VALIDATE = 50
# Pictures with a shorter side than this are rows of numbers rather than pictures: nothing in them to convolve.
_SMALLEST_SIDE = 6
# For such rows: 120 steps and more, in few epochs, as each is validated, which costs as much as some steps.
_EPOCHS, _STEPS_AN_EPOCH = 20, 6
_SMALLEST_BATCH, _LARGEST_BATCH = 4, 64


def fit_arrays(
    images: Images, labels: NDArray[np.int64], class_names: tuple[str, ...], settings: Mapping[str, Any]
) -> ArrayFit | Classifier:
    """Fits a classifier; the same pictures and settings give the same one.

    Where a validation share is kept aside, it decides which epoch is kept, as in a run. Pictures are not looked at
    for copies or damage. A pretrained network goes through an ordinary run in a folder that is removed after it, and
    comes back as its portable model.

    Args:
        images: (rows, height, width, channels) of any numeric dtype, finite.
        labels: (rows,), positions in the class names, of two classes at least.
        class_names: of the labels.
        settings: fields of `TrainSettings` by name, as `train` takes them.

    Raises:
        ConfigError: a setting is wrong, or a package is missing.
        DataError: the pictures cannot be brought to the size asked for.
    """
    began = perf_counter()
    learnt: NetworkFit | ClassicalFit
    asked = gather_overrides(settings)
    for several in settings_that(lambda facts: facts.changes == "runs"):
        if asked.get(several) is not None:
            raise ConfigError(
                f"ImageClassifier fits one classifier, and {several} are several. For cross-validation use "
                f"scikit-learn's cross_val_score on it, or onelook.train with {several}."
            )
    check_names(asked)
    if _needs_a_run(asked):
        return _by_a_run(images, labels, class_names, settings)
    first = build_settings(asked, "the settings")
    value_range = _wide(value_range_of(images))
    height, width = first.image_size or images.shape[1:3]
    decode = DecodeSettings(height=height, width=width, channels=images.shape[3], resize=first.resize)
    pictures = ArrayPictures(images, value_range).decode(decode).images
    train, val = _train_and_val(pictures, labels, first)
    sides = Sides(train, val, value_range, len(class_names))
    if is_classical(first.model):
        chosen = resolve_settings(asked, {})
        learnt, val_accuracy = _fit_classical(sides, chosen)
    else:
        chosen = resolve_settings(asked, _plan(asked, train, val, decode, class_names).settings)
        learnt, val_accuracy = _fit_network(sides, chosen, class_names, began)
    return ArrayFit(
        settings=chosen,
        decode=decode,
        class_names=class_names,
        dtype=str(pictures.dtype),
        learnt=learnt,
        val_accuracy=val_accuracy if len(train) != len(val) else None,
        seconds=perf_counter() - began,
    )


def _needs_a_run(asked: Overrides) -> bool:
    from onelook.models.pretrained import is_backbone

    model = str(asked.get("model", ""))
    of_a_run = settings_that(lambda facts: facts.needs_run)
    return is_backbone(model) or ":" in model or any(asked.get(name) is not None for name in of_a_run)


def _by_a_run(
    images: Images, labels: NDArray[np.int64], class_names: tuple[str, ...], settings: Mapping[str, Any]
) -> Classifier:
    from onelook.workflow.train import train

    with TemporaryDirectory(prefix="onelook-") as folder:
        out = Path(folder) / "run"
        run: Run = train((images, labels), out=out, quiet=True, class_names=class_names, **settings)
        return run.classifier()


def _wide(value_range: tuple[float, float]) -> tuple[float, float]:
    """A range that something can be scaled by, also of pictures that are all one value."""
    low, high = value_range
    return (low, high) if high > low else (low, low + 1.0)


def _train_and_val(pictures: Images, labels: NDArray[np.int64], settings: TrainSettings) -> tuple[ImageSet, ImageSet]:
    """What to learn from and what to validate on: a share class by class; of few pictures all are for both."""
    rows = np.arange(len(pictures))
    val = np.zeros(len(pictures), bool)
    if len(pictures) >= _FEWEST_TO_VALIDATE and isinstance(settings.val, float):
        draw = np.random.default_rng(settings.seed)
        for each in np.unique(labels):
            own = draw.permutation(rows[labels == each])
            val[own[: int(settings.val * len(own))]] = True
    every = ~val if val.any() else np.ones(len(pictures), bool)

    def side(chosen: NDArray[np.bool_]) -> ImageSet:
        return ImageSet(pictures, rows[chosen], tuple(map(str, rows[chosen] + 1)), labels[chosen])

    return side(every), side(val if val.any() else every)


def _plan(
    asked: Overrides, train: ImageSet, val: ImageSet, decode: DecodeSettings, class_names: tuple[str, ...]
) -> Plan:
    """The settings below those asked for: a run's own, and for rows of numbers a small network's."""
    if "recipe" in asked:
        return Plan()
    if "model" in asked or min(decode.height, decode.width) >= _SMALLEST_SIDE:
        facts = DataFacts(
            train_rows=len(train),
            height=decode.height,
            width=decode.width,
            channels=decode.channels,
            class_names=class_names,
        )
        plan = plan_run(facts, asked)
    else:
        batch_size = int(np.clip(len(train) // _STEPS_AN_EPOCH, _SMALLEST_BATCH, _LARGEST_BATCH))
        plan = Plan()
        plan.pick(
            {
                "model": "mlp",
                "dropout": 0.0,
                "batch_size": batch_size,
                "epochs": _EPOCHS,
                "optimizer": {"name": "adamw", "learning_rate": 1e-2, "weight_decay": 0.01, "epsilon": 1e-8},
                "schedule": {"name": "one_cycle", "warmup_fraction": 0.25, "final_fraction": 0.0},
                "preprocess": {"featurewise_center": True, "featurewise_std_normalization": True},
                "keep_best": "val_loss",
            },
            "a small dense network: rows of numbers rather than pictures",
        )
    if len(train) == len(val):
        plan.pick({"keep_best": "train_loss"}, "all pictures are learnt from")
    return plan


def _fit_network(
    sides: Sides, settings: TrainSettings, class_names: tuple[str, ...], began: float
) -> tuple[NetworkFit, float | None]:
    """The network of the best epoch, and its share of the validation pictures right."""
    require_torch("training")
    from copy import deepcopy

    from onelook.models.model_input import ModelInput
    from onelook.models.read import network_of_settings
    from onelook.training.loop import fit
    from onelook.training.pace import measure_pace
    from onelook.training.trainer import Trainer

    channels, height, width = sides.planes
    network = network_of_settings(
        settings, ModelInput(height, width, channels, sides.num_classes, rows=len(sides.train))
    )
    with _own_random_numbers():
        ready = make_fresh(network, sides, settings)
        work, budget = vars(ready.work), None
        if settings.time_limit_seconds is not None:
            pace = measure_pace(Trainer(deepcopy(ready.network), **work, settings=settings))
            budget = max(0.1, settings.time_limit_seconds - (perf_counter() - began) - pace.validation_seconds)
            settings = settings.model_copy(update={"epochs": pace.epochs_within(budget)})
        result = fit(ready.network, **work, settings=settings, budget_seconds=budget, class_names=class_names)
    if result.status == "interrupted":
        raise KeyboardInterrupt
    learnt = NetworkFit(network, ready.preprocess, {**result.weights, **ready.extra_weights})
    return learnt, None if result.best is None else result.best.val_accuracy


def _fit_classical(sides: Sides, settings: TrainSettings) -> tuple[ClassicalFit, float | None]:
    """The classical model, and its share of the validation pictures right."""
    fitter = make_fitter(sides, settings)
    found = fitter.fit(fitter.rows, sides.num_classes)
    return found, found.val.accuracy


@contextmanager
def _own_random_numbers() -> Iterator[None]:
    """Leaves the caller's random numbers as they were."""
    import torch

    before, numpy_before = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices=[]):
        try:
            yield
        finally:
            random.setstate(before)
            np.random.set_state(numpy_before)
