"""The geometry, against Keras' own on the same parameters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from onelook.settings.augment import FillMode
from onelook.transforms.augment import affine
from onelook.transforms.augment.affine import source_matrices
from onelook.transforms.augment.augment import apply_transforms
from onelook.transforms.augment.random_transforms import Transforms

Pictures = NDArray[np.float32]
ApplyAsKeras = Callable[..., Pictures]

ROWS = 6
SIZES = [(28, 28, 1), (9, 14, 3), (15, 8, 1), (12, 12, 3), (1, 7, 1)]  # height, width, channels
FILL_MODES: list[FillMode] = ["nearest", "constant", "reflect", "wrap"]

# 1e-3 of the value range of 255, on noise, where a neighbouring pixel can differ by all of it.
ROUNDING = 0.255


def numbers(low: float, high: float, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).uniform(low, high, ROWS))


ARGUMENTS = {
    "theta": Transforms(theta=numbers(-180, 180)),
    "tx": Transforms(tx=numbers(-9, 9)),
    "ty": Transforms(ty=numbers(-9, 9)),
    "tx far beyond the picture": Transforms(tx=numbers(-100, 100)),
    "whole pixels": Transforms(tx=torch.tensor([1.0, -1, 0, 2, -3, 0]), ty=torch.tensor([0.0, 1, -2, 0, 3, -1])),
    "shear": Transforms(shear=numbers(-60, 60)),
    "zoom": Transforms(zx=numbers(0.3, 2.5), zy=numbers(0.3, 2.5, seed=1)),
    "flip_horizontal": Transforms(flip_horizontal=numbers(-1, 1) > 0),
    "flip_vertical": Transforms(flip_vertical=numbers(-1, 1) > 0),
    "all": Transforms(
        theta=numbers(-40, 40),
        tx=numbers(-3, 3, seed=1),
        ty=numbers(-3, 3, seed=2),
        shear=numbers(-20, 20, seed=3),
        zx=numbers(0.7, 1.3, seed=4),
        zy=numbers(0.7, 1.3, seed=5),
        flip_horizontal=numbers(-1, 1, seed=6) > 0,
        flip_vertical=numbers(-1, 1, seed=7) > 0,
    ),
}


def noise(shape: tuple[int, int, int], rows: int = ROWS) -> Pictures:
    return np.random.default_rng(9).integers(0, 256, (rows, *shape)).astype(np.float32)


def channels_first(pictures: Pictures) -> torch.Tensor:
    return torch.from_numpy(pictures).permute(0, 3, 1, 2)


def channels_last(images: torch.Tensor) -> Pictures:
    return images.permute(0, 2, 3, 1).numpy()


@pytest.mark.parametrize("shape", SIZES, ids=str)
@pytest.mark.parametrize("fill_mode", FILL_MODES)
@pytest.mark.parametrize("name", ARGUMENTS)
def test_same_parameters_give_keras_picture(
    name: str, fill_mode: FillMode, shape: tuple[int, int, int], apply_as_keras: ApplyAsKeras
) -> None:
    pictures, transforms = noise(shape), ARGUMENTS[name]
    ours = channels_last(apply_transforms(channels_first(pictures), transforms, fill_mode, cval=300.0))
    theirs = apply_as_keras(pictures, transforms, fill_mode, cval=300.0)

    # With `constant` and `wrap` the value jumps where the source passes the outermost pixel's middle. Ours jumps
    # _ON_THE_EDGE past it, so about one pixel in a million falls on the other side of the line. None of these does.
    assert np.abs(ours - theirs).max() < ROUNDING


def test_what_leaves_the_picture_comes_back_on_the_other_side_and_one_pixel_is_everywhere() -> None:
    # Middles of four pixels are -3/4, -1/4, 1/4 and 3/4; a period is the 1.5 from the first to the last.
    inside = torch.tensor([-0.75, -0.3, 0.75, 0.85, 2.3, -0.85])
    affine._wrap_(inside, 4)
    torch.testing.assert_close(inside, torch.tensor([-0.75, -0.3, 0.75, -0.65, -0.7, 0.65]))
    alone = torch.tensor([-0.3, 0.0, 5.0])
    affine._wrap_(alone, 1)
    assert alone.tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_a_quarter_turn_fetches_whole_pixels(fill_mode: FillMode) -> None:
    # SciPy's float64 puts some sources 1e-15 outside the picture and fills them; the edge must not depend on that.
    pictures = channels_first(noise((6, 6, 1), rows=1))
    turned = apply_transforms(pictures, Transforms(theta=torch.tensor([90.0])), fill_mode, cval=-1.0)
    torch.testing.assert_close(turned, pictures.rot90(1, dims=(2, 3)), atol=1e-2, rtol=0)


@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_a_transform_that_does_nothing_leaves_the_picture(fill_mode: FillMode) -> None:
    pictures = channels_first(noise((7, 128, 3), rows=2))
    still = Transforms(theta=torch.zeros(2), tx=torch.zeros(2), zx=torch.ones(2), zy=torch.ones(2))
    torch.testing.assert_close(apply_transforms(pictures, still, fill_mode, cval=-1.0), pictures, atol=1e-2, rtol=0)


def test_about_the_centre_a_wide_picture_turned_upside_down_stays_whole() -> None:
    pictures = channels_first(noise((4, 9, 1), rows=1))
    half_turn = Transforms(theta=torch.tensor([180.0]))
    turned = apply_transforms(pictures, half_turn, "constant", cval=-1.0, pivot="centre")
    torch.testing.assert_close(turned, pictures.flip(2, 3), atol=1e-2, rtol=0)


def test_pivots_agree_on_square_pictures() -> None:
    transforms = ARGUMENTS["all"]
    assert torch.equal(
        source_matrices(transforms, ROWS, (12, 12), "keras"), source_matrices(transforms, ROWS, (12, 12), "centre")
    )


def test_a_batch_worked_on_in_pieces_is_the_same_to_the_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = channels_first(noise((12, 12, 3)))
    whole = apply_transforms(pictures, ARGUMENTS["all"], "reflect")
    monkeypatch.setattr(affine, "_PIXELS_AT_ONCE", 12 * 12 * 4)
    assert torch.equal(apply_transforms(pictures, ARGUMENTS["all"], "reflect"), whole)


@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_an_empty_batch_stays_empty(fill_mode: FillMode) -> None:
    nothing = Transforms(theta=torch.zeros(0), flip_vertical=torch.zeros(0, dtype=torch.bool))
    assert apply_transforms(torch.zeros(0, 3, 8, 9), nothing, fill_mode).shape == (0, 3, 8, 9)
