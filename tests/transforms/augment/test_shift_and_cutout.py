"""Whole-pixel shifts with reflection, and holes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from onelook.settings import AugmentSettings
from onelook.transforms.augment.augment import Augment
from onelook.transforms.augment.shift_and_cutout import cut_squares, shift_reflected


@pytest.mark.parametrize(("down", "right"), [(0, 0), (1, 0), (0, -2), (2, 2), (-3, 1)])
def test_is_a_crop_from_the_picture_padded_with_its_reflection(down: int, right: int) -> None:
    images = torch.rand(1, 3, 5, 6)
    padded = np.pad(images[0].numpy(), ((0, 0), (3, 3), (3, 3)), mode="reflect")
    crop = padded[:, 3 - down : 8 - down, 3 - right : 9 - right]
    assert torch.equal(shift_reflected(images, torch.tensor([down]), torch.tensor([right]))[0], torch.from_numpy(crop))


def test_each_picture_goes_its_own_way() -> None:
    images = torch.arange(9.0).view(1, 1, 3, 3).expand(2, 1, 3, 3)
    moved = shift_reflected(images, torch.tensor([1, 0]), torch.tensor([0, 1]))
    assert moved[0, 0].tolist() == [[3, 4, 5], [0, 1, 2], [3, 4, 5]]
    assert moved[1, 0].tolist() == [[1, 0, 1], [4, 3, 4], [7, 6, 7]]


def test_a_single_row_stays() -> None:
    images = torch.arange(4.0).view(1, 1, 1, 4)
    assert shift_reflected(images, torch.tensor([0]), torch.tensor([-1])).flatten().tolist() == [1, 2, 3, 2]


def test_a_hole_has_the_colour_of_the_mean_and_ends_at_the_edge() -> None:
    images = torch.zeros(2, 1, 4, 4)
    images[:, :, 0, 0] = 16.0
    cut = cut_squares(images, torch.tensor([2, 0]), torch.tensor([2, 3]), side=2)
    assert cut[0, 0].tolist() == [[16, 0, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
    assert cut[1, 0].tolist() == [[16, 0, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]


def test_a_hole_in_a_coloured_picture_has_its_mean_colour() -> None:
    images = torch.tensor([200.0, 100.0, 0.0]).view(1, 3, 1, 1).expand(1, 3, 4, 4)
    assert torch.equal(cut_squares(images, torch.tensor([1]), torch.tensor([1]), side=2), images)


def test_augment_shifts_both_ways_as_far_as_it_is_told() -> None:
    images = torch.arange(25.0).view(1, 1, 5, 5).expand(400, 1, 5, 5)
    moved = Augment(AugmentSettings(crop_padding=1), (0, 255))(images, torch.Generator().manual_seed(0))
    middles = moved[:, 0, 2, 2].unique().tolist()
    assert middles == [6, 7, 8, 11, 12, 13, 16, 17, 18]


def test_padding_wider_than_the_picture_is_cut_to_it() -> None:
    images = torch.rand(3, 1, 2, 2)
    assert Augment(AugmentSettings(crop_padding=9), (0, 1))(images, torch.Generator()).shape == images.shape


def test_a_picture_of_one_row_is_not_moved_as_there_is_nothing_to_mirror() -> None:
    images = torch.arange(64.0).reshape(16, 1, 1, 4)
    settings = AugmentSettings(crop_padding=2)
    assert torch.equal(Augment(settings, (0, 255))(images, torch.Generator().manual_seed(0)), images)
    assert not torch.equal(Augment(settings, (0, 255))(images.expand(16, 1, 2, 4), torch.Generator()), images)


def test_augment_cuts_a_hole_of_its_share() -> None:
    images = torch.rand(50, 3, 8, 10)
    cut = Augment(AugmentSettings(cutout=0.5), (0, 1))(images, torch.Generator().manual_seed(0))
    holes = (cut != images).any(dim=1).flatten(1).sum(1)
    assert holes.max() == 16
    assert holes.min() >= 4  # a corner's share of it
