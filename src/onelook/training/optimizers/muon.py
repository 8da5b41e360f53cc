"""Muon: an optimizer whose steps move a convolution kernel equally far in every direction."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

import torch
from torch import Tensor, nn

from onelook.settings import OptimizerSettings
from onelook.training.optimizers.adaptive import AdamW
from onelook.training.optimizers.base import State

# Newton and Schulz' iteration with the coefficients of Jordan 2024. They bring singular values from near 0 to about 1
# in few steps, but the values do not converge to exactly 1. Three steps are enough for kernels.
_QUINTIC = (3.4445, -4.7750, 2.0315)
_NEWTON_SCHULZ_STEPS = 3


class Muon(AdamW):
    """Momentum whose step is made orthogonal (Jordan et al. 2024, "Muon: an optimizer for hidden layers").

    For a kernel W, seen as a matrix of (filters, inputs):

        m = momentum * m + g
        W is scaled to the length √filters, then W -= rate * orthogonal(g + momentum * m)

    `orthogonal` sets all singular values to about 1. The length of a kernel in front of a batch-norm affects only how
    far a step turns the kernel; with a fixed length, the rate alone decides that. All other weights (biases, norms,
    dense layers) are moved by AdamW at `other_rate` times the rate, and only these have weight decay.
    """

    def __init__(self, parameters: list[nn.Parameter], settings: OptimizerSettings) -> None:
        super().__init__(parameters, settings)
        for name, tensors in self.state.items():
            # Kernels have only Muon's momentum, other weights only AdamW's moments: the rest is empty.
            is_ours = name == "kernel_momentum"
            for position, parameter in enumerate(parameters):
                if _is_kernel(parameter) != is_ours:
                    tensors[position] = torch.zeros(0, device=parameter.device)

    def _initial_state(self) -> Mapping[str, float]:
        return {**super()._initial_state(), "kernel_momentum": 0.0}

    def _update(self, weights: list[Tensor], gradients: list[Tensor], state: State, learning_rate: float) -> None:
        kernels = [position for position, weight in enumerate(weights) if _is_kernel(weight)]
        for position in kernels:
            self._turn(weights[position], gradients[position], state["kernel_momentum"][position], learning_rate)
        others = [position for position, weight in enumerate(weights) if not _is_kernel(weight)]
        if others:
            super()._update(
                [weights[position] for position in others],
                [gradients[position] for position in others],
                {name: [tensors[position] for position in others] for name, tensors in state.items()},
                learning_rate * self.settings.other_rate,
            )

    def _turn(self, kernel: Tensor, gradient: Tensor, momentum: Tensor, learning_rate: float) -> None:
        momentum.mul_(self.settings.momentum).add_(gradient)
        direction = gradient.add(momentum, alpha=self.settings.momentum).flatten(1)
        kernel.mul_(sqrt(len(kernel)) / torch.linalg.vector_norm(kernel).clamp(min=1e-12))
        kernel.sub_(orthogonal(direction).view_as(kernel), alpha=learning_rate)


def orthogonal(matrix: Tensor) -> Tensor:
    """Return a matrix with the same singular vectors and all singular values near 1: (rows, columns), float32.

    Example:
        >>> stretched = torch.diag(torch.tensor([9.0, 1.0]))
        >>> [round(value) for value in orthogonal(stretched).diagonal().tolist()]
        [1, 1]
    """
    is_tall = len(matrix) > matrix.shape[1]
    near = matrix.T if is_tall else matrix  # so that the smaller of the two squares is multiplied
    near = near / torch.linalg.vector_norm(near).clamp(min=1e-7)
    linear, cubic, quintic = _QUINTIC
    for _ in range(_NEWTON_SCHULZ_STEPS):
        square = near @ near.T
        near = torch.addmm(near, torch.addmm(square, square, square, beta=cubic, alpha=quintic), near, beta=linear)
    return near.T if is_tall else near


def _is_kernel(weight: Tensor) -> bool:
    """Return whether a weight is a convolution's: (filters, inputs, height, width)."""
    return weight.ndim == 4
