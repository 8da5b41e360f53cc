"""Describe layers and shapes in words, for error messages and tables."""

from __future__ import annotations

from onelook.models.padding import pair
from onelook.settings.network import (
    ActivationLayer,
    Conv,
    Dense,
    DepthwiseConv,
    Dropout,
    Layer,
    Merge,
    Padding,
    Pair,
    Pool,
    Whitening,
)
from onelook.settings.shape_layers import Reshape, Resize
from onelook.wording import counted

Shape = tuple[int, ...]  # (channels, height, width) of a picture, (values,) once it is flat

_PICTURE_DIMENSIONS = 3


def describe_layer(layer: Layer) -> str:
    """Return a description of a layer in a few words.

    Example:
        >>> describe_layer(Conv(filters=8, kernel=5, activation="relu"))
        'conv 5x5, valid, relu'
    """
    match layer:
        case Conv() | DepthwiseConv():
            words = [f"{layer.type} {by(layer.kernel)}", *_steps(layer.stride, 1), _padding(layer.padding)]
            words += _kind_of_conv(layer) if isinstance(layer, Conv) else []
        case Whitening():
            words = [f"whitening {by(layer.kernel)}"]
        case Pool():
            words = [f"{layer.type} {by(layer.size)}", *_steps(layer.stride, layer.size), _padding(layer.padding)]
        case Dense():
            words = [f"dense {layer.units}"]
        case Dropout():
            words = [f"dropout {layer.rate:g}"]
        case ActivationLayer():
            words = [f"activation {layer.function}"]
            words += [] if layer.slope is None else [f"slope {layer.slope:g}"]
            words += [] if layer.maximum is None else [f"at most {layer.maximum:g}"]
        case Merge():
            words = [f"{layer.how} {counted(len(layer.branches), 'branch', 'branches')}"]
        case Resize() | Reshape():
            words = [f"{layer.type} to {by((layer.height, layer.width))}"]
        case _:
            words = [layer.type]
    if (activation := own_activation(layer)) != "linear" and not isinstance(layer, ActivationLayer):
        words.append(activation)
    return ", ".join(words)


def own_activation(layer: Layer) -> str:
    """Return the activation that a layer ends with; `linear` if it has none.

    Example:
        >>> own_activation(Dense(units=10)), own_activation(ActivationLayer(function="tanh"))
        ('linear', 'tanh')
    """
    activation: str = layer.function if isinstance(layer, ActivationLayer) else getattr(layer, "activation", "linear")
    return activation


def describe_shape(shape: Shape) -> str:
    """Return a description of a shape.

    Example:
        >>> describe_shape((64, 3, 3)), describe_shape((10,))
        ('a picture of 3x3 with 64 channels', '10 flat values')
    """
    if len(shape) == _PICTURE_DIMENSIONS:
        return f"a picture of {by((shape[1], shape[2]))} with {counted(shape[0], 'channel')}"
    return counted(shape[0], "flat value")


def by(value: Pair) -> str:
    """Return height by width as text.

    Example:
        >>> by(3), by((2, 4))
        ('3x3', '2x4')
    """
    return "{}x{}".format(*pair(value))


def _kind_of_conv(layer: Conv) -> list[str]:
    words = [] if pair(layer.dilation) == (1, 1) else [f"dilation {_short(layer.dilation)}"]
    return words + ([counted(layer.groups, "group")] if layer.groups > 1 else [])


def _steps(stride: Pair | None, usual: Pair) -> list[str]:
    return [] if stride is None or pair(stride) == pair(usual) else [f"stride {_short(stride)}"]


def _short(value: Pair) -> str:
    height, width = pair(value)
    return str(height) if height == width else by(value)


def _padding(padding: Padding) -> str:
    return padding if isinstance(padding, str) else f"padding {padding}"
