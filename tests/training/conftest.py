"""Keras as the peer, and a data set small enough to train on in no time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from tests.wording.told import Gathered, as_shown
from torch import Tensor, nn

from onelook.data.dataset import ImageSet
from onelook.settings import AugmentSettings, OptimizerSettings, TrainSettings
from onelook.training.callbacks import EarlyStopping, ReduceLROnPlateau, RunControl
from onelook.training.diagnose import TrainingDiagnosis
from onelook.training.inputs.training_inputs import TrainingInputs
from onelook.training.loop import fit
from onelook.training.measurements.find_learning_rate import RateSweep
from onelook.training.result import FitResult

Fit = Callable[..., FitResult]


@pytest.fixture(scope="session")
def keras() -> ModuleType:
    """Keras on torch. It reads its backend when it is first imported."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras as peer

    return peer


@pytest.fixture(scope="session", autouse=True)
def _notes_are_gathered(gathered: Gathered) -> Iterator[None]:
    """What a test is told by a diagnosis, a callback or a sweep alone is gathered too: a run would show it."""

    def noted(kind: type, name: str, texts: Callable[..., Iterable[str | None]]) -> None:
        method = getattr(kind, name)

        def act(*given: Any, **named: Any) -> Any:
            answer = method(*given, **named)
            gathered.add(as_shown(text) for text in texts(answer, *given) if text)
            return answer

        patch.setattr(kind, name, act)

    def of_control(_: None, __: object, ___: object, control: RunControl) -> list[str | None]:
        return [*control.notes, control.stop_reason]

    with pytest.MonkeyPatch.context() as patch:
        for name in ("after_batch", "after_epoch"):
            noted(TrainingDiagnosis, name, lambda notes, *_: notes)
        for kind in (EarlyStopping, ReduceLROnPlateau):
            noted(kind, "after_epoch", of_control)
        noted(RateSweep, "__init__", lambda _, sweep, *__: [sweep.why])
        yield


class ScaleToUnit(nn.Module):
    """uint8's range to [0, 1], as the default preparation does."""

    def forward(self, images: Tensor) -> Tensor:
        return images / 255


def draw_images(rows: int, seed: int, channels: int = 1) -> ImageSet:
    """8×8 pictures of three classes, told by which third of the picture is bright, in noise."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 3, rows)
    images = random.integers(0, 100, (rows, 8, 8, channels))
    for row, label in enumerate(labels):
        images[row, :, 3 * label : 3 * label + 2] += 120
    return ImageSet(
        images=images.astype(np.uint8),
        rows=np.arange(rows),
        ids=tuple(str(row + 1) for row in range(rows)),
        labels=labels.astype(np.int64),
    )


def small_network(seed: int = 0, dropout: float = 0.3) -> nn.Sequential:
    """Convolution, batch-norm, dropout, dense: everything that could differ between two runs. 3 classes."""
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.ReLU(), nn.BatchNorm2d(4), nn.Dropout(dropout), nn.Flatten(), nn.Linear(144, 3)
    )


def jitter(images: Tensor, generator: torch.Generator) -> Tensor:
    """An augmentation that draws: each picture is made darker by up to half."""
    return images * torch.rand(len(images), 1, 1, 1, generator=generator).add(1).div(2)


@pytest.fixture
def train_set() -> ImageSet:
    """50 pictures: with a batch size of 16, the last batch has 2."""
    return draw_images(50, seed=1)


@pytest.fixture
def val_set() -> ImageSet:
    return draw_images(21, seed=2)


@pytest.fixture
def fit_small(train_set: ImageSet, val_set: ImageSet) -> Fit:
    """`fit` with everything filled in; keywords that are settings go into the settings."""

    def run(network: nn.Module | None = None, **changes: Any) -> FitResult:
        arguments: dict[str, Any] = {
            "train": train_set,
            "val": val_set,
            "preprocess": ScaleToUnit(),
            "augment": None,
            "device": torch.device("cpu"),
        }
        inputs_of_fit = tuple(arguments)
        chosen: dict[str, Any] = {"epochs": 2, "batch_size": 16, "optimizer": OptimizerSettings(learning_rate=0.01)}
        for name, value in changes.items():
            # `augment` is what changes pictures, and the name of its settings: the type tells.
            is_setting = name in TrainSettings.model_fields and (
                name not in arguments or isinstance(value, AugmentSettings)
            )
            target = chosen if is_setting else arguments
            target["augment" if name == "augment_pictures" else name] = value
        inputs = TrainingInputs(**{name: arguments.pop(name) for name in inputs_of_fit})
        return fit(network or small_network(), inputs, TrainSettings(**chosen), **arguments)

    return run
