"""Write a planned network's layers as ONNX nodes, in the runtime's order (batch, channels, height, width)."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from onelook.models.shapes import PlannedLayer
from onelook.predictors.graph.shape_layers import write_merge, write_shape_layer
from onelook.predictors.graph.writer import GraphWriter
from onelook.settings.network import (
    LEAKY_RELU_SLOPE,
    Activation,
    ActivationLayer,
    BatchNorm,
    Conv,
    Dense,
    DepthwiseConv,
    Flatten,
    Gate,
    GlobalPool,
    LayerNorm,
    Merge,
    Pool,
    Residual,
    Scale,
    Whitening,
)
from onelook.settings.shape_layers import Crop, PRelu, Rescale, Reshape, Resize, ZeroPad

Weights = dict[str, NDArray[np.float32]]

_OPERATORS: dict[Activation, str] = {
    "relu": "Relu",
    "elu": "Elu",
    "selu": "Selu",
    "hard_swish": "HardSwish",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "softplus": "Softplus",
}
# ONNX Runtime's Clip needs a lowest value beside the largest.
_LOWEST = float(np.finfo(np.float32).min)


def write_layers(graph: GraphWriter, plan: tuple[PlannedLayer, ...], weights: Weights, value: str) -> str:
    """Add the layers to the graph, one after the other, and return the name of the last one's output."""
    for planned in plan:
        value = _write_layer(graph, planned, weights, value)
    return value


def _write_layer(graph: GraphWriter, planned: PlannedLayer, weights: Weights, value: str) -> str:
    match planned.layer:
        case Conv(activation=activation) | DepthwiseConv(activation=activation) | Whitening(activation=activation):
            constants = _constants(graph, planned, weights, "weight", "bias")
            groups = planned.input_shape[0] // planned.weights["weight"][1]
            attributes = _window_attributes(planned)
            if planned.windows.dilation != (1, 1):
                attributes["dilations"] = list(planned.windows.dilation)
            value = graph.add("Conv", value, *constants, group=groups, **attributes)
            value = write_activation(graph, activation, value)
        case Dense(activation=activation):
            constants = _constants(graph, planned, weights, "weight", "bias")
            value = write_activation(graph, activation, graph.add("Gemm", value, *constants, transB=1))
        case Residual(activation=activation):
            branch = write_layers(graph, planned.branch, weights, value)
            shortcut = write_layers(graph, planned.shortcut, weights, value)
            value = write_activation(graph, activation, graph.add("Add", branch, shortcut))
        case Gate():
            value = graph.add("Mul", value, write_layers(graph, planned.branch, weights, value))
        case Merge() as layer:
            value = write_merge(graph, layer, [write_layers(graph, plan, weights, value) for plan in planned.branches])
        case Rescale() | PRelu() | ZeroPad() | Crop() | Resize() | Reshape() as layer:
            (slopes,) = _constants(graph, planned, weights, "weight") or ("",)
            value = write_shape_layer(graph, layer, planned, slopes, value)
        case _:
            value = _write_simple(graph, planned, weights, value)
    return value


def _write_simple(graph: GraphWriter, planned: PlannedLayer, weights: Weights, value: str) -> str:
    """Add a layer without kernels and without layers in it."""
    match planned.layer:
        case BatchNorm(epsilon=epsilon):
            constants = _constants(graph, planned, weights, "weight", "bias", "running_mean", "running_var")
            value = graph.add("BatchNormalization", value, *constants, epsilon=epsilon)
        case LayerNorm(epsilon=epsilon):
            constants = _constants(graph, planned, weights, "weight", "bias")
            value = _write_layer_norm(graph, value, constants, epsilon, is_picture=len(planned.input_shape) > 1)
        case Scale():
            factors = weights[f"{planned.name}.weight"].reshape(-1, *(1 for _ in planned.input_shape[1:]))
            value = graph.add("Mul", value, graph.constant(factors, f"{planned.name}.weight"))
        case Pool(type=kind):
            value = _write_pool(graph, kind, planned, value)
        case GlobalPool(type=kind, keepdims=keepdims):
            value = graph.add("GlobalAveragePool" if kind == "global_average_pool" else "GlobalMaxPool", value)
            value = value if keepdims else graph.add("Flatten", value, axis=1)
        case Flatten():
            value = _write_flatten(graph, planned, value)
        case ActivationLayer() as layer:
            value = _write_activation_layer(graph, layer, value)
        case _:
            pass  # dropout has no effect after training
    return value


def write_activation(graph: GraphWriter, name: Activation, value: str) -> str:
    """Add an activation; one without an operator of its own in this opset becomes several nodes."""
    match name:
        case "linear":
            result = value
        case "relu6":
            result = graph.add("Clip", value, graph.constant(0.0), graph.constant(6.0))
        case "leaky_relu":
            result = graph.add("LeakyRelu", value, alpha=LEAKY_RELU_SLOPE)
        case "hard_sigmoid":  # relu6(x + 3) / 6, as in torch and Keras; ONNX's own default has another slope
            result = graph.add("HardSigmoid", value, alpha=1 / 6, beta=0.5)
        case "softsign":  # x / (1 + |x|)
            size = graph.add("Add", graph.add("Relu", value), graph.add("Relu", graph.add("Neg", value)))
            result = graph.add("Div", value, graph.add("Add", size, graph.constant(1.0)))
        case "mish":  # x * tanh(softplus(x))
            result = graph.add("Mul", value, graph.add("Tanh", graph.add("Softplus", value)))
        case "silu":
            result = graph.add("Mul", value, graph.add("Sigmoid", value))
        case "gelu":  # x * (1 + erf(x / sqrt(2))) / 2, exact as in Keras
            # In these five nodes ONNX Runtime recognises the activation, and computes it as one.
            erf = graph.add("Erf", graph.add("Div", value, graph.constant(sqrt(2))))
            half = graph.add("Mul", value, graph.constant(0.5))
            result = graph.add("Mul", half, graph.add("Add", erf, graph.constant(1.0)))
        case _:
            result = graph.add(_OPERATORS[name], value)
    return result


def _write_activation_layer(graph: GraphWriter, layer: ActivationLayer, value: str) -> str:
    if layer.slope is None:
        value = write_activation(graph, layer.function, value)
    else:
        value = graph.add("LeakyRelu" if layer.function == "leaky_relu" else "Elu", value, alpha=layer.slope)
    if layer.maximum is None:
        return value
    return graph.add("Clip", value, graph.constant(_LOWEST), graph.constant(layer.maximum))


def _write_pool(graph: GraphWriter, kind: str, planned: PlannedLayer, value: str) -> str:
    attributes = _window_attributes(planned)
    if kind == "average_pool":
        return graph.add("AveragePool", value, count_include_pad=0, **attributes)
    if kind == "max_pool":
        return graph.add("MaxPool", value, **attributes)
    return graph.add("Neg", graph.add("MaxPool", graph.add("Neg", value), **attributes))


def _write_layer_norm(graph: GraphWriter, value: str, constants: list[str], epsilon: float, *, is_picture: bool) -> str:
    """Add a layer normalisation over the channels, which the operator expects on the last axis."""
    value = graph.add("Transpose", value, perm=[0, 2, 3, 1]) if is_picture else value
    value = graph.add("LayerNormalization", value, *constants, axis=-1, epsilon=epsilon)
    return graph.add("Transpose", value, perm=[0, 3, 1, 2]) if is_picture else value


def _write_flatten(graph: GraphWriter, planned: PlannedLayer, value: str) -> str:
    """Add nodes that flatten in the order height, width, channels."""
    if len(planned.input_shape) > 1:
        value = graph.add("Transpose", value, perm=[0, 2, 3, 1])
    return graph.add("Flatten", value, axis=1)


def _window_attributes(planned: PlannedLayer) -> dict[str, list[int]]:
    windows = planned.windows
    (top, bottom), (left, right) = windows.pads
    return {
        "kernel_shape": list(windows.kernel),
        "strides": list(windows.stride),
        "pads": [top, left, bottom, right],
    }


def _constants(graph: GraphWriter, planned: PlannedLayer, weights: Weights, *names: str) -> list[str]:
    full_names = (f"{planned.name}.{name}" for name in names if name in planned.weights)
    return [graph.constant(weights[name], name) for name in full_names]
