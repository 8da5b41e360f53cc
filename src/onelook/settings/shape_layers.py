"""Layers without trained kernels: they scale values, or change the shape or the size of a picture."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from onelook.settings.base import Settings, setting

# Larger than in any real network. A limit is needed because sizes from a file are multiplied, looped over and printed.
LARGEST_SIZE = 999_999
PositiveInt = Annotated[int, Field(ge=1, le=LARGEST_SIZE)]
Pixels = Annotated[int, Field(ge=0, le=LARGEST_SIZE)]
Numbers = Annotated[tuple[float, ...], Field(min_length=1, max_length=LARGEST_SIZE)]
ResizeMethod = Literal["nearest", "bilinear"]


class Rescale(Settings):
    """Multiply by fixed numbers and add fixed numbers, as a network does that prepares its own pixels."""

    type: Literal["rescale"] = "rescale"
    multiplier: Numbers = setting((1.0,), "One number, or one for each channel.")
    offset: Numbers = setting((0.0,), "Added afterwards: one number, or one for each channel.")


class PRelu(Settings):
    """A relu with a learnt slope below zero (He et al. 2015, arXiv:1502.01852)."""

    type: Literal["prelu"] = "prelu"
    shared: bool = setting(True, "Whether all pixels of a channel share one slope.")


class ZeroPad(Settings):
    """Add zeros around a picture."""

    type: Literal["zero_pad"] = "zero_pad"
    top: Pixels = setting(0, "Rows of zeros above.")
    bottom: Pixels = setting(0, "Rows of zeros below.")
    left: Pixels = setting(0, "Columns of zeros at the left.")
    right: Pixels = setting(0, "Columns of zeros at the right.")


class Crop(Settings):
    """Cut rows and columns off a picture."""

    type: Literal["crop"] = "crop"
    top: Pixels = setting(0, "Rows cut off above.")
    bottom: Pixels = setting(0, "Rows cut off below.")
    left: Pixels = setting(0, "Columns cut off at the left.")
    right: Pixels = setting(0, "Columns cut off at the right.")


class Resize(Settings):
    """Resize a picture, without antialiasing, as Keras' layers do."""

    type: Literal["resize"] = "resize"
    height: PositiveInt = setting(..., "The new height, in pixels.")
    width: PositiveInt = setting(..., "The new width, in pixels.")
    method: ResizeMethod = setting("bilinear", "The way of resizing.")


class Reshape(Settings):
    """Make a picture of the same values, taken in the order height, width, channels."""

    type: Literal["reshape"] = "reshape"
    height: PositiveInt = setting(..., "Height of the picture.")
    width: PositiveInt = setting(..., "Width of the picture.")
    channels: PositiveInt = setting(..., "Channels of the picture.")
