"""What is left over of one picture's edges when another is taken from them, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from onelook.data.duplicates.near.edges import Edges, enlarged, softened

NOISE = np.random.Generator(np.random.PCG64(0)).uniform(0, 255, (2, 20, 16)).astype(np.float32)
FIRST, SECOND = np.array([0]), np.array([1])


def left_over(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(Edges(one[None]).residuals(FIRST, Edges(other[None]), FIRST)[0])


def test_a_picture_leaves_nothing_of_itself_and_all_of_a_stranger() -> None:
    edges = Edges(NOISE)
    assert edges.residuals(FIRST, edges, FIRST)[0] < 0.002
    assert edges.residuals(FIRST, edges, SECOND)[0] > 0.9


def test_gain_and_offset_do_not_count_but_a_negative_does() -> None:
    assert left_over(NOISE[0], 0.4 * NOISE[0] + 30) < 0.002
    assert left_over(NOISE[0], 255 - NOISE[0]) > 0.9


@pytest.mark.parametrize("down", [-2, -1, 0, 1, 2])
@pytest.mark.parametrize("right", [-2, 0, 1])
def test_a_shift_of_two_pixels_does_not_count_whatever_comes_in(down: int, right: int) -> None:
    moved = np.roll(NOISE[0], (down, right), axis=(0, 1))
    # The filters reach over two pixels, and what they see of the other side is outside of the overlap.
    assert left_over(NOISE[0], moved) < 0.002
    assert left_over(moved, NOISE[0]) < 0.002


def test_part_of_a_pixel_counts_unless_it_is_tried() -> None:
    row, column = np.mgrid[0:24, 0:24].astype(np.float32)
    one, other = (np.exp(-((column - at) ** 2 + (row - 12) ** 2) / 8) for at in (11, 11.5))
    plain = left_over(one, other)
    fine = Edges(np.stack([one, other]), steps=8).residuals(FIRST, Edges(np.stack([one, other]), steps=8), SECOND)[0]
    assert plain > 0.1
    assert fine < 0.02


def test_a_shift_of_three_does() -> None:
    assert left_over(NOISE[0], np.roll(NOISE[0], 3, axis=0)) > 0.8


def test_what_is_left_is_the_sine_of_the_angle() -> None:
    # Two patterns whose gradients are of one length and at right angles: equal parts of both leave sin 45°.
    row, column = np.mgrid[0:36, 0:36].astype(np.float32)
    one, other = np.sin(2 * np.pi * column / 8), np.sin(2 * np.pi * row / 8)
    assert left_over(one, one + other) == pytest.approx(np.sqrt(0.5), abs=0.01)


def test_a_blank_picture_is_nobodys_copy() -> None:
    blank = np.full((20, 16), 9, np.float32)
    assert left_over(blank, blank) == left_over(blank, NOISE[0]) == 1


def test_pictures_with_all_at_one_border_are_not_told_by_what_a_shift_leaves_of_them() -> None:
    one, other = np.zeros((2, 20, 16), np.float32)
    one[4, :3] = other[14, :3] = 255  # two pixels to the right nothing is left of them but rounding
    assert left_over(one, other) > 0.8
    assert left_over(one, np.roll(one, 1, axis=0)) < 0.002


def test_softened_is_the_binomial_mean_with_borders_kept() -> None:
    point = np.zeros((1, 3, 3), np.float32)
    point[0, 1, 1] = 16
    assert softened(point)[0].tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    assert softened(np.ones((1, 3, 4), np.float32)).tolist() == np.ones((1, 3, 4)).tolist()


def test_enlarged_stretches_all_but_the_border() -> None:
    slope = np.tile(np.arange(6, dtype=np.float32), (1, 6, 1))
    # Six pixels now show what four did, from 0.5 to 4.5 at their edges: steps of 4 / 6.
    assert enlarged(slope)[0, 0] == pytest.approx((np.arange(6) + 0.5) * 4 / 6 + 0.5)
