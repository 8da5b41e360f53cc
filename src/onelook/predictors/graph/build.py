"""Write a whole classifier as one ONNX graph, from raw pictures to probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from onnx import TensorProto, helper

from onelook.errors import ModelError
from onelook.models.seen_part import seen_size
from onelook.models.shapes import head_of, plan_network, weight_shapes
from onelook.predictors.graph.layers import write_layers
from onelook.predictors.graph.preprocess import needs_all_pixels, write_preprocess
from onelook.predictors.graph.views import write_corner, write_mean, write_views
from onelook.predictors.graph.writer import GraphWriter
from onelook.predictors.network_weights import network_weights
from onelook.predictors.onnx_session import FEATURES
from onelook.settings.network import NetworkSettings
from onelook.settings.pictures import FittedPreprocess, ViewSettings
from onelook.transforms.views import views_of


def write_graph(
    network: NetworkSettings,
    fitted: FittedPreprocess,
    weights: Mapping[str, NDArray[Any]],
    input_shape: tuple[int, int, int],
    dtype: DTypeLike,
    *,
    num_classes: int,
    views: ViewSettings,
    temperature: float = 1.0,
) -> bytes:
    """Return the bytes of the `.onnx` file; see `onelook.predictors.onnx.build_graph`."""
    height, width, channels = input_shape
    plan = plan_network(network, (channels, height, width), num_classes)
    own_weights = network_weights(weights, weight_shapes(plan))
    graph = GraphWriter()
    seen = views_of(views, height, width)
    value, shape = write_views(graph, seen, "images"), input_shape
    if not needs_all_pixels(fitted):
        value, shape = write_corner(graph, value, input_shape, seen_size(plan))
    prepared = write_preprocess(graph, fitted, weights, shape, value)
    head = head_of(plan) or 0
    features = write_layers(graph, plan[:head], own_weights, graph.add("Transpose", prepared, perm=[0, 3, 1, 2]))
    if head:
        graph.finish(features, FEATURES)  # no output of the file
    logits = write_layers(graph, plan[head:], own_weights, features)
    mean = write_mean(graph, seen, logits, num_classes)
    if temperature != 1.0:
        mean = graph.add("Div", mean, graph.constant(np.array(temperature, np.float32)))
    graph.finish(graph.add("Softmax", mean, axis=1), "probabilities")
    element = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    images = helper.make_tensor_value_info("images", element, ["batch", *input_shape])
    probabilities = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", num_classes])
    return graph.serialize([images], [probabilities])


def write_feature_graph(
    network: NetworkSettings,
    fitted: FittedPreprocess,
    weights: Mapping[str, NDArray[Any]],
    input_shape: tuple[int, int, int],
    dtype: DTypeLike,
    *,
    layers: int,
) -> bytes:
    """Return the bytes of an `.onnx` file from raw pictures to the output of the network's first `layers` layers.

    Its input is `images`, (batch, height, width, channels); its output `features`, (batch, features), float32. Weights
    of other layers are ignored.

    Raises:
        ConfigError: the network does not fit the pictures.
        ModelError: a weight is missing or has another shape, or these layers give no flat row of numbers.
    """
    height, width, channels = input_shape
    plan = plan_network(network, (channels, height, width), num_classes=2)[:layers]
    if len(plan[-1].output_shape) != 1:
        raise ModelError(f"layer {plan[-1].number} gives a picture, not the flat features that a head classifies.")
    shapes = weight_shapes(plan)
    own_weights = network_weights({name: weights[name] for name in shapes if name in weights}, shapes)
    graph = GraphWriter()
    prepared = write_preprocess(graph, fitted, weights, input_shape, "images")
    features = write_layers(graph, plan, own_weights, graph.add("Transpose", prepared, perm=[0, 3, 1, 2]))
    graph.finish(features, "features")
    element = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    images = helper.make_tensor_value_info("images", element, ["batch", *input_shape])
    shape: list[str | int | None] = ["batch", plan[-1].output_shape[0]]
    return graph.serialize([images], [helper.make_tensor_value_info("features", TensorProto.FLOAT, shape)])
