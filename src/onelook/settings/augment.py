"""Random changes of training pictures, with the names of Keras' `ImageDataGenerator`."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from onelook.settings.base import Settings, setting
from onelook.settings.setting_facts import PartFacts, parts_that

_STRENGTH, _IDLE = PartFacts(is_strength=True), PartFacts(is_idle_alone=True)

FillMode = Literal["nearest", "constant", "reflect", "wrap"]

# As in Keras, the type decides. A whole number n: whole pixels from -(n - 1) to n - 1. A decimal below 1: a share of
# the side. A decimal from 1 on: pixels. A list: one of its values, with either sign.
ShiftRange = (
    Annotated[int, Field(ge=0)] | Annotated[float, Field(ge=0)] | Annotated[tuple[float, ...], Field(min_length=1)]
)


class AugmentSettings(Settings):
    """Ranges of the random transforms, with the arguments and meanings of Keras' `ImageDataGenerator`.

    By default everything is off, and pictures are not changed.
    """

    off_by_default: ClassVar[bool] = True

    rotation_range: float = setting(
        0.0,
        "Largest rotation to either side, in degrees.",
        PartFacts(is_strength=True, also_called=("rotation", "rotate", "degrees", "random_rotation")),
        ge=0,
        le=180,
    )
    width_shift_range: ShiftRange = setting(
        0.0, "Largest shift sideways: below 1 a share of the width, from 1 on pixels.", _STRENGTH
    )
    height_shift_range: ShiftRange = setting(
        0.0, "Largest shift up or down: below 1 a share of the height, from 1 on pixels.", _STRENGTH
    )
    brightness_range: tuple[float, float] | None = setting(
        None, "Lowest and highest factor of the brightness, such as 0.8, 1.2."
    )
    shear_range: float = setting(0.0, "Largest shear angle to either side, in degrees.", _STRENGTH, ge=0, lt=90)
    zoom_range: float | tuple[float, float] = setting(
        0.0, "z: zoom factors from 1 - z to 1 + z; or the pair (lowest, highest). Drawn for each axis.", _STRENGTH
    )
    channel_shift_range: float = setting(
        0.0, "Largest value added to a channel, in units of the pixels.", _STRENGTH, ge=0
    )
    fill_mode: FillMode = setting("nearest", "How the area outside the picture is filled after a transform.", _IDLE)
    cval: float = setting(0.0, "The value of that area for fill_mode = constant.", _IDLE)
    horizontal_flip: bool = setting(
        False,
        "Mirror half of the pictures left to right.",
        PartFacts(also_called=("hflip", "fliplr", "flip", "mirror")),
    )
    vertical_flip: bool = setting(
        False, "Mirror half of the pictures top to bottom.", PartFacts(also_called=("vflip", "flipud"))
    )

    alternating_flip: bool = setting(
        False,
        "Mirror each picture left to right in every second epoch; half of the pictures start mirrored (Jordan 2024).",
    )
    crop_padding: int = setting(
        0, "Largest shift in whole pixels; the border is filled with the picture's reflection (He et al. 2015).", ge=0
    )
    cutout: float = setting(
        0.0,
        "Side of a square that is cut out, as a share of the picture's shorter side (DeVries & Taylor 2017).",
        ge=0,
        le=1,
    )
    policy_operations: int = setting(
        0, "Number of random operations on each picture, as in RandAugment (Cubuk et al. 2019).", ge=0, le=14
    )
    policy_magnitude: float = setting(5.0, "Strength of these operations, from 0 to 10.", _IDLE, ge=0, le=10)

    @model_validator(mode="after")
    def _mirrors_one_way(self) -> Self:
        if self.alternating_flip and self.horizontal_flip:
            raise ValueError("horizontal_flip or alternating_flip, not both")
        return self

    @property
    def is_active(self) -> bool:
        """Whether any transform can change a picture."""
        quiet = AugmentSettings()
        idle = parts_that(AugmentSettings, lambda facts: facts.is_idle_alone)
        unread = {name: getattr(quiet, name) for name in idle}
        return self.model_copy(update=unread) != quiet


class MixSettings(Settings):
    """Mix training pictures and their labels in pairs. If both ways are on, each batch uses one of them, at random."""

    off_by_default: ClassVar[bool] = True

    mixup: float = setting(0.0, "Blend two pictures; the alpha of their shares (Zhang et al. 2017).", ge=0)
    cutmix: float = setting(
        0.0, "Paste a rectangle from another picture; the alpha of its area (Yun et al. 2019).", ge=0
    )

    @property
    def is_active(self) -> bool:
        """Whether either is on."""
        return self.mixup > 0 or self.cutmix > 0
