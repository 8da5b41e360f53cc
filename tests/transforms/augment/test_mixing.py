"""Mixup and cutmix."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from onelook.settings import MixSettings
from onelook.transforms.augment.mixing import _paste, mix


def batch(rows: int = 6) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures of one value each, which is their target."""
    targets = torch.arange(rows)
    return targets.float()[:, None, None, None].expand(rows, 1, 8, 6).clone(), targets


@pytest.mark.parametrize("seed", range(5))
def test_mixup_lays_two_pictures_over_each_other_at_the_share(seed: int) -> None:
    images, targets = batch()
    mixed = mix(images, targets, MixSettings(mixup=1.0), torch.Generator().manual_seed(seed))
    expected = mixed.share * mixed.targets + (1 - mixed.share) * mixed.others
    assert torch.allclose(mixed.images.mean(dim=(1, 2, 3)), expected, atol=1e-5)
    assert 0 < mixed.share < 1
    assert sorted(mixed.others.tolist()) == targets.tolist()  # each is a partner once
    assert torch.equal(images, batch()[0])


@pytest.mark.parametrize("seed", range(5))
def test_cutmix_pastes_a_rectangle_and_tells_its_true_share(seed: int) -> None:
    images, targets = batch()
    mixed = mix(images, targets, MixSettings(cutmix=1.0), torch.Generator().manual_seed(seed))
    for picture, own, other in zip(mixed.images[:, 0], mixed.targets, mixed.others, strict=True):
        if own == other:
            continue
        pasted = picture == other
        rows, columns = pasted.any(1), pasted.any(0)
        assert torch.equal(pasted, rows[:, None] & columns)  # a rectangle
        assert (picture[~pasted] == own).all()
        assert 1 - pasted.float().mean().item() == pytest.approx(mixed.share)


def test_one_seed_gives_one_mix_and_both_ways_come_up() -> None:
    images, targets = batch()
    settings = MixSettings(mixup=0.5, cutmix=0.5)
    first, again = (mix(images, targets, settings, torch.Generator().manual_seed(1)).images for _ in range(2))
    assert torch.equal(first, again)
    whole = [
        bool((m.images == m.images.round()).all())
        for seed in range(20)
        for m in [mix(images, targets, settings, torch.Generator().manual_seed(seed))]
    ]
    assert 4 < sum(whole) < 16


def test_the_mean_share_is_half_and_small_alphas_go_to_the_ends() -> None:
    images, targets = batch()
    shares = torch.tensor(
        [mix(images, targets, MixSettings(mixup=0.2), torch.Generator().manual_seed(s)).share for s in range(300)]
    )
    assert shares.mean().item() == pytest.approx(0.5, abs=0.08)
    assert ((shares < 0.1) | (shares > 0.9)).float().mean() > 0.5


def test_the_rectangle_has_its_share_of_the_area_and_may_lie_anywhere_in_a_wide_picture() -> None:
    images, others = torch.zeros(1, 1, 20, 120), torch.ones(1, 1, 20, 120)
    areas, middles = [], []
    for seed in range(200):
        pasted, share = _paste(images, others, 0.75, np.random.default_rng(seed))
        rows, columns = pasted[0, 0].any(dim=1), pasted[0, 0].any(dim=0)
        areas.append(int(rows.sum()) * int(columns.sum()))
        assert share == 1 - areas[-1] / 2_400
        middles.append((float(rows.nonzero().float().mean()) / 20, float(columns.nonzero().float().mean()) / 120))
    assert max(areas) == 600  # a quarter, where no edge cuts it: 10×60
    assert min(areas) >= 150  # the middle of a rectangle lies in the picture
    for along in zip(*middles, strict=True):
        assert min(along) < 0.2
        assert max(along) > 0.75
