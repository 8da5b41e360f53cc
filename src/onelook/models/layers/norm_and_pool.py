"""Batch-norm and a pool of maxima after it, computed with the pool first, which is faster on a CPU."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from onelook.models.layers.batch_norm import BatchNormLayer, mean_and_variance, shift_by_statistics
from onelook.models.layers.pooling import PoolLayer


def pools_first(norm: BatchNormLayer, pool: PoolLayer, values: Tensor) -> bool:
    """Return whether `normalise_and_pool` is faster than the layers in turn: in training, in bfloat16, on a CPU."""
    return (
        norm.training
        and norm.shared is None
        and pool.kind == "max_pool"
        and 1 not in pool.stride
        and values.dtype == torch.bfloat16
        and values.device.type == "cpu"
        and not torch.compiler.is_compiling()
    )


def normalise_and_pool(norm: BatchNormLayer, pool: PoolLayer, values: Tensor) -> Tensor:
    """Return the maxima of the normalised values, and update the moving statistics of the batch-norm.

    A normalised value grows with its value, or falls where a channel's weight is below zero. So the maximum of a window
    is the normalised maximum, or minimum, and only this has to be normalised. The result is the same. The gradient is
    more exact than by the layers in turn, which round before they compare.

    Args:
        norm: a batch-norm in training.
        pool: a pool of maxima whose windows are more than one pixel apart.
        values: (batch, channels, height, width).
    """
    window = (pool.kernel, pool.stride, pool.padding, (1, 1), pool.ceil_mode)
    pooled, mean, variance = _NormaliseAndPool.apply(values, norm.weight, norm.bias, norm.epsilon, window)  # type: ignore[no-untyped-call]
    norm.update_statistics(mean, variance)
    result: Tensor = pooled
    return result


class _NormaliseAndPool(torch.autograd.Function):
    @staticmethod
    def forward(  # noqa: PLR0917  (torch passes all by position)
        ctx: Any, values: Tensor, weight: Tensor, bias: Tensor, epsilon: float, window: tuple[Any, ...]
    ) -> tuple[Tensor, Tensor, Tensor]:
        mean, variance = mean_and_variance(values)
        falls = weight < 0
        if falls.any():
            sign = torch.where(falls, -1, 1).to(values.dtype)[:, None, None]
            largest, positions = torch.ops.aten.max_pool2d_with_indices(values * sign, *window)
            largest = largest * sign
        else:
            largest, positions = torch.ops.aten.max_pool2d_with_indices(values, *window)
        ctx.save_for_backward(values, largest, positions, weight, mean, variance)
        ctx.epsilon, ctx.window = epsilon, window
        ctx.mark_non_differentiable(mean, variance)
        normalised = torch.native_batch_norm(largest, weight, bias, mean, variance, False, 0.0, epsilon)[0]
        return normalised, mean, variance

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, Tensor, Tensor, None, None]:
        values, largest, positions, weight, mean, variance = ctx.saved_tensors
        direct, of_weight, of_bias = torch.ops.aten.native_batch_norm_backward(
            gradients[0], largest, weight, mean, variance, None, None, False, ctx.epsilon, [True, True, True]
        )
        if not ctx.needs_input_grad[0]:
            return None, of_weight, of_bias, None, None
        of_values = torch.ops.aten.max_pool2d_with_indices_backward(direct, values, *ctx.window, positions)
        count = values.numel() // len(weight)
        slope, offset = shift_by_statistics(
            weight, mean, variance, ctx.epsilon, of_weight=of_weight / count, of_bias=of_bias / count
        )
        # With these statistics batch-norm computes values * slope + offset, in float32, and rounds once.
        no_mean, no_variance = torch.zeros_like(mean), torch.ones_like(variance)
        of_values += torch.native_batch_norm(values, slope, offset, no_mean, no_variance, False, 0.0, 0.0)[0]
        return of_values, of_weight, of_bias, None, None
