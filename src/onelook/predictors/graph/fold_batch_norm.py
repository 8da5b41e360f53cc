"""Fold batch normalisation into the convolution or dense layer that comes after it.

ONNX Runtime folds what follows a convolution directly. The tutorials' networks normalise after the activation, and in 8
bits such a layer is computed in float32 between two conversions: in 8 bits `fashion-cnn-bn` was three times as slow as
in float32, and with this it is faster.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import helper, numpy_helper

_PASSED = ("Identity", "Flatten", "MaxPool", "AveragePool", "GlobalAveragePool")
_CHANNELS_TO_THE_END = [0, 2, 3, 1]
_TAKEN_BY = ("Conv", "Gemm")


@dataclass(frozen=True)
class _Affine:
    """The factor and the offset of a batch normalisation, for each channel."""

    factor: NDArray[np.float64]  # (channels,)
    offset: NDArray[np.float64]  # (channels,)

    is_last: bool = False  # whether the channels are the last axis, so that flat rows have them side by side

    def of_flat(self, count: int) -> _Affine:
        """Return the same for flat rows of `count` values, in which each channel has many positions."""
        times = count // len(self.factor)
        if self.is_last:
            return _Affine(np.tile(self.factor, times), np.tile(self.offset, times))
        return _Affine(self.factor.repeat(times), self.offset.repeat(times))


def fold_batch_norm(model: Any) -> int:
    """Fold, in the model itself, each batch normalisation for which that changes nothing but rounding.

    Between it and the layer that takes it may be pools and a flattening. A maximum pool demands factors that are not
    negative, and a convolution that it does not pad: the padding is zero after the normalisation, and not before.

    Args:
        model: an `onnx.ModelProto`.

    Returns:
        The number of normalisations that were folded.
    """
    graph = model.graph
    arrays = {each.name: each for each in graph.initializer}
    count = 0
    for node in [each for each in graph.node if each.op_type == "BatchNormalization"]:
        found = _taker(graph, node, arrays)
        if found is None:
            continue
        taker, affine = found
        _take(graph, taker, affine, arrays)
        for other in graph.node:
            other.input[:] = [node.input[0] if name == node.output[0] else name for name in other.input]
        graph.node.remove(node)
        count += 1
    drop_unused_numbers(graph)
    return count


def drop_unused_numbers(graph: Any) -> None:
    """Remove the constants that no node of a graph reads."""
    used = {name for each in graph.node for name in each.input}
    for constant in [each for each in graph.initializer if each.name not in used]:
        graph.initializer.remove(constant)


def _affine(node: Any, arrays: dict[str, Any]) -> _Affine:
    scale, bias, mean, variance = (
        numpy_helper.to_array(arrays[name]).astype(np.float64) for name in list(node.input)[1:5]
    )
    epsilon = next((each.f for each in node.attribute if each.name == "epsilon"), 1e-5)
    factor = scale / np.sqrt(variance + epsilon)
    return _Affine(factor, bias - mean * factor)


def _taker(graph: Any, node: Any, arrays: dict[str, Any]) -> tuple[Any, _Affine] | None:
    """Return the layer that can take the normalisation, with what it takes; None if there is none."""
    if any(name not in arrays for name in list(node.input)[1:5]):
        return None
    affine, at = _affine(node, arrays), node
    outputs = {each.name for each in graph.output}
    read = outputs | {name for each in graph.node for name in each.input}
    while True:
        # The features have a name of their own, which only a graph with one more output reads.
        following = [each for each in graph.node if at.output[0] in each.input and set(each.output) & read]
        if len(following) != 1 or at.output[0] in outputs:
            return None
        (at,) = following
        if at.op_type in _TAKEN_BY:
            return (at, affine) if _can_take(at, affine, arrays) else None
        if at.op_type == "Transpose" and _integers(at, "perm") == _CHANNELS_TO_THE_END and not affine.is_last:
            affine = replace(affine, is_last=True)
        elif at.op_type not in _PASSED or not _commutes(at, affine):
            return None


def _commutes(node: Any, affine: _Affine) -> bool:
    """Return whether the node gives the same before and after the normalisation."""
    if affine.is_last and node.op_type not in ("Flatten", "Identity"):
        return False
    if node.op_type == "MaxPool":
        return bool((affine.factor >= 0).all()) and len(node.output) == 1
    if node.op_type == "AveragePool":  # zeros of the padding would count as values
        return not any(_integers(node, "pads")) and not any(_integers(node, "ceil_mode"))
    return node.op_type != "Flatten" or _integers(node, "axis") in ([], [1])


def _can_take(node: Any, affine: _Affine, arrays: dict[str, Any]) -> bool:
    if any(name not in arrays for name in list(node.input)[1:]):
        return False
    shape = list(arrays[node.input[1]].dims)
    if node.op_type == "Gemm":
        plain = {each.name: helper.get_attribute_value(each) for each in node.attribute}
        is_plain = plain.get("alpha", 1.0) == plain.get("beta", 1.0) == 1.0 and not plain.get("transA", 0)
        inputs = shape[1] if plain.get("transB", 0) else shape[0]
        return is_plain and inputs % len(affine.factor) == 0
    if affine.is_last:
        return False
    groups = (_integers(node, "group") or [1])[0]
    automatic = any(each.name == "auto_pad" and each.s not in (b"", b"NOTSET", b"VALID") for each in node.attribute)
    return not any(_integers(node, "pads")) and not automatic and shape[1] * groups == len(affine.factor)


def _integers(node: Any, name: str) -> list[int]:
    found = [helper.get_attribute_value(each) for each in node.attribute if each.name == name]
    return [int(value) for each in found for value in (each if isinstance(each, list | tuple) else [each])]


def _take(graph: Any, node: Any, affine: _Affine, arrays: dict[str, Any]) -> None:
    """Multiply the layer's weights by the factors, and add to its bias what the offsets come to."""
    weights = numpy_helper.to_array(arrays[node.input[1]]).astype(np.float64)
    if node.op_type == "Gemm":
        is_turned = bool(sum(_integers(node, "transB")))
        rows = weights if is_turned else weights.T  # (outputs, inputs)
        wide = affine.of_flat(rows.shape[1])
        offset, rows = rows @ wide.offset, rows * wide.factor
        changed = rows if is_turned else rows.T
    else:
        groups = (_integers(node, "group") or [1])[0]
        split = weights.reshape(groups, -1, *weights.shape[1:])  # (groups, outputs, inputs, height, width)
        factor, shift = (each.reshape(groups, 1, -1, 1, 1) for each in (affine.factor, affine.offset))
        offset = (split * shift).sum(axis=(2, 3, 4)).ravel()
        changed = (split * factor).reshape(weights.shape)
    bias = numpy_helper.to_array(arrays[node.input[2]]).astype(np.float64) if len(node.input) > 2 else 0.0
    names = []
    for number, values in ((1, changed), (2, bias + offset)):  # of its own: another node may use the old ones
        name = f"{node.output[0]}_folded_{number}"
        tensor = numpy_helper.from_array(np.ascontiguousarray(values, dtype=np.float32), name)
        graph.initializer.append(tensor)
        arrays[name] = tensor
        names.append(name)
    node.input[:] = [node.input[0], *names]
