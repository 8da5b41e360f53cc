"""Measures of drawn pictures, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import DTypeLike, NDArray
from PIL import Image, ImageFilter

from onelook.data.pictures.measures import measure_names, measure_pixels

BYTES = (0.0, 255.0)


def measure(picture: NDArray[Any], value_range: tuple[float, float] = BYTES) -> dict[str, float]:
    """The measures of one picture, (height, width) or (height, width, channels)."""
    shaped = picture if picture.ndim == 3 else picture[:, :, None]
    return {name: float(value[0]) for name, value in measure_pixels(shaped[None], value_range).items()}


def halves(side: int = 10) -> NDArray[np.uint8]:
    """Black on the left, white on the right."""
    picture = np.zeros((side, side), np.uint8)
    picture[:, side // 2 :] = 255
    return picture


def flat(*colour: int, side: int = 8) -> NDArray[np.uint8]:
    return np.full((side, side, len(colour)), colour, np.uint8)


def test_half_black_half_white() -> None:
    found = measure(halves())
    assert found == {
        "darkest": 0.0,
        "brightest": 1.0,
        "deviation": 0.5,
        "entropy": 1.0,  # two levels, as often each
        "sharpness": 1.0,  # the Laplacian beside the edge is the whole contrast
    }


def test_four_levels_as_often_each_are_two_bits() -> None:
    picture = np.repeat(np.array([[0, 60, 120, 180]], np.uint8), 4, axis=0)
    assert measure(picture)["entropy"] == 2.0


@pytest.mark.parametrize("level", [0, 51, 255])
def test_one_colour_has_no_deviation_no_entropy_and_no_sharpness(level: int) -> None:
    found = measure(flat(level))
    assert (found["darkest"], found["brightest"]) == (level / 255, level / 255)
    assert (found["deviation"], found["entropy"]) == (0.0, 0.0)
    assert np.isnan(found["sharpness"])


def test_one_white_pixel_in_a_hundred_does_not_make_a_picture_bright() -> None:
    picture = np.zeros((10, 20), np.uint8)
    picture[4, 4:6] = 255
    assert measure(picture)["brightest"] == 0.0
    picture[4, 4:7] = 255
    assert measure(picture)["brightest"] == 1.0


def test_colours_are_judged_by_their_brightest_and_darkest_channel() -> None:
    found = measure(flat(0, 0, 255))
    # Its luma is 29 of 255, and still nobody would call it dark.
    assert (found["darkest"], found["brightest"], found["chroma"]) == (0.0, 1.0, 1.0)


def test_grey_stored_as_colour_has_no_chroma_and_one_red_pixel_in_two_hundred_gives_none() -> None:
    picture = np.repeat(halves(20)[:, :, None], 3, axis=2)
    assert measure(picture)["chroma"] == 0.0
    picture[0, :2] = (255, 0, 0)
    assert measure(picture)["chroma"] == 0.0
    picture[0, :6] = (255, 0, 0)
    assert measure(picture)["chroma"] == 1.0


def test_two_colours_of_one_luma_are_not_blank() -> None:
    picture = flat(150, 0, 0)
    picture[:, :4] = (0, 77, 0)  # 150 × 77 = 77 × 150
    found = measure(picture)
    assert found["entropy"] == 0.0
    assert found["deviation"] == pytest.approx(75 / 255)


@pytest.mark.parametrize("low", [0, 100, 200])
def test_a_faint_edge_is_as_sharp_as_a_strong_one(low: int) -> None:
    faint = np.where(halves() == 0, low, low + 20).astype(np.uint8)
    assert measure(faint)["sharpness"] == 1.0


def test_an_edge_spread_over_five_pixels_is_a_fifth_as_sharp() -> None:
    row = [0] * 5 + [51, 102, 153, 204] + [255] * 5  # the Laplacian is 51 where the slope begins and ends
    assert measure(np.array([row] * 8, np.uint8))["sharpness"] == pytest.approx(0.2)


def test_a_checkerboard_is_the_sharpest() -> None:
    board = np.indices((8, 8)).sum(axis=0) % 2 * 255
    assert measure(board.astype(np.uint8))["sharpness"] == 4.0


@pytest.mark.parametrize(("specks", "sharpness"), [(3, 1.0), (4, 4.0)])
def test_the_steepest_thousandth_decides(specks: int, sharpness: float) -> None:
    """Of the 62×62 pixels inside, a thousandth is 3.8."""
    picture = np.zeros((64, 64), np.uint8)
    picture[:, 32:] = 100
    picture[10 : 10 + 10 * specks : 10, 50] = 200
    assert measure(picture)["sharpness"] == sharpness


def test_a_sharp_picture_of_little_detail_is_sharper_than_a_blurred_one_of_much() -> None:
    cat_on_white = np.full((64, 64), 255, np.uint8)
    cat_on_white[20:44, 20:44] = 10
    noise = np.random.Generator(np.random.PCG64(0)).integers(0, 256, (64, 64), np.uint8)
    blurred = np.asarray(Image.fromarray(noise).filter(ImageFilter.GaussianBlur(2)))
    assert measure(cat_on_white)["sharpness"] > 3 * measure(blurred)["sharpness"]


@pytest.mark.parametrize(
    ("dtype", "value_range"),
    [(np.float32, (0, 1)), (np.float64, (-1, 1)), (np.float32, BYTES), (np.uint16, (0, 65535)), (np.int64, (0, 16))],
)
def test_any_dtype_is_measured_in_its_range(dtype: DTypeLike, value_range: tuple[float, float]) -> None:
    low, high = value_range
    scaled = (halves() / 255 * (high - low) + low).astype(dtype)
    assert measure(scaled, value_range) == measure(halves())


def test_values_that_are_no_numbers_or_out_of_range_are_brought_into_it() -> None:
    picture = np.full((4, 4), np.nan, np.float32)
    picture[:, 2:] = np.inf
    assert measure(picture, (0, 1))["deviation"] == 0.5
    assert measure(np.full((4, 4), 7.0), (7, 7))["brightest"] == 0.0


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(1, 1), (2, 9), (3, 3), (8, 8)])
def test_pictures_of_any_size_can_be_measured(size: tuple[int, int], channels: int) -> None:
    pictures = np.random.Generator(np.random.PCG64(0)).integers(0, 256, (5, *size, channels), np.uint8)
    found = measure_pixels(pictures, BYTES)
    assert tuple(found) == measure_names(channels)
    for name, values in found.items():
        assert values.shape == (5,)
        assert values.dtype == np.float64
        assert np.isfinite(values).all() or name == "sharpness"
    assert np.isnan(found["sharpness"]).all() == (min(size) < 3)


def test_a_picture_is_measured_alike_in_whatever_company() -> None:
    pictures = np.random.Generator(np.random.PCG64(0)).integers(0, 256, (7, 12, 9, 3), np.uint8)
    together = measure_pixels(pictures, BYTES)
    for row in range(7):
        for name, value in measure_pixels(pictures[row : row + 1], BYTES).items():
            assert value[0] == together[name][row]
