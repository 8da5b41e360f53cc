"""Layers that need a whole batch, where each of several processes holds a part of it."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor, nn


class SharedBatch(Protocol):
    """A batch of which this process holds some neighbouring rows; other processes hold the rest."""

    first: int  # position of our first row
    whole: int  # number of rows in the whole batch

    def sum(self, values: Tensor) -> Tensor:
        """Return the sum of the values over all processes. All of them have to call it, in the same order."""


class WholeBatchLayer(nn.Module):
    """A layer whose output for one row depends on the batch that the row is in."""

    shared: SharedBatch | None = None  # None: this process holds the whole batch


def share_batches(network: nn.Module, shared: SharedBatch) -> None:
    """Give the shared batch to every layer of a network that needs the whole batch."""
    for module in network.modules():
        if isinstance(module, WholeBatchLayer):
            module.shared = shared
