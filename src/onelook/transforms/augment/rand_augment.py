"""A random policy of transforms: some of twelve operations on each picture, all with the strength of one number.

It is RandAugment (Cubuk et al. 2019, arXiv:1909.13719) without `equalize`, whose batched form is too slow, and with
sideways shear only. The greatest strength of each operation is that paper's (table 6 of AutoAugment,
arXiv:1805.09501). An operation with two directions takes either by chance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from onelook.transforms.augment.affine import warp
from onelook.transforms.augment.random_transforms import Part, Transforms, uniform, whole_numbers

STRONGEST = 10  # the highest magnitude; at 0 nothing changes

_LARGEST_ROTATION = 30.0  # degrees
_LARGEST_SHEAR = 16.7  # degrees: a shear of 0.3
_LARGEST_SHIFT = 0.3  # share of the side
_LARGEST_CHANGE = 0.9  # in colour, contrast, brightness and sharpness: factors from 0.1 to 1.9
_FEWEST_BITS = 4  # `posterize` leaves at least this many of 8

_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601, as in Pillow's conversion from colour to grey


@dataclass(frozen=True)
class _Strength:
    """The strength of each picture's operation."""

    amount: float  # from 0 to 1
    signed: Tensor  # (batch, 1, 1, 1), float32: the amount, or its negative by chance


Operation = Callable[[Tensor, _Strength], Tensor]


def apply_policy(
    images: Tensor,
    value_range: tuple[float, float],
    *,
    operations: int,
    magnitude: float,
    generator: torch.Generator,
    part: Part | None = None,
) -> Tensor:
    """Return each picture after `operations` random operations, one after the other.

    Args:
        images: float32, (batch, channels, height, width), raw values in the value range. They are not modified.
        value_range: lowest and highest value.
        operations: the number of operations for each picture.
        magnitude: from 0 to `STRONGEST`.
        generator: the source of all randomness.
        part: as `draw_transforms` takes it.

    Returns:
        float32, the same shape, within the value range.
    """
    low, high = value_range
    unit = (images - low) / (high - low)
    for _ in range(operations):
        unit = _one_each(unit, magnitude / STRONGEST, generator, part)
    return unit.clamp_(0, 1) * (high - low) + low


def _one_each(images: Tensor, amount: float, generator: torch.Generator, part: Part | None) -> Tensor:
    """Apply one random operation to each picture. The pictures with the same operation are changed in one call."""
    picks = whole_numbers(0, len(OPERATIONS), len(images), generator, part).to(images.device)
    coins = uniform(len(images), generator, part).to(images.device)
    signed = torch.where(coins < 0.5, amount, -amount)[:, None, None, None]
    changed = images.clone()
    for position, operation in enumerate(OPERATIONS.values()):
        rows = (picks == position).nonzero().flatten()
        if len(rows):
            changed[rows] = operation(images[rows], _Strength(amount, signed[rows]))
    return changed


def _identity(images: Tensor, strength: _Strength) -> Tensor:
    return images


def _autocontrast(images: Tensor, strength: _Strength) -> Tensor:
    """Stretch each channel to the whole range; a flat channel is not changed."""
    low, high = images.amin(dim=(2, 3), keepdim=True), images.amax(dim=(2, 3), keepdim=True)
    span = high - low
    return torch.where(span > 0, (images - low) / span.clamp(min=1e-6), images)


def _solarize(images: Tensor, strength: _Strength) -> Tensor:
    """Invert values above a threshold; the stronger, the lower the threshold."""
    return torch.where(images >= 1 - strength.amount, 1 - images, images) if strength.amount else images


def _posterize(images: Tensor, strength: _Strength) -> Tensor:
    """Keep fewer bits: the lowest of the 8 are cut off."""
    bits = 8 - round((8 - _FEWEST_BITS) * strength.amount)
    step = 1 << (8 - bits)
    return (images * 255 / step).floor_() * (step / 255) if step > 1 else images


def _colour(images: Tensor, strength: _Strength) -> Tensor:
    """Move the colours towards grey, or away from it."""
    return _away_from(_grey(images), images, strength)


def _contrast(images: Tensor, strength: _Strength) -> Tensor:
    """Move the values towards the grey of the picture's mean, or away from it."""
    return _away_from(_grey(images).mean(dim=(2, 3), keepdim=True), images, strength)


def _brightness(images: Tensor, strength: _Strength) -> Tensor:
    """Move the values towards black, or away from it."""
    return _away_from(torch.zeros_like(images), images, strength)


def _sharpness(images: Tensor, strength: _Strength) -> Tensor:
    """Move the picture towards a smoothed one, or away from it."""
    channels = images.shape[1]
    kernel = torch.tensor([[1.0, 1.0, 1.0], [1.0, 5.0, 1.0], [1.0, 1.0, 1.0]], device=images.device) / 13
    padded = F.pad(images, (1, 1, 1, 1), mode="replicate")
    smooth = F.conv2d(padded, kernel.expand(channels, 1, 3, 3), groups=channels)
    return _away_from(smooth, images, strength)


def _away_from(origin: Tensor, images: Tensor, strength: _Strength) -> Tensor:
    return (origin + (images - origin) * (1 + _LARGEST_CHANGE * strength.signed)).clamp_(0, 1)


def _grey(images: Tensor) -> Tensor:
    if images.shape[1] != 3:
        return images.mean(dim=1, keepdim=True).expand_as(images)
    luma = torch.tensor(_LUMA, device=images.device)[:, None, None]
    return (images * luma).sum(dim=1, keepdim=True).expand_as(images)


def _moved(transform: Callable[[Tensor, tuple[int, int]], Transforms]) -> Operation:
    """Return an operation that moves pixels; gaps are filled with mid-grey."""

    def operation(images: Tensor, strength: _Strength) -> Tensor:
        height, width = images.shape[-2:]
        signed = strength.signed.flatten().to(torch.float64)
        return warp(images, transform(signed, (height, width)), "constant", 0.5, "centre")

    return operation


OPERATIONS: dict[str, Operation] = {
    "identity": _identity,
    "autocontrast": _autocontrast,
    "rotate": _moved(lambda signed, _: Transforms(theta=_LARGEST_ROTATION * signed)),
    "solarize": _solarize,
    "colour": _colour,
    "posterize": _posterize,
    "contrast": _contrast,
    "brightness": _brightness,
    "sharpness": _sharpness,
    "shear": _moved(lambda signed, _: Transforms(shear=_LARGEST_SHEAR * signed)),
    "shift_sideways": _moved(lambda signed, size: Transforms(tx=_LARGEST_SHIFT * size[1] * signed)),
    "shift_up_or_down": _moved(lambda signed, size: Transforms(ty=_LARGEST_SHIFT * size[0] * signed)),
}
