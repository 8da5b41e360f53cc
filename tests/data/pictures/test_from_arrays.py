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


def test_pictures_of_the_right_size_are_changed_too_if_the_settings_say_so() -> None:
    images = np.arange(2 * 4 * 6, dtype=np.uint8).reshape(2, 4, 6, 1)
    inverted = DecodeSettings(height=4, width=6, channels=1, invert=True)
    for decoded in (ArrayPictures(images).decode(inverted), ArrayPictures(images).decode_alone(inverted)):
        assert decoded.images.tolist() == (255 - images).tolist()
        assert decoded.unresized is images
    plain = DecodeSettings(height=4, width=6, channels=1)
    for decoded in (ArrayPictures(images).decode(plain), ArrayPictures(images).decode_alone(plain)):
        assert decoded.images is images
        assert decoded.unresized is None
    with pytest.raises(DataError, match="Only uint8 pictures are resized"):
        ArrayPictures(images.astype(np.float32)).decode(inverted)


def test_a_change_of_what_was_taken_does_not_change_the_data() -> None:
    images = np.arange(3 * 4, dtype=np.uint8).reshape(3, 2, 2, 1)
    pictures = ArrayPictures(images.copy(), (0.0, 12.0))
    pictures.original(1)[:] = 99
    taken = pictures.take(np.array([2, 0]))
    assert (taken.images.tolist(), taken.value_range) == (images[[2, 0]].tolist(), (0.0, 12.0))
    taken.images[:] = 99
    assert pictures.images.tolist() == images.tolist()
