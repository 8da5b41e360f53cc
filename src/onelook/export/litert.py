"""A classifier as a `.tflite` file for LiteRT (TensorFlow Lite), on phones and small boards, without TensorFlow."""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np

from onelook.classifier import ModelCard
from onelook.classifier.tensors import Weights
from onelook.data.pictures.protocol import Images
from onelook.errors import missing_extra
from onelook.export.target import Answer, Source, Target, cannot_hold, notes_of
from onelook.export.tflite_writer import TfliteWriter
from onelook.files import json_text
from onelook.models.padding import shares_on_picture
from onelook.models.shapes import PlannedLayer, plan_network
from onelook.predictors.predictor import Probabilities
from onelook.runtime import available_cores
from onelook.settings.network import (
    LEAKY_RELU_SLOPE,
    Activation,
    ActivationLayer,
    BatchNorm,
    Conv,
    Dense,
    DepthwiseConv,
    Dropout,
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
from onelook.transforms.preprocess.steps import STD_EPSILON, ZCA_MATRIX, ChannelAffine, preprocess_steps
from onelook.transforms.views import View, views_of

_LOWEST = np.finfo(np.float32).min  # padding is never a maximum
_VALID = 1  # padding is an operator of its own, as both sides of a picture may get another number
_GROUPED = 6  # the version of a convolution in groups
_SELU = (1.0507009873554805, 1.6732632423543772)  # scale and alpha (Klambauer et al. 2017, arXiv:1706.02515)
_OPERATORS: dict[Activation, str] = {
    "relu": "RELU",
    "relu6": "RELU6",
    "elu": "ELU",
    "hard_swish": "HARD_SWISH",
    "sigmoid": "LOGISTIC",
    "tanh": "TANH",
}
_MERGES: dict[str, tuple[str, str]] = {  # how branches are put together -> operator, kind of its options
    "add": ("ADD", "Add"),
    "average": ("ADD", "Add"),
    "subtract": ("SUB", "Sub"),
    "multiply": ("MUL", "Mul"),
    "maximum": ("MAXIMUM", "MaximumMinimum"),
    "minimum": ("MINIMUM", "MaximumMinimum"),
}


def write_litert(source: Source, path: Path) -> None:
    """Write the file, from `images`, (batch, height, width, channels) raw pixels, to `probabilities`, (batch, classes).

    Its weights are float32. The metadata has the name `onelook`.

    Raises:
        ConfigError: LiteRT is not installed, or the model is a classical one.
    """
    try:
        from ai_edge_litert import schema_py_generated as schema
    except ImportError as error:
        raise missing_extra("ai-edge-litert", "litert", "--to litert") from error
    card = source.classifier.card
    card.need_network("--to litert")
    notes = json_text(notes_of(source.classifier))
    path.write_bytes(_LitertGraph(TfliteWriter(schema), card, source.classifier.weights).build(notes))


def read_litert(path: Path) -> Answer:
    """Return a function that predicts with the file, run by LiteRT's own kernels."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    # Without the faster delegate, which writes a line about itself on standard error.
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    runner = Interpreter(str(path), num_threads=available_cores(), experimental_op_resolver_type=plain)
    (images,), (probabilities,) = runner.get_input_details(), runner.get_output_details()

    def answer(pictures: Images) -> Probabilities:
        runner.resize_tensor_input(images["index"], pictures.shape)
        runner.allocate_tensors()
        runner.set_tensor(images["index"], np.ascontiguousarray(pictures))
        runner.invoke()
        found: Probabilities = runner.get_tensor(probabilities["index"])
        return found

    return answer


class _LitertGraph:
    """A network as a graph of LiteRT under construction; values are (batch, height, width, channels) or flat."""

    def __init__(self, graph: TfliteWriter, card: ModelCard, weights: Weights) -> None:
        self._graph = graph
        self._card = card
        self._weights = weights

    def build(self, notes: str) -> bytes:
        """Return the bytes of the file with this metadata."""
        graph, card = self._graph, self._card
        height, width, channels = card.input_shape
        plan = plan_network(card.need_network("--to litert"), (channels, height, width), len(card.class_names))
        images = graph.input("images", card.input_shape, card.dtype)
        views = views_of(card.views, height, width)
        logits = [self._run(plan, self._prepare(self._view(view, images))) for view in views]
        if len(views) > 1:
            logits = [self._multiply(each, view.weight) for each, view in zip(logits, views, strict=True)]
        mean = reduce(self._add, logits)
        if card.temperature != 1.0:
            mean = self._multiply(mean, 1 / card.temperature)
        probabilities = graph.add("SOFTMAX", mean, kind="Softmax", options={"beta": 1.0})
        graph.rename(probabilities, "probabilities")
        return graph.serialize(images, probabilities, notes)

    def _view(self, view: View, images: int) -> int:
        for axis, positions in ((1, view.rows), (2, view.columns)):
            if not np.array_equal(positions, np.arange(len(positions))):
                which = self._graph.constant(positions, np.int32)
                options = {"axis": axis}
                images = self._graph.add(
                    "GATHER", images, which, kind="Gather", options=options, dtype=self._card.dtype
                )
        return images

    def _prepare(self, images: int) -> int:
        """Return the pictures prepared as `PreprocessSteps` says."""
        steps, within = preprocess_steps(self._card.preprocess), (1, 2, 3)
        values = images if self._card.dtype == "float32" else self._graph.add("CAST", images, kind="Cast")
        values = self._affine(steps.first, values)
        if steps.center_each:
            values = self._apply("SUB", values, self._mean(values, within))
        if steps.standardize_each:
            centred = self._apply("SUB", values, self._mean(values, within))
            deviation = self._graph.add("SQRT", self._mean(self._apply("MUL", centred, centred), within))
            values = self._apply("DIV", values, self._add(deviation, STD_EPSILON))
        if steps.second is not None:
            values = self._affine(steps.second, values)
        if steps.whiten:
            white = self._dense(self._flat(values), self._weights[ZCA_MATRIX].T)
            values = self._reshape(white, self._graph.shape(values))
        return values

    def _affine(self, affine: ChannelAffine, values: int) -> int:
        if np.any(affine.multiplier != 1):
            values = self._multiply(values, affine.multiplier)
        return self._add(values, affine.offset) if np.any(affine.offset != 0) else values

    def _run(self, plan: tuple[PlannedLayer, ...], values: int) -> int:
        return reduce(lambda given, planned: self._run_layer(planned, given), plan, values)

    def _run_layer(self, planned: PlannedLayer, values: int) -> int:
        match planned.layer:
            case Conv(activation=activation) | DepthwiseConv(activation=activation) | Whitening(activation=activation):
                values = self._activate(activation, self._convolve(planned, values))
            case Dense(activation=activation):
                values = self._activate(activation, self._dense(values, *self._arrays(planned, "weight", "bias")))
            case BatchNorm() | LayerNorm() | Scale():
                values = self._normalise(planned, planned.layer, values)
            case Residual(activation=activation):
                branch, shortcut = self._run(planned.branch, values), self._run(planned.shortcut, values)
                values = self._activate(activation, self._add(branch, shortcut))
            case Gate():
                values = self._apply("MUL", values, self._run(planned.branch, values))
            case Pool():
                values = self._pool(planned, planned.layer, values)
            case GlobalPool(type=kind, keepdims=keepdims):
                operator = "MEAN" if kind == "global_average_pool" else "REDUCE_MAX"
                values = self._reduce(operator, values, (1, 2))
                values = values if keepdims else self._flat(values)
            case Flatten():
                values = self._flat(values)
            case ActivationLayer() as layer:
                values = self._activate_layer(planned, layer, values)
            case Dropout():
                pass  # it has no effect after training
            case _:
                values = self._run_shape_layer(planned, values)
        return values

    def _run_shape_layer(self, planned: PlannedLayer, values: int) -> int:
        """Return the values rescaled or in another shape, or several branches put together."""
        match planned.layer:
            case Rescale(multiplier=multiplier, offset=offset):
                result = self._add(self._multiply(values, np.array(multiplier)), np.array(offset))
            case ZeroPad():
                result = self._pad(planned, values, 0.0)
            case Reshape(height=height, width=width, channels=channels):
                result = self._reshape(values, (-1, height, width, channels))
            case Merge() as layer:
                result = self._merge(planned, layer, [self._run(branch, values) for branch in planned.branches])
            case PRelu():
                (slopes,) = self._arrays(planned, "weight")
                result = self._graph.add("PRELU", values, self._graph.constant(np.moveaxis(slopes, 0, -1)))
            case Crop(top=top, bottom=bottom, left=left, right=right):
                _, height, width = planned.input_shape
                rows = self._take(values, 1, range(top, height - bottom))
                result = self._take(rows, 2, range(left, width - right))
            case Resize() as layer:
                result = self._resize(planned, layer, values)
            case _:
                raise cannot_hold("litert", planned)
        return result

    def _resize(self, planned: PlannedLayer, layer: Resize, values: int) -> int:
        is_smooth = layer.method == "bilinear"
        operator = "RESIZE_BILINEAR" if is_smooth else "RESIZE_NEAREST_NEIGHBOR"
        kind = "ResizeBilinear" if is_smooth else "ResizeNearestNeighbor"
        size = self._graph.constant((layer.height, layer.width), np.int32)
        options = {"alignCorners": False, "halfPixelCenters": True}
        return self._graph.add(operator, values, size, shape=_last(planned), kind=kind, options=options, version=3)

    def _merge(self, planned: PlannedLayer, layer: Merge, branches: list[int]) -> int:
        shape = _last(planned)
        if layer.how == "concatenate":
            axis = {"channels": len(shape) - 1, "height": 1, "width": 2}[layer.axis]
            return self._graph.add(
                "CONCATENATION", *branches, shape=shape, kind="Concatenation", options={"axis": axis}
            )
        operator, kind = _MERGES[layer.how]
        merged = reduce(lambda one, other: self._graph.add(operator, one, other, shape=shape, kind=kind), branches)
        return self._multiply(merged, 1 / len(branches)) if layer.how == "average" else merged

    def _take(self, values: int, axis: int, positions: range) -> int:
        """Return some rows (axis 1) or columns (axis 2) of pictures."""
        shape = list(self._graph.shape(values))
        shape[axis] = len(positions)
        which = self._graph.constant(positions, np.int32)
        return self._graph.add("GATHER", values, which, shape=shape, kind="Gather", options={"axis": axis})

    def _activate_layer(self, planned: PlannedLayer, layer: ActivationLayer, values: int) -> int:
        if layer.function == "elu" and layer.slope is not None:  # relu(x) + slope * elu(min(x, 0))
            negative = self._graph.add("MINIMUM", values, self._graph.constant(0.0), kind="MaximumMinimum")
            tail = self._multiply(self._graph.add("ELU", negative), layer.slope)
            return self._add(self._graph.add("RELU", values), tail)
        values = self._activate(layer.function, values, layer.slope)
        if layer.maximum is None:
            return values
        return self._graph.add("MINIMUM", values, self._graph.constant(layer.maximum), kind="MaximumMinimum")

    def _normalise(self, planned: PlannedLayer, layer: BatchNorm | LayerNorm | Scale, values: int) -> int:
        if isinstance(layer, Scale):
            return self._multiply(values, *self._arrays(planned, "weight"))
        if isinstance(layer, LayerNorm):
            last = len(self._graph.shape(values)) - 1
            centred = self._apply("SUB", values, self._mean(values, (last,)))
            variance = self._mean(self._apply("MUL", centred, centred), (last,))
            deviation = self._graph.add("SQRT", self._add(variance, layer.epsilon))
            weight, bias = self._arrays(planned, "weight", "bias")
            return self._add(self._multiply(self._apply("DIV", centred, deviation), weight), bias)
        arrays = self._arrays(planned, "weight", "bias", "running_mean", "running_var")
        weight, bias, mean, variance = (array.astype(np.float64) for array in arrays)
        factor = weight / np.sqrt(variance + layer.epsilon)
        return self._add(self._multiply(values, factor), bias - mean * factor)

    def _convolve(self, planned: PlannedLayer, values: int) -> int:
        windows, channels, dilation = planned.windows, planned.input_shape[0], planned.windows.dilation
        weight, *biases = self._arrays(planned, "weight", "bias")
        filters, seen, *_ = weight.shape
        bias = self._graph.constant(biases[0] if biases else np.zeros(filters))
        padded = self._pad(planned, values, 0.0)
        options = {"padding": _VALID, "strideH": windows.stride[0], "strideW": windows.stride[1]}
        shape = (-1, *windows.output, filters)
        if seen == 1 < channels == filters:
            kernels = self._graph.constant(weight.transpose(1, 2, 3, 0))
            options |= {"depthMultiplier": 1, "dilationHFactor": dilation[0], "dilationWFactor": dilation[1]}
            return self._graph.add(
                "DEPTHWISE_CONV_2D", padded, kernels, bias, shape=shape, kind="DepthwiseConv2D", options=options
            )
        kernels = self._graph.constant(weight.transpose(0, 2, 3, 1))
        options |= {"dilationHFactor": dilation[0], "dilationWFactor": dilation[1]}
        version = 1 if seen == channels else _GROUPED
        return self._graph.add(
            "CONV_2D", padded, kernels, bias, shape=shape, kind="Conv2D", options=options, version=version
        )

    def _dense(self, values: int, weight: Any, bias: Any = None) -> int:
        constants = self._graph.constant(weight), -1 if bias is None else self._graph.constant(bias)
        return self._graph.add("FULLY_CONNECTED", values, *constants, shape=(-1, len(weight)), kind="FullyConnected")

    def _pool(self, planned: PlannedLayer, layer: Pool, values: int) -> int:
        windows, graph = planned.windows, self._graph
        options = {"padding": _VALID, "strideH": windows.stride[0], "strideW": windows.stride[1]}
        options |= {"filterHeight": windows.kernel[0], "filterWidth": windows.kernel[1]}
        operator = "AVERAGE_POOL_2D" if layer.type == "average_pool" else "MAX_POOL_2D"
        padding = 0.0 if layer.type == "average_pool" else float(_LOWEST)
        values = graph.add("NEG", values, kind="Neg") if layer.type == "min_pool" else values
        padded = self._pad(planned, values, padding)
        shape = (-1, *windows.output, planned.output_shape[0])
        pooled = graph.add(operator, padded, shape=shape, kind="Pool2D", options=options)
        if layer.type == "min_pool":
            return graph.add("NEG", pooled, kind="Neg")
        if layer.type == "average_pool" and np.any(windows.pads):
            return self._multiply(
                pooled, 1 / np.array(shares_on_picture(planned.windows, planned.input_shape[1:]))[:, :, np.newaxis]
            )
        return pooled

    def _pad(self, planned: PlannedLayer, values: int, value: float) -> int:
        pads = planned.windows.pads
        if not np.any(pads):
            return values
        _, height, width, channels = self._graph.shape(values)
        shape = (-1, height + sum(pads[0]), width + sum(pads[1]), channels)
        numbers = self._graph.constant([(0, 0), *pads, (0, 0)], np.int32)
        if value == 0.0:
            return self._graph.add("PAD", values, numbers, shape=shape, kind="Pad")
        return self._graph.add("PADV2", values, numbers, self._graph.constant(value), shape=shape, kind="PadV2")

    def _activate(self, function: Activation, values: int, slope: float | None = None) -> int:
        graph = self._graph
        match function:
            case "linear":
                result = values
            case "leaky_relu":
                alpha = LEAKY_RELU_SLOPE if slope is None else slope
                result = graph.add("LEAKY_RELU", values, kind="LeakyRelu", options={"alpha": alpha})
            case "gelu":
                result = graph.add("GELU", values, kind="Gelu", options={"approximate": False})
            case "silu":
                result = self._apply("MUL", values, graph.add("LOGISTIC", values))
            case "hard_sigmoid":  # relu6(x + 3) / 6, as in torch and Keras
                result = self._multiply(graph.add("RELU6", self._add(values, 3.0)), 1 / 6)
            case "selu":  # scale * (relu(x) + alpha * elu(min(x, 0)))
                scale, alpha = _SELU
                negative = graph.add("MINIMUM", values, graph.constant(0.0), kind="MaximumMinimum")
                tail = self._multiply(graph.add("ELU", negative), scale * alpha)
                result = self._add(self._multiply(graph.add("RELU", values), scale), tail)
            case "softsign":  # x / (1 + |x|)
                result = self._apply("DIV", values, self._add(graph.add("ABS", values, kind="Abs"), 1.0))
            case "mish":  # x * tanh(softplus(x))
                result = self._apply("MUL", values, graph.add("TANH", self._activate("softplus", values)))
            case "softplus":  # relu(x) + log(1 + exp(-|x|)), which never overflows
                size = graph.add("NEG", graph.add("ABS", values, kind="Abs"), kind="Neg")
                tail = graph.add("LOG", self._add(graph.add("EXP", size, kind="Exp"), 1.0))
                result = self._add(graph.add("RELU", values), tail)
            case _:
                result = graph.add(_OPERATORS[function], values)
        return result

    def _multiply(self, values: int, factor: Any) -> int:
        return self._apply("MUL", values, self._graph.constant(factor))

    def _add(self, values: int, other: Any) -> int:
        return self._apply("ADD", values, other if isinstance(other, int) else self._graph.constant(other))

    def _apply(self, operator: str, first: int, second: int) -> int:
        return self._graph.add(operator, first, second, kind=operator.capitalize())

    def _mean(self, values: int, axes: tuple[int, ...]) -> int:
        return self._reduce("MEAN", values, axes)

    def _reduce(self, operator: str, values: int, axes: tuple[int, ...]) -> int:
        shape = [1 if axis in axes else size for axis, size in enumerate(self._graph.shape(values))]
        which = self._graph.constant(axes, np.int32)
        return self._graph.add(operator, values, which, shape=shape, kind="Reducer", options={"keepDims": True})

    def _flat(self, values: int) -> int:
        return self._reshape(values, (-1, int(np.prod(self._graph.shape(values)[1:]))))

    def _reshape(self, values: int, shape: tuple[int, ...]) -> int:
        wanted = self._graph.constant(shape, np.int32)
        return self._graph.add(
            "RESHAPE", values, wanted, shape=shape, kind="Reshape", options={"newShape": np.array(shape, np.int32)}
        )

    def _arrays(self, planned: PlannedLayer, *names: str) -> tuple[Any, ...]:
        return tuple(self._weights[f"{planned.name}.{name}"] for name in names if name in planned.weights)


def _last(planned: PlannedLayer) -> tuple[int, ...]:
    """Return the shape of a layer's output with the batch first and the channels last."""
    channels, *sizes = planned.output_shape
    return (-1, *sizes, channels)


TARGET = Target(write=write_litert, read=read_litert, ending=".tflite")
