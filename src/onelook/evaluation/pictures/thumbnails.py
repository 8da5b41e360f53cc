"""Pictures made small enough to show many of them on one page."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onelook.data.pictures.protocol import Images

# A picture of at most this many pixels on its longest side is pixel art: every pixel matters and is shown as a square.
PIXEL_ART_SIDE = 64
_PIXEL_ART_SHOWN = 112  # the longest side that pixel art is enlarged to, by a whole factor
PHOTOGRAPH_SHOWN = 160  # the longest side that a photograph is shrunk to
# At 160 pixels a photograph is 5 to 7 kB as JPEG of this quality and 35 to 50 kB as PNG; nobody sees the difference.
_JPEG_QUALITY = 85
# A picture is shown at most this many times as long as its other side: a line shows nothing.
_MOST_ELONGATED = 6.0


def guess_value_range(images: Images) -> tuple[float, float]:
    """Return the values that mean black and white: 0 and 255 for uint8, else the narrowest usual range of the values.

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
    """Return the picture's values scaled from `value_range` to 0–255, rounded and clipped.

    Args:
        image: (height, width, channels), any dtype; NaN becomes black.
        value_range: the values that mean black and white.
    """
    if image.dtype == np.uint8 and value_range == (0.0, 255.0):
        return image
    low, high = value_range
    scaled = (image.astype(np.float64) - low) * (255.0 / max(high - low, 1e-12))
    return np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0).clip(0, 255).round().astype(np.uint8)


def thumbnail(
    image: Images,
    value_range: tuple[float, float],
    *,
    longest: int = PHOTOGRAPH_SHOWN,
    enlarged: bool = True,
    original: tuple[int, int] | None = None,
) -> tuple[bytes, str]:
    """Return a small picture file and its suffix: a sharp PNG of pixel art, a JPEG of a photograph.

    Args:
        image: (height, width, channels); one channel is grey, three are colour; with more, the first three are shown.
        value_range: the values that mean black and white.
        longest: the largest number of pixels of the longest side; pixel art may be larger.
        enlarged: whether pixel art gets the size in which it is shown; else the page enlarges it.
        original: height and width of the picture before it was stretched to the shape of `image`; the thumbnail undoes
            the stretch.
    """
    pixels = as_bytes(image, value_range)
    picture = Image.fromarray(np.ascontiguousarray(pixels[..., :3] if pixels.shape[-1] >= 3 else pixels[..., 0]))
    size = _shown_size(picture.size, original, longest)
    encoded = io.BytesIO()
    if max(picture.size) <= PIXEL_ART_SIDE and size is None:
        factor = max(1, _PIXEL_ART_SHOWN // max(picture.size)) if enlarged else 1
        shown = (picture.width * factor, picture.height * factor)
        # The smallest file of an enlarged picture would be a tenth smaller and take ten times as long to write.
        picture.resize(shown, Image.Resampling.NEAREST).save(encoded, "PNG", optimize=factor == 1)
        return encoded.getvalue(), ".png"
    if size is None:
        picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    else:
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    picture.save(encoded, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return encoded.getvalue(), ".jpg"


@dataclass(frozen=True)
class ThumbnailWriter:
    """Makes pictures small and passes them on under a name.

    Args:
        keep: called with a file name and its content.
        value_range: the values that mean black and white.
        longest, enlarged: as for `thumbnail`.
    """

    keep: Callable[[str, bytes], object]
    value_range: tuple[float, float]
    longest: int = PHOTOGRAPH_SHOWN
    enlarged: bool = True

    @classmethod
    def to_folder(cls, folder: Path, value_range: tuple[float, float]) -> ThumbnailWriter:
        """Return a writer of files in an existing folder."""
        return cls(lambda name, content: (folder / name).write_bytes(content), value_range)

    def write(self, name: str, image: Images, original: tuple[int, int] | None = None) -> str:
        """Keep a picture, (height, width, channels), as `name` with a suffix, and return that file name."""
        content, suffix = thumbnail(
            image, self.value_range, longest=self.longest, enlarged=self.enlarged, original=original
        )
        self.keep(f"{name}{suffix}", content)
        return f"{name}{suffix}"


def _shown_size(decoded: tuple[int, int], original: tuple[int, int] | None, longest: int) -> tuple[int, int] | None:
    """Return the (width, height) that undo the stretch of a picture; None if it was not stretched."""
    if original is None:
        return None
    height, width = original
    if abs(width * decoded[1] - height * decoded[0]) <= 0.02 * width * decoded[1]:
        return None
    longer = min(longest, max(decoded))
    shorter = round(longer * max(min(height, width) / max(height, width), 1 / _MOST_ELONGATED))
    return (longer, shorter) if width > height else (shorter, longer)
