"""An ONNX graph in 8 bits, by ONNX Runtime's own tool, and what that costs and gains."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.classifier import Classifier
from onelook.data.pictures.protocol import Images
from onelook.errors import missing_extra
from onelook.export.compare import in_batches
from onelook.export.target import Answer, Int8Result, Measured
from onelook.predictors.onnx import OnnxPredictor

CALIBRATION_PICTURES = 256  # the ranges of activations hardly change with more
_SPEED_PICTURES = 256
_SPEED_SECONDS = 0.5  # of a round; there are three, of which the fastest counts
# What has 8-bit kernels in ONNX Runtime. Softmax and the preparation stay in float32: they take no time, and 8 bits
# would round the answer itself.
_IN_8_BITS = ("Conv", "Gemm", "MaxPool", "AveragePool", "GlobalAveragePool", "Add", "Relu", "Clip", "LeakyRelu")
_FIRST_OF_NETWORK = ("Conv", "Gemm", "MatMul", "MaxPool", "AveragePool", "GlobalAveragePool", "BatchNormalization")


def quantize(graph: bytes, calibration: Images) -> bytes:
    """Return the graph with weights of 8 bits, a scale a channel, and activations of 8 bits.

    The ranges of the activations are those that the calibration pictures make (static quantization).

    Args:
        graph: in float32, from `images` to `probabilities`.
        calibration: (rows, height, width, channels), in the model's dtype.

    Raises:
        ConfigError: the package `onnx` is not installed.
    """
    try:
        import onnx
        from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
        from onnxruntime.quantization.shape_inference import quant_pre_process
    except ImportError as error:
        raise missing_extra(error.name or "onnx", "train", "--int8") from error

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        """The calibration pictures, a batch at a time."""

        def __init__(self) -> None:
            self._batches = iter(np.array_split(calibration, -(-len(calibration) // 32)))

        def get_next(self) -> dict[str, Any] | None:
            batch = next(self._batches, None)
            return None if batch is None else {"images": batch}

    with TemporaryDirectory(prefix="onelook-") as folder, _quietly():
        first, folded, result = (str(Path(folder) / name) for name in ("first.onnx", "folded.onnx", "result.onnx"))
        Path(first).write_bytes(graph)
        # It folds batch normalisation into the convolutions.
        quant_pre_process(first, folded, skip_symbolic_shape=True)
        quantize_static(
            folded,
            result,
            Reader(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=list(_IN_8_BITS),
            nodes_to_exclude=_before_network(onnx.load(folded).graph),
        )
        return Path(result).read_bytes()


def _before_network(graph: Any) -> list[str]:
    """Return the names of the nodes that prepare the pictures: those that no layer comes before."""
    prepared, names = {"images"}, []
    for node in graph.node:  # in the order of computation
        if node.op_type not in _FIRST_OF_NETWORK and prepared & set(node.input):
            names.append(node.name)
            prepared |= set(node.output)
    return names


@contextmanager
def _quietly() -> Iterator[None]:
    """Silence the tool's advice to do what is done here."""
    logger = logging.getLogger()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


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
