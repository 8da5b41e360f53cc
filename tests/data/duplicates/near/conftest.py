"""Pictures drawn for near copies, and ways to alter them."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Pictures = NDArray[np.uint8]  # (rows, height, width, channels)
Alter = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]


def scenes(seed: int, count: int, size: int = 32) -> Pictures:
    """Coloured discs and bars on a slope of light, as photographs are: (count, size, size, 3)."""
    draw = np.random.Generator(np.random.PCG64(seed))
    images = []
    for _ in range(count):
        slope = np.linspace(40, 200, 4 * size)[None, :, None] + draw.uniform(-15, 15, (4 * size, 4 * size, 3))
        image = Image.fromarray(slope.astype(np.uint8))
        pen = ImageDraw.Draw(image)
        for shape in (pen.ellipse, pen.rectangle) * 6:
            x, y, width, height = draw.uniform(0, [4 * size, 4 * size, 2 * size, 2 * size])
            shape((x, y, x + width + 4, y + height + 4), fill=tuple(draw.integers(0, 256, 3).tolist()))
        images.append(np.asarray(image.resize((size, size), Image.Resampling.BOX)))
    return np.stack(images)


def strokes(seed: int, count: int, size: int = 28) -> Pictures:
    """White strokes of several bends on black, as digits are: (count, size, size, 1)."""
    draw = np.random.Generator(np.random.PCG64(seed))
    images = []
    for _ in range(count):
        image = Image.new("L", (4 * size, 4 * size))
        points = draw.uniform(0.18, 0.82, (5, 2)) * 4 * size
        ImageDraw.Draw(image).line(points.ravel().tolist(), fill=255, width=size // 3)
        images.append(np.asarray(image.resize((size, size), Image.Resampling.BOX)))
    return np.stack(images)[..., None]


def brighter(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.clip(np.rint(picture * 1.03), 0, 255).astype(np.uint8)


def flatter(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.rint(0.9 * picture + 12).astype(np.uint8)


def shifted(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One pixel down and to the left, with what was at the border still there."""
    return np.pad(picture, ((1, 0), (0, 1), (0, 0)), mode="edge")[:-1, 1:]


def shifted_into_black(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.pad(picture, ((0, 2), (0, 0), (0, 0)))[2:]


def compressed(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    file = io.BytesIO()
    as_pillow(picture).save(file, "JPEG", quality=75)
    return as_array(Image.open(file))


def noisy(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    noise = np.random.Generator(np.random.PCG64(7)).normal(0, 4, picture.shape)
    return np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)


def shrunk_and_enlarged(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    small = as_pillow(picture).resize((3 * width // 4, 3 * height // 4), Image.Resampling.BILINEAR)
    return as_array(small.resize((width, height), Image.Resampling.BILINEAR))


def cropped(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    inner = as_pillow(picture).crop((1, 1, width - 1, height - 1))
    return as_array(inner.resize((width, height), Image.Resampling.BILINEAR))


def shifted_and_compressed(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return compressed(brighter(shifted(picture)))


ALTERATIONS: tuple[Alter, ...] = (
    brighter,
    flatter,
    shifted,
    shifted_into_black,
    compressed,
    noisy,
    shrunk_and_enlarged,
    cropped,
    shifted_and_compressed,
)


def as_pillow(picture: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture)


def as_array(image: Image.Image) -> NDArray[np.uint8]:
    pixels = np.asarray(image)
    return pixels[..., None] if pixels.ndim == 2 else pixels


@pytest.fixture(scope="module", params=[scenes, strokes], ids=["scenes", "strokes"])
def drawn(request: pytest.FixtureRequest) -> Pictures:
    """Three hundred pictures, of which none is a copy of another."""
    make: Callable[[int, int], Pictures] = request.param
    pictures = make(1, 300)
    pictures.setflags(write=False)
    return pictures
