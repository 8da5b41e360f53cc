"""The order of colours in rows of numbers, by the pictures themselves."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.data.layouts.tables.colour_order import ColourOrder, colour_order, has_four_bands


def drawn(side: int, bands: int, rows: int = 3) -> np.ndarray:
    """Smooth pictures whose bands differ, (rows, side, side, bands)."""
    ramp = np.arange(side)[:, None] * 2 + np.arange(side) * 3
    levels = np.array([20, 200, 90, 150])[:bands]
    return np.stack([np.asarray(ramp[..., None] + levels + number, np.uint8) for number in range(rows)])


@pytest.mark.parametrize("side", [6, 7, 8, 32])
def test_smooth_pictures_tell_the_order_of_their_colours_from_7_pixels_on(side: int) -> None:
    pictures = drawn(side, 3)
    pixels, planes = pictures.reshape(3, -1), pictures.transpose(0, 3, 1, 2).reshape(3, -1)
    expected = (ColourOrder.PIXELS, ColourOrder.PLANES) if side > 6 else (None, None)
    assert (colour_order(pixels), colour_order(planes)) == expected
    assert (colour_order(pixels.astype(np.float32) / 255), colour_order(planes / 255)) == expected


def test_noise_tells_no_order() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (300, 192), dtype=np.uint8)
    assert colour_order(noise) is None


@pytest.mark.parametrize(("side", "is_told"), [(6, False), (7, True), (8, True), (32, True)])
def test_four_bands_are_told_from_a_grey_picture_of_twice_the_side(side: int, is_told: bool) -> None:
    assert has_four_bands(drawn(side, 4).reshape(3, -1)) == is_told
    assert not has_four_bands(drawn(2 * side, 1).reshape(3, -1))


def test_rows_of_four_bands_are_compared_with_the_row_below() -> None:
    # Every other row is like the one above it, and no row is like the next but one. 8×8 pixels of bands 60 apart.
    levels = np.repeat([0, 0, 50, 50, 0, 0, 50, 50], 8)
    picture = levels[:, None] + np.array([0, 60, 0, 60])
    assert has_four_bands(picture.reshape(1, -1))
    shuffled = np.repeat([0, 50] * 4, 8)[:, None] + np.array([0, 60, 0, 60])  # no row is like the one above it
    assert not has_four_bands(shuffled.reshape(1, -1))
