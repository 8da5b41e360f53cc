"""Layers that rescale, pad, crop, resize or reshape pictures, and the sum, product or row of several branches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from onelook.models.describe import Shape
from onelook.models.shape_layers import ShapeLayer, resize_matrix
from onelook.settings.network import Merge
from onelook.settings.shape_layers import Crop, PRelu, Rescale, Reshape, Resize, ZeroPad


def build_shape_layer(layer: ShapeLayer, shape: Shape, weights: Mapping[str, Shape]) -> nn.Module:
    """Return the module of a layer.

    Args:
        layer: its settings.
        shape: of its input: (channels, height, width), or (values,).
        weights: the shapes of its weights, if it has any.
    """
    match layer:
        case Rescale():
            return RescaleLayer(layer, shape)
        case PRelu():
            return PReluLayer(weights["weight"])
        case Resize():
            return ResizeLayer(layer, shape)
        case Reshape(height=height, width=width, channels=channels):
            return ReshapeLayer((height, width, channels))
        case ZeroPad(top=top, bottom=bottom, left=left, right=right):
            return PadLayer((left, right, top, bottom))
        case Crop(top=top, bottom=bottom, left=left, right=right):
            return PadLayer((-left, -right, -top, -bottom))


class RescaleLayer(nn.Module):
    """Values times fixed numbers, plus fixed numbers: (batch, *shape), and keeps the shape."""

    multiplier: Tensor
    offset: Tensor

    def __init__(self, layer: Rescale, shape: Shape) -> None:
        super().__init__()
        ones = (1 for _ in shape[1:])
        broadcast = (-1, *ones)
        # Not part of the state dict: the numbers are in the network's settings.
        self.register_buffer("multiplier", torch.tensor(layer.multiplier).reshape(broadcast), persistent=False)
        self.register_buffer("offset", torch.tensor(layer.offset).reshape(broadcast), persistent=False)

    def forward(self, values: Tensor) -> Tensor:
        return values * self.multiplier + self.offset


class PReluLayer(nn.Module):
    """A relu with learnt slopes below zero, which have the values' shape, or 1 where pixels share one."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(shape))

    def forward(self, values: Tensor) -> Tensor:
        return torch.relu(values) - self.weight * torch.relu(-values)


class PadLayer(nn.Module):
    """Pictures with zeros around them, or cut where a number is below zero: (left, right, top, bottom)."""

    def __init__(self, pads: tuple[int, int, int, int]) -> None:
        super().__init__()
        self.pads = pads

    def forward(self, images: Tensor) -> Tensor:
        return F.pad(images, self.pads)


class ResizeLayer(nn.Module):
    """Pictures of another size, by a matrix for each axis."""

    rows: Tensor
    columns: Tensor

    def __init__(self, layer: Resize, shape: Shape) -> None:
        super().__init__()
        _, height, width = shape
        rows, columns = (
            resize_matrix(height, layer.height, layer.method),
            resize_matrix(width, layer.width, layer.method),
        )
        self.register_buffer("rows", torch.from_numpy(rows), persistent=False)
        self.register_buffer("columns", torch.from_numpy(columns.T.copy()), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        return self.rows @ images @ self.columns


class ReshapeLayer(nn.Module):
    """The same values as a picture, (height, width, channels), in the order of Keras."""

    def __init__(self, shape: tuple[int, int, int]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, values: Tensor) -> Tensor:
        return values.movedim(1, -1).reshape(-1, *self.shape).movedim(-1, 1)


class MergeLayer(nn.Module):
    """Several branches of the same input, put together."""

    def __init__(self, layer: Merge, branches: Sequence[nn.Module]) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)
        self.how = layer.how
        self.axis = {"channels": 1, "height": 2, "width": 3}[layer.axis]

    def forward(self, values: Tensor) -> Tensor:
        # A first layer may write into its input (see `activation_function`), which the other branches also read.
        found = [branch(values.clone() if len(self.branches) > 1 else values) for branch in self.branches]
        if self.how == "concatenate":
            return torch.cat(found, dim=self.axis)
        if self.how == "average":
            return _in_turn(torch.add, found) / len(found)
        return _in_turn(_OPERATIONS[self.how], found)


def _in_turn(operation: Callable[..., Any], values: list[Tensor]) -> Tensor:
    result = values[0]
    for value in values[1:]:
        result = operation(result, value)
    return result


_OPERATIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "add": torch.add,
        "subtract": torch.sub,
        "multiply": torch.mul,
        "maximum": torch.maximum,
        "minimum": torch.minimum,
    }
)
