"""Small grey pictures: which grey a colour is, and what is averaged."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.data.duplicates.near.thumbnails import area_average, thumbnails


def test_each_colour_is_as_bright_as_it_looks() -> None:
    colours = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]], np.uint8).reshape(4, 1, 1, 3)
    found = thumbnails(np.broadcast_to(colours, (4, 12, 12, 3)))
    assert found.shape == (4, 12, 12)
    assert found[:, 5, 5] == pytest.approx([76.245, 149.685, 29.07, 255.0])


def test_each_side_is_brought_to_32_at_most_on_its_own() -> None:
    for height, width, small in ((64, 40, (32, 32)), (20, 96, (20, 32)), (96, 20, (32, 20)), (32, 32, (32, 32))):
        row, column = np.mgrid[0:height, 0:width]
        down, right = (row * 255 // height).astype(np.uint8), (column * 255 // width).astype(np.uint8)
        found = thumbnails(np.stack([down, right])[..., None])
        assert found.shape == (2, *small)
        assert (np.diff(found[0], axis=0) > 0).all()
        assert np.ptp(found[0], axis=1).max() < 0.01
        assert (np.diff(found[1], axis=1) > 0).all()
        assert np.ptp(found[1], axis=0).max() < 0.01
        assert found[0].mean() == pytest.approx(down.mean(), abs=0.01)  # an average leaves nothing out


def test_other_numbers_than_bytes_are_brought_to_one_at_most_picture_by_picture() -> None:
    images = np.zeros((3, 2, 2, 1), np.float64)
    images[0, 0, 0], images[1, 1, 1], images[1, 0, 0] = 500.0, -1e30, 5e29
    found = thumbnails(images)
    assert found.dtype == np.float32
    assert found.tolist() == [[[1, 0], [0, 0]], [[0.5, 0], [0, -1]], [[0, 0], [0, 0]]]


def test_two_and_four_channels_count_alike() -> None:
    images = np.zeros((1, 2, 2, 4), np.uint8)
    images[..., 3] = 200
    assert thumbnails(images).tolist() == [[[50, 50], [50, 50]]]
    assert thumbnails(images[..., 2:]).tolist() == [[[100, 100], [100, 100]]]


def test_stretches_take_the_pixels_that_lie_in_them() -> None:
    assert area_average(6, 3).tolist() == np.kron(np.eye(3), [0.5, 0.5]).tolist()
    assert area_average(5, 2) == pytest.approx(np.array([[0.4, 0.4, 0.2, 0, 0], [0, 0, 0.2, 0.4, 0.4]]))
    assert area_average(7, 4).sum(axis=1) == pytest.approx(np.ones(4))


def test_other_values_than_bytes_are_scaled_to_at_most_one_by_each_picture() -> None:
    values = np.array([0.0, 0.25, -0.5, 1.0], np.float32).reshape(1, 2, 2, 1)
    scaled = thumbnails(np.concatenate([values, values / 2, values * 1_000, values * 0]))
    assert scaled.reshape(4, 4).tolist() == [[0, 0.25, -0.5, 1]] * 3 + [[0] * 4]
    assert thumbnails((values * 100).clip(0).astype(np.uint8)).ravel().tolist() == [0, 25, 0, 100]
