"""A classifier for arrays in memory, without a run: no folder, no checks, no report, and as quick as it can be."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.array_pictures import ArrayPictures
from onelook.data.dataset import Images, ImageSet
from onelook.data.sources.arrays import value_range_of
from onelook.errors import ConfigError
from onelook.runtime import choose_device, require_torch, seed_everything, versions
from onelook.settings import DecodeSettings, FittedPreprocess, NetworkSettings, TrainSettings
from onelook.settings.merge import Overrides, build_settings
from onelook.workflow.classical_request import is_classical
from onelook.workflow.plan import DataFacts, Plan, plan_run
from onelook.workflow.request import check_names, gather_overrides, resolve_settings

if TYPE_CHECKING:
    from onelook.classical.fit import ClassicalFit
    from onelook.classifier import Classifier
    from onelook.predictors.predictor import Predictor
    from onelook.workflow.one_run import Run

# Fewer pictures are all learnt from: a handful kept aside would decide nothing but by chance.
_FEWEST_TO_VALIDATE = 50
# Pictures with a shorter side than this are rows of numbers rather than pictures: nothing in them to convolve.
_SMALLEST_SIDE = 6
# For such rows: 120 steps and more, in few epochs, as each is validated, which costs as much as some steps.
_EPOCHS, _STEPS_AN_EPOCH = 20, 6
_SMALLEST_BATCH, _LARGEST_BATCH = 4, 64
_WHITENING_PICTURES = 2_000  # as a run measures the first layer's patches on
_STATISTICS_BATCH = 1024
# What a run reads, and an array cannot answer to: a pretrained network's weights, other data.
_OF_A_RUN = ("weights", "tune", "from_model", "test", "split", "log", "layout", "label_column", "label_from")


@dataclass(frozen=True)
class ArrayFit:
    """A fitted model. It can be pickled; what runs it is built when it is first asked."""

    settings: TrainSettings
    decode: DecodeSettings
    class_names: tuple[str, ...]
    dtype: str
    preprocess: FittedPreprocess
    network: NetworkSettings | None
    weights: Mapping[str, NDArray[np.float32]]
    classical: ClassicalFit | None
    val_accuracy: float | None  # None where all pictures were learnt from
    seconds: float = field(compare=False)

    def probabilities(self, images: Images) -> NDArray[np.floating[Any]]:
        """(rows, classes): of a network in float64, so that a row's answer does not depend on the others'."""
        pictures = ArrayPictures(images, self.preprocess.value_range).decode(self.decode).images
        return self._predictor.probabilities(pictures)

    def classifier(self) -> Classifier:
        """The portable model: what a run's `model/` holds, in memory."""
        from onelook.classifier import build_classical, build_classifier

        described: dict[str, Any] = {
            "decode": self.decode,
            "class_names": self.class_names,
            "dtype": self.dtype,
            "provenance": {"model": self.settings.model, "seed": self.settings.seed, "versions": versions()},
            "metrics": {} if self.val_accuracy is None else {"val_accuracy": self.val_accuracy},
        }
        if self.classical is not None:
            found = self.classical
            return build_classical(
                found.content, found.fitted, found.preprocess, network=found.network, graph=found.graph, **described
            )
        if self.network is None:
            raise ConfigError("the model is neither a network nor a classical one. Fit it again.")
        return build_classifier(
            self.network,
            self.preprocess,
            self.weights,
            value_range=self.preprocess.value_range,
            views=self.settings.views,
            **described,
        )

    @cached_property
    def _predictor(self) -> Predictor:
        shape = (self.decode.height, self.decode.width, self.decode.channels)
        classes = len(self.class_names)
        if self.classical is not None or self.network is None:
            from onelook.predictors.features import GraphFeatures
            from onelook.predictors.sklearn import SklearnPredictor

            found = self.classical
            if found is None:
                raise ConfigError("the model is neither a network nor a classical one. Fit it again.")
            embed = GraphFeatures(found.graph, shape) if found.graph else None
            return SklearnPredictor(found.content, found.fitted, found.preprocess, shape, classes, embed=embed)
        from onelook.predictors.torch import TorchPredictor

        return TorchPredictor(
            self.network,
            self.preprocess,
            self.weights,
            shape,
            classes,
            views=self.settings.views,
            device=choose_device(self.settings.device),
            exact=True,
        )

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_predictor"}


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
    asked = gather_overrides(settings)
    for several in ("folds", "models"):
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
    train, val = _sides(pictures, labels, first)
    classical = is_classical(first.model)
    plan = Plan() if classical else _plan(asked, train, val, decode, class_names)
    chosen = resolve_settings(asked, plan.settings)
    fit = _fit_classical if classical else _fit_network
    return fit(train, val, chosen, decode=decode, class_names=class_names, value_range=value_range, began=began)


def _needs_a_run(asked: Overrides) -> bool:
    from onelook.models.pretrained import BACKBONES

    model = str(asked.get("model", ""))
    return model in BACKBONES or ":" in model or any(asked.get(name) is not None for name in _OF_A_RUN)


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


def _sides(pictures: Images, labels: NDArray[np.int64], settings: TrainSettings) -> tuple[ImageSet, ImageSet]:
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
    train: ImageSet,
    val: ImageSet,
    settings: TrainSettings,
    *,
    decode: DecodeSettings,
    class_names: tuple[str, ...],
    value_range: tuple[float, float],
    began: float,
) -> ArrayFit:
    require_torch("training")
    from copy import deepcopy

    import torch

    from onelook.models.layers import build_network
    from onelook.models.model_input import ModelInput
    from onelook.models.read import network_named
    from onelook.models.whitening import measure_whitening
    from onelook.settings.network import with_dropout
    from onelook.training.loop import fit
    from onelook.training.pace import measure_pace
    from onelook.training.trainer import Trainer
    from onelook.transforms.augment import Augment
    from onelook.transforms.preprocess import Preprocess
    from onelook.transforms.statistics import fit_preprocess

    facts = ModelInput(decode.height, decode.width, decode.channels, len(class_names), len(train))
    network = network_named(settings.model, facts)
    if settings.dropout is not None:
        network = with_dropout(network, settings.dropout)
    preprocess, extra = fit_preprocess(settings.preprocess, train.batches(_STATISTICS_BATCH), value_range)
    prepare = Preprocess(preprocess, extra)
    with _own_random_numbers(settings.seed):
        module = build_network(network, facts.shape, len(class_names))
        some = train.take(np.unique(np.linspace(0, len(train) - 1, _WHITENING_PICTURES).astype(np.int64)))
        measure_whitening(
            module, lambda: prepare(torch.from_numpy(some.astype(np.float32)).permute(0, 3, 1, 2).contiguous())
        )
        work: dict[str, Any] = {
            "train": train,
            "val": val,
            "preprocess": prepare,
            "augment": Augment(settings.augment, value_range) if settings.augment.is_active else None,
            "device": choose_device(settings.device),
        }
        budget = None
        if settings.time_limit_seconds is not None:
            pace = measure_pace(Trainer(deepcopy(module), **work, settings=settings))
            budget = max(0.1, settings.time_limit_seconds - (perf_counter() - began) - pace.validation_seconds)
            settings = settings.model_copy(update={"epochs": pace.epochs_within(budget)})
        result = fit(module, **work, settings=settings, budget_seconds=budget, class_names=class_names)
    if result.status == "interrupted":
        raise KeyboardInterrupt
    return ArrayFit(
        settings=settings,
        decode=decode,
        class_names=class_names,
        dtype=str(train.images.dtype),
        preprocess=preprocess,
        network=network,
        weights={**result.weights, **extra},
        classical=None,
        val_accuracy=result.best.val_accuracy if result.best and len(train) != len(val) else None,
        seconds=perf_counter() - began,
    )


def _fit_classical(
    train: ImageSet,
    val: ImageSet,
    settings: TrainSettings,
    *,
    decode: DecodeSettings,
    class_names: tuple[str, ...],
    value_range: tuple[float, float],
    began: float,
) -> ArrayFit:
    from onelook.classical.fit import Fitter
    from onelook.transforms.statistics import fit_preprocess

    preprocess, _ = fit_preprocess(settings.preprocess, train.batches(_STATISTICS_BATCH), value_range)
    fitter = Fitter(
        settings.model, settings.classical, settings.features, preprocess, train=train, val=val, seed=settings.seed
    )
    found = fitter.fit(fitter.rows, len(class_names))
    return ArrayFit(
        settings=settings,
        decode=decode,
        class_names=class_names,
        dtype=str(train.images.dtype),
        preprocess=preprocess,
        network=None,
        weights={},
        classical=found,
        val_accuracy=found.val.accuracy if len(train) != len(val) else None,
        seconds=perf_counter() - began,
    )


@contextmanager
def _own_random_numbers(seed: int) -> Iterator[None]:
    """Seeds what training draws from, and leaves the caller's random numbers as they were."""
    import torch

    before, numpy_before = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices=[]):
        seed_everything(seed)
        try:
            yield
        finally:
            random.setstate(before)
            np.random.set_state(numpy_before)
