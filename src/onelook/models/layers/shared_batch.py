"""Layers that need a whole batch, where each of several processes holds a part of it."""

from __future__ import annotations

from typing import Any, Protocol

import torch
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


def normalise_whole_batch(
    values: Tensor, weight: Tensor, bias: Tensor, epsilon: float, shared: SharedBatch
) -> tuple[Tensor, Tensor, Tensor]:
    """Normalise our rows by the mean and variance of the whole batch, as one process with the whole batch would.

    Args:
        values: our rows, (batch, channels) or (batch, channels, height, width), possibly none.
        weight, bias: (channels,).
        epsilon: added to the variance.
        shared: the batch that contains the rows.

    Returns:
        The normalised rows; the whole batch's mean and its population's variance, (channels,).
    """
    normalised: tuple[Tensor, Tensor, Tensor] = _Normalise.apply(values, weight, bias, epsilon, shared)  # type: ignore[no-untyped-call]
    return normalised


class _Normalise(torch.autograd.Function):
    """Batch normalisation: processes add up two moments in the forward pass, and two gradients in the backward pass."""

    @staticmethod
    def forward(  # noqa: PLR0917  (torch passes all by position)
        ctx: Any, values: Tensor, weight: Tensor, bias: Tensor, epsilon: float, shared: SharedBatch
    ) -> tuple[Tensor, Tensor, Tensor]:
        # In float64, subtracting the square of a mean loses no digits that matter, however far from zero the mean is.
        moments = torch.zeros(2, values.shape[1], dtype=torch.float64, device=values.device)
        if len(values):
            mean, variance = (moment.double() for moment in _mean_and_variance(values))
            moments = torch.stack([mean, variance + mean.square()]) * (values.numel() // values.shape[1])
        ctx.count = shared.whole * values.shape[2:].numel()  # values of a channel in the whole batch
        mean, square = shared.sum(moments) / ctx.count
        variance = (square - mean.square()).clamp_(min=0).to(weight.dtype)
        mean = mean.to(weight.dtype)
        ctx.save_for_backward(values, weight, mean, variance)
        ctx.epsilon, ctx.shared = epsilon, shared
        ctx.mark_non_differentiable(mean, variance)
        # With `training` off, torch normalises by these statistics.
        normalised = torch.batch_norm(
            values, weight, bias, mean, variance, False, 0.0, epsilon, torch.backends.cudnn.enabled
        )
        return normalised, mean, variance

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None]:
        values, weight, mean, variance = ctx.saved_tensors
        direct, of_weight, of_bias = torch.zeros_like(values), torch.zeros_like(weight), torch.zeros_like(weight)
        if len(values):  # torch divides by the number of rows
            direct, of_weight, of_bias = torch.ops.aten.native_batch_norm_backward(
                gradients[0], values, weight, mean, variance, None, None, False, ctx.epsilon, [True, True, True]
            )
        # A row also moves mean and variance, and with them every row of the batch (Ioffe & Szegedy 2015, section 3).
        along, across = ctx.shared.sum(torch.stack([of_weight, of_bias])) / ctx.count
        scale = torch.rsqrt(variance + ctx.epsilon)
        slope = -weight * along * scale.square()
        offset = -weight * across * scale - slope * mean
        shape = (-1, *(1 for _ in values.shape[2:]))
        through_batch = torch.addcmul(offset.view(shape), values, slope.view(shape))
        # The gradients of weight and bias come from our rows alone, like those of all other weights.
        return (direct + through_batch).to(values.dtype), of_weight, of_bias, None, None


def _mean_and_variance(values: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean and the population variance of each channel, (channels,), float32."""
    if values.device.type != "cpu":
        dimensions = [0, *range(2, values.ndim)]
        variance, mean = torch.var_mean(values.float(), dimensions, correction=0)
        return mean, variance
    # Batch-norm's own kernel gives the same numbers and is 15 times as fast on a CPU. (It also updates two running
    # statistics, which are not needed; their type decides the type of the result.)
    unused = torch.zeros(2, values.shape[1])
    found: tuple[Tensor, Tensor] = torch.ops.aten.batch_norm_update_stats(values, *unused, 0.0)
    return found
