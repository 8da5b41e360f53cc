"""One side's training of a recipe's network, timed in this process: ours, Keras on TensorFlow, or a plain PyTorch loop.

Each side computes in float32, or in bfloat16 as its users ask for it: `--set precision=bfloat16`, which `auto` picks
where it is faster; Keras' policy `mixed_bfloat16`; torch's autocast.

Two kinds of work: `steps` are the recipe's network, optimizer and batch size alone; an `epoch` is all that the recipe
says, augmentation, validation and callbacks. Pictures are random uint8, in memory; each side makes float32 of them
as it is used to. One epoch warms up, the next is timed.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Literal

import numpy as np

from onelook.models import MODELS, ModelInput
from onelook.recipes import load_recipe
from onelook.settings.merge import build_settings
from onelook.settings.network import NetworkSettings
from onelook.settings.train import TrainSettings

Work = Literal["steps", "epoch"]
MATRIX_SIDE = 4096  # of the product that stands for what the machine can do


@dataclass(frozen=True)
class Case:
    """A recipe, the pictures of its data, and how many make a measurement of some seconds on two cores."""

    recipe: str
    shape: tuple[int, int, int]  # height, width, channels
    classes: int
    rows: int

    @property
    def network(self) -> NetworkSettings:
        height, width, channels = self.shape
        facts = ModelInput(height=height, width=width, channels=channels, num_classes=self.classes, rows=self.rows)
        network: NetworkSettings = MODELS.load(load_recipe(self.recipe).settings["model"])(facts)
        return network

    @property
    def channels_first(self) -> tuple[int, int, int]:
        height, width, channels = self.shape
        return channels, height, width

    def settings(self, work: Work) -> TrainSettings:
        """The recipe's, for two epochs; for `steps` without what watches or changes the pictures."""
        values: dict[str, Any] = dict(load_recipe(self.recipe).settings)
        if work == "steps":
            values = {name: values[name] for name in ("batch_size", "optimizer") if name in values}
        return build_settings({**values, "epochs": 2}, self.recipe)

    def pictures(self) -> tuple[np.ndarray, np.ndarray]:
        """(rows, height, width, channels), uint8, and their labels."""
        generator = np.random.default_rng(0)
        images = generator.integers(0, 256, (self.rows, *self.shape), np.uint8)
        return images, generator.integers(0, self.classes, self.rows)

    def val_rows(self, work: Work) -> int:
        """How many pictures are validated on beside `rows`: the recipe's share, or next to none."""
        if work == "steps":
            return 2
        share = float(load_recipe(self.recipe).settings["val"])
        return round(self.rows * share / (1 - share))


def onelook_seconds(case: Case, work: Work, *, bfloat16: bool = False) -> float:
    """`onelook.training.fit`, with its checkpoints."""
    import torch

    from onelook.data.dataset import ImageSet
    from onelook.models.layers.build import build_network
    from onelook.runtime import seed_everything
    from onelook.settings import FittedPreprocess
    from onelook.training.inputs.training_inputs import TrainingInputs
    from onelook.training.loop import fit
    from onelook.transforms.augment.augment import Augment
    from onelook.transforms.preprocess.in_torch import Preprocess

    settings, (images, labels) = case.settings(work), case.pictures()
    settings = settings.model_copy(update={"precision": "bfloat16" if bfloat16 else "float32"})
    seed_everything(0)
    ids = tuple(map(str, range(case.rows)))
    few = case.val_rows(work)
    with tempfile.TemporaryDirectory() as folder:
        result = fit(
            build_network(case.network, case.channels_first, case.classes),
            TrainingInputs(
                train=ImageSet(images, np.arange(case.rows), ids, labels),
                val=ImageSet(images, np.arange(few), ids[:few], labels[:few]),
                preprocess=Preprocess(FittedPreprocess(), {}),
                augment=Augment(settings.augment, (0.0, 255.0)) if settings.augment.is_active else None,
                device=torch.device("cpu"),
            ),
            settings,
            checkpoint_folder=Path(folder) if work == "epoch" else None,
        )
    return result.history[1].seconds


def keras_seconds(case: Case, work: Work, *, bfloat16: bool = False) -> float:
    """`Model.fit`, on arrays or on an `ImageDataGenerator`."""
    from keras_peer import build_callbacks, build_compiled, build_stopwatch, fit_data, import_keras

    keras = import_keras()
    keras.utils.set_random_seed(0)
    keras.mixed_precision.set_global_policy("mixed_bfloat16" if bfloat16 else "float32")
    settings, (images, labels) = case.settings(work), case.pictures()
    model = build_compiled(case.network, settings, case.shape, case.classes)
    pictures, few, watch = images.astype(np.float32) / 255, case.val_rows(work), build_stopwatch()
    model.fit(
        **fit_data(settings, pictures, labels),
        validation_data=(pictures[:few], labels[:few]) if work == "epoch" else None,
        epochs=2,
        verbose=0,
        callbacks=[watch, *(build_callbacks(settings) if work == "epoch" else [])],
    )
    return float(watch.seconds[1])


def pytorch_seconds(case: Case, work: Work, *, bfloat16: bool = False) -> float:
    """A plain loop, of steps alone."""
    import torch

    from pytorch_peer import build_pytorch, build_pytorch_optimizer, train_epochs

    if work != "steps":
        raise ValueError("the plain loop has steps alone")
    torch.manual_seed(0)
    settings, (images, labels) = case.settings(work), case.pictures()
    module = build_pytorch(case.network, case.channels_first, case.classes)
    optimizer = build_pytorch_optimizer(settings.optimizer, module)
    epochs = train_epochs(module, optimizer, images, labels, batch=settings.batch_size, bfloat16=bfloat16)
    next(epochs)
    return next(epochs)


IN_FLOAT32: dict[str, Callable[[Case, Work], float]] = {
    "onelook": onelook_seconds,
    "keras": keras_seconds,
    "pytorch": pytorch_seconds,
}
IN_BFLOAT16 = {f"{side}_bfloat16": partial(seconds, bfloat16=True) for side, seconds in IN_FLOAT32.items()}  # type: ignore[call-arg]
SIDES = {**IN_FLOAT32, **IN_BFLOAT16}


def operations_a_picture(case: Case) -> int:
    """Floating-point operations of one training step, a picture: forward, and twice as many backward.

    Each multiply-add is two; what convolutions and dense layers do not do is left out. (The first layer's gradient
    by the picture, which nobody needs, is counted too: 0.6 % of `digit-recognizer`.)
    """
    from onelook.models.summary import summarize

    return 3 * 2 * summarize(case.network, case.channels_first, case.classes).multiply_adds


def matrix_product_peak(repetitions: int = 5, *, bfloat16: bool = False) -> float:
    """Operations a second of a product of two matrices of side 4096, in float32 or bfloat16, on all our threads.

    It is taken once as a plain product and once as a convolution of 1×1 pixel, because these are computed by different
    libraries, and on some processors only one of them uses the widest instructions. The faster one counts.
    """
    import torch
    from torch.nn.functional import conv2d

    dtype = torch.bfloat16 if bfloat16 else torch.float32
    first, second = torch.rand(2, MATRIX_SIDE, MATRIX_SIDE).to(dtype)
    image = first.t().reshape(1, MATRIX_SIDE, 64, -1).contiguous(memory_format=torch.channels_last)
    weights = second.reshape(MATRIX_SIDE, MATRIX_SIDE, 1, 1)
    ways: tuple[Callable[[], object], ...] = (lambda: first @ second, lambda: conv2d(image, weights))
    return 2 * MATRIX_SIDE**3 / min(median(_seconds(way, repetitions)) for way in ways)


def _seconds(work: Callable[[], object], repetitions: int) -> list[float]:
    """Return the seconds of each repetition, after one that is not counted."""
    work()
    seconds = []
    for _ in range(repetitions):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return seconds
