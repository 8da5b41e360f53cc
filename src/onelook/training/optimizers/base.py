"""The interface of an optimizer, and the base class of the formulas: steps, running values, clipped gradients."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Protocol

import torch
from torch import Tensor, nn

from onelook.errors import ModelError
from onelook.settings import OptimizerSettings

State = Mapping[str, list[Tensor]]  # the name of a running value -> one tensor for each weight


class Optimizer(Protocol):
    """The methods of an optimizer that a trainer needs. `UpdateRule` and `GroupedOptimizer` are optimizers.

    Attributes:
        steps_done: how often `step` was called.
    """

    steps_done: int

    def step(self, learning_rate: float) -> None:
        """Move every weight that has a gradient. The gradients are overwritten and must not be used afterwards."""

    def zero_grad(self) -> None:
        """Drop the gradients, so that the next backward pass stores its own instead of adding to them."""

    def tensors(self) -> dict[str, Tensor]:
        """Return the running values by name, for a checkpoint."""
        ...

    def load(self, tensors: Mapping[str, Tensor], steps_done: int) -> None:
        """Restore the running values that `tensors` returned after `steps_done` steps.

        Raises:
            ModelError: the tensors belong to another optimizer or another network.
        """


class UpdateRule(ABC):
    """The base of the optimizers: a formula that moves weights against their gradients.

    Attributes:
        parameters: the weights that are trained.
        state: running values by name, each a list parallel to `parameters`.
        steps_done: how often `step` was called; some formulas depend on it.
    """

    def __init__(self, parameters: list[nn.Parameter], settings: OptimizerSettings) -> None:
        self.parameters = parameters
        self.settings = settings
        self.steps_done = 0
        # full_like keeps the memory format of a weight, which the fused kernels require of its state.
        self.state: dict[str, list[Tensor]] = {
            name: [torch.full_like(parameter, value, requires_grad=False) for parameter in parameters]
            for name, value in self._initial_state().items()
        }

    @torch.no_grad()
    def step(self, learning_rate: float) -> None:
        """Move every weight that has a gradient. The gradients are overwritten and must not be used afterwards."""
        self.steps_done += 1
        moved = [position for position, parameter in enumerate(self.parameters) if parameter.grad is not None]
        weights: list[Tensor] = [self.parameters[position] for position in moved]
        gradients = [parameter.grad for parameter in self.parameters if parameter.grad is not None]
        state = {name: [tensors[position] for position in moved] for name, tensors in self.state.items()}
        if moved:
            if self.settings.clip_norm is not None:
                clip(gradients, self.settings.clip_norm)
            self._update(weights, gradients, state, learning_rate)

    def zero_grad(self) -> None:
        """Drop the gradients, so that the next backward pass stores its own instead of adding to them."""
        for parameter in self.parameters:
            parameter.grad = None

    def tensors(self) -> dict[str, Tensor]:
        """Return the running values by name, for a checkpoint: "velocity.0", "velocity.1" …"""
        return {
            f"{name}.{position}": tensor
            for name, tensors in self.state.items()
            for position, tensor in enumerate(tensors)
        }

    @torch.no_grad()
    def load(self, tensors: Mapping[str, Tensor], steps_done: int) -> None:
        """Restore the running values that `tensors` returned after `steps_done` steps.

        Raises:
            ModelError: the tensors belong to another optimizer or another network.
        """
        own = self.tensors()
        if {name: tensor.shape for name, tensor in own.items()} != {n: t.shape for n, t in tensors.items()}:
            raise ModelError(
                "the checkpoint's optimizer state does not fit: it was made by another optimizer or for another "
                "network. Resume with the settings that the run was started with."
            )
        for name, tensor in own.items():
            tensor.copy_(tensors[name])
        self.steps_done = steps_done

    def _initial_state(self) -> Mapping[str, float]:
        """Return the name of each running value, and the number that it starts from."""
        return {}

    def _decay(self, weights: list[Tensor], learning_rate: float) -> None:
        """Apply weight decay apart from the gradient (Loshchilov & Hutter 2017, arXiv:1711.05101)."""
        if self.settings.weight_decay > 0:
            torch._foreach_mul_(weights, 1 - learning_rate * self.settings.weight_decay)

    @abstractmethod
    def _update(self, weights: list[Tensor], gradients: list[Tensor], state: State, learning_rate: float) -> None:
        """Move the weights in place. The lists are parallel, and their tensors may be overwritten."""


def clip(gradients: list[Tensor], longest: float) -> None:
    """Shorten all gradients by one factor where their joint length exceeds `longest` (arXiv:1211.5063)."""
    length = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients)))
    torch._foreach_mul_(gradients, (longest / length).clamp(max=1.0))
