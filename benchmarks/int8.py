"""Prediction in 8 bits and in bfloat16 against float32: accuracy, size and speed, on real pictures.

The three tutorials' networks are trained by their recipes, EfficientNet-Lite0 by a head at 224 px, with the installed
command. Then each engine answers the same labelled pictures, and is timed on some of them, in turn:

    ONNX Runtime in float32, which `predict`, `evaluate` and `serve` use;
    ONNX Runtime in 8 bits, which `onelook export --int8` writes;
    OpenVINO in float32, in bfloat16 and with the same 8-bit graph, where it is installed (`pip install openvino`).

    python benchmarks/int8.py                         all four networks, an entry each in results/int8.json
    python benchmarks/int8.py fashion-cnn-bn          one of them
    python benchmarks/int8.py fashion-cnn-bn --epochs 1 --pictures 500    shows it, writes nothing

With --runs FOLDER the trained runs are kept there, and used again.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from onelook import load
from onelook.classifier import Classifier
from onelook.export.calibration import labelled_pictures
from onelook.export.int8 import CALIBRATION_PICTURES
from onelook.metrics.interval import wilson_interval
from onelook.predictors.graph.quantize import quantize
from onelook.predictors.onnx import OnnxPredictor
from onelook.runtime import available_cores, dot_product_instructions
from record import spread, write_entry
from transfer import split_photographs

_ROUNDS, _WARM_UP = 5, 64
_BATCH_SIZES = (16, 64, 256)  # an engine is judged in the one that is fastest for it: small networks want large ones
_TRAINED_PHOTOGRAPHS = 900  # of each class; the others test

Answer = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Case:
    """A network: what trains it, and how many pictures are timed (about a second in float32)."""

    options: tuple[str, ...]
    data: str  # a built-in name, or "photographs"
    epochs: int
    timed: int


CASES = {
    "digit-recognizer": Case(("--recipe", "digit-recognizer"), "mnist", 2, 4_096),
    "fashion-cnn-bn": Case(("--recipe", "fashion-cnn-bn"), "fashion_mnist", 8, 8_192),
    "dogs-vs-cats": Case(("--recipe", "dogs-vs-cats"), "photographs", 10, 768),
    "efficientnet-lite0": Case(
        ("--model", "efficientnet-lite0", "--tune", "head", "--image-size", "224"), "photographs", 12, 256
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", choices=[[], *CASES], help="by default all")
    parser.add_argument("--epochs", type=int, help="of all trainings; writes nothing")
    parser.add_argument("--pictures", type=int, help="scored and timed at most; writes nothing")
    parser.add_argument("--runs", type=Path, help="folder of the trained runs, which stay there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.runs or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for name in options.networks or CASES:
            figures = measure(name, CASES[name], folder, options.epochs, options.pictures)
            print(json.dumps({name: figures}, indent=2), flush=True)
            if options.epochs is None and options.pictures is None:
                machine = {"threads": available_cores(), "dot_products": dot_product_instructions()}
                write_entry("int8", "networks", name, {**machine, **figures})


def measure(name: str, case: Case, folder: Path, epochs: int | None, most: int | None) -> dict[str, Any]:
    """Train the network where it is not there, and return the figures of all engines."""
    train, test = split_photographs(folder, _TRAINED_PHOTOGRAPHS) if case.data == "photographs" else (case.data,) * 2
    run = folder / name
    if not run.is_dir():
        words = ["train", train, *case.options, "--epochs", epochs or case.epochs, "--out", run, "--quiet"]
        words += ["--test", test] if test is not train else []
        subprocess.run([sys.executable, "-m", "onelook", *map(str, words)], check=True, env=os.environ)
    classifier = load(run)
    pictures = labelled_pictures(classifier, str(test), CALIBRATION_PICTURES)
    every = max(1, len(pictures.labels) // (most or len(pictures.labels)))
    images, labels = pictures.scored[::every], pictures.labels[::every]
    eight_bits = quantize(classifier.graph, pictures.calibration)
    by_batch = {size: engines_of(classifier, eight_bits, size) for size in _BATCH_SIZES}
    engines = by_batch[_BATCH_SIZES[0]]
    timed = np.resize(images, (min(case.timed, most or case.timed), *images.shape[1:]))
    tried: dict[str, dict[int, list[float]]] = {each: {size: [] for size in _BATCH_SIZES} for each in engines}
    for size, of_size in by_batch.items():
        for answer in of_size.values():
            answer(timed[:_WARM_UP])
        for _ in range(_ROUNDS):  # in turn, so that what else runs meets all
            for each, answer in of_size.items():
                tried[each][size].append(pictures_a_second(answer, timed))
    batches = {each: max(_BATCH_SIZES, key=lambda size: median(tried[each][size])) for each in engines}
    speeds = {each: tried[each][size] for each, size in batches.items()}
    exact = speeds["ONNX Runtime, float32"]
    return {
        "epochs": epochs or case.epochs,
        "size": list(images.shape[1:]),
        "scored": len(labels),
        "calibration_pictures": len(pictures.calibration),
        "bytes": {"float32": len(classifier.graph), "8 bits": len(eight_bits)},
        "share_of_the_size": round(len(eight_bits) / len(classifier.graph), 3),
        "engines": {
            each: {
                **accuracy(answer, images, labels),
                "batch_size": batches[each],
                "pictures_a_second": spread(speeds[each]),
                "times_as_fast": spread([ours / theirs for ours, theirs in zip(speeds[each], exact, strict=True)]),
            }
            for each, answer in engines.items()
        },
    }


def engines_of(classifier: Classifier, eight_bits: bytes, batch_size: int) -> dict[str, Answer]:
    """Return what answers, by name; float32 of ONNX Runtime first."""
    found: dict[str, Answer] = {
        "ONNX Runtime, float32": OnnxPredictor(classifier.graph, batch_size=batch_size).probabilities,
        "ONNX Runtime, 8 bits": OnnxPredictor(eight_bits, batch_size=batch_size).probabilities,
    }
    if find_spec("openvino"):
        for name, graph, precision in (
            ("float32", classifier.graph, "f32"),
            ("bfloat16", classifier.graph, "bf16"),
            ("8 bits", eight_bits, "f32"),
        ):
            found[f"OpenVINO, {name}"] = with_openvino(graph, precision, batch_size)
    return found


def with_openvino(graph: bytes, precision: str, batch_size: int) -> Answer:
    """Return what answers by OpenVINO, on all cores."""
    from openvino import Core

    core = Core()
    settings = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": available_cores()}
    compiled = core.compile_model(core.read_model(graph, b""), "CPU", {"PERFORMANCE_HINT": "LATENCY", **settings})

    def answer(images: np.ndarray) -> np.ndarray:
        batches = (images[start : start + batch_size] for start in range(0, len(images), batch_size))
        return np.concatenate([compiled([np.ascontiguousarray(batch)])[0].copy() for batch in batches])

    return answer


def accuracy(answer: Answer, images: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """Return the share of right answers with its interval."""
    right = int((answer(images).argmax(axis=1) == labels).sum())
    return {
        "accuracy": round(right / len(labels), 4),
        "interval": [round(bound, 4) for bound in wilson_interval(right, len(labels))],
    }


def pictures_a_second(answer: Answer, images: np.ndarray) -> float:
    start = time.perf_counter()
    answer(images)
    return len(images) / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
