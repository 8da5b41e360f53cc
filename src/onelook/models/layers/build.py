"""Build a torch module from a network's settings; its layers compute the same as Keras' layers.

The modules give their weights plain names (`weight`, `bias`, `running_mean`, `running_var`), so that the names in the
state dict follow from positions: "0.weight", "3.running_mean", "5.layers.0.weight", "5.shortcut.0.weight".
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from onelook.models.describe import Shape
from onelook.models.layers.activations import activation_function, function_of_layer
from onelook.models.layers.batch_norm import BatchNormLayer
from onelook.models.layers.depthwise import depthwise, learns_slowly
from onelook.models.layers.dropout import DropoutLayer
from onelook.models.layers.few_windows import convolve_few, has_few_windows
from onelook.models.layers.initialize import Initializer, initialize
from onelook.models.layers.layer_norm import build_channel_layer
from onelook.models.layers.norm_and_pool import normalise_and_pool, pools_first
from onelook.models.layers.pooling import GlobalPoolLayer, PoolLayer
from onelook.models.layers.shape_layers import MergeLayer, build_shape_layer
from onelook.models.shapes import PlannedLayer, plan_network
from onelook.settings.network import (
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
    NetworkSettings,
    Pool,
    Residual,
    Scale,
    Whitening,
)
from onelook.settings.shape_layers import Crop, PRelu, Rescale, Reshape, Resize, ZeroPad


class Network(nn.Sequential):
    """A network's layers, and the group of each.

    Args:
        layers: the layers in order.
        groups: the group of each layer, from 0 at the picture. Neighbouring layers whose outputs have one size are a
            group; all layers with flat outputs are one. A slice of a network has no groups.
    """

    def __init__(self, *layers: Any, groups: tuple[int, ...] = ()) -> None:  # as torch calls it for a slice
        super().__init__(*layers)
        self.groups = groups

    def forward(self, values: Tensor) -> Tensor:
        layers = list(self)
        while layers:
            layer, *layers = layers
            after = layers[0] if layers else None
            if isinstance(layer, BatchNormLayer) and isinstance(after, PoolLayer) and pools_first(layer, after, values):
                values = normalise_and_pool(layer, after, values)
                layers = layers[1:]
            else:
                values = layer(values)
        return values


def layer_groups(network: nn.Module) -> list[list[nn.Module]]:
    """Return the layers of each group that has weights, the lowest first; a module without groups is one group."""
    if not isinstance(network, Network) or not network.groups:
        return [[network]]
    numbered = list(zip(network.groups, network.children(), strict=True))
    groups = [[layer for number, layer in numbered if number == group] for group in sorted(set(network.groups))]
    return [group for group in groups if any(True for layer in group for _ in layer.parameters())]


def build_network(
    network: NetworkSettings, input_shape: tuple[int, int, int], num_classes: int, *, is_loaded: bool = False
) -> Network:
    """Return the network as a module, with weights drawn from torch's global random numbers.

    Args:
        network: the layers.
        input_shape: (channels, height, width) of a prepared picture.
        num_classes: number of logits.
        is_loaded: whether a state dict is loaded next: then no weights are drawn, and those of convolutions and dense
            layers hold whatever was in memory.

    Returns:
        A module from (batch, channels, height, width), float32, to logits (batch, num_classes).

    Raises:
        ConfigError: a layer's shape cannot work; see `plan_network`.
    """
    plan = plan_network(network, input_shape, num_classes)
    sizes = [planned.output_shape[1:] for planned in plan]  # flat outputs have none
    groups = accumulate(int(size != before) for size, before in zip(sizes, sizes[:1] + sizes, strict=False))
    return Network(*_build_layers(plan, "none" if is_loaded else network.initializer).children(), groups=tuple(groups))


class ConvLayer(nn.Module):
    """A convolution (plain, in groups or depthwise) and its activation."""

    def __init__(self, planned: PlannedLayer, activation: Activation, initializer: Initializer) -> None:
        super().__init__()
        windows = planned.windows
        self.weight, self.bias = _weight_and_bias(planned.weights, initializer)
        self.stride = windows.stride
        self.dilation = windows.dilation
        self.groups = planned.input_shape[0] // planned.weights["weight"][1]
        (top, bottom), (left, right) = windows.pads
        # torch's own padding costs nothing, but is the same on both sides; F.pad copies the input.
        self.padding = (top, left) if windows.is_symmetric else (0, 0)
        self.pads = None if windows.is_symmetric else (left, right, top, bottom)
        is_depthwise = self.groups == len(self.weight) == planned.input_shape[0]
        self.is_depthwise = is_depthwise and self.bias is None and self.dilation == (1, 1)
        self.activation = activation_function(activation, overwrite=True)

    def forward(self, images: Tensor) -> Tensor:
        if self.weight.shape[1] == 1 < self.groups and images.device.type == "cpu" and torch.is_autocast_enabled("cpu"):
            # The one kind of layer that loses by bfloat16: with AVX512-BF16, steps of EfficientNet-Lite0 took 1.9 times
            # as long as in float32, and 0.85 times with its depthwise convolutions in float32.
            with torch.autocast("cpu", enabled=False):
                return self._convolved(images.float())
        return self._convolved(images)

    def _convolved(self, images: Tensor) -> Tensor:
        if self.pads is not None:
            images = F.pad(images, self.pads)
        if self.is_depthwise and learns_slowly(images, self.weight, self.stride, self.padding):
            return self.activation(depthwise(images, self.weight, self.stride, self.padding))
        if has_few_windows(images, self.weight, self.stride, self.padding, self.dilation):
            return self.activation(convolve_few(images, self.weight, self.bias))
        convolved = F.conv2d(
            images, self.weight, self.bias, self.stride, self.padding, dilation=self.dilation, groups=self.groups
        )
        return self.activation(convolved)


class WhiteningLayer(ConvLayer):
    """A convolution whose kernels are measured, not trained: `layers.whitening` measures them."""

    def __init__(self, planned: PlannedLayer, activation: Activation, initializer: Initializer) -> None:
        super().__init__(planned, activation, initializer)
        self.weight.requires_grad_(False)


class DenseLayer(nn.Module):
    """A fully connected layer and its activation: (batch, inputs) to (batch, units)."""

    def __init__(self, planned: PlannedLayer, activation: Activation, initializer: Initializer) -> None:
        super().__init__()
        self.weight, self.bias = _weight_and_bias(planned.weights, initializer)
        self.activation = activation_function(activation, overwrite=True)

    def forward(self, values: Tensor) -> Tensor:
        return self.activation(F.linear(values, self.weight, self.bias))


class FlattenLayer(nn.Module):
    """(batch, channels, height, width) to (batch, height * width * channels), the order that Keras' weights expect.

    It copies nothing if the memory format is channels_last.
    """

    def forward(self, values: Tensor) -> Tensor:
        return values.movedim(1, -1).flatten(1)


class ActivationOnly(nn.Module):
    """An activation as a layer of its own."""

    def __init__(self, layer: ActivationLayer, *, overwrite: bool) -> None:
        super().__init__()
        self.activation = function_of_layer(layer, overwrite=overwrite)

    def forward(self, values: Tensor) -> Tensor:
        return self.activation(values)


class ResidualLayer(nn.Module):
    """The sum of the branch's output and the input, or the shortcut's output if there is a shortcut."""

    def __init__(self, planned: PlannedLayer, activation: Activation, initializer: Initializer) -> None:
        super().__init__()
        self.layers = _build_layers(planned.branch, initializer)
        self.shortcut = _build_layers(planned.shortcut, initializer)  # without layers it returns the input
        self.activation = activation_function(activation, overwrite=True)

    def forward(self, values: Tensor) -> Tensor:
        return self.activation(self.layers(values) + self.shortcut(values))


class GateLayer(nn.Module):
    """The input times the branch's output."""

    def __init__(self, planned: PlannedLayer, initializer: Initializer) -> None:
        super().__init__()
        self.layers = _build_layers(planned.branch, initializer)

    def forward(self, values: Tensor) -> Tensor:
        factors: Tensor = self.layers(values)
        return values * factors


def _build_layers(plan: tuple[PlannedLayer, ...], initializer: Initializer) -> nn.Sequential:
    before = (None, *plan)
    return nn.Sequential(
        *(_build_layer(planned, last, initializer) for last, planned in zip(before, plan, strict=False))
    )


def _build_layer(planned: PlannedLayer, before: PlannedLayer | None, initializer: Initializer) -> nn.Module:
    module: nn.Module
    match planned.layer:
        case Conv(activation=activation) | DepthwiseConv(activation=activation):
            module = ConvLayer(planned, activation, initializer)
        case Whitening(activation=activation):
            module = WhiteningLayer(planned, activation, initializer)
        case Dense(activation=activation):
            module = DenseLayer(planned, activation, initializer)
        case Residual(activation=activation):
            module = ResidualLayer(planned, activation, initializer)
        case Gate():
            module = GateLayer(planned, initializer)
        case Merge() as layer:
            module = MergeLayer(layer, [_build_layers(branch, initializer) for branch in planned.branches])
        case Rescale() | PRelu() | ZeroPad() | Crop() | Resize() | Reshape() as layer:
            module = build_shape_layer(layer, planned.input_shape, planned.weights)
        case _:
            module = _build_simple(planned, before)
    return module


def _build_simple(planned: PlannedLayer, before: PlannedLayer | None) -> nn.Module:
    """Return a layer without kernels and without layers in it."""
    module: nn.Module = nn.Identity()
    match planned.layer:
        case BatchNorm() as settings:
            module = BatchNormLayer(planned.input_shape[0], settings)
        case LayerNorm() | Scale() as settings:
            module = build_channel_layer(settings, planned.input_shape)
        case ActivationLayer() as layer:
            module = ActivationOnly(layer, overwrite=_is_fresh(before))
        case Pool(type=kind):
            module = PoolLayer(kind, planned.windows)
        case GlobalPool(type=kind, keepdims=keepdims):
            module = GlobalPoolLayer(kind, keepdims=keepdims)
        case Dropout(rate=rate):
            module = DropoutLayer(rate)
        case Flatten():
            module = FlattenLayer()
    return module


def _is_fresh(before: PlannedLayer | None) -> bool:
    """Return whether the layer before makes a new tensor that its own backward pass does not read."""
    if before is None or isinstance(before.layer, BatchNorm):
        return before is not None
    return isinstance(before.layer, Conv | DepthwiseConv | Dense) and before.layer.activation == "linear"


def _weight_and_bias(shapes: dict[str, Shape], initializer: Initializer) -> tuple[nn.Parameter, nn.Parameter | None]:
    weight = nn.Parameter(torch.empty(shapes["weight"]))
    initialize(weight, initializer)
    return weight, nn.Parameter(torch.zeros(shapes["bias"])) if "bias" in shapes else None
