"""A moving average of the weights, which validates better than the weights of any one step.

Polyak & Juditsky 1992 (SIAM J. Control Optim. 30, 838); exponential, as Tarvainen & Valpola 2017
(arXiv:1703.01780) use it.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

import torch
from torch import Tensor, nn


class WeightAverage:
    """The exponential moving average of a network's state, including its moving statistics.

    In the first steps the average keeps less, only the share (1 + step) / (10 + step), so that the random weights of
    the start soon leave it.

    Args:
        network: the network whose state is averaged; it is not changed.
        decay: share of the old average that is kept at each step, in (0, 1).

    Attributes:
        network: a copy of the network that holds the average.

    Example:
        >>> layer = nn.Linear(1, 1, bias=False)
        >>> _ = nn.init.constant_(layer.weight, 0.0)
        >>> average = WeightAverage(layer, decay=0.99)
        >>> _ = nn.init.constant_(layer.weight, 1.0)
        >>> average.update(steps_done=1)  # keeps 2 / 11 of the old
        >>> round(average.network.weight.item(), 4)
        0.8182
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.network = deepcopy(network).eval()
        self._decay = decay
        state, averaged = network.state_dict(), self.network.state_dict()  # views: they move with the weights
        moving = [name for name, tensor in state.items() if tensor.is_floating_point()]
        self._newest = [state[name] for name in moving]
        self._averages = [averaged[name] for name in moving]

    @torch.no_grad()
    def update(self, steps_done: int) -> None:
        """Update the average with the weights after a step. `steps_done` counts from 1."""
        decay = min(self._decay, (1 + steps_done) / (10 + steps_done))
        torch._foreach_lerp_(self._averages, self._newest, 1 - decay)

    def state(self) -> Mapping[str, Tensor]:
        """Return the state dict of the averaged network."""
        state: dict[str, Tensor] = self.network.state_dict()
        return state
