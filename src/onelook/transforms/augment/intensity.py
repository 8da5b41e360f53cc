"""Random changes of a picture's values: channel shift and brightness."""

from __future__ import annotations

import torch
from torch import Tensor

# Interpolation in float32 can turn a flat 200 into 199.99998, and cutting the fraction off would make that 199.
_ROUNDING = 1e-3

_EIGHT_BITS = (0.0, 255.0)


def shift_channels(images: Tensor, intensity: Tensor) -> Tensor:
    """Return the pictures with `intensity` added, within each picture's own lowest and highest value, as in Keras.

    Args:
        images: float32, (batch, channels, height, width).
        intensity: (batch,), in units of the pixels.
    """
    low, high = _extremes(images)
    return torch.clamp(images + _per_picture(intensity, images), low, high)


def change_brightness(images: Tensor, factor: Tensor, value_range: tuple[float, float]) -> Tensor:
    """Return the pictures with their values, counted from the lowest of the range, times `factor`, within the range.

    For the range 0 to 255 the result equals Keras, which uses Pillow and whole numbers: fractions are cut off before
    and after, and a picture that exceeds the range is squeezed into it first and stretched back afterwards. Keras
    treats every picture as 8 bits; here pictures with another range are not rounded.

    Args:
        images: float32, (batch, channels, height, width).
        factor: (batch,), 1 for no change.
        value_range: lowest and highest value that a picture can have.
    """
    factor = _per_picture(factor, images)
    if value_range == _EIGHT_BITS:
        return _change_eight_bits(images, factor)
    low, high = value_range
    return ((images - low) * factor + low).clamp_(low, high)


def _change_eight_bits(images: Tensor, factor: Tensor) -> Tensor:
    lowest, highest = _extremes(images)
    beyond = (lowest < -_ROUNDING) | (highest > 255 + _ROUNDING)
    low = torch.where(beyond, lowest, 0.0)
    span = torch.where(beyond, (highest - lowest).clamp(min=_ROUNDING), 255.0)
    levels = ((images - low) * (255 / span)).add_(_ROUNDING).floor_()
    levels = levels.mul_(factor).clamp_(0, 255).floor_()
    return levels * (span / 255) + low


def _extremes(images: Tensor) -> tuple[Tensor, Tensor]:
    """Return each picture's lowest and highest value, (batch, 1, 1, 1)."""
    return images.amin(dim=(1, 2, 3), keepdim=True), images.amax(dim=(1, 2, 3), keepdim=True)


def _per_picture(values: Tensor, images: Tensor) -> Tensor:
    return values.to(device=images.device, dtype=images.dtype)[:, None, None, None]
