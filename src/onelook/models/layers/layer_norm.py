"""Layers that treat each pixel by itself: layer normalisation over its channels, and a factor for each channel."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from onelook.models.describe import Shape
from onelook.settings.network import LayerNorm, Scale


def build_channel_layer(settings: LayerNorm | Scale, shape: Shape) -> nn.Module:
    """Return the module for values of that shape: (channels, height, width), or (units,)."""
    if isinstance(settings, LayerNorm):
        return LayerNormLayer(shape[0], settings.epsilon)
    return ScaleLayer(shape, settings.initial)


class LayerNormLayer(nn.Module):
    """Layer normalisation: each pixel's channels get mean 0 and variance 1, then a factor and an offset each.

    It takes (batch, channels, height, width) or (batch, units), and keeps the shape. It copies nothing if the memory
    format is channels_last.
    """

    def __init__(self, channels: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.epsilon = epsilon

    def forward(self, values: Tensor) -> Tensor:
        last = values.movedim(1, -1)
        return F.layer_norm(last, self.weight.shape, self.weight, self.bias, self.epsilon).movedim(-1, 1)


class ScaleLayer(nn.Module):
    """Each channel times a factor of its own; it takes (batch, *shape) and keeps the shape."""

    def __init__(self, shape: Shape, initial: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full(shape[:1], initial))
        self.broadcast_shape = (-1, *(1 for _ in shape[1:]))  # of the factors beside a picture's channels

    def forward(self, values: Tensor) -> Tensor:
        return values * self.weight.reshape(self.broadcast_shape)
