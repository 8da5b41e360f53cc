"""Translate single modules of torch and timm to our layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from torch import nn

from onelook.models.padding import pair
from onelook.settings.network import (
    LEAKY_RELU_SLOPE,
    Activation,
    ActivationLayer,
    BatchNorm,
    Conv,
    DepthwiseConv,
    GlobalPool,
    Layer,
    LayerNorm,
    Padding,
    Pair,
    Pool,
)


class NotLayers(Exception):  # noqa: N818 - its message is a noun, which the caller puts into a sentence
    """A module does something that none of our layers does. The message names it, as a noun."""


class Place(Enum):
    """The kind of a value."""

    PICTURE = "picture"
    PIXEL = "a picture of one pixel"
    FLAT = "flat"


@dataclass(frozen=True)
class Named:
    """A layer and the module's names of its weights, by our names: "weight", or "layers.0.weight" inside a residual."""

    layer: Layer
    names: Mapping[str, str] = field(default_factory=dict)


Found = Iterator[tuple[Named, Place | None]]  # layers in order, and the kind of each output where it changes

# By the names of torch's classes, and of timm's equivalents.
ACTIVATIONS: Mapping[str, Activation] = {
    **{"ReLU": "relu", "ReLU6": "relu6", "LeakyReLU": "leaky_relu", "ELU": "elu", "SELU": "selu", "GELU": "gelu"},
    **{"SiLU": "silu", "Swish": "silu", "SwishMe": "silu", "Sigmoid": "sigmoid", "Tanh": "tanh"},
    **{"Hardswish": "hard_swish", "HardSwish": "hard_swish", "HardSwishMe": "hard_swish"},
    **{"Hardsigmoid": "hard_sigmoid", "HardSigmoid": "hard_sigmoid", "HardSigmoidMe": "hard_sigmoid"},
}
# The parameter that changes an activation, and its value in our activations.
_OUR_PARAMETERS: Mapping[str, tuple[str, object]] = {
    **{"LeakyReLU": ("negative_slope", LEAKY_RELU_SLOPE), "ELU": ("alpha", 1.0), "GELU": ("approximate", "none")}
}
_NOTHING = ("Identity", "Dropout", "Dropout2d", "DropPath")  # modules without effect after training
_OVER_THE_LAST_AXIS = ("LayerNorm", "Linear")
_DECIMALS = 6  # to which 1 - momentum is rounded


def is_known(module: nn.Module) -> bool:
    """Return whether `as_layers` can translate the module."""
    return type(module).__name__ in _KNOWN and type(module).__module__.startswith(("torch.nn.", "timm.layers."))


def as_layers(module: nn.Module, name: str, place: Place, *, channels_last: bool) -> Found:
    """Return the layers that do the same as the module.

    Args:
        module: a module of torch or timm, in evaluation mode.
        name: the prefix of its weights' names.
        place: the kind of its input.
        channels_last: whether its input is (batch, height, width, channels).

    Raises:
        NotLayers: we have no such layer, or not with these settings.
    """
    kind = type(module).__name__
    if not is_known(module):
        raise NotLayers(f"the module {kind}")
    if kind not in (*_NOTHING, *ACTIVATIONS) and channels_last != (kind in _OVER_THE_LAST_AXIS):
        raise NotLayers(f"{kind} over another axis than the channels")
    yield from _KNOWN[kind](module, name, place)


def _names(module: nn.Module, name: str, *kinds: str) -> dict[str, str]:
    """Return the names of the weights and buffers of these kinds that the module has."""
    return {kind: f"{name}.{kind}" for kind in kinds if getattr(module, kind, None) is not None}


def _convolution(module: Any, name: str, place: Place) -> Found:
    same = type(module).__name__ == "Conv2dSame"  # it computes TensorFlow's padding for each picture
    if module.dilation != (1, 1) or module.padding_mode != "zeros":
        raise NotLayers("a dilated convolution" if module.dilation != (1, 1) else f"{module.padding_mode} padding")
    padding: Padding = "same" if same else _padding(module.padding)
    kernel, stride, bias = _short(module.kernel_size), _short(module.stride), module.bias is not None
    layer: Layer
    if module.groups == module.in_channels == module.out_channels and module.groups > 1:
        layer = DepthwiseConv(kernel=kernel, stride=stride, padding=padding, bias=bias)
    else:
        layer = Conv(
            filters=module.out_channels,
            groups=module.groups,
            kernel=kernel,
            stride=stride,
            padding=padding,
            bias=bias,
        )
    yield Named(layer, _names(module, name, "weight", "bias")), None


def _linear(module: Any, name: str, place: Place) -> Found:
    """Return a 1×1 convolution for a dense layer over the channels of each pixel."""
    layer = Conv(filters=module.out_features, kernel=1, bias=module.bias is not None)
    yield Named(layer, _names(module, name, "weight", "bias")), None


def _batch_norm(module: Any, name: str, place: Place) -> Found:
    if not module.affine or not module.track_running_stats or module.momentum is None:
        raise NotLayers("a batch-norm without weights or moving statistics")
    layer = BatchNorm(momentum=round(1 - module.momentum, _DECIMALS), epsilon=module.eps)
    yield Named(layer, _names(module, name, "weight", "bias", "running_mean", "running_var")), None
    for inner in ("drop", "act"):  # modules inside timm's batch-norms
        if (found := getattr(module, inner, None)) is not None:
            yield from as_layers(found, f"{name}.{inner}", place, channels_last=False)


def _layer_norm(module: Any, name: str, place: Place) -> Found:
    if module.weight is None or module.bias is None or len(module.normalized_shape) != 1:
        raise NotLayers("a layer norm without weights, or over more than the channels")
    yield Named(LayerNorm(epsilon=module.eps), _names(module, name, "weight", "bias")), None


def _pool(module: Any, name: str, place: Place) -> Found:
    kind = type(module).__name__
    size, stride, same = pair(module.kernel_size), pair(module.stride), kind == "MaxPool2dSame"
    padding = _padding(module.padding)
    if module.ceil_mode:
        # The windows extend beyond the edge, as with `same`. For larger windows `same` would also pad at the top.
        if size != (2, 2) or stride != (2, 2) or padding != "valid":
            raise NotLayers(f"{kind} with windows over the edge")
        same = True
    if kind == "AvgPool2d" and padding != "valid" and module.count_include_pad:
        raise NotLayers(f"{kind} that counts its padding")
    if pair(getattr(module, "dilation", 1)) != (1, 1):
        raise NotLayers("a dilated pool")
    layer = Pool(
        type="average_pool" if kind == "AvgPool2d" else "max_pool",
        size=_short(size),
        stride=_short(stride),
        padding="same" if same else padding,
    )
    yield Named(layer), None


def _global_pool(module: Any, name: str, place: Place) -> Found:
    """Return timm's global pool; one class has several kinds."""
    kinds = {"avg": "average", "fast": "average", "fastavg": "average", "max": "max", "fastmax": "max"}
    if module.pool_type not in ("", *kinds) or getattr(module.pool, "dim", (2, 3)) not in ((2, 3), [2, 3]):
        raise NotLayers(f"a global pool of the kind '{module.pool_type}'")
    flattens = isinstance(module.flatten, nn.Flatten) or bool(getattr(module.pool, "flatten", False))
    if module.pool_type:
        kind: Any = f"global_{kinds[module.pool_type]}_pool"
        yield Named(GlobalPool(type=kind, keepdims=not flattens)), Place.FLAT if flattens else Place.PIXEL
    elif flattens:
        yield from _flatten(module.flatten, name, place)


def _flatten(module: Any, name: str, place: Place) -> Found:
    if place is Place.PICTURE or module.start_dim != 1:
        raise NotLayers("a flattened picture")
    if place is Place.PIXEL:
        yield Named(GlobalPool(type="global_average_pool")), Place.FLAT


def _activation(module: Any, name: str, place: Place) -> Found:
    kind = type(module).__name__
    parameter, usual = _OUR_PARAMETERS.get(kind, ("", None))
    if getattr(module, parameter, usual) != usual:
        raise NotLayers(f"{kind} with {parameter} = {getattr(module, parameter)}")
    yield Named(ActivationLayer(function=ACTIVATIONS[kind])), None


def _nothing(module: Any, name: str, place: Place) -> Found:
    yield from ()


_KNOWN: Mapping[str, Callable[[Any, str, Place], Found]] = {
    **{"Conv2d": _convolution, "Conv2dSame": _convolution, "Linear": _linear},
    **{"BatchNorm2d": _batch_norm, "BatchNormAct2d": _batch_norm},
    **{"LayerNorm": _layer_norm, "LayerNorm2d": _layer_norm},
    **{"MaxPool2d": _pool, "MaxPool2dSame": _pool, "AvgPool2d": _pool},
    **{"SelectAdaptivePool2d": _global_pool, "Flatten": _flatten},
    **dict.fromkeys(ACTIVATIONS, _activation),
    **dict.fromkeys(_NOTHING, _nothing),
}


def _short(value: Any) -> Pair:
    """Return one number for both axes if they are equal."""
    height, width = pair(value)
    return height if height == width else (height, width)


def _padding(padding: Any) -> Padding:
    if isinstance(padding, str):
        return "same" if padding == "same" else "valid"
    height, width = pair(padding)
    if height != width:
        raise NotLayers(f"a padding of {height} by {width}")
    return height or "valid"
