"""The activations by name, as torch functions with the same results as Keras."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import torch
import torch.nn.functional as F
from torch import Tensor

from onelook.settings.network import LEAKY_RELU_SLOPE, Activation, ActivationLayer

Function = Callable[[Tensor], Tensor]


def _linear(values: Tensor) -> Tensor:
    return values


def _leaky_relu(values: Tensor) -> Tensor:
    return F.leaky_relu(values, LEAKY_RELU_SLOPE)


_FUNCTIONS: Mapping[Activation, Function] = MappingProxyType(
    {
        "linear": _linear,
        "relu": torch.relu,
        "relu6": F.relu6,
        "leaky_relu": _leaky_relu,
        "elu": F.elu,
        "selu": torch.selu,
        "gelu": F.gelu,
        "silu": F.silu,
        "hard_swish": F.hardswish,
        "sigmoid": torch.sigmoid,
        "hard_sigmoid": F.hardsigmoid,
        "tanh": torch.tanh,
        "softplus": F.softplus,
        "softsign": F.softsign,
        "mish": F.mish,
    }
)


def activation_function(name: Activation, *, overwrite: bool = False) -> Function:
    """Return the activation function with that name.

    Args:
        name: the name in the settings.
        overwrite: nothing else uses the input, and no backward pass needs it, because a convolution, a dense layer,
            a batch-norm or a sum has just made it. relu then writes into it, which saves the memory of one more
            picture and the time to fill it.
    """
    if name == "relu" and overwrite:
        return torch.relu_
    return _FUNCTIONS[name]


def function_of_layer(layer: ActivationLayer, *, overwrite: bool = False) -> Function:
    """Return the function of an activation layer, with its slope and its maximum.

    Args:
        layer: its settings.
        overwrite: as for `activation_function`.
    """
    function = activation_function(layer.function, overwrite=overwrite and layer.maximum is None)
    if layer.slope is not None:
        function = partial(_SLOPED[layer.function], layer.slope)
    return function if layer.maximum is None else partial(_at_most, layer.maximum, function)


def _at_most(maximum: float, function: Function, values: Tensor) -> Tensor:
    return function(values).clamp(max=maximum)


_SLOPED: Mapping[Activation, Callable[[float, Tensor], Tensor]] = MappingProxyType(
    {
        "leaky_relu": lambda slope, values: F.leaky_relu(values, slope),
        "elu": lambda slope, values: F.elu(values, slope),
    }
)
