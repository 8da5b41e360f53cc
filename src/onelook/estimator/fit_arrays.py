"""Fit a classifier to arrays in memory as fast as possible: without a run folder, checks or a report."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import ImageSet
from onelook.data.layouts.arrays.from_python import value_range_of
from onelook.data.pictures.from_arrays import ArrayPictures
from onelook.data.pictures.protocol import Images
from onelook.errors import ConfigError
from onelook.estimator.array_model import ArrayModel
from onelook.optional_packages import require_torch
from onelook.planning.classical_request import is_classical
from onelook.planning.facts import facts_of_decoded
from onelook.planning.options import check_names, gather_overrides
from onelook.planning.plan import make_plan
from onelook.planning.time_budget import TimeBudget
from onelook.runs.run import InMemory, run_plan
from onelook.runs.stages import Clock, TrainingData
from onelook.settings import DecodeSettings, TrainSettings
from onelook.settings.merge import Overrides, build_settings
from onelook.settings.queries import settings_that

if TYPE_CHECKING:
    from onelook.classifier import Classifier
    from onelook.runs.run import Run

# With fewer pictures, all are trained on, because a few validation pictures would decide only by chance.
_FEWEST_TO_VALIDATE = 50


def fit_arrays(
    images: Images,
    labels: NDArray[np.int64],
    class_names: tuple[str, ...],
    settings: Mapping[str, Any],
    from_files: DecodeSettings | None = None,
) -> ArrayModel | Classifier:
    """Fit a classifier. The same pictures and settings give the same classifier.

    If there are validation pictures, they decide which epoch is kept, as in a run. Copies and damaged pictures are not
    searched. A pretrained network is trained in an ordinary run, whose folder is removed at the end; the result is its
    portable model.

    Args:
        images: (rows, height, width, channels) of any numeric dtype, finite.
        labels: (rows,), positions in the class names, with at least two classes.
        class_names: the names of the labels.
        settings: fields of `TrainSettings` by name, as for `train`.
        from_files: the settings with which pictures in files were decoded; the classifier decodes others in the same
            way.

    Raises:
        ConfigError: a setting is wrong, or a package is missing.
        DataError: the pictures cannot be resized to the given size.
    """
    clock = Clock()
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
    if not is_classical(first.model):
        require_torch("training")
    value_range = _wide(value_range_of(images))
    height, width = first.image_size or images.shape[1:3]
    decode = DecodeSettings(height=height, width=width, channels=images.shape[3], resize=first.resize)
    if from_files is not None:
        decode = decode.model_copy(update={"ground": from_files.ground, "deep_range": from_files.deep_range})
    pictures = ArrayPictures(images, value_range).decode(decode).images
    train, val = _train_and_val(pictures, labels, first)
    has_val = not np.array_equal(train.rows, val.rows)  # with few pictures, all are on both sides
    data = TrainingData(train, val, value_range, class_names)
    budget = TimeBudget(asked.get("time_limit_seconds"), has_report=False)
    plan = make_plan(facts_of_decoded(len(train), decode, class_names, has_val=has_val), asked, budget)
    with _own_random_numbers(is_needed=not is_classical(first.model)):
        fitted = run_plan(plan, data, InMemory(), clock)
    best = fitted.result.best
    return ArrayModel(
        plan=fitted.plan or plan,
        class_names=class_names,
        dtype=str(pictures.dtype),
        model=fitted.model,
        val_accuracy=best.val_accuracy if has_val and best is not None else None,
        seconds=clock.so_far()["total"],
    )


def _needs_a_run(asked: Overrides) -> bool:
    from onelook.models.pretrained.registry import is_backbone

    model = str(asked.get("model", ""))
    of_a_run = settings_that(lambda facts: facts.needs_run)
    return is_backbone(model) or ":" in model or any(asked.get(name) is not None for name in of_a_run)


def _by_a_run(
    images: Images, labels: NDArray[np.int64], class_names: tuple[str, ...], settings: Mapping[str, Any]
) -> Classifier:
    from onelook.classifier import load
    from onelook.commands.train import train

    with TemporaryDirectory(prefix="onelook-") as folder:
        out = Path(folder) / "run"
        run: Run = train((images, labels), out=out, quiet=True, class_names=class_names, **settings)
        return load(run.folder.model)


def _wide(value_range: tuple[float, float]) -> tuple[float, float]:
    """Return a range that can be used for scaling, also for pictures with a single value."""
    low, high = value_range
    return (low, high) if high > low else (low, low + 1.0)


def _train_and_val(pictures: Images, labels: NDArray[np.int64], settings: TrainSettings) -> tuple[ImageSet, ImageSet]:
    """Return the training and validation pictures, split class by class; if there are few, all are used for both."""
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


@contextmanager
def _own_random_numbers(*, is_needed: bool) -> Iterator[None]:
    """Restore the caller's random numbers afterwards, and those of torch if a network is trained."""
    if not is_needed:
        yield
        return
    import torch

    before, numpy_before = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices=[]):
        try:
            yield
        finally:
            random.setstate(before)
            np.random.set_state(numpy_before)
