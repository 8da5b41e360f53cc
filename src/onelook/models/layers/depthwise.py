"""A depthwise convolution with a fast gradient of its kernels on a CPU, for pictures that have become small."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.grad import conv2d_input, conv2d_weight

Pair = tuple[int, int]

# oneDNN has fast code only for the gradient of 3×3 kernels. Where the output is smaller than a larger kernel (the top
# of EfficientNet), the gradient of 5×5 kernels takes 60 times as long as the forward pass, or more.
_FAST = 3


def learns_slowly(images: Tensor, weight: Tensor, stride: Pair, padding: Pair) -> bool:
    """Return whether `depthwise` computes the gradient of these kernels faster than torch's own convolution."""
    is_learnt = torch.is_grad_enabled() and weight.requires_grad
    if not is_learnt or images.device.type != "cpu" or torch.is_autocast_enabled("cpu"):
        return False
    sides, kernel = images.shape[2:], weight.shape[2:]
    output = [
        (side + 2 * pad - k) // step + 1 for side, pad, k, step in zip(sides, padding, kernel, stride, strict=True)
    ]
    return min(kernel) > _FAST and min(output) < max(kernel)


def depthwise(images: Tensor, weight: Tensor, stride: Pair, padding: Pair) -> Tensor:
    """Convolve each channel with its own kernel, without a bias; the results equal `torch.nn.functional.conv2d`.

    Args:
        images: (batch, channels, height, width).
        weight: (channels, 1, kernel height, kernel width), both 3 or more.
        stride: steps down and right, in pixels.
        padding: zeros above and below, left and right, in pixels.

    Returns:
        (batch, channels, output height, output width).
    """
    result: Tensor = _Depthwise.apply(images, weight, stride, padding)  # type: ignore[no-untyped-call]
    return result


class _Depthwise(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, images: Tensor, weight: Tensor, stride: Pair, padding: Pair) -> Tensor:
        ctx.save_for_backward(images, weight)
        ctx.stride, ctx.padding = stride, padding
        return F.conv2d(images, weight, None, stride, padding, groups=len(weight))

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        images, weight = ctx.saved_tensors
        wants_images, wants_weight, *_ = ctx.needs_input_grad
        image_gradient = weight_gradient = None
        if wants_images:
            window = {"stride": ctx.stride, "padding": ctx.padding, "groups": len(weight)}
            image_gradient = conv2d_input(images.shape, weight, gradient, **window)  # type: ignore[no-untyped-call]
        if wants_weight:
            weight_gradient = _kernel_gradient(gradient, images, weight, ctx.stride, ctx.padding)
        return image_gradient, weight_gradient, None, None


def _kernel_gradient(gradient: Tensor, images: Tensor, weight: Tensor, stride: Pair, padding: Pair) -> Tensor:
    """Return the kernels' gradient, computed for 3×3 parts of them; each part reads the pictures at its own offset."""
    down, right = padding
    padded = F.pad(images, (right, right, down, down))
    height, width = ((size - 1) * step + _FAST for size, step in zip(gradient.shape[2:], stride, strict=True))
    shape, of_each = (len(weight), 1, _FAST, _FAST), {"stride": stride, "groups": len(weight)}
    result = torch.empty_like(weight)
    for top in _corners(weight.shape[2]):
        for left in _corners(weight.shape[3]):
            seen = padded[:, :, top : top + height, left : left + width].contiguous(memory_format=torch.channels_last)
            part = conv2d_weight(seen, shape, gradient, **of_each)  # type: ignore[no-untyped-call]
            result[:, :, top : top + _FAST, left : left + _FAST] = part
    return result


def _corners(size: int) -> list[int]:
    """Return the first positions of parts of 3 that cover a kernel's side; the last part ends where the kernel ends.

    Example:
        >>> _corners(5), _corners(6), _corners(7)
        ([0, 2], [0, 3], [0, 3, 4])
    """
    return sorted({*range(0, size - _FAST + 1, _FAST), size - _FAST})
