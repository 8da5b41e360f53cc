"""Ways in which a picture becomes a near copy of itself, for near copies planted on purpose."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]  # (height, width, channels)
Alter = Callable[[Picture, np.random.Generator], Picture]

_DIRECTIONS = ((0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1))


def _times(factor: float) -> Alter:
    return lambda picture, _: _to_bytes(picture * factor)


def _contrast(factor: float) -> Alter:
    return lambda picture, _: _to_bytes((picture - picture.mean()) * factor + picture.mean())


def _shift(pixels: int) -> Alter:
    """In one of eight directions; what comes in is the border repeated, black, or the other side's border."""

    def alter(picture: Picture, draw: np.random.Generator) -> Picture:
        down, right = (pixels * step for step in _DIRECTIONS[draw.integers(len(_DIRECTIONS))])
        height, width = picture.shape[:2]
        mode = ("edge", "constant", "wrap")[draw.integers(3)]
        padded = np.pad(picture, ((pixels, pixels), (pixels, pixels), (0, 0)), mode=mode)
        return padded[pixels - down : pixels - down + height, pixels - right : pixels - right + width]

    return alter


def _jpeg(quality: int) -> Alter:
    def alter(picture: Picture, _: np.random.Generator) -> Picture:
        file = io.BytesIO()
        _as_pillow(picture).save(file, "JPEG", quality=quality)
        return _as_array(Image.open(file))

    return alter


def _noise(deviation: float) -> Alter:
    return lambda picture, draw: _to_bytes(picture + draw.normal(0, deviation, picture.shape))


def _there_and_back(factor: float) -> Alter:
    def alter(picture: Picture, _: np.random.Generator) -> Picture:
        height, width = picture.shape[:2]
        other = _as_pillow(picture).resize((round(factor * width), round(factor * height)), Image.Resampling.BILINEAR)
        return _as_array(other.resize((width, height), Image.Resampling.BILINEAR))

    return alter


def _crop(pixels: int) -> Alter:
    def alter(picture: Picture, _: np.random.Generator) -> Picture:
        height, width = picture.shape[:2]
        inner = _as_pillow(picture).crop((pixels, pixels, width - pixels, height - pixels))
        return _as_array(inner.resize((width, height), Image.Resampling.BILINEAR))

    return alter


def _both(first: Alter, second: Alter) -> Alter:
    return lambda picture, draw: second(first(picture, draw), draw)


BRIGHTER, SHIFTED = _times(1.03), _shift(1)

# What happens to pictures that are passed on, and what a careless script does to a data set.
USUAL: Mapping[str, Alter] = {
    "3 % brighter": BRIGHTER,
    "3 % darker": _times(0.97),
    "10 % brighter": _times(1.1),
    "a tenth less contrast": _contrast(0.9),
    "shifted by one pixel": SHIFTED,
    "shifted, and 3 % brighter": _both(SHIFTED, BRIGHTER),
    "JPEG, quality 75": _jpeg(75),
    "shifted, and JPEG": _both(SHIFTED, _jpeg(75)),
    "noise of 4 levels": _noise(4),
    "enlarged twice and back": _there_and_back(2),
}
# What changes a picture of 28 or 32 pixels a good deal.
STRONG: Mapping[str, Alter] = {
    "shifted by two pixels": _shift(2),
    "JPEG, quality 50": _jpeg(50),
    "noise of 8 levels": _noise(8),
    "shrunk to three quarters and back": _there_and_back(0.75),
    "cropped by a pixel all round": _crop(1),
    "cropped, with noise of 4 levels": _both(_crop(1), _noise(4)),
}


def _to_bytes(values: NDArray[np.floating]) -> Picture:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _as_pillow(picture: Picture) -> Image.Image:
    return Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture)


def _as_array(image: Image.Image) -> Picture:
    pixels = np.asarray(image)
    return pixels[..., None] if pixels.ndim == 2 else pixels
