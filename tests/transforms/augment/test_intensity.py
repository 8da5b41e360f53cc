"""Channel shift and brightness, against Keras' own on the same parameters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from onelook.transforms.augment.augment import apply_transforms
from onelook.transforms.augment.intensity import change_brightness, shift_channels
from onelook.transforms.augment.random_transforms import Transforms

Pictures = NDArray[np.float32]
ApplyAsKeras = Callable[..., Pictures]

FACTORS = torch.tensor([0.0, 0.37, 0.8, 1.0, 1.2, 2.7], dtype=torch.float64)
SHIFTS = torch.tensor([-300.0, -20.5, 0.0, 3.25, 60.0, 300.0], dtype=torch.float64)


def pictures(low: int, high: int, channels: int) -> Pictures:
    return np.random.default_rng(3).integers(low, high, (6, 9, 7, channels)).astype(np.float32)


def ours(given: Pictures, transforms: Transforms, **arguments: object) -> Pictures:
    changed = apply_transforms(torch.from_numpy(given).permute(0, 3, 1, 2), transforms, **arguments)  # type: ignore[arg-type]
    return changed.permute(0, 2, 3, 1).numpy()


@pytest.mark.parametrize("channels", [1, 3])
def test_channel_shift_is_keras(channels: int, apply_as_keras: ApplyAsKeras) -> None:
    given, transforms = pictures(40, 200, channels), Transforms(channel_shift_intensity=SHIFTS)
    np.testing.assert_array_equal(ours(given, transforms), apply_as_keras(given, transforms))


@pytest.mark.parametrize("channels", [1, 3])
def test_brightness_is_keras_to_the_level(channels: int, apply_as_keras: ApplyAsKeras) -> None:
    given, transforms = pictures(0, 256, channels), Transforms(brightness=FACTORS)
    np.testing.assert_array_equal(ours(given, transforms), apply_as_keras(given, transforms))


def test_brightness_of_a_picture_beyond_eight_bits_is_squeezed_and_stretched_as_keras_does(
    apply_as_keras: ApplyAsKeras,
) -> None:
    given, transforms = pictures(-100, 400, 3), Transforms(brightness=FACTORS)
    difference = np.abs(ours(given, transforms) - apply_as_keras(given, transforms))
    # One of 256 steps of this picture's range, where the squeezed value falls within rounding of a whole step.
    assert np.quantile(difference, 0.99) < 1e-3
    assert difference.max() < 2.7 * 500 / 255 + 1e-3


def test_brightness_of_a_flat_picture_beyond_eight_bits_leaves_it() -> None:
    flat = torch.full((1, 1, 2, 2), 300.0)
    assert torch.equal(change_brightness(flat, torch.tensor([0.5]), (0.0, 255.0)), flat)


@pytest.mark.parametrize(
    ("values", "changed"),
    [
        # Squeezed to 0, 51 and 255, halved to 0, 25 and 127, and stretched back.
        ([-51.0, 0.0, 204.0], [-51.0, -26.0, 76.0]),
        # To 0, 127 and 255, halved to 0, 63 and 127, and twice that.
        ([0.0, 255.0, 510.0], [0.0, 126.0, 254.0]),
        ([0.0, 101.0, 255.0], [0.0, 50.0, 127.0]),  # within eight bits
    ],
)
def test_a_picture_beyond_eight_bits_on_either_side_is_squeezed(values: list[float], changed: list[float]) -> None:
    images = torch.tensor(values).reshape(1, 1, 1, 3)
    found = change_brightness(images, torch.tensor([0.5]), (0.0, 255.0))
    torch.testing.assert_close(found.flatten(), torch.tensor(changed))


def test_each_picture_is_squeezed_by_its_own_values() -> None:
    images = torch.tensor([[0.0, 255.0, 510.0], [0.0, 101.0, 255.0]]).reshape(2, 1, 1, 3)
    found = change_brightness(images, torch.tensor([0.5, 1.0]), (0.0, 255.0))
    assert found.reshape(2, 3).tolist() == [[0.0, 126.0, 254.0], [0.0, 101.0, 255.0]]


def test_everything_together_is_keras_in_keras_order(apply_as_keras: ApplyAsKeras) -> None:
    given = pictures(0, 256, 3)
    transforms = Transforms(
        theta=torch.linspace(-40, 40, 6, dtype=torch.float64),
        tx=torch.linspace(-2, 2, 6, dtype=torch.float64),
        zx=torch.linspace(0.8, 1.2, 6, dtype=torch.float64),
        zy=torch.linspace(1.3, 0.7, 6, dtype=torch.float64),
        flip_horizontal=torch.tensor([True, False] * 3),
        flip_vertical=torch.tensor([True, True, False] * 2),
        channel_shift_intensity=SHIFTS / 5,
        brightness=FACTORS,
    )
    difference = np.abs(ours(given, transforms, fill_mode="reflect") - apply_as_keras(given, transforms, "reflect"))
    # Brightness cuts to whole numbers, so a value within rounding of one may end a level (times its factor) away.
    assert (difference > 0).mean() < 0.003
    assert difference.max() <= np.ceil(2.7)


def test_brightness_of_other_ranges_counts_from_their_lowest_value_and_is_not_rounded() -> None:
    images = torch.tensor([-1.0, 0.0, 0.3]).reshape(1, 1, 1, 3)
    changed = change_brightness(images, torch.tensor([1.6]), (-1.0, 1.0))
    torch.testing.assert_close(changed.flatten(), torch.tensor([-1.0, 0.6, 1.0]))


def test_interpolated_flat_areas_keep_their_level() -> None:
    just_below = torch.full((1, 1, 1, 1), 199.99998)
    assert change_brightness(just_below, torch.tensor([1.0]), (0.0, 255.0)).item() == 200


def test_channel_shift_leaves_its_input() -> None:
    images = torch.tensor([0.0, 10.0]).reshape(1, 1, 1, 2)
    shifted = shift_channels(images, torch.tensor([4.0]))
    assert shifted.flatten().tolist() == [4, 10]
    assert images.flatten().tolist() == [0, 10]
