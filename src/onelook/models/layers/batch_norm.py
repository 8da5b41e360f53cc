"""Batch normalisation that follows Keras, over a batch in this process or in several."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from onelook.models.layers.shared_batch import SharedBatch, WholeBatchLayer
from onelook.settings.network import BatchNorm


class BatchNormLayer(WholeBatchLayer):
    """Batch normalisation (Ioffe & Szegedy 2015) that updates its statistics as Keras does.

    torch's own layer differs in two ways: it records the sample variance (over n - 1) where Keras records the
    population's, and it refuses a last batch of a single flat row.
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, channels: int, settings: BatchNorm) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))
        self.new_share = 1 - settings.momentum  # what torch calls momentum
        self.epsilon = settings.epsilon

    def forward(self, values: Tensor) -> Tensor:
        if self.training and self.shared is not None:
            return self._forward_with_others(values, self.shared)
        # In training torch updates zeros instead of the running variance, so that the result is the batch's share
        # alone. (torch keeps this tensor for the backward pass, and the running variance changes before that.)
        variance = torch.zeros_like(self.running_var) if self.training else self.running_var
        # F.batch_norm refuses single rows; torch.batch_norm, which it calls, does not.
        normalised = torch.batch_norm(
            values,
            self.weight,
            self.bias,
            self.running_mean,
            variance,
            self.training,
            self.new_share,
            self.epsilon,
            torch.backends.cudnn.enabled,
        )
        if self.training:
            self._update_variance(variance, values.numel() // values.shape[1])
        return normalised

    def _forward_with_others(self, values: Tensor, shared: SharedBatch) -> Tensor:
        normalised, mean, variance = normalise_whole_batch(values, self.weight, self.bias, self.epsilon, shared)
        self.update_statistics(mean, variance)
        return normalised

    @torch.no_grad()
    def update_statistics(self, mean: Tensor, variance: Tensor) -> None:
        """Update the running statistics with those of a batch: its mean and the population's variance, (channels,)."""
        self.running_mean.lerp_(mean, self.new_share)
        self.running_var.lerp_(variance, self.new_share)

    @torch.no_grad()
    def _update_variance(self, sample_share: Tensor, count: int) -> None:
        """Update the running variance with the batch's, converted from the sample's variance to the population's."""
        self.running_var.mul_(1 - self.new_share)
        if count > 1:  # a single value has a population variance of 0; its sample variance is NaN
            self.running_var.add_(sample_share, alpha=(count - 1) / count)


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


def shift_by_statistics(
    weight: Tensor, mean: Tensor, variance: Tensor, epsilon: float, *, of_weight: Tensor, of_bias: Tensor
) -> tuple[Tensor, Tensor]:
    """Return the slope and the offset, (channels,), of what the batch's statistics add to the gradient of a value.

    A value also moves the mean and the variance, and with them every value of its channel (Ioffe & Szegedy 2015,
    section 3). `of_weight` and `of_bias` are the gradients of the whole batch, divided by the values of a channel.
    """
    scale = torch.rsqrt(variance + epsilon)
    slope = -weight * of_weight * scale.square()
    return slope, -weight * of_bias * scale - slope * mean


class _Normalise(torch.autograd.Function):
    """Batch normalisation: processes add up two moments in the forward pass, and two gradients in the backward pass."""

    @staticmethod
    def forward(  # noqa: PLR0917  (torch passes all by position)
        ctx: Any, values: Tensor, weight: Tensor, bias: Tensor, epsilon: float, shared: SharedBatch
    ) -> tuple[Tensor, Tensor, Tensor]:
        # In float64, subtracting the square of a mean loses no digits that matter, however far from zero the mean is.
        moments = torch.zeros(2, values.shape[1], dtype=torch.float64, device=values.device)
        if len(values):
            mean, variance = (moment.double() for moment in mean_and_variance(values))
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
        along, across = ctx.shared.sum(torch.stack([of_weight, of_bias])) / ctx.count
        slope, offset = shift_by_statistics(weight, mean, variance, ctx.epsilon, of_weight=along, of_bias=across)
        shape = (-1, *(1 for _ in values.shape[2:]))
        through_batch = torch.addcmul(offset.view(shape), values, slope.view(shape))
        # The gradients of weight and bias come from our rows alone, like those of all other weights.
        return (direct + through_batch).to(values.dtype), of_weight, of_bias, None, None


def mean_and_variance(values: Tensor) -> tuple[Tensor, Tensor]:
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
