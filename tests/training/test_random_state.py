"""The random numbers of an epoch."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from onelook.training.random_state import random_state, restore_random, seed_epoch

CPU = torch.device("cpu")


def test_an_epochs_random_numbers_follow_from_seed_and_epoch_alone() -> None:
    def draw(seed: int, epoch: int) -> list[float]:
        order, augmentation = seed_epoch(seed, epoch, CPU)
        return [torch.rand((), generator=source).item() for source in (order, augmentation, None)]

    assert draw(1, 2) == draw(1, 2)
    assert len({number for pair in ((0, 1), (0, 2), (1, 1), (1, 0)) for number in draw(*pair)}) == 12


@pytest.mark.parametrize(("kind", "seeds_all"), [("cpu", False), ("cuda", True)])
def test_the_generators_of_all_accelerators_are_seeded_where_one_trains(
    kind: str, seeds_all: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(torch, "manual_seed", asked.append)
    monkeypatch.setattr(torch, "Generator", lambda *_: SimpleNamespace(manual_seed=int))
    seed_epoch(1, 2, torch.device(kind))
    assert len(asked) == seeds_all


@pytest.mark.parametrize("is_of_a_gpu", [True, False])
def test_a_checkpoint_of_a_cpu_is_resumed_on_a_gpu(is_of_a_gpu: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The GPU is made up; its own numbers are restored where the checkpoint has them."""
    restored: list[list[int]] = []
    monkeypatch.setattr("torch.cuda.set_rng_state", lambda state, device: restored.append(state.tolist()))
    with torch.random.fork_rng(devices=[]):
        state = random_state(torch.Generator().manual_seed(3), torch.device("cpu"))
        state |= {"random_device": torch.tensor([1, 2])} if is_of_a_gpu else {}
        augmentation = torch.Generator()
        restore_random(state, augmentation, torch.device("cuda"))
    assert restored == ([[1, 2]] if is_of_a_gpu else [])
    assert torch.equal(augmentation.get_state(), torch.Generator().manual_seed(3).get_state())
