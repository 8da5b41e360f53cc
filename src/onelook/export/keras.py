"""A classifier as a `.keras` file, which Keras 3 opens with any of its backends, and trains further."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from functools import partial, reduce
from pathlib import Path
from typing import Any

import numpy as np

from onelook.classifier import ModelCard
from onelook.classifier.tensors import Weights
from onelook.data.pictures.protocol import Images
from onelook.export.target import Answer, Source, Target, cannot_hold, notes_of
from onelook.files import json_text
from onelook.models.padding import shares_on_picture
from onelook.models.shapes import PlannedLayer, plan_network
from onelook.optional_packages import import_keras
from onelook.predictors.predictor import Probabilities
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
from onelook.settings.shape_layers import Crop, PRelu, Rescale, Reshape, ZeroPad
from onelook.transforms.preprocess.steps import STD_EPSILON, ZCA_MATRIX, ChannelAffine, preprocess_steps
from onelook.transforms.views import View, views_of

NOTES = "onelook.json"  # the name of the metadata in the file, which is a zip
_LOWEST = -3e38  # nearly the lowest float32, so that padding is never a maximum; infinity is no JSON

Values = Any  # Keras' symbolic tensors, (batch, height, width, channels) or (batch, units)


def write_keras(source: Source, path: Path) -> None:
    """Write the model, from raw pixels, (batch, height, width, channels), to (batch, classes).

    It has only Keras' own layers and operations. The metadata is the file `onelook.json` in it.

    Raises:
        ConfigError: Keras is not installed, or the model is a classical one.
    """
    keras = import_keras("--to keras")
    card = source.classifier.card
    card.need_network("--to keras")
    model = _KerasModel(keras, card, source.classifier.weights).build()
    model.save(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NOTES, json_text(notes_of(source.classifier)))


def read_keras(path: Path) -> Answer:
    """Return a function that predicts with the file, run by Keras."""
    keras = import_keras("--to keras")
    model = keras.saving.load_model(path, compile=False)

    def answer(images: Images) -> Probabilities:
        found = keras.ops.convert_to_numpy(model(images, training=False))
        return np.asarray(found, np.float32)

    return answer


class _KerasModel:
    """A network of Keras under construction; its layers are made once, and shared by the views of a picture."""

    def __init__(self, keras: Any, card: ModelCard, weights: Weights) -> None:
        self._keras = keras
        self._layers, self._ops = keras.layers, keras.ops
        self._card = card
        self._weights = weights
        self._made: dict[str, Any] = {}

    def build(self) -> Any:
        """Return the model."""
        card = self._card
        height, width, channels = card.input_shape
        plan = plan_network(card.need_network("--to keras"), (channels, height, width), len(card.class_names))
        images = self._keras.Input(card.input_shape, dtype=card.dtype, name="images")
        views = views_of(card.views, height, width)
        logits = [self._run(plan, self._prepare(self._view(view, images))) for view in views]
        if len(views) > 1:
            weighted = [self._ops.multiply(each, view.weight) for each, view in zip(logits, views, strict=True)]
            logits = [reduce(self._ops.add, weighted)]
        (mean,) = logits
        if card.temperature != 1.0:
            mean = self._layer("temperature", partial(self._layers.Rescaling, 1 / card.temperature), mean)
        return self._keras.Model(images, self._layers.Softmax(name="probabilities")(mean), name="onelook")

    def _view(self, view: View, images: Values) -> Values:
        for axis, positions in ((1, view.rows), (2, view.columns)):
            if not np.array_equal(positions, np.arange(len(positions))):
                images = self._ops.take(images, positions.tolist(), axis=axis)
        return images

    def _prepare(self, images: Values) -> Values:
        """Return the pictures prepared as `PreprocessSteps` says."""
        steps, within = preprocess_steps(self._card.preprocess), (1, 2, 3)
        values = self._affine("scale_pixels", steps.first, images)
        if steps.center_each:
            values = self._ops.subtract(values, self._ops.mean(values, axis=within, keepdims=True))
        if steps.standardize_each:
            deviation = self._ops.std(values, axis=within, keepdims=True)
            values = self._ops.divide(values, self._ops.add(deviation, STD_EPSILON))
        if steps.second is not None:
            values = self._affine("standardize_pixels", steps.second, values)
        if steps.whiten:
            matrix = self._weights[ZCA_MATRIX]
            flat = self._layer("flatten_pixels", self._layers.Flatten, values)
            white = self._layer(
                "whiten_pixels", partial(self._layers.Dense, len(matrix), use_bias=False), flat, (matrix,)
            )
            values = self._layer("whitened_pixels", partial(self._layers.Reshape, self._card.input_shape), white)
        return values

    def _affine(self, name: str, affine: ChannelAffine, values: Values) -> Values:
        numbers = [each.tolist() if each.size > 1 else each.item() for each in (affine.multiplier, affine.offset)]
        return self._layer(name, partial(self._layers.Rescaling, *numbers), values)

    def _run(self, plan: tuple[PlannedLayer, ...], values: Values) -> Values:
        return reduce(lambda given, planned: self._run_layer(planned, given), plan, values)

    def _run_layer(self, planned: PlannedLayer, values: Values) -> Values:
        layers, name = self._layers, _name(planned)
        match planned.layer:
            case Conv(activation=activation) | DepthwiseConv(activation=activation) | Whitening(activation=activation):
                values = self._activate(planned, activation, self._convolve(planned, values))
            case Dense(activation=activation, bias=bias):
                made = partial(layers.Dense, planned.output_shape[0], use_bias=bias)
                arrays = self._arrays(planned, "weight", "bias")
                values = self._layer(name, made, values, (arrays[0].T, *arrays[1:]))
                values = self._activate(planned, activation, values)
            case BatchNorm() | LayerNorm() | Scale():
                values = self._normalise(planned, planned.layer, values)
            case Residual(activation=activation):
                branch, shortcut = self._run(planned.branch, values), self._run(planned.shortcut, values)
                values = self._activate(planned, activation, self._layer(name, layers.Add, [branch, shortcut]))
            case Gate():
                values = self._ops.multiply(values, self._run(planned.branch, values))
            case Pool():
                values = self._pool(planned, planned.layer, values)
            case GlobalPool(type=kind, keepdims=keepdims):
                average = kind == "global_average_pool"
                made = layers.GlobalAveragePooling2D if average else layers.GlobalMaxPooling2D
                values = self._layer(name, partial(made, keepdims=keepdims), values)
            case Flatten():
                values = self._layer(name, layers.Flatten, values)
            case ActivationLayer() as layer:
                values = self._activate_layer(planned, layer, values)
            case Dropout(rate=rate):
                values = self._layer(name, partial(layers.Dropout, rate), values)
            case Merge() as layer:
                values = self._merge(planned, layer, [self._run(branch, values) for branch in planned.branches])
            case _:
                values = self._reshape(planned, values)
        return values

    def _merge(self, planned: PlannedLayer, layer: Merge, found: list[Values]) -> Values:
        if len(found) == 1:
            return found[0]
        made = getattr(self._layers, layer.how.capitalize())
        if layer.how == "concatenate":
            made = partial(made, axis={"height": 1, "width": 2, "channels": -1}[layer.axis])
        return self._layer(_name(planned), made, found)

    def _reshape(self, planned: PlannedLayer, values: Values) -> Values:
        """Return the values rescaled, or in another shape or size."""
        layers = self._layers
        weights: tuple[Any, ...] = ()
        match planned.layer:
            case Rescale(multiplier=multiplier, offset=offset):
                numbers = [list(each) if len(each) > 1 else each[0] for each in (multiplier, offset)]
                made = partial(layers.Rescaling, *numbers)
            case PRelu(shared=shared):
                (slopes,) = self._arrays(planned, "weight")
                is_picture = slopes.ndim > 1
                made = partial(layers.PReLU, shared_axes=[1, 2] if shared and is_picture else None)
                weights = (slopes.transpose(1, 2, 0) if is_picture else slopes,)
            case ZeroPad(top=top, bottom=bottom, left=left, right=right):
                made = partial(layers.ZeroPadding2D, ((top, bottom), (left, right)))
            case Crop(top=top, bottom=bottom, left=left, right=right):
                made = partial(layers.Cropping2D, ((top, bottom), (left, right)))
            case Reshape(height=height, width=width, channels=channels):
                made = partial(layers.Reshape, (height, width, channels))
            case _:
                raise cannot_hold("keras", planned)  # Resizing gives other numbers on each backend
        return self._layer(_name(planned), made, values, weights)

    def _activate_layer(self, planned: PlannedLayer, layer: ActivationLayer, values: Values) -> Values:
        layers, name = self._layers, _name(planned)
        slope = LEAKY_RELU_SLOPE if layer.slope is None and layer.function == "leaky_relu" else layer.slope
        if layer.maximum is not None:
            made = partial(layers.ReLU, max_value=layer.maximum, negative_slope=slope or 0.0)
        elif layer.slope is not None and layer.function == "elu":
            made = partial(layers.ELU, alpha=slope)
        elif layer.slope is not None:
            made = partial(layers.LeakyReLU, negative_slope=slope)
        else:
            return self._activate(planned, layer.function, values)
        return self._layer(name, made, values)

    def _normalise(self, planned: PlannedLayer, layer: BatchNorm | LayerNorm | Scale, values: Values) -> Values:
        layers, name = self._layers, _name(planned)
        if isinstance(layer, Scale):
            (factors,) = self._arrays(planned, "weight")
            return self._layer(name, partial(layers.Rescaling, factors.tolist()), values)
        if isinstance(layer, LayerNorm):
            made = partial(layers.LayerNormalization, epsilon=layer.epsilon)
            return self._layer(name, made, values, self._arrays(planned, "weight", "bias"))
        made = partial(layers.BatchNormalization, epsilon=layer.epsilon, momentum=layer.momentum)
        arrays = self._arrays(planned, "weight", "bias", "running_mean", "running_var")
        return self._layer(name, made, values, arrays)

    def _convolve(self, planned: PlannedLayer, values: Values) -> Values:
        windows, channels = planned.windows, planned.input_shape[0]
        weight, *bias = self._arrays(planned, "weight", "bias")
        filters, seen, *_ = weight.shape
        given = {"kernel_size": windows.kernel, "strides": windows.stride, "use_bias": bool(bias)}
        if windows.dilation != (1, 1):
            given["dilation_rate"] = windows.dilation
        if seen == 1 < channels == filters and windows.stride[0] == windows.stride[1]:
            made, axes = partial(self._layers.DepthwiseConv2D, **given), (2, 3, 0, 1)
        else:
            made = partial(self._layers.Conv2D, filters, groups=channels // seen, **given)
            axes = (2, 3, 1, 0)
        padded = self._pad(planned, values, 0.0)
        return self._layer(_name(planned), made, padded, (weight.transpose(axes), *bias))

    def _pool(self, planned: PlannedLayer, layer: Pool, values: Values) -> Values:
        windows, name = planned.windows, _name(planned)
        if layer.type != "average_pool":
            made = partial(self._layers.MaxPooling2D, windows.kernel, windows.stride)
            if layer.type == "max_pool":
                return self._layer(name, made, self._pad(planned, values, _LOWEST))
            negative = self._pad(planned, self._ops.negative(values), _LOWEST)
            return self._ops.negative(self._layer(name, made, negative))
        made = partial(self._layers.AveragePooling2D, windows.kernel, windows.stride)
        mean = self._layer(name, made, self._pad(planned, values, 0.0))
        if not np.any(windows.pads):
            return mean
        # Padding does not count in an average.
        factors = 1 / np.array(shares_on_picture(planned.windows, planned.input_shape[1:]))[:, :, np.newaxis]
        return self._layer(f"{name}_without_padding", partial(self._layers.Rescaling, factors.tolist()), mean)

    def _pad(self, planned: PlannedLayer, values: Values, value: float) -> Values:
        pads = planned.windows.pads
        if not np.any(pads):
            return values
        if value == 0:
            return self._layer(f"{_name(planned)}_padding", partial(self._layers.ZeroPadding2D, pads), values)
        return self._ops.pad(values, [[0, 0], *map(list, pads), [0, 0]], constant_values=value)

    def _activate(self, planned: PlannedLayer, function: Activation, values: Values) -> Values:
        if function == "linear":
            return values
        called = "hard_silu" if function == "hard_swish" else function
        return self._layer(f"{_name(planned)}_{called}", partial(self._layers.Activation, called), values)

    def _arrays(self, planned: PlannedLayer, *names: str) -> tuple[Any, ...]:
        return tuple(self._weights[f"{planned.name}.{name}"] for name in names if name in planned.weights)

    def _layer(self, name: str, made: Callable[..., Any], values: Values, weights: tuple[Any, ...] = ()) -> Values:
        """Return the output of the layer with that name, which is made if it is new."""
        if name in self._made:
            return self._made[name](values)
        layer = self._made[name] = made(name=name)
        result = layer(values)
        if weights:
            layer.set_weights(weights)
        return result


def _name(planned: PlannedLayer) -> str:
    return f"{planned.layer.type}_{planned.number.replace('.', '_')}"


TARGET = Target(write=write_keras, read=read_keras, ending=".keras")
