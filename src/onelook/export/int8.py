"""The cost and the gain of a graph in 8 bits."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from onelook.classifier import Classifier
from onelook.data.pictures.protocol import Images
from onelook.export.compare import in_batches
from onelook.export.target import Answer, Int8Result, Measured
from onelook.predictors.onnx import OnnxPredictor

CALIBRATION_PICTURES = 256  # the ranges of activations hardly change with more
_SPEED_PICTURES = 256
_SPEED_SECONDS = 0.5  # of a round; there are three, of which the fastest counts


def measure(
    classifier: Classifier, quantized: bytes, images: Images, labels: NDArray[np.int64], calibration_pictures: int
) -> Int8Result:
    """Return what the 8 bits cost and gain.

    Args:
        classifier: the model.
        quantized: its graph in 8 bits.
        images: labelled pictures, in the model's dtype, of which none was used for calibration.
        labels: (rows,), positions in the class names.
        calibration_pictures: the number of pictures that were used for calibration.
    """
    graphs = (classifier.graph, quantized)
    runs = [OnnxPredictor(graph).probabilities for graph in graphs]
    answers = [in_batches(run, images, classifier.card).argmax(axis=1) for run in runs]
    before, after = (
        Measured(int((answered == labels).sum()), len(graph), speed)
        for answered, graph, speed in zip(answers, graphs, _speeds(classifier, runs, images), strict=True)
    )
    changed = int((answers[0] != answers[1]).sum())
    return Int8Result(len(labels), calibration_pictures, before, after, changed)


def _speeds(classifier: Classifier, runs: Sequence[Answer], images: Images) -> list[float]:
    """Return the pictures a second of each, which take turns."""
    many = np.resize(images, (_SPEED_PICTURES, *images.shape[1:]))
    best = [0.0 for _ in runs]
    for _ in range(3):
        for number, run in enumerate(runs):
            end = time.perf_counter() + _SPEED_SECONDS
            while True:
                began = time.perf_counter()
                in_batches(run, many, classifier.card)
                now = time.perf_counter()
                best[number] = max(best[number], len(many) / (now - began))
                if now > end:
                    break
    return best
