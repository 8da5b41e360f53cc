"""The random parameters of the transforms of each training picture, which `augment` applies."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from onelook.settings.augment import AugmentSettings, ShiftRange


@dataclass(frozen=True)
class Transforms:
    """The parameters of one batch's transforms, one number a picture, with the names of Keras' transform parameters.

    All are (pictures,), float64 except for the flips, which are bool. None means that no picture has that transform.
    They describe the source of an output pixel: `tx = 2` reads two pixels to the right, so that the content moves two
    pixels to the left, and a zoom factor of 2 makes the content half as large.
    """

    theta: Tensor | None = None  # rotation, in degrees
    tx: Tensor | None = None  # shift sideways, in pixels
    ty: Tensor | None = None  # shift up or down, in pixels
    shear: Tensor | None = None  # in degrees
    zx: Tensor | None = None  # zoom factor sideways
    zy: Tensor | None = None  # zoom factor up and down
    flip_horizontal: Tensor | None = None
    flip_vertical: Tensor | None = None
    channel_shift_intensity: Tensor | None = None  # added to every channel
    brightness: Tensor | None = None  # factor

    @property
    def device(self) -> torch.device | None:
        """The device of all parameters; None without any."""
        drawn = (getattr(self, field.name) for field in fields(self))
        return next((parameter.device for parameter in drawn if parameter is not None), None)

    @property
    def moves_pixels(self) -> bool:
        """Whether the transforms read between pixels, so that they interpolate. A flip alone does not."""
        moving = (self.theta, self.tx, self.ty, self.shear, self.zx, self.zy)
        return any(parameter is not None for parameter in moving)


Part = tuple[int, int]  # part of a larger batch: the position of its first picture, and the size of that batch


def draw_transforms(
    settings: AugmentSettings,
    count: int,
    image_size: tuple[int, int],
    generator: torch.Generator,
    part: Part | None = None,
) -> Transforms:
    """Return random transforms for `count` pictures, each number drawn as Keras' `ImageDataGenerator` draws it.

    One thing differs: Keras 3.15 takes `tx`, which moves pictures sideways, from `height_shift_range`, and `ty` from
    `width_shift_range` (keras-team/keras#17398). Here the width's range moves sideways, as its name says.

    Args:
        settings: the ranges.
        count: pictures in the batch.
        image_size: height and width, in pixels; shifts below 1 are fractions of them.
        generator: the source of all randomness; equal generators give equal transforms.
        part: given if the pictures are part of a larger batch, for which all numbers are drawn.

    Example:
        >>> drawn = draw_transforms(AugmentSettings(rotation_range=10), 3, (28, 28), torch.Generator().manual_seed(0))
        >>> drawn.theta.shape, bool(drawn.theta.abs().max() <= 10), drawn.zx is None
        (torch.Size([3]), True, True)
    """
    draw = _Draw(count, generator, part)
    height, width = image_size
    theta = draw.within(settings.rotation_range)
    tx = draw.shift(settings.width_shift_range, width)
    ty = draw.shift(settings.height_shift_range, height)
    shear = draw.within(settings.shear_range)
    zx = zy = None
    low, high = zoom_interval(settings.zoom_range)
    if (low, high) != (1, 1):
        zx, zy = draw.uniform(low, high), draw.uniform(low, high)
    return Transforms(
        theta=theta,
        tx=tx,
        ty=ty,
        shear=shear,
        zx=zx,
        zy=zy,
        flip_horizontal=draw.coin() if settings.horizontal_flip else None,
        flip_vertical=draw.coin() if settings.vertical_flip else None,
        channel_shift_intensity=draw.within(settings.channel_shift_range),
        brightness=draw.uniform(*settings.brightness_range) if settings.brightness_range else None,
    )


def zoom_interval(zoom_range: float | tuple[float, float]) -> tuple[float, float]:
    """Return the lowest and highest zoom factor: `z` stands for 1 - z to 1 + z.

    Example:
        >>> zoom_interval(0.25), zoom_interval((0.5, 1))
        ((0.75, 1.25), (0.5, 1))
    """
    return zoom_range if isinstance(zoom_range, tuple) else (1 - zoom_range, 1 + zoom_range)


def uniform(
    count: int, generator: torch.Generator, part: Part | None = None, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Return `count` numbers in [0, 1), on the generator's device. With a `part`, they are those of its pictures."""
    first, whole = part or (0, count)
    return torch.rand(whole, generator=generator, device=generator.device, dtype=dtype)[first : first + count]


def whole_numbers(low: int, high: int, count: int, generator: torch.Generator, part: Part | None = None) -> Tensor:
    """Return `count` whole numbers from `low` to below `high`, otherwise as `uniform`."""
    first, whole = part or (0, count)
    return torch.randint(low, high, (whole,), generator=generator, device=generator.device)[first : first + count]


class _Draw:
    """A source of random numbers for `count` pictures, on the generator's device."""

    def __init__(self, count: int, generator: torch.Generator, part: Part | None) -> None:
        self._count = count
        self._generator = generator
        self._part = part

    def uniform(self, low: float, high: float) -> Tensor:
        return low + (high - low) * uniform(self._count, self._generator, self._part, torch.float64)

    def within(self, reach: float) -> Tensor | None:
        """Return numbers from `-reach` to `reach`, uniformly distributed; None if the reach is 0."""
        return self.uniform(-reach, reach) if reach else None

    def coin(self) -> Tensor:
        return self.uniform(0, 1) < 0.5

    def shift(self, reach: ShiftRange, side: int) -> Tensor | None:
        """Return shifts in pixels, of either sign: below a whole number, from a list, or within a decimal reach."""
        if isinstance(reach, tuple):
            return self._signed_choice(reach) * _pixels(max(reach), side)
        if isinstance(reach, int):
            return self._signed_choice(range(reach)) if reach else None
        drawn = self.within(reach)
        return None if drawn is None else drawn * _pixels(reach, side)

    def _signed_choice(self, values: range | tuple[float, ...]) -> Tensor:
        picks = whole_numbers(0, len(values), self._count, self._generator, self._part)
        picked = torch.tensor(values, dtype=torch.float64, device=picks.device)[picks]
        return torch.where(self.coin(), picked, -picked)


def _pixels(reach: float, side: int) -> int:
    """Return the factor from a shift to pixels: below 1 the shift is a fraction of the side."""
    return side if reach < 1 else 1
