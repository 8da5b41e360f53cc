"""Pictures in an array: taken as they are, or brought to the size and the channels that a model takes."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.data.pictures.from_arrays import ArrayPictures
from onelook.errors import DataError
from onelook.settings import DecodeSettings


@pytest.mark.parametrize("height", [6, 12])
@pytest.mark.parametrize("width", [8, 16])
@pytest.mark.parametrize(("of_array", "of_model"), [(1, 3), (3, 1), (1, 1), (3, 3)])
def test_pictures_come_with_the_size_and_channels_of_the_settings(
    height: int, width: int, of_array: int, of_model: int
) -> None:
    images = np.full((3, 6, 8, of_array), 60, np.uint8)
    images[1] = 200
    told: list[tuple[int, int]] = []
    decoded = ArrayPictures(images).decode(
        DecodeSettings(height=height, width=width, channels=of_model), lambda *done: told.append(done)
    )
    assert decoded.images.shape == (3, height, width, of_model)
    assert decoded.images.dtype == np.uint8
    assert decoded.images.reshape(3, -1).min(axis=1).tolist() == [60, 200, 60]
    assert decoded.kept.tolist() == [0, 1, 2]
    is_alike = (height, width, of_model) == (6, 8, of_array)
    assert (decoded.images is images) is is_alike
    assert told == ([] if is_alike else [(0, 3), (3, 3)])


def test_colour_becomes_grey_by_its_brightness_to_the_eye() -> None:
    images = np.zeros((3, 4, 4, 3), np.uint8)
    for channel in range(3):
        images[channel, :, :, channel] = 255
    grey = ArrayPictures(images).decode(DecodeSettings(height=4, width=4, channels=1)).images
    assert grey[:, 0, 0, 0].tolist() == [76, 150, 29]  # Rec. 601, as for files


@pytest.mark.parametrize("channels", [1, 3])
def test_only_bytes_are_brought_to_another_form(channels: int) -> None:
    settings = DecodeSettings(height=4, width=6, channels=channels)
    fitting = np.zeros((2, 4, 6, channels), np.float32)
    assert ArrayPictures(fitting, (0.0, 1.0)).decode(settings).images is fitting
    other = np.zeros((2, 4, 6, 4 - channels), np.float32)
    with pytest.raises(DataError) as caught:
        ArrayPictures(other, (0.0, 1.0)).decode(settings)
    assert str(caught.value).startswith(
        f"the pictures are 4×6×{4 - channels} of dtype float32, and 4×6×{channels} was asked for. Only uint8"
    )
