"""Batch-norm over rows that several processes hold: threads take the place of the processes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
import torch
from torch import Tensor

from onelook.models.layers.batch_norm import BatchNormLayer
from onelook.models.layers.shared_batch import share_batches
from onelook.settings.network import BatchNorm

ROWS = 7
CUTS = (0, 3, 7, 7)  # the last of three has no row


@dataclass
class Round:
    """What all put in, added up once the last one has."""

    barrier: threading.Barrier = field(default_factory=lambda: threading.Barrier(len(CUTS) - 1))
    values: list[Tensor] = field(default_factory=list)

    def sum(self, values: Tensor) -> Tensor:
        self.values.append(values)
        self.barrier.wait(timeout=20)
        total = torch.stack(self.values).sum(0)
        if self.barrier.wait(timeout=20) == 0:
            self.values.clear()
        self.barrier.wait(timeout=20)
        return total


@dataclass
class Part:
    round: Round
    first: int
    whole: int = ROWS

    def sum(self, values: Tensor) -> Tensor:
        return self.round.sum(values)


@pytest.mark.parametrize("shape", [(4,), (4, 3, 5)])
@pytest.mark.parametrize("middle", [0.0, 300.0])
def test_parts_are_normalised_and_learnt_from_as_the_whole(shape: tuple[int, ...], middle: float) -> None:
    torch.manual_seed(0)
    values, slopes = torch.randn(ROWS, *shape) * 3 + middle, torch.randn(ROWS, *shape)

    def learn(part: Part | None, rows: slice) -> tuple[Tensor, Tensor, BatchNormLayer]:
        layer = BatchNormLayer(4, BatchNorm(momentum=0.9))
        torch.nn.init.constant_(layer.weight, 1.7)
        if part is not None:
            share_batches(layer, part)
        own = values[rows].clone().requires_grad_()
        normalised = layer(own)
        torch.autograd.backward((normalised.tanh() * slopes[rows]).sum())
        assert own.grad is not None
        return normalised.detach(), own.grad, layer

    expected, expected_gradient, whole = learn(None, slice(None))
    going_round = Round()
    with ThreadPoolExecutor(3) as threads:
        found = list(
            threads.map(
                lambda cut: learn(Part(going_round, CUTS[cut]), slice(CUTS[cut], CUTS[cut + 1])), range(len(CUTS) - 1)
            )
        )
    tolerance = {"rtol": 1e-4, "atol": 1e-5 if middle == 0 else 1e-3}
    torch.testing.assert_close(torch.cat([normalised for normalised, _, _ in found]), expected, **tolerance)
    torch.testing.assert_close(torch.cat([gradient for _, gradient, _ in found]), expected_gradient, **tolerance)
    for name in ("weight", "bias"):
        total = sum(getattr(layer, name).grad for _, _, layer in found)
        torch.testing.assert_close(total, getattr(whole, name).grad, **tolerance)
    for _, _, layer in found:
        torch.testing.assert_close(layer.running_mean, whole.running_mean)
        torch.testing.assert_close(layer.running_var, whole.running_var, rtol=1e-4, atol=1e-5)


def test_validation_is_by_the_moving_statistics_and_asks_nobody() -> None:
    layer = BatchNormLayer(4, BatchNorm()).eval()
    values = torch.randn(3, 4)
    alone = layer(values)
    share_batches(layer, Part(Round(), 0))
    assert torch.equal(layer(values), alone)
