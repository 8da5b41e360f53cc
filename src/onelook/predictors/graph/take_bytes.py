"""Let a graph in 8 bits begin with the bytes of the pictures.

The preparation of the pixels multiplies and adds, and its result is quantized to 8 bits again: with one factor and one
offset that gives the bytes of before. So the factors and offsets of the channels move into the first convolution, and
the preparation is left out. For EfficientNet-Lite0 that saves a thirtieth of the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from onelook.predictors.graph.fold_batch_norm import drop_unused_numbers

_CHANNELS_FIRST = [0, 3, 1, 2]
_LARGEST_SHIFT = 0.5  # of a byte, by which padding may differ from what it was: rounding errs by as much
_BYTES, _PREPARED = "bytes", "prepared_bytes"


@dataclass(frozen=True)
class ByteScale:
    """The scale at which prepared pixels are the bytes of the pictures.

    Attributes:
        tensor: name of the prepared pixels.
        scale: of a byte.
        zero_point: the byte that stands for 0.
    """

    tensor: str
    scale: np.float32
    zero_point: np.uint8


def move_preparation(model: Any) -> ByteScale | None:
    """Give all channels one factor, and a byte for 0, in the model itself; the first convolution takes the rest.

    Args:
        model: an `onnx.ModelProto` in float32.

    Returns:
        None if that would change more than rounding, or if the graph does not begin with such a preparation.
    """
    graph = model.graph
    arrays = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    is_bytes = graph.input[0].type.tensor_type.elem_type == TensorProto.UINT8
    found = _preparation(graph, arrays) if is_bytes else None
    if found is None:
        return None
    nodes, conv, factor, offset = found
    weights = arrays[conv.input[1]].astype(np.float64)
    channels = weights.shape[1]
    factors, offsets = np.broadcast_to(factor, channels), np.broadcast_to(offset, channels)
    scale = np.float32(np.abs(factors).mean())
    zero = int(np.clip(np.round((-offsets / factors).mean()), 0, 255))
    shifts = offsets / factors + zero  # in bytes
    if any(each.name == "pads" and any(each.ints) for each in conv.attribute) and np.abs(shifts).max() > _LARGEST_SHIFT:
        return None
    weights *= (factors / scale)[:, np.newaxis, np.newaxis]
    bias = (weights * scale * shifts[:, np.newaxis, np.newaxis]).sum(axis=(1, 2, 3))
    bias += arrays[conv.input[2]] if len(conv.input) > 2 else 0
    names = []
    for number, values in enumerate((weights, bias, -zero, scale)):
        names.append(f"{_PREPARED}_{number}")
        graph.initializer.append(numpy_helper.from_array(np.asarray(values, np.float32), names[-1]))
    for node in nodes:
        graph.node.remove(node)
    steps = (
        helper.make_node("Cast", ["images"], ["cast_bytes"], to=TensorProto.FLOAT, name="cast_bytes"),
        helper.make_node("Add", ["cast_bytes", names[2]], ["centred_bytes"], name="centred_bytes"),
        helper.make_node("Mul", ["centred_bytes", names[3]], ["scaled_bytes"], name="scaled_bytes"),
        helper.make_node("Transpose", ["scaled_bytes"], [_PREPARED], perm=_CHANNELS_FIRST, name=_PREPARED),
    )
    for position, step in enumerate(steps):
        graph.node.insert(position, step)
    conv.input[:] = [_PREPARED, *names[:2]]
    drop_unused_numbers(graph)
    return ByteScale(_PREPARED, scale, np.uint8(zero))


def take_bytes(model: Any) -> None:
    """Leave the preparation out, in the model itself, which is quantized at the scale of `move_preparation`."""
    graph = model.graph
    (quantized,) = (node for node in graph.node if node.op_type == "QuantizeLinear" and node.input[0] == _PREPARED)
    names = ("cast_bytes", "centred_bytes", "scaled_bytes", _PREPARED, quantized.name)
    for node in [each for each in graph.node if each.name in names]:
        graph.node.remove(node)
    turned = helper.make_node("Transpose", ["images"], [quantized.output[0]], perm=_CHANNELS_FIRST, name=_BYTES)
    graph.node.insert(0, turned)
    drop_unused_numbers(graph)


_Preparation = tuple[list[Any], Any, NDArray[np.float64], NDArray[np.float64]]


def _preparation(graph: Any, arrays: dict[str, NDArray[Any]]) -> _Preparation | None:
    """Return the nodes from the pictures to the first convolution, that, and the channels' factors and offsets."""
    factor, offset = np.ones(1), np.zeros(1)
    nodes: list[Any] = []
    for node in _chain(graph):
        numbers = [arrays[name].astype(np.float64).ravel() for name in list(node.input)[1:] if name in arrays]
        if node.op_type == "Conv":
            is_plain = not any(each.name == "group" and each.i > 1 for each in node.attribute)
            return (nodes, node, factor, offset) if is_plain and nodes and (factor != 0).all() else None
        if node.op_type in ("Mul", "Add") and numbers:
            factor = factor * numbers[0] if node.op_type == "Mul" else factor
            offset = offset * numbers[0] if node.op_type == "Mul" else offset + numbers[0]
        elif node.op_type not in ("Cast", "Reshape", "Transpose"):
            return None
        nodes.append(node)
    return None


def _chain(graph: Any) -> Iterator[Any]:
    """Yield the nodes that come after the pictures, up to the first value that two nodes take."""
    value = "images"
    while True:
        following = [node for node in graph.node if value in node.input]
        if len(following) != 1:
            return
        yield following[0]
        value = following[0].output[0]
