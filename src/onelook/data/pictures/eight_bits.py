"""Pictures of any mode converted to eight bits of grey or colour, as a viewer shows them."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops

from onelook.errors import DataError

_JPEG_KINDS = ("JPEG", "MPO")
_BITS_PER_SAMPLE, _PHOTOMETRIC, _WHITE_IS_ZERO = 258, 262, 0  # of TIFF 6.0, sections 4 and 8


def go_to_first_frame(image: Image.Image) -> None:
    """Go to the first frame of an animated PNG whose still picture is not part of the animation."""
    if getattr(image, "default_image", False):
        image.seek(1)


# Pixels that are converted at once. The largest pictures as a whole would take ten times their size in memory.
_STRIP_PIXELS = 1 << 24


def to_eight_bits(image: Image.Image, mode: str) -> Image.Image:
    """Return a loaded picture in grey (`L`) or colour (`RGB`): transparent parts on white, 16 bits scaled to 8.

    Raises:
        DataError: its numbers have no range that is agreed on.
    """
    if image.mode == mode and not image.has_transparency_data:
        return image
    rows = max(1, _STRIP_PIXELS // max(1, image.width))
    if image.height <= rows:
        return _strip_to_eight_bits(image, mode)
    seen = Image.new(mode, image.size)
    for top in range(0, image.height, rows):
        seen.paste(_strip_to_eight_bits(_strip(image, top, min(top + rows, image.height)), mode), (0, top))
    return seen


def _strip(image: Image.Image, top: int, bottom: int) -> Image.Image:
    """Return some rows of a picture, with the metadata of the whole."""
    strip = image.crop((0, top, image.width, bottom))
    strip.info = image.info
    strip.format = image.format
    if (tags := getattr(image, "tag_v2", None)) is not None:
        strip.tag_v2 = tags  # type: ignore[attr-defined]  # as a TIFF has it
    return strip


def _strip_to_eight_bits(image: Image.Image, mode: str) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode == "I":
        image = _scale_deep_grey(image)
    elif image.mode == "F":
        raise DataError("its pixels are floating-point numbers, which have no agreed range. Save it with 8 or 16 bits")
    elif image.mode == "CMYK" and image.format in _JPEG_KINDS and "adobe" not in image.info:
        # Adobe writes its ink upside down, and Pillow takes every JPEG for Adobe's.
        image = ImageChops.invert(image)
    elif image.has_transparency_data:
        # White, as under the pictures of a web page or a document. Through RGBA, which knows all kinds of alpha.
        layer = image.convert("RGBA")
        image = Image.new("RGBA", layer.size, "white")
        image.alpha_composite(layer)
    return image if image.mode == mode else image.convert(mode)


def _scale_deep_grey(image: Image.Image) -> Image.Image:
    """Return deep grey scaled to 8 bits: the highest value that the file can hold becomes 255.

    The highest that it can, not the highest that it does: two pictures of one camera stay comparable, and a dark one
    stays dark. Pillow's own conversion cuts at 255 instead.
    """
    deep = np.asarray(image).astype(np.int64)
    tags = getattr(image, "tag_v2", {})
    highest = _highest_value(tags.get(_BITS_PER_SAMPLE))
    if deep.size and (deep.min() < 0 or deep.max() > highest):
        raise DataError(
            f"its pixels are 32-bit numbers from {deep.min()} to {deep.max()}, which have no agreed range. "
            "Save it with 8 or 16 bits"
        )
    pixels = ((deep * 255 + highest // 2) // highest).astype(np.uint8)
    if tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        pixels = 255 - pixels
    if isinstance(clear := image.info.get("transparency"), int):  # of a PNG, the one grey that is transparent
        pixels[deep == clear] = 255
    return Image.fromarray(pixels)


def _highest_value(bits: int | tuple[int, ...] | None) -> int:
    """Return the highest value of a sample, given the bits of a TIFF: 4,095 for the 12 of many cameras."""
    sample_bits = bits[0] if isinstance(bits, tuple) else bits
    return (1 << sample_bits) - 1 if sample_bits is not None and 8 < sample_bits < 16 else 65_535
