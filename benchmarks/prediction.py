"""Prediction with the tutorials' networks: ours on ONNX Runtime, plain PyTorch, and Keras on TensorFlow where it is.

From uint8 pictures in memory to probabilities: pictures a second over many, and the time that a single one takes
(median and 95th percentile of many calls), looking at each picture once and in six views. Ours are timed twice for a
single picture: its probabilities alone, as the peers', and `Classifier.predict`, which also looks whether the picture
is unlike the training pictures. Before anything is timed, ours and PyTorch's probabilities are held against each other.
Each measurement is in a process of its own, the sides in turn; weights are drawn, as what they are changes no speed.
Keras looks once: six views have no word of their own there.

    python benchmarks/prediction.py
    python benchmarks/prediction.py --recipe fashion-cnn-bn --repetitions 1    shows one, writes nothing
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.classifier import Classifier, build_classifier
from onelook.models import MODELS, ModelInput
from onelook.recipes import load_recipe
from onelook.runtime import available_cores
from onelook.settings import DecodeSettings, FittedPreprocess, NetworkSettings, ViewSettings
from onelook.signature.signature import fit_signature
from record import spread, write_result

# Enough pictures for some seconds of one view on two cores: recipe -> (height, width, channels, classes, rows).
CASES = {
    "digit-recognizer": (28, 28, 1, 10, 8_192),
    "fashion-cnn-bn": (28, 28, 1, 10, 16_384),
    "dogs-vs-cats": (128, 128, 3, 2, 768),
}
VIEWS = {"one view": ViewSettings(), "six views": ViewSettings(horizontal_flip=True, shift=1)}
BATCH_SIZE = 256  # of the peers; ours chooses its own
SINGLE_CALLS, WARM_UP_CALLS = 200, 20
AGREEMENT = 1e-4
LEARNT = 512  # pictures of which ours keeps the look
BAR_MS = 0.5  # median of `Classifier.predict` with one picture of 28×28, looked at once

Images = NDArray[np.uint8]
Predict = Callable[[Images], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--recipe", choices=CASES, help="this one alone; writes nothing")
    parser.add_argument("--worker", nargs=3, metavar=("SIDE", "RECIPE", "VIEWS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        print(json.dumps(measure(*arguments.worker)))
        return
    results: dict[str, dict[str, Any]] = {}
    for recipe in [arguments.recipe] if arguments.recipe else CASES:
        for views in VIEWS:
            found = compare(recipe, views, arguments.repetitions)
            results.setdefault(recipe, {})[views] = found
            print(f"{recipe:18} {views:10} {_line(found)}", flush=True)
    if not arguments.recipe:
        figures = {"threads": available_cores(), "batch_size": BATCH_SIZE, "bar_ms": BAR_MS, "results": results}
        write_result("prediction", figures)
    if slow := [name for name, found in results.items() if CASES[name][:2] == (28, 28) and _is_slow(found)]:
        raise SystemExit(f"predict takes more than {BAR_MS} ms for one picture of 28×28: {', '.join(slow)}")


def _is_slow(found: dict[str, Any]) -> bool:
    median: float = found["one view"]["onelook"]["predict_one_picture_median_ms"]["median"]
    return median > BAR_MS


def compare(recipe: str, views: str, repetitions: int) -> dict[str, Any]:
    """All sides in turn, so that a machine that changes its speed changes it for all."""
    sides = ["onelook", "pytorch"]
    if views == "one view" and find_spec("keras") and find_spec("tensorflow"):
        sides.append("keras_tensorflow")
    rounds = [{side: _run(side, recipe, views) for side in sides} for _ in range(repetitions)]
    found: dict[str, Any] = {
        side: {figure: spread([one[side][figure] for one in rounds]) for figure in rounds[0][side]} for side in sides
    }
    for peer in sides[1:]:
        ratios = [one["onelook"]["pictures_a_second"] / one[peer]["pictures_a_second"] for one in rounds]
        found[f"times_as_fast_as_{peer}"] = spread(ratios)
    return found


def measure(side: str, recipe: str, views: str) -> dict[str, float]:
    """Pictures a second over all, and milliseconds for one alone, in this process."""
    height, width, channels, classes, rows = CASES[recipe]
    images = np.random.default_rng(0).integers(0, 256, (rows, height, width, channels), np.uint8)
    network = MODELS.load(load_recipe(recipe).settings["model"])(ModelInput(height, width, channels, classes, rows))
    if side == "keras_tensorflow":
        many, one = _keras(network, (height, width, channels), classes)
    else:
        ours, plain = _onelook_and_pytorch(network, (height, width, channels), classes, VIEWS[views])
        difference = float(np.abs(ours.probabilities(images[:64]) - plain(images[:64])).max())
        if difference > AGREEMENT:
            raise RuntimeError(f"the sides differ by {difference:g}: they do not do the same work")
        many = one = ours.probabilities if side == "onelook" else plain
    many(images[: 2 * BATCH_SIZE])
    start = time.perf_counter()
    many(images)
    seconds = time.perf_counter() - start
    found = {"pictures_a_second": rows / seconds, **_of_one("one_picture", one, images)}
    if side == "onelook":
        found |= _of_one("predict_one_picture", _predict(ours, images), images)
    return found


def _of_one(name: str, predict: Predict, images: Images) -> dict[str, float]:
    """Milliseconds of one call with one picture, over many calls."""
    latencies = [_milliseconds(predict, images[row : row + 1]) for row in range(WARM_UP_CALLS + SINGLE_CALLS)]
    median, late = np.percentile(latencies[WARM_UP_CALLS:], [50, 95])
    return {f"{name}_median_ms": float(median), f"{name}_95th_percentile_ms": float(late)}


def _predict(classifier: Classifier, images: Images) -> Predict:
    """`predict` as a user calls it, of a model that knows what its training pictures look like."""
    statistics, features = classifier.describe([images[:LEARNT]])
    assert features is not None  # all these networks have some
    train, val = slice(0, LEARNT // 2), slice(LEARNT // 2, LEARNT)
    signature = fit_signature(statistics[train], statistics[val], features[train], features[val])
    return classifier.with_signature(signature).predict


def _onelook_and_pytorch(
    network: NetworkSettings, input_shape: tuple[int, int, int], classes: int, views: ViewSettings
) -> tuple[Classifier, Callable[[Images], NDArray[np.float32]]]:
    """The same weights on both sides."""
    import torch

    from onelook.models.layers.build import build_network

    height, width, channels = input_shape
    torch.manual_seed(0)
    module = build_network(network, (channels, height, width), classes).eval()
    classifier = build_classifier(
        network,
        FittedPreprocess(),
        {name: values.numpy() for name, values in module.state_dict().items()},
        decode=DecodeSettings(height=height, width=width, channels=channels),
        class_names=tuple(map(str, range(classes))),
        dtype=np.uint8,
        value_range=(0.0, 255.0),
        provenance={},
        metrics={},
        views=views,
        engine="onnx",
    )

    def logits_of(pictures: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = module(pictures)
        return (found + module(pictures.flip(3))) / 2 if views.horizontal_flip else found

    def plain(images: Images) -> NDArray[np.float32]:
        found = []
        with torch.inference_mode():
            for start in range(0, len(images), BATCH_SIZE):
                batch = torch.from_numpy(images[start : start + BATCH_SIZE]).permute(0, 3, 1, 2).float() / 255
                logits = logits_of(batch)
                if move := views.shift:
                    padded = torch.nn.functional.pad(batch, [move] * 4, "reflect")
                    first = logits_of(padded[:, :, :height, :width])
                    last = logits_of(padded[:, :, -height:, -width:])
                    logits = logits / 2 + (first + last) / 4
                found.append(logits.softmax(dim=1).numpy())
        return np.concatenate(found)

    return classifier, plain


def _keras(network: NetworkSettings, input_shape: tuple[int, int, int], classes: int) -> tuple[Predict, Predict]:
    """`Model.predict` for many pictures, and for one `predict_on_batch`, which has less to prepare."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    from keras_peer import build_keras

    model = build_keras(network, input_shape, classes)
    return (
        lambda images: model.predict(images.astype(np.float32) / 255, batch_size=BATCH_SIZE, verbose=0),
        lambda images: model.predict_on_batch(images.astype(np.float32) / 255),
    )


def _milliseconds(predict: Predict, picture: Images) -> float:
    start = time.perf_counter()
    predict(picture)
    return 1000 * (time.perf_counter() - start)


def _run(side: str, recipe: str, views: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--worker", side, recipe, views]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, float] = json.loads(output.splitlines()[-1])
    return found


def _line(found: dict[str, Any]) -> str:
    sides = [side for side in found if "pictures_a_second" in found[side]]
    return "; ".join(
        f"{side} {found[side]['pictures_a_second']['median']:,.0f}/s, "
        f"one {found[side]['one_picture_median_ms']['median']:.2f} ms"
        + (f", by predict {predicted['median']:.2f} ms" if predicted else "")
        for side in sides
        for predicted in [found[side].get("predict_one_picture_median_ms")]
    )


if __name__ == "__main__":
    main()
