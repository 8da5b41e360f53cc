"""The random parameters: their ranges and meaning, against Keras' own draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from onelook.settings import AugmentSettings
from onelook.transforms.augment.random_transforms import Transforms, draw_transforms

COUNT = 4000
HEIGHT, WIDTH = 20, 50

# Keras 3.15 names the shifts the wrong way round: its tx moves pictures sideways and comes from the height's range.
KERAS_RANGE_OF = {"tx": "height_shift_range", "ty": "width_shift_range"}
OUR_RANGE_OF = {"tx": "width_shift_range", "ty": "height_shift_range"}


def drawn(seed: int = 0, count: int = COUNT, **settings: Any) -> Transforms:
    generator = torch.Generator().manual_seed(seed)
    return draw_transforms(AugmentSettings(**settings), count, (HEIGHT, WIDTH), generator)


def keras_draws(keras_generator: Callable[..., Any], shape: tuple[int, int], **settings: Any) -> dict[str, np.ndarray]:
    generator = keras_generator(**settings)
    np.random.seed(0)
    draws = [generator.get_random_transform((*shape, 1)) for _ in range(COUNT)]
    return {name: np.array([draw[name] for draw in draws], dtype=float) for name in draws[0]}


def assert_same_distribution(ours: torch.Tensor | None, theirs: np.ndarray) -> None:
    assert ours is not None
    spread = np.ptp(theirs)
    quantiles = np.linspace(0, 1, 11)
    # The deviation of a quantile of 4,000 uniform draws is 0.008 of their spread, of the difference of two 0.011.
    np.testing.assert_allclose(np.quantile(ours, quantiles), np.quantile(theirs, quantiles), atol=0.045 * spread)
    assert theirs.min() - 0.01 * spread <= ours.min()
    assert ours.max() <= theirs.max() + 0.01 * spread


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"rotation_range": 10.0}, ["theta"]),
        ({"shear_range": 0.1}, ["shear"]),
        ({"zoom_range": 0.2}, ["zx", "zy"]),
        ({"zoom_range": (0.5, 0.9)}, ["zx", "zy"]),
        ({"channel_shift_range": 30.0}, ["channel_shift_intensity"]),
        ({"brightness_range": (0.8, 1.5)}, ["brightness"]),
    ],
    ids=str,
)
def test_drawn_as_keras_draws(settings: dict[str, Any], names: list[str], keras_generator: Callable[..., Any]) -> None:
    ours, theirs = drawn(**settings), keras_draws(keras_generator, (HEIGHT, WIDTH), **settings)
    for name in names:
        assert_same_distribution(getattr(ours, name), theirs[name])


@pytest.mark.parametrize("parameter", ["tx", "ty"])
@pytest.mark.parametrize("reach", [0.1, 0.99, 1.0, 3.5], ids=str)
def test_a_decimal_shift_is_a_fraction_below_1_and_pixels_from_1_on(
    reach: float, parameter: str, keras_generator: Callable[..., Any]
) -> None:
    side = {"tx": WIDTH, "ty": HEIGHT}[parameter]
    ours = getattr(drawn(**{OUR_RANGE_OF[parameter]: reach}), parameter)
    theirs = keras_draws(keras_generator, (side, side), **{KERAS_RANGE_OF[parameter]: reach})[parameter]
    assert_same_distribution(ours, theirs)
    assert ours.abs().max() <= (reach * side if reach < 1 else reach)


@pytest.mark.parametrize("parameter", ["tx", "ty"])
@pytest.mark.parametrize("reach", [1, 3, (2.0, -7.0), (0.1, 0.5)], ids=str)
def test_a_whole_number_or_list_of_shifts_is_picked_from(
    reach: int | tuple[float, ...], parameter: str, keras_generator: Callable[..., Any]
) -> None:
    side = {"tx": WIDTH, "ty": HEIGHT}[parameter]
    ours = getattr(drawn(**{OUR_RANGE_OF[parameter]: reach}), parameter)
    theirs = keras_draws(keras_generator, (side, side), **{KERAS_RANGE_OF[parameter]: reach})[parameter]
    # Counted as |values|, since a shift of -0.0 is one of 0.0.
    (our_values, our_counts), (their_values, their_counts) = (
        np.unique(values + 0.0, return_counts=True) for values in (ours.numpy(), theirs)
    )
    np.testing.assert_allclose(our_values, their_values)
    np.testing.assert_allclose(our_counts, their_counts, atol=0.05 * COUNT)


@pytest.mark.parametrize("name", ["flip_horizontal", "flip_vertical"])
def test_half_of_the_pictures_are_flipped(name: str) -> None:
    flips = getattr(drawn(**{name.removeprefix("flip_") + "_flip": True}), name)
    assert flips.dtype == torch.bool
    assert abs(flips.double().mean() - 0.5) < 0.04  # five deviations of 4,000 coins


def test_axes_and_flips_are_drawn_apart() -> None:
    ours = drawn(
        zoom_range=0.2, width_shift_range=0.1, height_shift_range=0.1, horizontal_flip=True, vertical_flip=True
    )
    for one, other in [("zx", "zy"), ("tx", "ty"), ("flip_horizontal", "flip_vertical")]:
        pair = torch.stack([getattr(ours, one).double(), getattr(ours, other).double()])
        assert abs(torch.corrcoef(pair)[0, 1]) < 0.08


def test_what_is_off_is_not_drawn() -> None:
    assert drawn() == Transforms()
    assert drawn(zoom_range=(1, 1), width_shift_range=0, rotation_range=0) == Transforms()
    assert not drawn(horizontal_flip=True, brightness_range=(0.5, 1)).moves_pixels
    assert drawn(height_shift_range=2).moves_pixels


def test_the_generator_alone_decides() -> None:
    first, again, other = (drawn(seed=seed, rotation_range=10).theta for seed in (1, 1, 2))
    assert first is not None
    assert again is not None
    assert other is not None
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
