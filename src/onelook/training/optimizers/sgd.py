"""Stochastic gradient descent, without and with momentum."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.optim.sgd import sgd

from onelook.training.optimizers.base import State, UpdateRule


class SGD(UpdateRule):
    """Gradient descent: w -= rate * g."""

    def _update(self, weights: list[Tensor], gradients: list[Tensor], state: State, learning_rate: float) -> None:
        self._decay(weights, learning_rate)
        _fused_sgd(weights, gradients, [None] * len(weights), learning_rate, momentum=0.0, nesterov=False)


class MomentumSGD(UpdateRule):
    """Momentum: m = momentum * m + rate * g; w -= m, or with Nesterov w -= momentum * m + rate * g.

    The momentum includes the rate, so that a change of rate reaches the weights gradually. torch's own class applies
    the rate outside the momentum; the two are the same while the rate is constant.
    """

    def _initial_state(self) -> Mapping[str, float]:
        return {"momentum": 0.0}

    def _update(self, weights: list[Tensor], gradients: list[Tensor], state: State, learning_rate: float) -> None:
        self._decay(weights, learning_rate)
        torch._foreach_mul_(gradients, learning_rate)
        momentum, nesterov = self.settings.momentum, self.settings.nesterov
        _fused_sgd(weights, gradients, state["momentum"], 1.0, momentum=momentum, nesterov=nesterov)


def _fused_sgd(
    weights: list[Tensor],
    gradients: list[Tensor],
    momenta: list[Tensor] | list[None],
    learning_rate: float,
    *,
    momentum: float,
    nesterov: bool,
) -> None:
    sgd(
        weights,
        gradients,
        list(momenta),
        fused=True,
        lr=learning_rate,
        momentum=momentum,
        nesterov=nesterov,
        dampening=0.0,
        weight_decay=0.0,
        maximize=False,
    )
