"""The random numbers of an epoch: where they start, what they are between two batches, and how they are put back."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor


def seed_epoch(seed: int, epoch: int, device: torch.device) -> tuple[torch.Generator, torch.Generator]:
    """Seeds all that an epoch draws: torch's global numbers (dropout), and two generators of its own.

    All of it follows from the run's seed and the epoch's number, so that an epoch begun again is the same epoch.

    Returns:
        The generator of the order (on the CPU), and that of the augmentation (on the device).
    """
    order, augmentation, network = (
        int(word) for word in np.random.SeedSequence((seed, epoch)).generate_state(3, np.uint64)
    )
    torch.manual_seed(network)
    return torch.Generator().manual_seed(order), torch.Generator(device).manual_seed(augmentation)


def random_state(augmentation: torch.Generator, device: torch.device) -> dict[str, Tensor]:
    """All random numbers that an epoch draws between two batches, as `restore_random` takes them back."""
    state = {"random": torch.get_rng_state(), "random_augmentation": augmentation.get_state()}
    if device.type == "cuda":
        state["random_device"] = torch.cuda.get_rng_state(device)
    return state


def restore_random(state: Mapping[str, Tensor], augmentation: torch.Generator, device: torch.device) -> None:
    """Lets the random numbers go on from `state`."""
    torch.set_rng_state(state["random"])
    augmentation.set_state(state["random_augmentation"])
    if device.type == "cuda" and "random_device" in state:
        torch.cuda.set_rng_state(state["random_device"], device)
