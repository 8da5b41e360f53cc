"""Random changes end to end: what moves where, what stays, and that a seed decides all."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from onelook.settings import AugmentSettings
from onelook.transforms.augment.augment import Augment

EVERYTHING: dict[str, Any] = {
    "rotation_range": 30.0,
    "width_shift_range": 0.2,
    "height_shift_range": 0.2,
    "brightness_range": (0.7, 1.4),
    "shear_range": 10.0,
    "zoom_range": 0.3,
    "channel_shift_range": 40.0,
    "horizontal_flip": True,
    "vertical_flip": True,
}


MOVES_AND_SHIFTS = {name: value for name, value in EVERYTHING.items() if name != "brightness_range"}


def augment(images: torch.Tensor, seed: int = 0, **settings: Any) -> torch.Tensor:
    return Augment(AugmentSettings(**settings), (0.0, 255.0))(images, torch.Generator().manual_seed(seed))


def photographs(rows: int = 16, channels: int = 3, height: int = 24, width: int = 20) -> torch.Tensor:
    shape = (rows, channels, height, width)
    return torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(5)).float()


def test_settings_that_are_off_change_nothing() -> None:
    images = photographs()
    assert torch.equal(augment(images), images)


def test_width_shift_moves_sideways_only() -> None:
    rows_apart = torch.arange(20.0)[:, None].expand(20, 20).expand(8, 1, 20, 20)
    columns_apart = rows_apart.transpose(2, 3)
    torch.testing.assert_close(augment(rows_apart, width_shift_range=0.4), rows_apart, atol=1e-4, rtol=0)
    torch.testing.assert_close(augment(columns_apart, height_shift_range=0.4), columns_apart, atol=1e-4, rtol=0)
    assert (augment(columns_apart, width_shift_range=0.4) - columns_apart).abs().amax(dim=(1, 2, 3)).min() > 0.01
    assert (augment(rows_apart, height_shift_range=0.4) - rows_apart).abs().amax(dim=(1, 2, 3)).min() > 0.01


@pytest.mark.parametrize("settings", [{"rotation_range": 180.0}, {"shear_range": 40.0}, {"zoom_range": 0.5}])
@pytest.mark.parametrize("size", [(9, 31), (31, 9)], ids=["wide", "tall"])
def test_a_picture_that_is_not_square_turns_about_its_centre(size: tuple[int, int], settings: dict[str, float]) -> None:
    height, width = size
    images = torch.zeros(16, 1, height, width)
    images[..., height // 2, width // 2] = 100.0
    changed = augment(images, **settings)
    assert not torch.equal(changed, images)
    middle = changed[..., height // 2, width // 2]
    torch.testing.assert_close(middle, torch.full_like(middle, 100.0), atol=1e-2, rtol=0)


def test_what_is_outside_is_filled_as_the_settings_say() -> None:
    images = photographs()
    filled = {mode: augment(images, rotation_range=45.0, fill_mode=mode) for mode in ("nearest", "reflect", "wrap")}
    filled["constant"] = augment(images, rotation_range=45.0, fill_mode="constant", cval=3.0)
    assert (filled["constant"] == 3.0).any(dim=(1)).any()
    for one, other in (("nearest", "reflect"), ("reflect", "wrap"), ("wrap", "nearest"), ("nearest", "constant")):
        assert not torch.equal(filled[one], filled[other])
        torch.testing.assert_close(filled[one][..., 12, 10], filled[other][..., 12, 10])  # the middle is inside


def test_brightness_counts_from_the_lowest_value_of_the_range_and_keeps_to_it() -> None:
    images = torch.tensor([[[[-1.0, -0.75, -0.2, 0.0, 0.5]]]])
    change = Augment(AugmentSettings(brightness_range=(2.0, 2.0)), (-1.0, 1.0))
    changed = change(images, torch.Generator().manual_seed(0))
    torch.testing.assert_close(changed, torch.tensor([[[[-1.0, -0.5, 0.6, 1.0, 1.0]]]]))


@pytest.mark.parametrize("size", [(1, 9), (9, 2)])
def test_a_shift_with_reflection_needs_no_more_pixels_than_there_are(size: tuple[int, int]) -> None:
    images = photographs(height=size[0], width=size[1])
    shifted = augment(images, crop_padding=4)
    for new, old in zip(shifted, images, strict=True):
        assert set(new.unique().tolist()) <= set(old.unique().tolist())


def test_the_hole_has_its_share_of_the_shorter_side() -> None:
    images = photographs(rows=200, channels=1, height=10, width=30) + 0.5  # no pixel is at a picture's mean
    holes = (augment(images, cutout=0.4) != images).sum(dim=(1, 2, 3))
    assert holes.max() == 16  # 4×4 where it is not cut by an edge


@pytest.mark.parametrize(("setting", "dims"), [("horizontal_flip", [3]), ("vertical_flip", [2])])
def test_a_flip_mirrors_some_pictures_exactly(setting: str, dims: list[int]) -> None:
    images = photographs()
    changed = augment(images, **{setting: True})
    mirrored = [torch.equal(new, old) for new, old in zip(changed, images.flip(dims), strict=True)]
    kept = [torch.equal(new, old) for new, old in zip(changed, images, strict=True)]
    assert all(one != other for one, other in zip(mirrored, kept, strict=True))
    assert 0 < sum(mirrored) < len(images)


@pytest.mark.parametrize("fill_mode", ["nearest", "constant", "reflect", "wrap"])
def test_values_stay_in_the_range_of_eight_bits(fill_mode: str) -> None:
    changed = augment(photographs(), fill_mode=fill_mode, **EVERYTHING)
    assert changed.dtype == torch.float32
    assert changed.shape == photographs().shape
    assert changed.min() >= 0
    assert changed.max() <= 255


def test_only_constant_fill_and_brightness_leave_the_picture_s_own_values() -> None:
    flat = torch.full((32, 1, 12, 12), 100.0)
    torch.testing.assert_close(augment(flat, **MOVES_AND_SHIFTS), flat, atol=1e-3, rtol=0)
    filled = augment(flat, fill_mode="constant", cval=7.0, rotation_range=45.0)
    assert set(filled.round().unique().tolist()) == {7.0, 100.0}


def test_the_input_is_left_as_it_was() -> None:
    images = photographs()
    for settings in (EVERYTHING, {"horizontal_flip": True}, {"brightness_range": (0.5, 0.6)}):
        before = images.clone()
        augment(images, **settings)
        assert torch.equal(images, before)


def test_the_seed_decides_every_bit_whatever_the_threads() -> None:
    images = photographs(rows=300, channels=3, height=48, width=40)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        alone = augment(images, seed=3, **EVERYTHING)
        torch.set_num_threads(3)
        together = augment(images, seed=3, **EVERYTHING)
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(alone, together)
    assert not torch.equal(augment(images, seed=4, **EVERYTHING), alone)


def test_a_part_of_a_batch_is_changed_as_among_all() -> None:
    images = photographs()
    settings = AugmentSettings(
        **EVERYTHING | {"width_shift_range": (1, 3), "crop_padding": 2, "cutout": 0.4, "policy_operations": 2}
    )
    random = torch.Generator()
    whole = Augment(settings, (0.0, 255.0))(images, random.manual_seed(7))
    after = torch.rand(3, generator=random)
    for first, last in ((0, 5), (5, 16), (16, 16)):
        part = Augment(settings, (0.0, 255.0))(images[first:last], random.manual_seed(7), (first, 16))
        torch.testing.assert_close(part, whole[first:last], atol=1e-3, rtol=0)
        assert torch.equal(torch.rand(3, generator=random), after)


def test_eight_bit_pictures_come_out_as_float() -> None:
    images = photographs().to(torch.uint8)
    assert torch.equal(augment(images, **EVERYTHING), augment(images.float(), **EVERYTHING))
    assert augment(images).dtype == torch.float32


def test_pictures_in_channels_last_come_out_the_same() -> None:
    images = photographs()
    last = images.contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(
        augment(last, **MOVES_AND_SHIFTS), augment(images, **MOVES_AND_SHIFTS), atol=1e-3, rtol=0
    )


@pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA device")
def test_a_cuda_batch_is_changed_as_a_cpu_batch_is() -> None:
    images = photographs()
    on_device = augment(images.cuda(), **MOVES_AND_SHIFTS)
    assert on_device.is_cuda
    torch.testing.assert_close(on_device.cpu(), augment(images, **MOVES_AND_SHIFTS), atol=0.255, rtol=0)
