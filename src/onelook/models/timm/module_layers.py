"""Single modules of torch and timm in the words of our layers."""

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
    Pool,
)


class NotLayers(Exception):  # noqa: N818 - it says what was found, and its caller what that means
    """What is found in a module and has no layer of ours; its message is a noun."""


class Place(Enum):
    """What a value is."""

    PICTURE = "picture"
    PIXEL = "a picture of one pixel"
    FLAT = "flat"


@dataclass(frozen=True)
class Named:
    """A layer, with the names that its weights have in the module: "weight", inside a residual "layers.0.weight"."""

    layer: Layer
    names: Mapping[str, str] = field(default_factory=dict)


Found = Iterator[tuple[Named, Place | None]]  # layers in order, and what each turns its value into if that changes

# By the names of torch's classes, and of timm's own that do the same.
ACTIVATIONS: Mapping[str, Activation] = {
    **{"ReLU": "relu", "ReLU6": "relu6", "LeakyReLU": "leaky_relu", "ELU": "elu", "SELU": "selu", "GELU": "gelu"},
    **{"SiLU": "silu", "Swish": "silu", "SwishMe": "silu", "Sigmoid": "sigmoid", "Tanh": "tanh"},
    **{"Hardswish": "hard_swish", "HardSwish": "hard_swish", "HardSwishMe": "hard_swish"},
    **{"Hardsigmoid": "hard_sigmoid", "HardSigmoid": "hard_sigmoid", "HardSigmoidMe": "hard_sigmoid"},
}
# The parameters that change what an activation is, with the values at which it is ours.
_AS_OURS: Mapping[str, tuple[str, object]] = {
    **{"LeakyReLU": ("negative_slope", LEAKY_RELU_SLOPE), "ELU": ("alpha", 1.0), "GELU": ("approximate", "none")}
}
_NOTHING = ("Identity", "Dropout", "Dropout2d", "DropPath")  # once training is over
_OVER_THE_LAST_AXIS = ("LayerNorm", "Linear")
_DECIMALS = 6  # of a share that is one less another


def is_known(module: nn.Module) -> bool:
    """Whether it is one of the modules that `as_layers` tells in our words."""
    return type(module).__name__ in _KNOWN and type(module).__module__.startswith(("torch.nn.", "timm.layers."))


def as_layers(module: nn.Module, name: str, place: Place, *, channels_last: bool) -> Found:
    """The layers that do what the module does.

    Args:
        module: of torch or timm, in evaluation mode.
        name: what its weights' names begin with.
        place: what comes in.
        channels_last: whether pictures are (batch, height, width, channels) where it stands.

    Raises:
        NotLayers: it is none that we have, or does something with settings that ours do not have.
    """
    kind = type(module).__name__
    if not is_known(module):
        raise NotLayers(f"the module {kind}")
    if kind not in (*_NOTHING, *ACTIVATIONS) and channels_last != (kind in _OVER_THE_LAST_AXIS):
        raise NotLayers(f"{kind} over another axis than the channels")
    yield from _KNOWN[kind](module, name, place)


def _names(module: nn.Module, name: str, *kinds: str) -> dict[str, str]:
    """Those of the weights that it has, buffers among them."""
    return {kind: f"{name}.{kind}" for kind in kinds if getattr(module, kind, None) is not None}


def _convolution(module: Any, name: str, place: Place) -> Found:
    same = type(module).__name__ == "Conv2dSame"  # which works TensorFlow's padding out for each picture
    if module.dilation != (1, 1) or module.padding_mode != "zeros":
        raise NotLayers("a dilated convolution" if module.dilation != (1, 1) else f"{module.padding_mode} padding")
    window: dict[str, Any] = {
        "kernel": _short(module.kernel_size),
        "stride": _short(module.stride),
        "padding": "same" if same else _padding(module.padding),
        "bias": module.bias is not None,
    }
    layer: Layer
    if module.groups == module.in_channels == module.out_channels and module.groups > 1:
        layer = DepthwiseConv(**window)
    else:
        layer = Conv(filters=module.out_channels, groups=module.groups, **window)
    yield Named(layer, _names(module, name, "weight", "bias")), None


def _linear(module: Any, name: str, place: Place) -> Found:
    """Over the channels of each pixel: a convolution that looks at one."""
    layer = Conv(filters=module.out_features, kernel=1, bias=module.bias is not None)
    yield Named(layer, _names(module, name, "weight", "bias")), None


def _batch_norm(module: Any, name: str, place: Place) -> Found:
    if not module.affine or not module.track_running_stats or module.momentum is None:
        raise NotLayers("a batch-norm without weights or moving statistics")
    layer = BatchNorm(momentum=round(1 - module.momentum, _DECIMALS), epsilon=module.eps)
    yield Named(layer, _names(module, name, "weight", "bias", "running_mean", "running_var")), None
    for inner in ("drop", "act"):  # of timm's, which do these too
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
        # Windows over the edge, as `same` has them; of larger windows it would put some before the picture.
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
    """timm's, of which several kinds are one class."""
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
    parameter, usual = _AS_OURS.get(kind, ("", None))
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


def _short(value: Any) -> Any:
    """One number for both axes where they are alike."""
    height, width = pair(value)
    return height if height == width else (height, width)


def _padding(padding: Any) -> Padding:
    if isinstance(padding, str):
        return "same" if padding == "same" else "valid"
    height, width = pair(padding)
    if height != width:
        raise NotLayers(f"a padding of {height} by {width}")
    return height or "valid"
