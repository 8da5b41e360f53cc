"""The random numbers of an epoch: their seeds, their state between two batches, and how a resume restores it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor


def seed_epoch(seed: int, epoch: int, device: torch.device) -> tuple[torch.Generator, torch.Generator]:
    """Seed all random numbers of an epoch: torch's global generator (dropout) and two generators of its own.

    The seeds depend on the run's seed and the epoch's number alone, so that a repeated epoch is the same.

    Returns:
        The generator of the order (on the CPU), and the one of the augmentation (on the device).
    """
    order, augmentation, network = (
        int(word) for word in np.random.SeedSequence((seed, epoch)).generate_state(3, np.uint64)
    )
    # For each kind of accelerator, there or not, torch's own function also notes the call with its whole stack.
    (torch.default_generator if device.type == "cpu" else torch).manual_seed(network)
    return torch.Generator().manual_seed(order), torch.Generator(device).manual_seed(augmentation)


def random_state(augmentation: torch.Generator, device: torch.device) -> dict[str, Tensor]:
    """Return the states of all random generators of an epoch between two batches, for `restore_random`."""
    state = {"random": torch.get_rng_state(), "random_augmentation": augmentation.get_state()}
    if device.type == "cuda":
        state["random_device"] = torch.cuda.get_rng_state(device)
    return state


def restore_random(state: Mapping[str, Tensor], augmentation: torch.Generator, device: torch.device) -> None:
    """Set all random generators to `state`."""
    torch.set_rng_state(state["random"])
    augmentation.set_state(state["random_augmentation"])
    if device.type == "cuda" and "random_device" in state:
        torch.cuda.set_rng_state(state["random_device"], device)
