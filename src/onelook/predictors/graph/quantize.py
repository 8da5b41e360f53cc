"""An ONNX graph in 8 bits, by ONNX Runtime's own tool. It needs the package `onnx`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from onelook.data.pictures.protocol import Images
from onelook.predictors.graph.fold_batch_norm import fold_batch_norm
from onelook.predictors.graph.take_bytes import ByteScale, move_preparation, take_bytes

# What has 8-bit kernels in ONNX Runtime. Softmax and the preparation stay in float32: they take no time, and 8 bits
# would round the answer itself. So does the mean over all positions, whose sum is finer than 8 bits.
_IN_8_BITS = ("Conv", "Gemm", "MaxPool", "AveragePool", "Add", "Relu", "Clip", "LeakyRelu")
_FIRST_OF_NETWORK = ("Conv", "Gemm", "MaxPool", "AveragePool", "GlobalAveragePool", "BatchNormalization")
# Convolutions whose outputs are sums over fewer inputs, as those of the pictures themselves are, gain little by 8 bits.
# With a pool behind it, float32 made `fashion-cnn-bn` 1.5 times as fast; without, 8 bits are as fast, or 1.1 times.
_FEWEST_INPUTS = 32
# The logits decide alone: in 8 bits they made four fifths of the error in the probabilities of `dogs-vs-cats`,
# and cost a point of its accuracy. In float32 they take little time and size, as long as few of the weights are theirs.
_LARGEST_SHARE_OF_LOGITS = 0.02
_CALIBRATION_BATCH = 32  # pictures


def quantize(graph: bytes, calibration: Images) -> bytes:
    """Return the graph with weights of 8 bits, a scale a channel, and activations of 8 bits.

    The ranges of the activations are those that the calibration pictures make (static quantization).

    Args:
        graph: in float32, from `images`.
        calibration: (rows, height, width, channels), in the model's dtype.
    """
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        """The calibration pictures, a batch at a time."""

        def __init__(self) -> None:
            self._batches = iter(np.array_split(calibration, -(-len(calibration) // _CALIBRATION_BATCH)))

        def get_next(self) -> dict[str, Any] | None:
            batch = next(self._batches, None)
            return None if batch is None else {"images": batch}

    with TemporaryDirectory(prefix="onelook-") as folder, _quietly():
        first, folded, result = (str(Path(folder) / name) for name in ("first.onnx", "folded.onnx", "result.onnx"))
        Path(first).write_bytes(graph)
        # It folds batch normalisation into the convolutions before it, and we into those after it.
        quant_pre_process(first, folded, skip_symbolic_shape=True)
        model = onnx.load(folded)
        fold_batch_norm(model)
        short = _keep_short_sums(model.graph)
        first_of_all = next((each.name for each in model.graph.node if each.op_type == "Conv"), "")
        of_bytes = None if first_of_all in short else move_preparation(model)
        onnx.save(model, folded)
        quantize_static(
            folded,
            result,
            Reader(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=list(_IN_8_BITS),
            nodes_to_exclude=[*_before_network(model.graph), *short, *_small_layer_of_logits(model.graph)],
            extra_options={} if of_bytes is None else {"TensorQuantOverrides": _at_scale(of_bytes)},
        )
        quantized = onnx.load(result)
        del quantized.metadata_props[:]  # the tool's own, which is no JSON: readers of an exported file expect that
        if of_bytes is not None:
            take_bytes(quantized)
        whole: bytes = quantized.SerializeToString()
        return whole


def _at_scale(scale: ByteScale) -> dict[str, list[dict[str, Any]]]:
    """Return what the tool needs to quantize one tensor at a given scale."""
    from onnxruntime.quantization import QuantType

    kind = {"quant_type": QuantType.QUInt8}
    return {scale.tensor: [{**kind, "scale": np.array(scale.scale), "zero_point": np.array(scale.zero_point)}]}


def _before_network(graph: Any) -> list[str]:
    """Return the names of the nodes that prepare the pictures: those that no layer comes before."""
    prepared, names = {"images"}, []
    for node in graph.node:  # in the order of computation
        if node.op_type not in _FIRST_OF_NETWORK and prepared & set(node.input):
            names.append(node.name)
            prepared |= set(node.output)
    return names


def _small_layer_of_logits(graph: Any) -> list[str]:
    """Return the name of the last dense layer, if few of the weights are its own."""
    sizes = {each.name: prod(each.dims) for each in graph.initializer}
    last = next((each for each in reversed(graph.node) if each.op_type == "Gemm"), None)
    is_small = last is not None and sizes.get(last.input[1], 0) <= _LARGEST_SHARE_OF_LOGITS * sum(sizes.values())
    return [last.name] if last is not None and is_small else []


def _keep_short_sums(graph: Any) -> list[str]:
    """Return the names of the convolutions that stay in float32, each with its maximum pool.

    These are the ones of short sums that a relu and a pool follow: what the next layer gets is then small. A pool
    of 8 bits behind a convolution in float32 has no fast kernel, and the runtime moves the conversion to 8 bits before
    the pool unless something stands between. So the pool and the relu change places, which changes no number.
    """
    sizes = {each.name: prod(list(each.dims)[1:]) for each in graph.initializer}
    names = []
    for conv in [each for each in graph.node if each.op_type == "Conv"]:
        if sizes.get(conv.input[1], _FEWEST_INPUTS) >= _FEWEST_INPUTS or _is_grouped(conv):
            continue
        relu = _only_follower(graph, conv, "Relu")
        pool = None if relu is None else _only_follower(graph, relu, "MaxPool")
        if pool is not None and len(pool.output) == 1:
            names += [conv.name, pool.name]
            _swap(graph, relu, pool)
    return names


def _swap(graph: Any, relu: Any, pool: Any) -> None:
    """Pool first, and then take the maximum with zero, which is what relu does."""
    zero = f"{relu.name}_zero"
    graph.initializer.append(numpy_helper.from_array(np.zeros((), np.float32), zero))
    between = f"{pool.output[0]}_of_signed"
    after = helper.make_node("Max", [between, zero], [pool.output[0]], name=f"{relu.name}_after")
    pool.input[0], pool.output[0] = relu.input[0], between
    position = [each.name for each in graph.node].index(pool.name)
    graph.node.insert(position + 1, after)
    graph.node.remove(relu)


def _only_follower(graph: Any, node: Any, kind: str) -> Any | None:
    """Return the node of a kind that takes the output, if no other does."""
    following = [each for each in graph.node if node.output[0] in each.input]
    return following[0] if [each.op_type for each in following] == [kind] else None


def _is_grouped(node: Any) -> bool:
    return any(each.name == "group" and each.i > 1 for each in node.attribute)


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
