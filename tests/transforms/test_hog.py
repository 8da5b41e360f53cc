"""Histograms of oriented gradients, against answers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.errors import ConfigError
from onelook.transforms.hog import ORIENTATIONS, hog, hog_length, pick_cell


def test_a_ramp_has_one_direction() -> None:
    across = np.tile(np.arange(16, dtype=np.float32), (16, 1))[None, :, :, None]
    found = hog(across, 4).reshape(-1, 4, ORIENTATIONS)
    # A gradient of 0 degrees lies half-way between the bins at 10 and, without sign, at 170.
    assert np.allclose(found[..., 0], found[..., 8])
    assert np.allclose(found[..., 1:8], 0, atol=1e-6)
    down = hog(across.transpose(0, 2, 1, 3), 4).reshape(-1, 4, ORIENTATIONS)
    assert np.allclose(down[..., 4], down.max(axis=2))  # 90 degrees is the middle of the fifth bin
    assert np.allclose(np.delete(down, 4, axis=2), 0, atol=1e-6)


def test_every_block_has_length_one_and_no_value_stands_out() -> None:
    images = np.random.default_rng(0).random((3, 24, 28, 1), np.float32)
    found = hog(images, 4)
    assert found.shape == (3, hog_length(24, 28, 4)) == (3, 5 * 6 * 36)
    assert np.allclose(np.linalg.norm(found.reshape(3, -1, 36), axis=2), 1, atol=1e-3)
    assert found.max() < 0.4  # 0.2, brought to length 1 again


def test_contrast_and_brightness_do_not_matter_and_nothing_gives_nothing() -> None:
    images = np.random.default_rng(0).random((2, 16, 16, 1), np.float32)
    assert np.allclose(hog(images, 4), hog(0.5 * images + 0.25, 4), atol=1e-4)
    assert not hog(np.full((1, 16, 16, 1), 0.7, np.float32), 4).any()


def test_of_several_channels_the_strongest_counts() -> None:
    grey = np.random.default_rng(0).random((2, 16, 16, 1), np.float32)
    colour = np.concatenate([0.1 * grey, grey, 0.2 * grey], axis=3)
    assert np.allclose(hog(colour, 4), hog(grey, 4), atol=1e-6)


def test_pictures_without_a_block_are_refused() -> None:
    with pytest.raises(ConfigError, match="16×16 pixels or more; these are 12×28"):
        hog_length(12, 28, 8)


def test_blocks_go_row_by_row_and_their_cells_from_top_left_to_bottom_right() -> None:
    images = np.zeros((1, 26, 33, 1), np.float32)  # three cells of 8 down, four across, and a rest
    images[0, 12, 20] = 1.0  # in the middle of the cell in row 1, column 2
    images[0, 25, 32] = 9.0  # past the last whole cell
    filled = hog(images, 8).reshape(2, 3, 4, ORIENTATIONS).any(axis=3)
    found = {tuple(place) for place in np.argwhere(filled).tolist()}
    # Of the block to the right of it, above and below, it is another corner.
    assert found == {(0, 1, 3), (0, 2, 2), (1, 1, 1), (1, 2, 0)}


@pytest.mark.parametrize(
    ("height", "width", "cell"),
    [(128, 128, 8), (57, 56, 8), (28, 28, 4), (8, 8, 2), (28, 200, 4), (200, 28, 4), (300, 9, 2)],
)
def test_the_shorter_side_decides_how_large_a_cell_is(height: int, width: int, cell: int) -> None:
    assert pick_cell(height, width) == cell
