"""Pictures made small enough to show many of them on one page."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onelook.data.dataset import Images

# Up to this many pixels on the longest side a picture is pixel art: every pixel counts and is shown as a square.
PIXEL_ART_SIDE = 64
_PIXEL_ART_SHOWN = 112  # the longest side that pixel art is enlarged to, by a whole factor
_PHOTOGRAPH_SHOWN = 160  # the longest side that a photograph is shrunk to
# At 160 pixels a photograph is 5 to 7 kB as JPEG of this quality and 35 to 50 kB as PNG; nobody sees the difference.
_JPEG_QUALITY = 85


def guess_value_range(images: Images) -> tuple[float, float]:
    """The values that mean black and white: the dtype's for uint8, else the narrowest usual range that holds them.

    Example:
        >>> guess_value_range(np.array([0.0, 0.4, 1.0]))
        (0.0, 1.0)
    """
    if images.dtype == np.uint8:
        return (0.0, 255.0)
    finite = images[np.isfinite(images)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    for usual in ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)):
        if usual[0] <= low and high <= usual[1]:
            return usual
    return (low, high)


def as_bytes(image: Images, value_range: tuple[float, float]) -> NDArray[np.uint8]:
    """The picture's values brought from `value_range` to 0–255 and rounded; what lies outside is cut off.

    Args:
        image: (height, width, channels), any dtype; what is not finite becomes black.
        value_range: the values that mean black and white.
    """
    if image.dtype == np.uint8 and value_range == (0.0, 255.0):
        return image
    low, high = value_range
    scaled = (image.astype(np.float64) - low) * (255.0 / max(high - low, 1e-12))
    return np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0).clip(0, 255).round().astype(np.uint8)


def thumbnail(image: Images, value_range: tuple[float, float]) -> tuple[bytes, str]:
    """A small picture file and its suffix: crisp PNG for pixel art, JPEG for photographs.

    Args:
        image: (height, width, channels); one channel is grey, three are colour, of more the first three are shown.
        value_range: the values that mean black and white.
    """
    pixels = as_bytes(image, value_range)
    picture = Image.fromarray(np.ascontiguousarray(pixels[..., :3] if pixels.shape[-1] >= 3 else pixels[..., 0]))
    side = max(picture.size)
    encoded = io.BytesIO()
    if side <= PIXEL_ART_SIDE:
        factor = max(1, _PIXEL_ART_SHOWN // side)
        size = (picture.width * factor, picture.height * factor)
        picture.resize(size, Image.Resampling.NEAREST).save(encoded, "PNG", optimize=True)
        return encoded.getvalue(), ".png"
    picture.thumbnail((_PHOTOGRAPH_SHOWN, _PHOTOGRAPH_SHOWN), Image.Resampling.LANCZOS)
    picture.save(encoded, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return encoded.getvalue(), ".jpg"
