"""The content of a picture is cut out, put on an even ground, and centred by its mass, as the digits of MNIST are."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from onelook.data.pictures.crop_to_content import _in_pixels, crop_to_content
from onelook.data.pictures.decode import decode_picture
from onelook.settings import DecodeSettings

SIZE = DecodeSettings(height=28, width=28, channels=1)


def page(ink: int = 30, paper: int = 220, shading: float = 40.0, noise: float = 3.0) -> Image.Image:
    """A thick L, 60 × 100 pixels, off the middle of a page of 400 × 300 that is lighter on its right side."""
    ramp = np.tile(np.linspace(-shading / 2, shading / 2, 400), (300, 1))
    values = paper + ramp + np.random.default_rng(0).normal(0, noise, (300, 400))
    values[80:180, 120:140] = ink
    values[160:180, 120:180] = ink
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def pixels(image: Image.Image, size: tuple[int, int] = (28, 28)) -> np.ndarray:
    return np.asarray(crop_to_content(image, *size), np.float64)


def test_dark_content_lies_on_white_and_fills_the_box() -> None:
    found = pixels(page())
    ink = found < 128
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    assert rows[-1] - rows[0] + 1 == 20  # of 28, as in MNIST
    assert columns[-1] - columns[0] + 1 == 12  # the aspect ratio is kept
    assert found.max() == 255
    assert found.min() < 10
    assert (found[:, :3] == 255).all()  # neither shading nor noise is left


def test_its_mass_is_in_the_middle() -> None:
    mass = 255 - pixels(page())
    down, right = ((mass.sum(axis=axis) @ (np.arange(28) + 0.5)) / mass.sum() for axis in (1, 0))
    assert (down, right) == pytest.approx((14, 14), abs=0.75)


def test_light_content_lies_on_black() -> None:
    found = pixels(page(ink=230, paper=60))
    assert found.min() == 0
    assert np.abs((255 - found) - pixels(page())).mean() < 3


def test_the_middle_of_a_picture_of_mnist_s_kind_hardly_changes() -> None:
    once = crop_to_content(page(), 28, 28)
    assert np.abs(np.asarray(once, np.float64) - pixels(once)).mean() < 5


def test_colour_is_kept_on_a_ground_of_one_colour() -> None:
    image = Image.new("RGB", (120, 90), (200, 220, 240))
    ImageDraw.Draw(image).rectangle((40, 30, 70, 70), fill=(180, 20, 30))
    found = np.asarray(crop_to_content(image, 28, 28))
    assert found[0, 0].tolist() == [200, 220, 240]
    assert found[14, 14] == pytest.approx([180, 20, 30], abs=2)


@pytest.mark.parametrize("picture", [Image.new("L", (40, 30), 128), Image.new("RGB", (1, 1)), Image.new("L", (2, 90))])
def test_a_picture_without_content_is_unchanged(picture: Image.Image) -> None:
    assert crop_to_content(picture, 28, 28) is picture


def test_a_speck_is_no_content() -> None:
    image = page()
    for corner in ((8, 8), (390, 290)):
        image.paste(0, (*corner, corner[0] + 3, corner[1] + 3))
    assert np.abs(pixels(image) - pixels(page())).max() < 3


@pytest.mark.parametrize("size", [(63, 63), (100, 30), (30, 100)])
def test_a_stroke_of_one_pixel_is_content_where_a_side_is_short(size: tuple[int, int]) -> None:
    """In larger pictures it would be a scratch or dust."""
    image = Image.new("L", size, 230)
    middle, end = size[0] // 2, size[1] // 2
    ImageDraw.Draw(image).line((middle - 10, end, middle + 10, end), fill=20)
    found = pixels(image)
    assert found.shape == (28, 28)
    assert np.flatnonzero((found < 128).any(axis=0)).tolist() == list(range(4, 24))


def test_the_ink_of_a_photograph_becomes_full() -> None:
    """Little of it is as dark as its darkest pixels, after it was resized."""
    found = pixels(page(noise=8))
    assert (found == 0).sum() > 0.4 * (found < 128).sum()


def test_decoding_crops_first_and_inverts_then() -> None:
    settings = SIZE.model_copy(update={"crop_to_content": True, "invert": True})
    assert np.array_equal(decode_picture(page(), settings)[..., 0], 255 - np.asarray(crop_to_content(page(), 28, 28)))
    inverted = decode_picture(page(), SIZE.model_copy(update={"invert": True}))
    assert np.array_equal(inverted, 255 - decode_picture(page(), SIZE))


def test_a_small_content_of_a_large_jpeg_is_read_at_its_full_size() -> None:
    """The reader of JPEG skips detail that a resize of the whole would remove."""
    large = Image.new("L", (1600, 1200), 255)
    large.paste(page(shading=0, noise=0).crop((110, 70, 190, 190)), (760, 540))
    file = io.BytesIO()
    large.save(file, "JPEG", quality=95)
    settings = SIZE.model_copy(update={"crop_to_content": True})
    difference = decode_picture(file.getvalue(), settings).astype(float) - decode_picture(large, settings)
    assert np.abs(difference).mean() < 6


def test_a_box_in_shares_of_the_sides_is_every_pixel_that_it_touches() -> None:
    assert _in_pixels((0.11, 0.21, 0.55, 0.95), (10, 20)) == (1, 4, 6, 19)
    assert _in_pixels((0.5, 0.5, 0.6, 0.6), (10, 10)) == (5, 5, 6, 6)
    assert _in_pixels((-0.1, -0.2, 1.1, 1.2), (10, 20)) == (0, 0, 10, 20)
