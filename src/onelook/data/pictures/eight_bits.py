"""Convert pictures of any mode to eight bits of grey or colour, as a viewer shows them."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops

from onelook.data.pictures.deep import Values, scale_deep_grey, to_bytes_range
from onelook.settings.pictures import DecodeSettings, Ground

_JPEG_KINDS = ("JPEG", "MPO")

GROUND_VALUES: dict[Ground, int] = {"white": 255, "black": 0, "grey": 128}  # of each channel


def go_to_first_frame(image: Image.Image) -> None:
    """Go to the first frame of an animated PNG whose still picture is not part of the animation."""
    if getattr(image, "default_image", False):
        image.seek(1)


# Pixels converted at once. A large picture converted as a whole would take ten times its size in memory.
_STRIP_PIXELS = 1 << 24


def to_eight_bits(image: Image.Image, settings: DecodeSettings) -> Image.Image:
    """Return a loaded picture in grey (`L`) or colour (`RGB`), transparent parts on the ground, 16 bits scaled to 8.

    Raises:
        DataError: its kind of numbers has no usual range, and the settings have none.
    """
    mode = "L" if settings.channels == 1 else "RGB"
    if image.mode == mode and not image.has_transparency_data:
        return image
    rows = max(1, _STRIP_PIXELS // max(1, image.width))
    if image.height <= rows:
        return _strip_to_eight_bits(image, mode, settings)
    seen = Image.new(mode, image.size)
    for top in range(0, image.height, rows):
        strip = _strip(image, top, min(top + rows, image.height))
        seen.paste(_strip_to_eight_bits(strip, mode, settings), (0, top))
    return seen


def _strip(image: Image.Image, top: int, bottom: int) -> Image.Image:
    """Return some rows of a picture, with the metadata of the whole."""
    strip = image.crop((0, top, image.width, bottom))
    strip.info = image.info
    strip.format = image.format
    if (tags := getattr(image, "tag_v2", None)) is not None:
        strip.tag_v2 = tags  # type: ignore[attr-defined]  # TIFF keeps its metadata here
    return strip


def _strip_to_eight_bits(image: Image.Image, mode: str, settings: DecodeSettings) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        image = scale_deep_grey(image, settings.deep_range, GROUND_VALUES[settings.ground])
    elif image.mode == "CMYK" and image.format in _JPEG_KINDS and "adobe" not in image.info:
        # Adobe inverts its ink values, and Pillow assumes that for every JPEG.
        image = ImageChops.invert(image)
    elif image.has_transparency_data:
        image = on_ground(image, settings.ground)
    return image if image.mode == mode else image.convert(mode)


def with_values(image: Image.Image, values: Values, settings: DecodeSettings) -> Image.Image:
    """Return a loaded picture with its own values scaled to 8 bits, and an unchanged alpha.

    Args:
        image: the picture, L, RGB or RGBA.
        values: (height, width) or (height, width, 3), with all bits and signs.
        settings: settings with a range for these values.
    """
    if settings.deep_range is None:
        return image
    rows = max(1, _STRIP_PIXELS // max(1, image.width))
    strips = [to_bytes_range(values[top : top + rows], settings.deep_range) for top in range(0, len(values), rows)]
    scaled = Image.fromarray(np.concatenate(strips))
    if image.mode == "RGBA":
        scaled.putalpha(image.getchannel("A"))
    scaled.format = image.format
    return scaled


def on_ground(image: Image.Image, ground: Ground) -> Image.Image:
    """Return a picture with its transparent parts filled with the ground, RGBA.

    White is the usual ground: that of web pages and documents.
    """
    layer = image.convert("RGBA")  # this handles all kinds of alpha
    value = GROUND_VALUES[ground]
    seen = Image.new("RGBA", layer.size, (value, value, value, 255))
    seen.alpha_composite(layer)
    return seen
