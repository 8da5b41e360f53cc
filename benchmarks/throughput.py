"""Training throughput of the same network at the recipe's batch size: ours against Keras on TensorFlow.

Both sides train the recipe's network with the recipe's optimizer on the same random uint8 pictures, without
augmentation, through their own whole loop (`onelook.training.fit`; `keras.Model.fit` on float32 arrays). Each
measurement is one epoch after one epoch of warm-up, in a process of its own, the sides in turn.

    python benchmarks/throughput.py
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from typing import Any

import numpy as np

from onelook.models import MODELS
from onelook.models.model_input import ModelInput
from onelook.recipes import load_recipe
from onelook.settings.merge import build_settings
from record import spread, write_result

# Enough pictures for some ten seconds an epoch on two cores: recipe -> (height, width, channels, classes, rows, bar).
CASES = {
    "digit-recognizer": (28, 28, 1, 10, 6_880, 1.8),
    "fashion-cnn-bn": (28, 28, 1, 10, 20_000, 1.8),
    "dogs-vs-cats": (128, 128, 3, 2, 600, 1.4),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--worker", nargs=2, metavar=("SIDE", "RECIPE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        print(json.dumps({"pictures_a_second": measure(*arguments.worker)}))
        return
    results = {}
    for recipe, (*_, bar) in CASES.items():
        results[recipe] = compare(recipe, arguments.repetitions, bar)
        print(f"{recipe:18} {_line(results[recipe])}", flush=True)
    write_result("throughput", {"unit": "pictures a second", "results": results})


def compare(recipe: str, repetitions: int, bar: float) -> dict[str, Any]:
    """Both sides in turn, so that a machine that changes its speed changes it for both."""
    pairs = [(_run("onelook", recipe), _run("keras", recipe)) for _ in range(repetitions)]
    return {
        "batch_size": load_recipe(recipe).settings["batch_size"],
        "onelook": spread([ours for ours, _ in pairs]),
        "keras_tensorflow": spread([theirs for _, theirs in pairs]),
        "ratio": spread([ours / theirs for ours, theirs in pairs]),
        "bar": bar,
    }


def measure(side: str, recipe: str) -> float:
    """Pictures a second in the second epoch, in this process."""
    height, width, channels, classes, rows, _ = CASES[recipe]
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (rows, height, width, channels), np.uint8)
    labels = generator.integers(0, classes, rows)
    return rows / {"onelook": _onelook_seconds, "keras": _keras_seconds}[side](recipe, images, labels, classes)


def _onelook_seconds(recipe: str, images: np.ndarray, labels: np.ndarray, classes: int) -> float:
    import torch

    from onelook.data.dataset import ImageSet
    from onelook.models.layers import build_network
    from onelook.runtime import seed_everything
    from onelook.settings import FittedPreprocess
    from onelook.training.loop import fit
    from onelook.transforms.preprocess import Preprocess

    settings = _settings(recipe)
    seed_everything(0)
    train = ImageSet(images, np.arange(len(images)), tuple(map(str, range(len(images)))), labels)
    val = ImageSet(images, np.arange(2), ("0", "1"), labels[:2])
    result = fit(
        build_network(_network(recipe, images.shape, classes), _channels_first(images), classes),
        train=train,
        val=val,
        preprocess=Preprocess(FittedPreprocess(), {}),
        augment=None,
        settings=settings,
        device=torch.device("cpu"),
        checkpoint_folder=None,
    )
    return result.history[1].seconds


def _keras_seconds(recipe: str, images: np.ndarray, labels: np.ndarray, classes: int) -> float:
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras

    from keras_peer import build_keras, build_keras_optimizer

    settings = _settings(recipe)
    model = build_keras(_network(recipe, images.shape, classes), images.shape[1:], classes)
    model.compile(build_keras_optimizer(settings.optimizer), "sparse_categorical_crossentropy", metrics=["accuracy"])
    pictures = images.astype(np.float32) / 255

    class Stopwatch(keras.callbacks.Callback):
        seconds: list[float]

        def on_train_begin(self, logs: Any = None) -> None:
            self.seconds = []

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.start = time.perf_counter()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.seconds.append(time.perf_counter() - self.start)

    watch = Stopwatch()
    model.fit(pictures, labels, batch_size=settings.batch_size, epochs=2, verbose=0, callbacks=[watch])
    return watch.seconds[1]


def _settings(recipe: str) -> Any:
    """The recipe's settings for two epochs, without what watches or changes the pictures."""
    settings = {key: value for key, value in load_recipe(recipe).settings.items() if key in {"batch_size", "optimizer"}}
    return build_settings({**settings, "epochs": 2}, recipe)


def _network(recipe: str, shape: tuple[int, ...], classes: int) -> Any:
    rows, height, width, channels = shape
    facts = ModelInput(height=height, width=width, channels=channels, num_classes=classes, rows=rows)
    return MODELS.load(load_recipe(recipe).settings["model"])(facts)


def _channels_first(images: np.ndarray) -> tuple[int, int, int]:
    return images.shape[3], images.shape[1], images.shape[2]


def _run(side: str, recipe: str) -> float:
    command = [sys.executable, __file__, "--worker", side, recipe]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(json.loads(output.splitlines()[-1])["pictures_a_second"])


def _line(result: dict[str, Any]) -> str:
    ratio = result["ratio"]
    return (
        f"onelook {result['onelook']['median']:8.0f}  keras {result['keras_tensorflow']['median']:8.0f}  "
        f"ratio {ratio['median']:.2f} ({ratio['lowest']:.2f} to {ratio['highest']:.2f})"
    )


if __name__ == "__main__":
    main()
