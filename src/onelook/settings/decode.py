"""How a picture file becomes pixels."""

from __future__ import annotations

from typing import Literal

from onelook.settings.base import Settings, setting

ResizeMode = Literal["stretch", "fit", "crop"]


class DecodeSettings(Settings):
    """The size, channels and way of resizing that every picture of a model goes through.

    `stretch` ignores the aspect ratio (as Keras' `target_size` does), `fit` keeps all of the picture and
    pads with black, `crop` keeps the centre.
    """

    height: int = setting(..., "Height of the decoded picture, in pixels.", ge=1, le=8192)
    width: int = setting(..., "Width of the decoded picture, in pixels.", ge=1, le=8192)
    channels: Literal[1, 3] = setting(..., "1 for grey, 3 for colour.")
    resize: ResizeMode = setting("stretch", "How a picture of another shape is brought to size.")
