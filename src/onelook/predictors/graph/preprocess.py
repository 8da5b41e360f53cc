"""Write the fixed preparation of pictures as ONNX nodes, in the order (batch, height, width, channels)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from onelook.errors import ModelError
from onelook.predictors.graph.writer import GraphWriter
from onelook.settings.pictures import FittedPreprocess
from onelook.transforms.preprocess.steps import STD_EPSILON, ZCA_MATRIX, ChannelAffine, preprocess_steps

_WITHIN_PICTURE = [1, 2, 3]


def needs_all_pixels(fitted: FittedPreprocess) -> bool:
    """Return whether a prepared pixel depends on other pixels of its picture."""
    steps = preprocess_steps(fitted)
    return steps.center_each or steps.standardize_each or steps.whiten


def write_preprocess(
    graph: GraphWriter,
    fitted: FittedPreprocess,
    weights: Mapping[str, NDArray[Any]],
    input_shape: tuple[int, int, int],
    value: str,
) -> str:
    """Add the steps of `onelook.transforms.preprocess.steps.PreprocessSteps` to the graph.

    Args:
        graph: the graph that gets the nodes.
        fitted: the settings and the numbers measured on the training split.
        weights: contain `preprocess.zca_matrix` where whitening is on.
        input_shape: (height, width, channels).
        value: name of the raw pictures, of any dtype.

    Returns:
        The name of the prepared pictures, float32, (batch, height, width, channels).

    Raises:
        DataError: a statistic that the settings need was never measured.
        ModelError: the statistics or the whitening matrix are missing or of another size.
    """
    steps = preprocess_steps(fitted)
    value = graph.add("Cast", value, to=TensorProto.FLOAT)
    value = _write_affine(graph, steps.first, input_shape, value)
    if steps.center_each:
        value = graph.add("Sub", value, _mean(graph, value))
    if steps.standardize_each:
        value = graph.add("Div", value, _deviation(graph, value))
    if steps.second is not None:
        value = _write_affine(graph, steps.second, input_shape, value)
    if steps.whiten:
        value = _whiten(graph, value, weights, input_shape)
    return value


def _write_affine(graph: GraphWriter, affine: ChannelAffine, input_shape: tuple[int, int, int], value: str) -> str:
    height, width, channels = input_shape
    for numbers in (affine.multiplier, affine.offset):
        if numbers.size not in (1, channels):
            raise ModelError(
                f"the preparation holds statistics of {numbers.size} channels; the pictures have {channels}."
            )
    steps = [
        (operator, numbers)
        for operator, numbers, neutral in (("Mul", affine.multiplier, 1), ("Add", affine.offset, 0))
        if np.any(numbers != neutral)
    ]
    # ONNX Runtime takes 30 times as long for an operator over a last axis of one number as over flat rows.
    is_flat = channels == 1 and bool(steps)
    if is_flat:
        value = graph.add("Reshape", value, graph.constant(np.array([0, height * width], np.int64)))
    for operator, numbers in steps:
        value = graph.add(operator, value, graph.constant(numbers.astype(np.float32)))
    if is_flat:
        value = graph.add("Reshape", value, graph.constant(np.array([0, height, width, 1], np.int64)))
    return value


def _mean(graph: GraphWriter, value: str) -> str:
    return graph.add("ReduceMean", value, axes=_WITHIN_PICTURE)


def _deviation(graph: GraphWriter, value: str) -> str:
    """Add each picture's own standard deviation, plus a small number against a division by zero in flat pictures."""
    centred = graph.add("Sub", value, _mean(graph, value))
    variance = _mean(graph, graph.add("Mul", centred, centred))
    return graph.add("Add", graph.add("Sqrt", variance), graph.constant(STD_EPSILON))


def _whiten(
    graph: GraphWriter, value: str, weights: Mapping[str, NDArray[Any]], input_shape: tuple[int, int, int]
) -> str:
    height, width, channels = input_shape
    side = height * width * channels
    matrix = weights.get(ZCA_MATRIX)
    if matrix is None or matrix.shape != (side, side):
        found = "is missing" if matrix is None else f"has shape {matrix.shape}"
        raise ModelError(f"the whitening matrix '{ZCA_MATRIX}' {found}. Expected ({side}, {side}).")
    flat = graph.add("Flatten", value, axis=1)
    whitened = graph.add("MatMul", flat, graph.constant(matrix.astype(np.float32), ZCA_MATRIX))
    return graph.add("Reshape", whitened, graph.constant(np.array([0, height, width, channels], np.int64)))
