"""When random changes, mixing and further views are on at all."""

from __future__ import annotations

from typing import Any

import pytest

from onelook.settings import AugmentSettings, MixSettings, ViewSettings

CHANGES: dict[str, Any] = {
    "rotation_range": 1.0,
    "width_shift_range": 1,
    "height_shift_range": 0.1,
    "brightness_range": (0.9, 1.1),
    "shear_range": 1.0,
    "zoom_range": 0.1,
    "channel_shift_range": 1.0,
    "horizontal_flip": True,
    "vertical_flip": True,
    "alternating_flip": True,
    "crop_padding": 1,
    "cutout": 0.1,
    "policy_operations": 1,
}
IDLE_ALONE: dict[str, Any] = {"fill_mode": "wrap", "cval": 3.0, "policy_magnitude": 9.0}


def test_every_setting_of_augmentation_is_listed_here() -> None:
    assert CHANGES.keys() | IDLE_ALONE.keys() == AugmentSettings.model_fields.keys()


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_makes_augmentation_active(name: str) -> None:
    assert AugmentSettings(**{name: CHANGES[name]}).is_active


def test_how_strong_or_how_filled_is_no_change_by_itself() -> None:
    assert not AugmentSettings().is_active
    assert not AugmentSettings(**IDLE_ALONE).is_active
    assert AugmentSettings(**IDLE_ALONE, cutout=0.1).is_active


@pytest.mark.parametrize(("mixup", "cutmix"), [(0.0, 0.0), (0.2, 0.0), (0.0, 1.0), (0.2, 1.0)])
def test_either_way_of_mixing_is_mixing(mixup: float, cutmix: float) -> None:
    assert MixSettings(mixup=mixup, cutmix=cutmix).is_active is (mixup + cutmix > 0)


@pytest.mark.parametrize(("flip", "shift", "count"), [(False, 0, 1), (True, 0, 2), (False, 2, 3), (True, 2, 6)])
def test_views_are_counted_with_the_picture_itself(flip: bool, shift: int, count: int) -> None:
    views = ViewSettings(horizontal_flip=flip, shift=shift)
    assert (views.count, views.is_active) == (count, count > 1)


def test_a_picture_can_be_moved_by_less_than_its_shorter_side() -> None:
    views = ViewSettings(shift=3)
    assert views.fits(4, 9)
    assert views.fits(9, 4)
    assert not views.fits(3, 9)
    assert not views.fits(9, 3)
    assert ViewSettings(horizontal_flip=True).fits(1, 1)
