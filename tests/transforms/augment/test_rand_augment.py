"""The random policy: each operation against what it should do, by hand or by Pillow."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance, ImageOps
from torch import Tensor

from onelook.settings import AugmentSettings
from onelook.transforms.augment.affine import warp
from onelook.transforms.augment.augment import Augment
from onelook.transforms.augment.rand_augment import OPERATIONS, _Strength, apply_policy
from onelook.transforms.augment.random_transforms import Transforms


def strength(amount: float, sign: int = 1, rows: int = 1) -> _Strength:
    return _Strength(amount, torch.full((rows, 1, 1, 1), sign * amount))


def photo(seed: int = 0) -> tuple[Tensor, Image.Image]:
    pixels = np.random.default_rng(seed).integers(20, 200, (12, 10, 3), dtype=np.uint8)
    return torch.from_numpy(pixels).permute(2, 0, 1)[None] / 255, Image.fromarray(pixels)


def as_pixels(images: Tensor) -> np.ndarray:
    return images[0].permute(1, 2, 0).mul(255).round().numpy().astype(np.uint8)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("name", "enhancer"),
    [
        ("colour", ImageEnhance.Color),
        ("contrast", ImageEnhance.Contrast),
        ("brightness", ImageEnhance.Brightness),
        ("sharpness", ImageEnhance.Sharpness),
    ],
)
def test_enhances_as_pillow_does(name: str, enhancer: type, sign: int) -> None:
    images, picture = photo()
    ours = as_pixels(OPERATIONS[name](images, strength(0.5, sign))).astype(int)
    theirs = np.array(enhancer(picture).enhance(1 + 0.9 * 0.5 * sign)).astype(int)
    inside = (slice(1, -1), slice(1, -1))  # Pillow does not smooth the outermost pixels
    assert np.abs(ours[inside] - theirs[inside]).max() <= 2


def test_posterizes_and_solarizes_as_pillow_does() -> None:
    images, picture = photo()
    assert np.array_equal(as_pixels(OPERATIONS["posterize"](images, strength(1.0))), ImageOps.posterize(picture, 4))
    # A threshold between two values of a pixel, so that rounding does not decide.
    ours = as_pixels(OPERATIONS["solarize"](images, strength(1 - 99.5 / 255)))
    assert np.array_equal(ours, ImageOps.solarize(picture, 100))


@pytest.mark.parametrize(("amount", "bits"), [(0.1, 8), (0.2, 7), (0.4, 6), (0.6, 6), (0.7, 5), (0.9, 4)])
def test_posterizes_to_the_nearest_number_of_bits(amount: float, bits: int) -> None:
    images, picture = photo()
    expected = np.array(picture) if bits == 8 else ImageOps.posterize(picture, bits)
    assert np.array_equal(as_pixels(OPERATIONS["posterize"](images, strength(amount))), expected)


@pytest.mark.parametrize("value_range", [(-1.0, 1.0), (100.0, 355.0), (0.0, 255.0)])
def test_the_same_happens_in_any_range_of_values(value_range: tuple[float, float]) -> None:
    low, high = value_range
    unit = torch.cat([photo(seed)[0] for seed in range(24)])

    def changed(images: Tensor, in_range: tuple[float, float]) -> Tensor:
        generator = torch.Generator().manual_seed(3)
        return apply_policy(images, in_range, operations=2, magnitude=7, generator=generator)

    found = (changed(unit * (high - low) + low, value_range) - low) / (high - low)
    differs = (found - changed(unit, (0.0, 1.0))).abs() > 1e-3
    assert differs.float().mean() < 0.01  # rounding decides for values at a threshold


def test_autocontrast_stretches_each_channel_and_leaves_a_flat_one() -> None:
    images = torch.tensor([[[[0.2, 0.4, 0.6]], [[0.5, 0.5, 0.5]]]])
    stretched = OPERATIONS["autocontrast"](images, strength(1.0))
    assert torch.allclose(stretched, torch.tensor([[[[0.0, 0.5, 1.0]], [[0.5, 0.5, 0.5]]]]), atol=1e-6)


def test_shifts_by_its_share_of_the_side_and_fills_with_mid_grey() -> None:
    images = torch.arange(10.0).view(1, 1, 1, 10).expand(1, 1, 10, 10) / 10
    shifted = OPERATIONS["shift_sideways"](images, strength(1.0))[0, 0, 4]
    assert torch.allclose(shifted[:7], images[0, 0, 0, 3:], atol=1e-4)
    assert torch.allclose(shifted[7:], torch.tensor(0.5))


@pytest.mark.parametrize("name", OPERATIONS)
def test_without_strength_nothing_changes_but_contrast_that_is_stretched(name: str) -> None:
    images, _ = photo()
    changed = OPERATIONS[name](images, strength(0.0))
    if name != "autocontrast":
        assert torch.allclose(changed, images, atol=1e-5)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("value_range", [(0.0, 255.0), (-1.0, 1.0)])
def test_stays_in_the_range_and_repeats_with_the_seed(channels: int, value_range: tuple[float, float]) -> None:
    low, high = value_range
    images = torch.rand(64, channels, 9, 7) * (high - low) + low
    before = images.clone()
    augment = Augment(AugmentSettings(policy_operations=2, policy_magnitude=9), value_range)
    one, again, other = (augment(images, torch.Generator().manual_seed(seed)) for seed in (0, 0, 1))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert one.min() >= low
    assert one.max() <= high
    assert torch.equal(images, before)
    assert one.shape == images.shape


def test_each_picture_draws_its_own_operations() -> None:
    images = torch.rand(1, 3, 8, 8).expand(200, 3, 8, 8)
    changed = apply_policy(images, (0, 1), operations=1, magnitude=5, generator=torch.Generator().manual_seed(0))
    kinds = len({picture.numpy().tobytes() for picture in changed})
    # Twelve operations, of which eight have two directions.
    assert 15 <= kinds <= 20


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("name", "axis", "pixels"), [("shift_sideways", 3, 9), ("shift_up_or_down", 2, 3)])
def test_the_strongest_shift_is_three_tenths_of_its_own_side(name: str, axis: int, pixels: int, sign: int) -> None:
    images = torch.rand(1, 3, 10, 30, generator=torch.Generator().manual_seed(0))
    expected = torch.full_like(images, 0.5)  # what comes in is mid-grey
    length = images.shape[axis] - pixels
    onto, of = (0, pixels) if sign > 0 else (pixels, 0)  # a positive shift fetches from further on
    expected.narrow(axis, onto, length).copy_(images.narrow(axis, of, length))
    torch.testing.assert_close(OPERATIONS[name](images, strength(1.0, sign)), expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("name", "transform", "degrees"), [("rotate", "theta", 30.0), ("shear", "shear", 16.7)])
def test_the_strongest_turn_and_shear_about_the_centre_of_a_wide_picture(
    name: str, transform: str, degrees: float, sign: int
) -> None:
    images = torch.rand(1, 3, 11, 31, generator=torch.Generator().manual_seed(0))
    angle = {transform: torch.tensor([sign * degrees], dtype=torch.float64)}
    expected = warp(images, Transforms(**angle), "constant", 0.5, "centre")
    found = OPERATIONS[name](images, strength(1.0, sign))
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(found[..., 5, 15], images[..., 5, 15], atol=1e-4, rtol=0)


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_picture_comes_out_the_same_in_any_company(name: str) -> None:
    images = torch.cat([photo(seed)[0] * scale for seed, scale in ((0, 1.0), (1, 0.3), (2, 0.6))])
    together = OPERATIONS[name](images, strength(0.7, rows=3))
    for row in range(3):
        alone = OPERATIONS[name](images[row : row + 1], strength(0.7))
        torch.testing.assert_close(together[row : row + 1], alone, atol=1e-6, rtol=0)


def test_a_flat_picture_stays_flat_up_to_its_edges_when_it_is_smoothed() -> None:
    flat = torch.full((1, 3, 5, 6), 0.4)
    for sign in (1, -1):
        torch.testing.assert_close(OPERATIONS["sharpness"](flat, strength(1.0, sign)), flat)


def test_without_strength_white_stays_white() -> None:
    images = torch.tensor([0.0, 0.5, 1.0]).expand(64, 1, 3, 3).contiguous() * 255
    generator = torch.Generator().manual_seed(0)
    changed = apply_policy(images, (0.0, 255.0), operations=3, magnitude=0, generator=generator)
    assert torch.allclose(changed, images, atol=0.01)


def test_solarize_inverts_from_its_threshold_on() -> None:
    row = torch.tensor([0.0, 0.5, 0.7, 0.75, 0.8, 1.0]).expand(1, 3, 1, 6)
    found = OPERATIONS["solarize"](row, strength(0.25))
    torch.testing.assert_close(found[0, 0, 0], torch.tensor([0.0, 0.5, 0.7, 0.25, 0.2, 0.0]))


@pytest.mark.parametrize(("magnitude", "step"), [(10, 16), (5, 4), (2.5, 2), (0, 1)])
def test_ten_is_the_strongest_magnitude(magnitude: float, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in OPERATIONS if name != "posterize"]:
        monkeypatch.delitem(OPERATIONS, name)
    levels = torch.arange(256.0).reshape(1, 1, 16, 16)
    generator = torch.Generator().manual_seed(0)
    changed = apply_policy(levels, (0.0, 255.0), operations=1, magnitude=magnitude, generator=generator)
    torch.testing.assert_close(changed, levels // step * step, atol=1e-2, rtol=0)
