"""The shapes, pads, weights and work of every layer of a network, computed without torch.

`plan_network` is the only place that computes them. The torch module, the ONNX graph and the summary are all made
from its plan, so they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import prod

from onelook.errors import ConfigError
from onelook.models.describe import Shape, by, describe_layer, describe_shape, own_activation
from onelook.models.padding import POINTWISE, Windows, pair, windows_over
from onelook.models.shape_layers import ShapeLayer, merged_shape, shape_after
from onelook.settings.network import (
    ActivationLayer,
    BatchNorm,
    Conv,
    Dense,
    DepthwiseConv,
    Dropout,
    Flatten,
    Gate,
    GlobalPool,
    Layer,
    LayerNorm,
    Merge,
    NetworkSettings,
    Pool,
    Residual,
    Scale,
    Whitening,
)
from onelook.settings.shape_layers import Crop, PRelu, Rescale, Reshape, Resize, ZeroPad

_PICTURE_DIMENSIONS = 3


@dataclass(frozen=True)
class PlannedLayer:
    """One layer, with everything that its position in the network decides."""

    number: str  # for people, from 1: "7", inside a residual "5.2"
    name: str  # in the state dict, from 0: "6", inside a residual "4.layers.1"
    layer: Layer
    input_shape: Shape
    output_shape: Shape
    weights: dict[str, Shape] = field(default_factory=dict)  # as torch lays them out, without the prefix `name`
    multiply_adds: int = 0  # for one picture; only convolutions and dense layers count
    windows: Windows = POINTWISE  # of convolutions and pools
    branch: tuple[PlannedLayer, ...] = ()  # of a residual or a gate
    shortcut: tuple[PlannedLayer, ...] = ()  # of a residual whose input and output differ, or which names its own
    branches: tuple[tuple[PlannedLayer, ...], ...] = ()  # of a merge

    @property
    def inner(self) -> tuple[PlannedLayer, ...]:
        """The layers in this one, in the order of computation."""
        return (*self.branch, *self.shortcut, *(planned for branch in self.branches for planned in branch))


def plan_network(
    network: NetworkSettings, input_shape: tuple[int, int, int], num_classes: int
) -> tuple[PlannedLayer, ...]:
    """Return every layer of the network with its shapes, pads, weights and multiply-adds.

    Args:
        network: the layers, from the picture to the logits.
        input_shape: (channels, height, width) of a picture.
        num_classes: the value of `units = "classes"`, and the number of logits.

    Raises:
        ConfigError: a shape cannot work, or the last layer does not give one logit a class; the message names the
            layer by its number from 1 and its type.

    Example:
        >>> network = NetworkSettings(layers=(Conv(filters=8), Flatten(), Dense(units="classes")))
        >>> [planned.output_shape for planned in plan_network(network, (1, 28, 28), 10)]
        [(8, 26, 26), (5408,), (10,)]
    """
    plan = plan_layers(network.layers, input_shape, num_classes)
    _check_logits(plan[-1], num_classes)
    return plan


def plan_layers(layers: tuple[Layer, ...], shape: Shape, num_classes: int = 2) -> tuple[PlannedLayer, ...]:
    """Return a part of a network, planned for an input of that shape, as `plan_network` plans a whole one.

    Raises:
        ConfigError: a shape cannot work.
    """
    return _plan_layers(layers, shape, num_classes, _Prefix("", ""))


def leaves(plan: tuple[PlannedLayer, ...]) -> tuple[PlannedLayer, ...]:
    """Return all layers in the order of computation: the layers inside a residual come before the residual itself."""
    return tuple(leaf for planned in plan for leaf in (*leaves(planned.inner), planned))


def head_of(plan: tuple[PlannedLayer, ...]) -> int | None:
    """Return the position of the layer that turns flat features into logits, from 0; None if there is no such layer.

    Example:
        >>> network = NetworkSettings(layers=(Conv(filters=8), Flatten(), Dropout(rate=0.5), Dense(units="classes")))
        >>> head_of(plan_network(network, (1, 28, 28), 10))
        3
    """
    for position in reversed(range(len(plan))):
        layer, shape = plan[position].layer, plan[position].input_shape
        if isinstance(layer, Dense):
            return position if len(shape) == 1 else None
        if not isinstance(layer, Dropout | Scale | ActivationLayer):
            break
    return None


def weight_shapes(plan: tuple[PlannedLayer, ...]) -> dict[str, Shape]:
    """Return the shape of every weight, by its name in the module's state dict."""
    return {f"{leaf.name}.{name}": shape for leaf in leaves(plan) for name, shape in leaf.weights.items()}


def count_parameters(plan: tuple[PlannedLayer, ...]) -> tuple[int, int]:
    """Return (total, trainable) as Keras counts: the total includes batch-norm's statistics and fixed kernels."""
    total = trainable = 0
    for leaf in leaves(plan):
        for name, shape in leaf.weights.items():
            total += prod(shape)
            is_fixed = name.startswith("running_") or (isinstance(leaf.layer, Whitening) and name == "weight")
            trainable += 0 if is_fixed else prod(shape)
    return total, trainable


@dataclass(frozen=True)
class _Prefix:
    """The beginning of the number and of the name of every layer in one list."""

    number: str
    name: str


@dataclass(frozen=True)
class _Place:
    """A layer's position in the network and its input."""

    number: str
    name: str
    layer: Layer
    shape: Shape
    num_classes: int

    def gives(self, output_shape: Shape) -> PlannedLayer:
        return PlannedLayer(self.number, self.name, self.layer, self.shape, output_shape)

    def refusal(self, reason: str) -> ConfigError:
        return ConfigError(f"layer {self.number} ({describe_layer(self.layer)}) {reason}")


def _plan_layers(
    layers: tuple[Layer, ...], shape: Shape, num_classes: int, prefix: _Prefix
) -> tuple[PlannedLayer, ...]:
    plan: list[PlannedLayer] = []
    for position, layer in enumerate(layers):
        number, name = f"{prefix.number}{position + 1}", f"{prefix.name}{position}"
        plan.append(_plan_layer(_Place(number, name, layer, shape, num_classes)))
        shape = plan[-1].output_shape
    return tuple(plan)


def _plan_layer(place: _Place) -> PlannedLayer:
    match place.layer:
        case Conv() | DepthwiseConv() as layer:
            planned = _plan_convolution(place, layer)
        case Whitening(kernel=kernel):
            _require_picture(place)
            filters = 2 * place.shape[0] * prod(pair(kernel))
            planned = _plan_convolution(place, Conv(filters=filters, kernel=kernel))
        case Pool() as layer:
            planned = _plan_pool(place, layer)
        case Dense() as layer:
            planned = _plan_dense(place, layer)
        case Residual() as layer:
            planned = _plan_residual(place, layer)
        case Gate(layers=layers):
            planned = _plan_gate(place, layers)
        case Merge() as layer:
            planned = _plan_merge(place, layer)
        case Rescale() | PRelu() | ZeroPad() | Crop() | Resize() | Reshape() as layer:
            planned = _plan_shape_layer(place, layer)
        case _:
            planned = _plan_simple(place)
    return planned


def _plan_simple(place: _Place) -> PlannedLayer:
    """Return a layer whose output has the shape of its input, or is flat."""
    planned = place.gives(place.shape)
    match place.layer:
        case BatchNorm():
            names = ("weight", "bias", "running_mean", "running_var")
            planned = replace(planned, weights=dict.fromkeys(names, place.shape[:1]))
        case LayerNorm():
            planned = replace(planned, weights=dict.fromkeys(("weight", "bias"), place.shape[:1]))
        case Scale():
            planned = replace(planned, weights={"weight": place.shape[:1]})
        case GlobalPool(keepdims=keepdims):
            _require_picture(place)
            planned = place.gives((*place.shape[:1], 1, 1) if keepdims else place.shape[:1])
        case Flatten():
            planned = place.gives((prod(place.shape),))
        case _:
            pass  # an activation or a dropout
    return planned


def _plan_convolution(place: _Place, layer: Conv | DepthwiseConv) -> PlannedLayer:
    height, width = _require_picture(place)
    dilation = layer.dilation if isinstance(layer, Conv) else 1
    windows = windows_over((height, width), layer.kernel, layer.stride, layer.padding, dilation)
    _require_fit(place, windows, "kernel")
    channels = place.shape[0]
    # A depthwise kernel sees one channel, and there is one for each.
    filters, groups = (layer.filters, layer.groups) if isinstance(layer, Conv) else (channels, channels)
    if filters % groups or channels % groups:
        raise place.refusal(
            f"cannot divide {channels} channels and {filters} filters into {groups} groups. Expected a number that "
            "divides both."
        )
    seen = channels // groups
    weights: dict[str, Shape] = {"weight": (filters, seen, *windows.kernel)}
    multiply_adds = prod(weights["weight"]) * prod(windows.output)
    if layer.bias:
        weights["bias"] = (filters,)
    return replace(
        place.gives((filters, *windows.output)), weights=weights, multiply_adds=multiply_adds, windows=windows
    )


def _plan_pool(place: _Place, layer: Pool) -> PlannedLayer:
    height, width = _require_picture(place)
    windows = windows_over((height, width), layer.size, layer.stride or layer.size, layer.padding)
    _require_fit(place, windows, "window")
    most = min(windows.kernel) // 2
    if not isinstance(layer.padding, str) and layer.padding > most:
        # A window that covers only padding would have no maximum and no average.
        raise place.refusal(f"pads more than half of its window. Expected a padding of at most {most}.")
    return replace(place.gives((place.shape[0], *windows.output)), windows=windows)


def _plan_dense(place: _Place, layer: Dense) -> PlannedLayer:
    if len(place.shape) == _PICTURE_DIMENSIONS:
        raise place.refusal(
            f"takes flat values, but gets {describe_shape(place.shape)}. Put flatten or global_average_pool before it."
        )
    units = place.num_classes if layer.units == "classes" else layer.units
    weights: dict[str, Shape] = {"weight": (units, *place.shape)}
    if layer.bias:
        weights["bias"] = (units,)
    return replace(place.gives((units,)), weights=weights, multiply_adds=units * place.shape[0])


def _plan_residual(place: _Place, layer: Residual) -> PlannedLayer:
    inside = _Prefix(f"{place.number}.", f"{place.name}.layers.")
    branch = _plan_layers(layer.layers, place.shape, place.num_classes, inside)
    output_shape = branch[-1].output_shape
    shortcut: tuple[PlannedLayer, ...] = ()
    if layer.shortcut is not None or output_shape != place.shape:
        beside = _Prefix(f"{place.number}.shortcut.", f"{place.name}.shortcut.")
        layers = layer.shortcut or _shortcut(place, layer, output_shape)
        shortcut = _plan_layers(layers, place.shape, place.num_classes, beside)
        if shortcut[-1].output_shape != output_shape:
            raise place.refusal(
                f"cannot add what its shortcut gives, {describe_shape(shortcut[-1].output_shape)}, to what its layers "
                f"give, {describe_shape(output_shape)}. Let both give the same shape."
            )
    return replace(place.gives(output_shape), branch=branch, shortcut=shortcut)


def _plan_gate(place: _Place, layers: tuple[Layer, ...]) -> PlannedLayer:
    inside = _Prefix(f"{place.number}.", f"{place.name}.layers.")
    branch = _plan_layers(layers, place.shape, place.num_classes, inside)
    factors, one_a_channel = branch[-1].output_shape, (place.shape[0], *(1 for _ in place.shape[1:]))
    if factors not in (place.shape, one_a_channel):
        raise place.refusal(
            f"cannot multiply its input, {describe_shape(place.shape)}, by {describe_shape(factors)}. Let its layers "
            "give the same shape, or one number a channel (a global pool with keepdims)."
        )
    return replace(place.gives(place.shape), branch=branch)


def _plan_merge(place: _Place, layer: Merge) -> PlannedLayer:
    branches = tuple(
        _plan_layers(
            branch.layers,
            place.shape,
            place.num_classes,
            _Prefix(f"{place.number}.{number}.", f"{place.name}.branches.{number - 1}."),
        )
        for number, branch in enumerate(layer.branches, 1)
    )
    try:
        shape = merged_shape(layer, [plan[-1].output_shape if plan else place.shape for plan in branches])
    except ValueError as problem:
        raise place.refusal(str(problem)) from problem
    return replace(place.gives(shape), branches=branches)


def _plan_shape_layer(place: _Place, layer: ShapeLayer) -> PlannedLayer:
    try:
        planned = place.gives(shape_after(layer, place.shape))
    except ValueError as problem:
        raise place.refusal(str(problem)) from problem
    if isinstance(layer, ZeroPad):
        pads = ((layer.top, layer.bottom), (layer.left, layer.right))
        height, width = planned.output_shape[1:]
        return replace(planned, windows=replace(POINTWISE, pads=pads, output=(height, width)))
    if isinstance(layer, PRelu):
        one_a_channel = (place.shape[0], *(1 for _ in place.shape[1:]))
        return replace(planned, weights={"weight": one_a_channel if layer.shared else place.shape})
    return planned


def _shortcut(place: _Place, layer: Residual, output_shape: Shape) -> tuple[Layer, ...]:
    """Return a 1×1 convolution, with the stride that turns the input's size into the output's, and its batch-norm."""
    are_pictures = len(place.shape) == len(output_shape) == _PICTURE_DIMENSIONS
    sizes = zip(place.shape[1:], output_shape[1:], strict=True) if are_pictures else ()
    strides = [stride for size, output in sizes if (stride := _stride_between(size, output))]
    if len(strides) < _PICTURE_DIMENSIONS - 1:
        raise place.refusal(
            f"cannot add its input, {describe_shape(place.shape)}, to what its layers give, "
            f"{describe_shape(output_shape)}. "
            'Let them keep the size (padding = "same"), or divide it by a whole stride.'
        )
    # The branch's own batch-norm settings, so that both sides of the sum follow the data at the same pace.
    norm = next((inner for inner in layer.layers if isinstance(inner, BatchNorm)), BatchNorm())
    return (Conv(filters=output_shape[0], kernel=1, stride=(strides[0], strides[1]), bias=False), norm)


def _stride_between(size: int, output: int) -> int | None:
    """Return the smallest whole stride that turns `size` into `output`; None if there is none."""
    stride = -(-size // output)
    return stride if -(-size // stride) == output else None


def _require_picture(place: _Place) -> tuple[int, int]:
    """Return (height, width) of the input, which has to be a picture."""
    if len(place.shape) != _PICTURE_DIMENSIONS:
        raise place.refusal(
            f"takes a picture, but gets {describe_shape(place.shape)}. Move it before flatten or the global pool."
        )
    return place.shape[1], place.shape[2]


def _require_fit(place: _Place, windows: Windows, what: str) -> None:
    if min(windows.output) >= 1:
        return
    _, height, width = place.shape
    (top, bottom), (left, right) = windows.pads
    padded = (height + top + bottom, width + left + right)
    seen = "it" if padded == (height, width) else f"the padded picture of {by(padded)}"
    raise place.refusal(
        f"cannot take a picture of {by((height, width))}: the {what} is larger than {seen}. "
        'Use larger pictures, fewer pools and strides before it, or padding = "same".'
    )


def _check_logits(last: PlannedLayer, num_classes: int) -> None:
    """Refuse a last layer that does not give one plain number a class."""
    where = f"layer {last.number} ({describe_layer(last.layer)}), the last,"
    gives = f"gives {describe_shape(last.output_shape)}; expected {num_classes}, one a class"
    end = f'{gives}. End with dense, units = "classes"'
    if len(last.output_shape) == _PICTURE_DIMENSIONS:
        raise ConfigError(f"{where} {end}, after flatten or global_average_pool.")
    if last.output_shape != (num_classes,):
        raise ConfigError(f"{where} {end}.")
    if (activation := own_activation(last.layer)) != "linear":
        raise ConfigError(
            f"{where} applies {activation}; expected plain logits, as softmax follows by itself. "
            'Leave its activation out ("linear").'
        )
