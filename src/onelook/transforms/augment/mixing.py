"""Mixup and cutmix: each training picture is mixed with another one, and the loss counts both labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from onelook.settings.augment import MixSettings


@dataclass(frozen=True)
class Mixed:
    """A batch in which each picture is mixed with another picture of the batch."""

    images: Tensor  # (batch, channels, height, width)
    targets: Tensor  # (batch,): the labels of the pictures themselves
    others: Tensor  # (batch,): the labels of the pictures that were mixed in
    share: float  # the share of the picture itself, in [0, 1]; the rest is the other picture's


def mix(images: Tensor, targets: Tensor, settings: MixSettings, generator: torch.Generator) -> Mixed:
    """Return each picture mixed with a partner from the same batch, with one share for the batch.

    Mixup (Zhang et al. 2017, arXiv:1710.09412) adds the two, pixel by pixel; cutmix (Yun et al. 2019,
    arXiv:1905.04899) pastes a rectangle of the partner. Where both are on, chance picks one for the batch. Both draw
    the share from Beta(alpha, alpha).

    Args:
        images: float32, (batch, channels, height, width). They are not modified.
        targets: (batch,), int64.
        settings: which of the two are on, and their alpha.
        generator: the source of all randomness.
    """
    # NumPy draws beta-distributed numbers from a seed; torch has no such draw from a generator.
    seed = torch.randint(1 << 62, (1,), generator=generator, device=generator.device).item()
    random = np.random.default_rng(int(seed))
    ways = [(way, alpha) for way, alpha in ((_add, settings.mixup), (_paste, settings.cutmix)) if alpha > 0]
    way, alpha = ways[random.integers(len(ways))]
    partners = torch.from_numpy(random.permutation(len(images))).to(images.device)
    mixed, share = way(images, images[partners], float(random.beta(alpha, alpha)), random)
    return Mixed(mixed, targets, targets[partners], share)


def _add(images: Tensor, others: Tensor, share: float, random: np.random.Generator) -> tuple[Tensor, float]:
    return torch.lerp(others, images, share), share


def _paste(images: Tensor, others: Tensor, share: float, random: np.random.Generator) -> tuple[Tensor, float]:
    height, width = images.shape[-2:]
    sides = np.sqrt(1 - share) * np.array([height, width])
    middle = random.uniform(0, [height, width])
    top, left = np.clip(np.round(middle - sides / 2), 0, [height, width]).astype(int)
    bottom, right = np.clip(np.round(middle + sides / 2), 0, [height, width]).astype(int)
    pasted = images.clone()
    pasted[:, :, top:bottom, left:right] = others[:, :, top:bottom, left:right]
    return pasted, 1 - float((bottom - top) * (right - left)) / (height * width)
