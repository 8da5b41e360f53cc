"""The closed list of Keras' layers that are imported, and what each becomes. No other class is ever called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from onelook.errors import shown
from onelook.models.describe import Shape, describe_shape
from onelook.models.keras.file import WeightReader
from onelook.models.keras.layer import KerasLayer
from onelook.models.keras.steps import ACTIVATION_LAYERS, Step, Steps, activation_layer, activation_of
from onelook.settings.network import (
    BatchNorm,
    Conv,
    Dense,
    DepthwiseConv,
    Dropout,
    Flatten,
    GlobalPool,
    LayerNorm,
    Pool,
)
from onelook.settings.shape_layers import Crop, PRelu, Rescale, Reshape, Resize, ZeroPad

Builder = Callable[[KerasLayer, Shape, WeightReader], Steps]
Array = NDArray[np.float32]

_KERAS_EPSILON = 1e-7  # keras.config.epsilon, the smallest deviation that a Normalization divides by


def _dense(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    units, has_bias = layer.whole("units"), layer.flag("use_bias", True)
    kernel = weights.read(layer.place, 0, ("kernel",), (shape[0], units)).T
    activation, after = activation_of(layer)
    bias = _bias(layer, weights, 1, units, has_bias)
    if len(shape) == 1:
        own = Step(Dense(units=units, activation=activation, bias=has_bias), {"weight": kernel, **bias})
    else:  # each pixel by itself
        conv = Conv(filters=units, kernel=1, activation=activation, bias=has_bias)
        own = Step(conv, {"weight": kernel[:, :, None, None], **bias})
    return own, *after


def _conv(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    filters, has_bias = layer.whole("filters"), layer.flag("use_bias", True)
    groups, kernel_size = layer.whole("groups", 1), layer.pair("kernel_size")
    if shape[0] % groups or filters % groups:
        raise layer.refusal(f"cannot divide {shape[0]} channels and {filters} filters into {groups} groups.")
    kernel = weights.read(layer.place, 0, ("kernel",), (*kernel_size, shape[0] // groups, filters))
    activation, after = activation_of(layer)
    conv = Conv(
        filters=filters,
        kernel=kernel_size,
        stride=layer.pair("strides", 1),
        padding=_padding(layer),
        activation=activation,
        bias=has_bias,
        groups=groups,
        dilation=layer.pair("dilation_rate", 1),
    )
    bias = _bias(layer, weights, 1, filters, has_bias)
    return Step(conv, {"weight": kernel.transpose(3, 2, 0, 1), **bias}), *after


def _depthwise(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    has_bias = layer.flag("use_bias", True)
    activation, after = activation_of(layer)
    step = _depthwise_step(layer, shape, weights, has_bias=has_bias)
    if step.layer is not None:
        step = Step(step.layer.model_copy(update={"activation": activation}), step.weights)
    return step, *after


def _separable(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    filters, has_bias = layer.whole("filters"), layer.flag("use_bias", True)
    inner = shape[0] * layer.whole("depth_multiplier", 1)
    activation, after = activation_of(layer)
    kernel = weights.read(layer.place, 1, ("pointwise_kernel",), (1, 1, inner, filters))
    pointwise = Step(
        Conv(filters=filters, kernel=1, activation=activation, bias=has_bias),
        {"weight": kernel.transpose(3, 2, 0, 1), **_bias(layer, weights, 2, filters, has_bias)},
    )
    return _depthwise_step(layer, shape, weights, has_bias=False), pointwise, *after


def _depthwise_step(layer: KerasLayer, shape: Shape, weights: WeightReader, *, has_bias: bool) -> Step:
    channels, multiplier, size = shape[0], layer.whole("depth_multiplier", 1), layer.pair("kernel_size")
    names = ("depthwise_kernel", "kernel")
    kernel = weights.read(layer.place, 0, names, (*size, channels, multiplier))
    stride, padding, dilation = layer.pair("strides", 1), _padding(layer), layer.pair("dilation_rate", 1)
    filters = channels * multiplier
    own: Conv | DepthwiseConv = DepthwiseConv(kernel=size, stride=stride, padding=padding, bias=has_bias)
    if multiplier > 1 or dilation != (1, 1):
        own = Conv(
            filters=filters,
            kernel=size,
            stride=stride,
            padding=padding,
            bias=has_bias,
            groups=channels,
            dilation=dilation,
        )
    weight = kernel.transpose(2, 3, 0, 1).reshape(filters, 1, *size)
    return Step(own, {"weight": weight, **_bias(layer, weights, 1, filters, has_bias)})


def _batch_norm(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    _require_last_axis(layer, shape)
    layer.require("renorm", False)
    momentum, epsilon = layer.number("momentum", 0.99), layer.number("epsilon", 1e-3)
    if not (0 <= momentum <= 1 and epsilon > 0):
        raise layer.refusal(f"has momentum {momentum:g} and epsilon {epsilon:g}, expected shares of 1 above 0.")
    found = _scale_and_center(layer, shape[0], weights)
    at = layer.flag("scale", True) + layer.flag("center", True)
    found["running_mean"] = weights.read(layer.place, at, ("moving_mean",), (shape[0],))
    found["running_var"] = weights.read(layer.place, at + 1, ("moving_variance",), (shape[0],))
    return (Step(BatchNorm(momentum=min(momentum, 0.9999), epsilon=epsilon), found),)


def _layer_norm(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    _require_last_axis(layer, shape)
    layer.require("rms_scaling", False)
    epsilon = layer.number("epsilon", 1e-3)
    if epsilon <= 0:
        raise layer.refusal(f"has epsilon {epsilon:g}, expected a number above 0.")
    return (Step(LayerNorm(epsilon=epsilon), _scale_and_center(layer, shape[0], weights)),)


def _scale_and_center(layer: KerasLayer, channels: int, weights: WeightReader) -> dict[str, Array]:
    """Return the factors and offsets of a normalization, which are ones and zeros where Keras has none."""
    found = {"weight": np.ones(channels, np.float32), "bias": np.zeros(channels, np.float32)}
    has_scale = layer.flag("scale", True)
    if has_scale:
        found["weight"] = weights.read(layer.place, 0, ("gamma",), (channels,))
    if layer.flag("center", True):
        found["bias"] = weights.read(layer.place, int(has_scale), ("beta",), (channels,))
    return found


def _normalization(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    layer.require("invert", False)
    axis = layer.config.get("axis", -1)
    is_one = axis is None or axis == []
    if not is_one:
        _require_last_axis(layer, shape)
    size = () if is_one else (shape[0],)
    mean, variance = _numbers(layer, "mean"), _numbers(layer, "variance")
    if mean is None or variance is None:
        mean = weights.read(layer.place, 0, ("mean",), size).astype(np.float64).reshape(-1)
        variance = weights.read(layer.place, 1, ("variance",), size).astype(np.float64).reshape(-1)
    if np.any(variance < 0):
        raise layer.refusal("has a variance below 0. The file is damaged.")
    factor = 1 / np.maximum(np.sqrt(variance), _KERAS_EPSILON)
    return (_rescale(layer, factor, -mean * factor, shape),)


def _rescaling(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    scale, offset = _numbers(layer, "scale"), _numbers(layer, "offset")
    if scale is None:
        raise layer.refusal("has no scale. The file is damaged.")
    return (_rescale(layer, scale, np.zeros(1) if offset is None else offset, shape),)


def _rescale(layer: KerasLayer, factor: NDArray[np.float64], offset: NDArray[np.float64], shape: Shape) -> Step:
    for numbers in (factor, offset):
        if numbers.size not in (1, shape[0]) or not np.isfinite(numbers.astype(np.float32)).all():
            raise layer.refusal(
                f"rescales by {numbers.size} numbers, but gets {describe_shape(shape)}. Expected one, or one each."
            )
    return Step(Rescale(multiplier=tuple(factor.tolist()), offset=tuple(offset.tolist())))


def rescale_by(layer: KerasLayer, factor: list[float], offset: list[float], shape: Shape) -> Step:
    """Return the step that multiplies and adds, for arithmetic between the layers."""
    return _rescale(layer, np.array(factor, np.float64), np.array(offset, np.float64), shape)


def _prelu(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    if len(shape) == 1:
        return (Step(PRelu(shared=True), {"weight": weights.read(layer.place, 0, ("alpha",), shape)}),)
    channels, height, width = shape
    is_shared = layer.config.get("shared_axes") == [1, 2]
    layer.require("shared_axes", [1, 2])
    size = (1, 1, channels) if is_shared else (height, width, channels)
    alpha = weights.read(layer.place, 0, ("alpha",), size)
    return (Step(PRelu(shared=is_shared), {"weight": alpha.transpose(2, 0, 1)}),)


def _pool(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    size = layer.pair("pool_size", 2)
    stride = size if layer.config.get("strides") is None else layer.pair("strides")
    kind = "max_pool" if layer.kind.startswith("Max") else "average_pool"
    return (Step(Pool(type=kind, size=size, stride=stride, padding=_padding(layer))),)


def _global_pool(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    kind = "global_max_pool" if "Max" in layer.kind else "global_average_pool"
    return (Step(GlobalPool(type=kind, keepdims=layer.flag("keepdims", False))),)


def _flatten(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    return (Step(Flatten()),) if len(shape) > 1 else ()


def _reshape(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    target = reshaped(layer, shape)
    if len(target) == 1:
        return _flatten(layer, shape, weights)
    height, width, channels = target if len(target) == 3 else (*target, 1)
    return (Step(Reshape(height=height, width=width, channels=channels)),)


def reshaped(layer: KerasLayer, shape: Shape) -> tuple[int, ...]:
    """Return the shape that a Reshape makes, in Keras' order, with its -1 computed.

    Raises:
        ModelError: the values do not fit it, or it has more than three axes.
    """
    target = layer.config.get("target_shape")
    sizes = target if isinstance(target, list) else []
    known = [each for each in sizes if isinstance(each, int) and not isinstance(each, bool) and 0 < each < 1_000_000]
    if (
        not 1 <= len(sizes) <= 3
        or len(sizes) - len(known) > 1
        or any(each != -1 and each not in known for each in sizes)
    ):
        raise layer.refusal(f"has target_shape = {shown(target)}, expected one to three sizes.")
    values, stated = prod(shape), prod(known)
    if (stated != values) if len(known) == len(sizes) else values % stated:
        raise layer.refusal(f"cannot make {shown(target)} of {describe_shape(shape)}. The file is damaged.")
    return tuple(int(str(each)) if each in known else values // stated for each in sizes)


def _resizing(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    for name in ("crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias"):
        layer.require(name, False)
    size = {"height": layer.whole("height"), "width": layer.whole("width")}
    return (Step(_resize(layer, size["height"], size["width"])),)


def _upsampling(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    rows, columns = layer.pair("size", 2)
    _, height, width = shape
    return (Step(_resize(layer, height * rows, width * columns, default="nearest")),)


def _resize(layer: KerasLayer, height: int, width: int, default: str = "bilinear") -> Resize:
    method = layer.text("interpolation", default)
    if method not in ("nearest", "bilinear"):
        raise layer.refusal(
            f"has interpolation = {shown(method)}, which is not imported. Expected nearest or bilinear."
        )
    if max(height, width) >= 1_000_000:
        raise layer.refusal(f"makes pictures of {height:,}×{width:,}. No network needs pictures of that size.")
    return Resize(height=height, width=width, method=method)


def _center_crop(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    _, height, width = shape
    rows, columns = height - layer.whole("height"), width - layer.whole("width")
    if min(rows, columns) < 0:
        raise layer.refusal(f"enlarges pictures of {height}×{width}, which is not imported.")
    top, left = rows // 2, columns // 2
    return (Step(Crop(top=top, bottom=rows - top, left=left, right=columns - left)),)


def _cropping(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    top, bottom, left, right = layer.sides("cropping")
    return (Step(Crop(top=top, bottom=bottom, left=left, right=right)),)


def _zero_padding(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    top, bottom, left, right = layer.sides("padding")
    return (Step(ZeroPad(top=top, bottom=bottom, left=left, right=right)),)


def _dropout(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    rate = layer.number("rate", 0.5)
    return (Step(Dropout(rate=rate)),) if 0 < rate < 1 else ()


def _nothing(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    """Return no step, for a layer that does nothing when a trained network predicts."""
    return ()


def _random_crop(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    if (layer.whole("height"), layer.whole("width")) != shape[1:]:
        raise layer.refusal("changes the size of the pictures also when it predicts, which is not imported.")
    return ()


def _activation(layer: KerasLayer, shape: Shape, weights: WeightReader) -> Steps:
    return activation_layer(layer)


def _bias(layer: KerasLayer, weights: WeightReader, at: int, size: int, has_bias: bool) -> dict[str, Array]:
    return {"bias": weights.read(layer.place, at, ("bias",), (size,))} if has_bias else {}


def _padding(layer: KerasLayer) -> Literal["same", "valid"]:
    padding = layer.text("padding", "valid").lower()
    if padding == "same":
        return "same"
    if padding == "valid":
        return "valid"
    raise layer.refusal(f"has padding = {shown(padding)}, expected same or valid.")


def _require_last_axis(layer: KerasLayer, shape: Shape) -> None:
    if layer.axes(-1) not in ([-1], [len(shape)]):
        raise layer.refusal(
            f"works along the axis {shown(layer.config.get('axis'))} of {describe_shape(shape)}; only the last, "
            "that of the channels, is imported."
        )


def _numbers(layer: KerasLayer, name: str) -> NDArray[np.float64] | None:
    """Return a setting that is a number or a list of numbers; None if it is missing."""
    value = layer.config.get(name)
    if isinstance(value, dict):  # an array, as Keras 3 writes it
        inner = value.get("config")
        value = inner.get("value") if isinstance(inner, dict) else None
    while isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
        value = value[0]
    numbers = value if isinstance(value, list) else [value]
    if value is None:
        return None
    if not numbers or not all(isinstance(each, int | float) and abs(each) < 1e30 for each in numbers):
        raise layer.refusal(f"has {name} = {shown(value)}, expected a number, or one for each channel.")
    return np.array(numbers, np.float64)


_ONLY_IN_TRAINING = (
    *("ActivityRegularization", "AlphaDropout", "GaussianDropout", "GaussianNoise", "SpatialDropout2D", "Identity"),
    *("RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomContrast", "RandomElasticTransform"),
    *("RandomErasing", "RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomHeight", "RandomHue"),
    *("RandomInvert", "RandomPerspective", "RandomPosterization", "RandomRotation", "RandomSaturation"),
    *("RandomSharpness", "RandomShear", "RandomTranslation", "RandomWidth", "RandomZoom", "RandAugment", "AugMix"),
    *("CutMix", "MixUp"),
)

KINDS: Mapping[str, Builder] = MappingProxyType(
    {
        "Dense": _dense,
        "Conv2D": _conv,
        "Convolution2D": _conv,
        "DepthwiseConv2D": _depthwise,
        "SeparableConv2D": _separable,
        "SeparableConvolution2D": _separable,
        **dict.fromkeys(("MaxPooling2D", "MaxPool2D", "AveragePooling2D", "AvgPool2D"), _pool),
        **dict.fromkeys(("GlobalMaxPooling2D", "GlobalMaxPool2D"), _global_pool),
        **dict.fromkeys(("GlobalAveragePooling2D", "GlobalAvgPool2D"), _global_pool),
        "BatchNormalization": _batch_norm,
        "SyncBatchNormalization": _batch_norm,
        "LayerNormalization": _layer_norm,
        "Normalization": _normalization,
        "Rescaling": _rescaling,
        "Resizing": _resizing,
        "UpSampling2D": _upsampling,
        "CenterCrop": _center_crop,
        "RandomCrop": _random_crop,
        "Cropping2D": _cropping,
        "ZeroPadding2D": _zero_padding,
        "Flatten": _flatten,
        "Reshape": _reshape,
        "PReLU": _prelu,
        "Dropout": _dropout,
        **dict.fromkeys(sorted(ACTIVATION_LAYERS), _activation),
        **dict.fromkeys(_ONLY_IN_TRAINING, _nothing),
    }
)
# Those that also take values without an axis of channels, such as (28, 28).
WITHOUT_CHANNELS = frozenset(
    {"Flatten", "Reshape", "Rescaling", "Dropout", *ACTIVATION_LAYERS, *_ONLY_IN_TRAINING} - {"Softmax"}
)
# Those that take a picture, and no flat values.
PICTURES_ONLY = frozenset(
    kind
    for kind, builder in KINDS.items()
    if builder in (_conv, _depthwise, _separable, _pool, _global_pool, _resizing, _upsampling, _center_crop)
    or builder in (_random_crop, _cropping, _zero_padding)
)
