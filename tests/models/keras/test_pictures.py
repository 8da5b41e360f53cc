"""What pictures a network of Keras takes, from the shape of its input."""

from __future__ import annotations

from typing import Any

import pytest

from onelook.errors import ConfigError, ModelError
from onelook.models.keras.layer import KerasLayer
from onelook.models.keras.network import _picture

NOWHERE: Any = None
MODEL = KerasLayer("Sequential", "mine", {}, NOWHERE, "here.keras", is_keras_2=False)


@pytest.mark.parametrize(
    ("shape", "image_size", "picture", "has_channels"),
    [
        ([12, 10, 3], None, (12, 10, 3), True),
        ([12, 10, 3], (12, 10), (12, 10, 3), True),
        ([12, 10], None, (12, 10, 1), False),
        ([None, None, 1], (9, 14), (9, 14, 1), True),
        ([1, 8192, 3], None, (1, 8192, 3), True),
        ([784], None, (28, 28, 1), True),
        ([3072], None, (32, 32, 3), True),
        ([150], (5, 30), (5, 30, 1), True),
        ([450], (5, 30), (5, 30, 3), True),
        ([3], None, (1, 1, 3), True),  # no square of grey ones
    ],
)
def test_the_picture_of_a_shape(
    shape: list[Any], image_size: tuple[int, int] | None, picture: tuple[int, int, int], has_channels: bool
) -> None:
    found, there, note = _picture(shape, image_size, MODEL)
    assert (found, there) == (picture, has_channels)
    height, width, channels = picture
    kind = "grey" if channels == 1 else "colour"
    if len(shape) > 1:
        assert note == ""
    else:
        assert note == f"The network takes {shape[0]:,} flat values: a picture of {height}×{width}, {kind}, row by row."


@pytest.mark.parametrize(
    ("shape", "image_size", "error"),
    [
        ([12, 10, 2], None, ModelError),
        ([None, 10, 3], None, ConfigError),
        ([12, None, 3], None, ConfigError),
        ([12, 10, 3], (12, 11), ConfigError),
        ([12, 10, 3], (11, 10), ConfigError),
        ([0, 10, 3], None, ModelError),
        ([10, 0, 3], None, ModelError),
        ([8193, 1, 3], None, ModelError),
        ([1, 8193, 3], None, ModelError),
        ([2, 12, 10, 3], None, ModelError),
        ([785], None, ConfigError),
        ([None], None, ConfigError),
        ([0], None, ConfigError),
        ([8193], (1, 8193), ConfigError),
    ],
)
def test_a_shape_without_a_picture(
    shape: list[Any], image_size: tuple[int, int] | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        _picture(shape, image_size, MODEL)
