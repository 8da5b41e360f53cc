"""What is done to pictures on a GPU stays on it: the same numbers as on the CPU, from tensors that are all there."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tests.card import CardTensor, card, on_card
from tests.every_setting import pairs_of, values_of, with_both
from torch import Tensor
from torch.testing import assert_close

from onelook.settings import AugmentSettings, MixSettings, PreprocessSettings
from onelook.transforms.augment.augment import Augment
from onelook.transforms.augment.mixing import mix
from onelook.transforms.preprocess.fit import fit_preprocess
from onelook.transforms.preprocess.in_torch import Preprocess


def pictures(rows: int = 5) -> Tensor:
    """Raw pictures, (rows, 3, 8, 6)."""
    return torch.randint(0, 256, (rows, 3, 8, 6), generator=torch.Generator().manual_seed(1)).to(torch.float32)


@pytest.mark.parametrize(
    "mixed",
    [
        lambda there, here: there + here,
        lambda there, here: here.add_(there),
        lambda there, here: torch.zeros(()).add_(there[0]),
        lambda there, here: torch.stack([there[0], torch.zeros(())]),
        lambda there, here: there[torch.tensor([0])],
        lambda there, here: here[torch.tensor([0]).to("meta")],
        lambda there, here: torch.rand(3, generator=torch.Generator(), device="meta"),
        lambda there, here: torch.rand(3, generator=torch.Generator("meta")),
        lambda there, here: there.numpy(),
    ],
)
def test_the_card_refuses_what_a_gpu_would(mixed):
    with card(), pytest.raises((RuntimeError, TypeError), match="on the card|a generator on"):
        mixed(on_card(torch.ones(3)), torch.ones(3))


def test_the_card_takes_a_single_number_from_the_cpu():
    with card():
        assert (on_card(torch.ones(3)) + torch.ones(())).held.tolist() == [2, 2, 2]


@pytest.mark.parametrize("settings", [AugmentSettings, MixSettings, PreprocessSettings])
def test_every_field_has_a_value_to_try(settings):
    assert all(values_of(settings, name) for name in settings.model_fields)


@pytest.mark.parametrize("names", pairs_of(AugmentSettings), ids="-".join)
def test_augmentation(names):
    for settings in with_both(AugmentSettings, names):
        augment = Augment(settings, value_range=(0, 255))
        expected = augment(pictures(), torch.Generator().manual_seed(3))
        with card() as device:
            found = augment(on_card(pictures()), torch.Generator(device).manual_seed(3))
        assert isinstance(found, CardTensor), settings
        assert_close(found.held, expected, rtol=0, atol=0)


def test_augmentation_of_a_part_of_a_batch():
    settings = AugmentSettings(
        width_shift_range=2, horizontal_flip=True, crop_padding=2, cutout=0.25, policy_operations=2, zoom_range=0.25
    )
    augment = Augment(settings, value_range=(0, 255))
    expected = augment(pictures(), torch.Generator().manual_seed(3), (4, 12))
    with card() as device:
        found = augment(on_card(pictures()), torch.Generator(device).manual_seed(3), (4, 12))
    assert_close(found.held, expected, rtol=0, atol=0)


@pytest.mark.parametrize("names", pairs_of(MixSettings), ids="-".join)
def test_mixing(names):
    for settings in with_both(MixSettings, names):
        targets = torch.arange(5)
        expected = mix(pictures(), targets, settings, torch.Generator().manual_seed(3))
        with card() as device:
            found = mix(on_card(pictures()), on_card(targets), settings, torch.Generator(device).manual_seed(3))
        for name in ("images", "targets", "others"):
            assert_close(getattr(found, name).held, getattr(expected, name), rtol=0, atol=0)
        assert found.share == expected.share


@pytest.mark.parametrize("names", pairs_of(PreprocessSettings), ids="-".join)
def test_preparation(names):
    train = pictures(40).permute(0, 2, 3, 1).numpy().astype(np.uint8)
    for settings in with_both(PreprocessSettings, names):
        fitted, weights = fit_preprocess(settings, [train], (0, 255))
        prepare = Preprocess(fitted, weights)
        expected = prepare(pictures())
        with card() as device:
            found = prepare.to(device)(on_card(pictures()))
        assert_close(found.held, expected, rtol=0, atol=0)
