"""Prediction in 8 bits and in bfloat16 against float32: accuracy, size and speed, on real pictures.

The three tutorials' networks are trained by their recipes, EfficientNet-Lite0 by a head at 224 px, with the installed
command. Then each engine answers the same labelled pictures, and is timed on some of them, in turn:

    ONNX Runtime in float32, which `predict`, `evaluate` and `serve` use;
    ONNX Runtime in 8 bits, which `onelook export --int8` writes;
    OpenVINO in float32, in bfloat16 and with the same 8-bit graph, where it is installed (`pip install openvino`).

    python benchmarks/int8.py                         all four networks, an entry each in results/int8.json
    python benchmarks/int8.py fashion-cnn-bn          one of them
    python benchmarks/int8.py fashion-cnn-bn --epochs 1 --pictures 500    shows it, writes nothing

With --runs FOLDER the trained runs are kept there, and used again. With --table the results are printed for the docs,
and nothing is measured.
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
from record import read_entries, spread, write_entry
from transfer import split_photographs

_ROUNDS, _WARM_UP = 5, 64
_BATCH_SIZE = 16  # of all engines: what lies between two layers then stays in the cache
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
    parser.add_argument("--table", action="store_true", help="print results/int8.json in Markdown")
    options = parser.parse_args()
    if options.table:
        print(table())
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.runs or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for name in options.networks or CASES:
            figures = measure(name, CASES[name], folder, options.epochs, options.pictures)
            print(json.dumps({name: figures}, indent=2), flush=True)
            if options.epochs is None and options.pictures is None:
                machine = {"threads": available_cores(), "dot_products": dot_product_instructions()}
                write_entry("int8", "networks", name, {**machine, **figures})


def table() -> str:
    """Return the results as a table in Markdown: a row for each engine and network."""
    lines = [
        "| network | engine | accuracy | pictures a second | times as fast | size |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for name, figures in read_entries("int8", "networks").items():
        for engine, found in figures["engines"].items():
            size = figures["bytes"]["8 bits" if "8 bits" in engine else "float32"] / 1e6
            speed, gain = (found[each]["median"] for each in ("pictures_a_second", "times_as_fast"))
            row = (name, engine, f"{100 * found['accuracy']:.2f} %", f"{speed:,.0f}", f"{gain:.2f}", f"{size:.1f} MB")
            lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines)


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
    engines = engines_of(classifier, eight_bits)
    timed = np.resize(images, (min(case.timed, most or case.timed), *images.shape[1:]))
    speeds: dict[str, list[float]] = {each: [] for each in engines}
    for answer in engines.values():
        answer(timed[:_WARM_UP])
    for _ in range(_ROUNDS):  # in turn, so that what else runs meets all
        for each, answer in engines.items():
            speeds[each].append(pictures_a_second(answer, timed))
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
                "pictures_a_second": spread(speeds[each]),
                "times_as_fast": spread([ours / theirs for ours, theirs in zip(speeds[each], exact, strict=True)]),
            }
            for each, answer in engines.items()
        },
    }


def engines_of(classifier: Classifier, eight_bits: bytes) -> dict[str, Answer]:
    """Return what answers, by name; float32 of ONNX Runtime first."""
    found: dict[str, Answer] = {
        "ONNX Runtime, float32": OnnxPredictor(classifier.graph, batch_size=_BATCH_SIZE).probabilities,
        "ONNX Runtime, 8 bits": OnnxPredictor(eight_bits, batch_size=_BATCH_SIZE).probabilities,
    }
    if find_spec("openvino"):
        for name, graph, precision in (
            ("float32", classifier.graph, "f32"),
            ("bfloat16", classifier.graph, "bf16"),
            ("8 bits", eight_bits, "f32"),
        ):
            found[f"OpenVINO, {name}"] = with_openvino(graph, precision)
    return found


def with_openvino(graph: bytes, precision: str) -> Answer:
    """Return what answers by OpenVINO, on all cores."""
    from openvino import Core

    core = Core()
    settings = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": available_cores()}
    compiled = core.compile_model(core.read_model(graph, b""), "CPU", {"PERFORMANCE_HINT": "LATENCY", **settings})

    def answer(images: np.ndarray) -> np.ndarray:
        batches = (images[start : start + _BATCH_SIZE] for start in range(0, len(images), _BATCH_SIZE))
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
