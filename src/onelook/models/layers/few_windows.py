"""A convolution in bfloat16 with a fast gradient of its kernels on a CPU, where few windows fit into a picture."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

Pair = tuple[int, int]

# oneDNN's gradient of the kernels is slow where the output is small and the pictures are not padded. Measured with
# AVX512-BF16, 200 pictures, 64 channels to 128, 3×3: the product below takes 0.5 times as long with an output of 3×3,
# 0.87 times with 6×6, and longer with 11×11.
_LARGEST_OUTPUT = 4


def has_few_windows(images: Tensor, weight: Tensor, stride: Pair, padding: Pair, dilation: Pair) -> bool:
    """Return whether `convolve_few` is faster in training than torch's own convolution."""
    is_plain = weight.shape[1] == images.shape[1] and stride == dilation == (1, 1) and padding == (0, 0)
    is_in_bfloat16 = images.dtype == torch.bfloat16 and torch.is_autocast_enabled("cpu")
    if not is_plain or not is_in_bfloat16 or images.device.type != "cpu" or torch.compiler.is_compiling():
        return False
    is_learnt = torch.is_grad_enabled() and weight.requires_grad
    output = [side - kernel + 1 for side, kernel in zip(images.shape[2:], weight.shape[2:], strict=True)]
    return is_learnt and max(output) <= _LARGEST_OUTPUT


def convolve_few(images: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Convolve without padding; the results equal those of `torch.nn.functional.conv2d`.

    Args:
        images: (batch, channels, height, width), bfloat16.
        weight: (filters, channels, kernel height, kernel width), float32.
        bias: (filters,), float32.

    Returns:
        (batch, filters, output height, output width), bfloat16.
    """
    own_bias = None if bias is None else bias.to(images.dtype)
    result: Tensor = _FewWindows.apply(images, weight.to(images.dtype), own_bias)  # type: ignore[no-untyped-call]
    return result


class _FewWindows(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, images: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(images, weight)
        return F.conv2d(images, weight, bias)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        images, weight = ctx.saved_tensors
        wants_images, wants_weight, wants_bias = ctx.needs_input_grad
        of_images = of_weight = of_bias = None
        if wants_images:
            window = ((1, 1), (0, 0), (1, 1), False, (0, 0), 1)  # stride, padding, dilation, of a transposed one: none
            wanted = (True, False, False)
            of_images = torch.ops.aten.convolution_backward(gradient, images, weight, None, *window, wanted)[0]
        by_window = gradient.movedim(1, -1).flatten(0, 2)  # (windows of all pictures, filters)
        if wants_weight:
            of_weight = _kernel_gradient(by_window, images, weight)
        if wants_bias:
            of_bias = by_window.sum(0)
        return of_images, of_weight, of_bias


def _kernel_gradient(by_window: Tensor, images: Tensor, weight: Tensor) -> Tensor:
    """Return the gradient of the kernels: a product of the gradients by window, and what each window shows."""
    filters, channels, height, width = weight.shape
    shown = images.movedim(1, -1).unfold(1, height, 1).unfold(2, width, 1)
    # (batch, down, across, channels, height, width), copied so that each window is a row of the matrix
    shown = shown.movedim(3, -1).reshape(len(by_window), height * width * channels)
    return (by_window.t() @ shown).view(filters, height, width, channels).movedim(-1, 1)
