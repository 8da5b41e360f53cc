"""The random numbers of an epoch."""

from __future__ import annotations

import torch

from onelook.training.random_state import seed_epoch

CPU = torch.device("cpu")


def test_an_epochs_random_numbers_follow_from_seed_and_epoch_alone() -> None:
    def draw(seed: int, epoch: int) -> list[float]:
        order, augmentation = seed_epoch(seed, epoch, CPU)
        return [torch.rand((), generator=source).item() for source in (order, augmentation, None)]

    assert draw(1, 2) == draw(1, 2)
    assert len({number for pair in ((0, 1), (0, 2), (1, 1), (1, 0)) for number in draw(*pair)}) == 12
