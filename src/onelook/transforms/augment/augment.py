"""Random changes of training pictures: those of Keras' `ImageDataGenerator`, with its meanings, and newer ones."""

from __future__ import annotations

import torch
from torch import Tensor

from onelook.settings import AugmentSettings
from onelook.settings.augment import FillMode
from onelook.transforms.augment.affine import Pivot, warp
from onelook.transforms.augment.intensity import change_brightness, shift_channels
from onelook.transforms.augment.rand_augment import apply_policy
from onelook.transforms.augment.random_transforms import Part, Transforms, draw_transforms, whole_numbers
from onelook.transforms.augment.shift_and_cutout import cut_squares, shift_reflected


class Augment:
    """A random change of each picture of a batch, on the batch's device.

    Pictures turn, shear and zoom about their centre (Keras 3.15 misses it where height and width differ), and
    `width_shift_range` moves them sideways (in Keras 3.15, up and down: keras-team/keras#17398). Everything else equals
    `ImageDataGenerator`, at many times its speed: `benchmarks/augmentation.py`.

    After these come, in this order, the shift with reflection, the policy, and the cut-out square. (The trainer applies
    `alternating_flip`, because it depends on the epoch.)

    On a CPU the result for one state of the generator is the same bit for bit, with any number of threads.

    Args:
        settings: the ranges of the random transforms.
        value_range: lowest and highest value of the pictures; `brightness_range` stays within it.

    Example:
        >>> flip = Augment(AugmentSettings(horizontal_flip=True), value_range=(0, 255))
        >>> images = torch.tensor([[1.0, 2.0, 3.0]]).expand(4, 1, 1, 3)
        >>> sorted(set(flip(images, torch.Generator().manual_seed(0))[:, 0, 0, 0].tolist()))
        [1.0, 3.0]
    """

    def __init__(self, settings: AugmentSettings, value_range: tuple[float, float]) -> None:
        self.settings = settings
        self.value_range = value_range

    def __call__(self, images: Tensor, generator: torch.Generator, part: Part | None = None) -> Tensor:
        """Return the changed pictures.

        Args:
            images: float32 (or any other number type), (batch, channels, height, width), raw values in the value
                range. They are not modified.
            generator: the source of all randomness.
            part: given if the pictures are part of a larger batch: (position of the first picture, size of that
                batch). The generator draws for the whole batch, so the pictures change as they would among all.

        Returns:
            float32, the same shape, raw values.
        """
        settings = self.settings
        if not settings.is_active:
            return images.to(torch.float32)
        height, width = images.shape[-2:]
        drawn = draw_transforms(settings, len(images), (height, width), generator, part)
        images = apply_transforms(
            images, drawn, settings.fill_mode, settings.cval, value_range=self.value_range, pivot="centre"
        )
        if reach := min(settings.crop_padding, height - 1, width - 1):
            down, right = (whole_numbers(-reach, reach + 1, len(images), generator, part) for _ in range(2))
            images = shift_reflected(images, down, right)
        if settings.policy_operations:
            images = apply_policy(
                images,
                self.value_range,
                operations=settings.policy_operations,
                magnitude=settings.policy_magnitude,
                generator=generator,
                part=part,
            )
        if side := round(settings.cutout * min(height, width)):
            row, column = (whole_numbers(0, size, len(images), generator, part) for size in (height, width))
            images = cut_squares(images, row, column, side)
        return images


def apply_transforms(
    images: Tensor,
    transforms: Transforms,
    fill_mode: FillMode = "nearest",
    cval: float = 0.0,
    *,
    value_range: tuple[float, float] = (0.0, 255.0),
    pivot: Pivot = "keras",
) -> Tensor:
    """Return the pictures as Keras' `ImageDataGenerator.apply_transform` changes them with the same parameters.

    The order is Keras': rotation, shift, shear and zoom in one interpolation; channel shift; flips; brightness. (The
    flips are part of the interpolation if there is one: no value depends on when they happen.)

    Args:
        images: float32 (or any other number type), (batch, channels, height, width). They are not modified.
        transforms: the parameters of each picture.
        fill_mode: the values outside the picture: `onelook.transforms.augment.affine.warp` draws the four modes.
        cval: the value outside the picture for `constant`.
        value_range: lowest and highest value of the pictures; brightness stays within it.
        pivot: the point that pictures turn about; "keras" is the centre of square pictures only.

    Returns:
        float32, the same shape. Except for brightness, values stay between each picture's lowest and highest value and
        `cval`.
    """
    images = images.to(torch.float32)
    if transforms.moves_pixels:
        images = warp(images, transforms, fill_mode, cval, pivot)
    else:
        images = _mirrored(images, transforms.flip_horizontal, dim=3)
        images = _mirrored(images, transforms.flip_vertical, dim=2)
    if transforms.channel_shift_intensity is not None:
        images = shift_channels(images, transforms.channel_shift_intensity)
    if transforms.brightness is not None:
        images = change_brightness(images, transforms.brightness, value_range)
    return images


def _mirrored(images: Tensor, which: Tensor | None, dim: int) -> Tensor:
    if which is None:
        return images
    return torch.where(which.to(images.device)[:, None, None, None], images.flip(dim), images)
