"""Dropout with random numbers that cost little on a CPU."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from onelook.models.layers.shared_batch import WholeBatchLayer

# Shares are multiples of 1/65,536, because each 64-bit draw of torch's generator gives four 16-bit numbers.
_STEPS = 1 << 16
_DRAWS_PER_WORD = 4


class DropoutLayer(WholeBatchLayer):
    """Dropout (Srivastava et al. 2014): in training a share of the values becomes 0, and the others are scaled up.

    torch's own dropout draws one double a value: on one core 9 nanoseconds each, 14 % of a training step of
    `fashion-cnn-bn`; this takes 3. The numbers still come from torch's generator, so that a seed repeats them.
    Where processes share a batch, each draws for the whole batch and keeps the numbers of its own rows. A compiled
    network draws as torch's compiler does.
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, values: Tensor) -> Tensor:
        if not self.training or self.rate == 0:
            return values
        if values.device.type == "cpu" and not torch.compiler.is_compiling():
            first, whole = (0, len(values)) if self.shared is None else (self.shared.first, self.shared.whole)
            return _drop(values, self.rate, first, whole)
        if self.shared is None:
            return F.dropout(values, self.rate)
        draws = torch.rand(self.shared.whole, *values.shape[1:], device=values.device)
        kept = draws[self.shared.first : self.shared.first + len(values)] >= self.rate
        return values * kept / (1 - self.rate)

    def extra_repr(self) -> str:
        return f"rate={self.rate}"


def _drop(values: Tensor, rate: float, first: int, whole: int) -> Tensor:
    dropped = min(round(rate * _STEPS), _STEPS - 1)
    values_of_row = values.shape[1:].numel()
    words = torch.empty(-(-whole * values_of_row // _DRAWS_PER_WORD), dtype=torch.int64).random_(-(2**63), None)
    # All of -32,768 to 32,767 are equally likely. Rows lie one after the other, in any memory format.
    draws = words.view(torch.int16)[first * values_of_row : (first + len(values)) * values_of_row]
    factors = _scaled(draws, dropped - _STEPS // 2, _STEPS / (_STEPS - dropped), values.dtype)
    # The factors get the memory order of the values, so that the product reads both in sequence.
    is_dense = values.is_contiguous() or (values.ndim == 4 and values.is_contiguous(memory_format=torch.channels_last))
    values = values if is_dense else values.contiguous()
    return values * factors.as_strided(values.shape, values.stride())


def _scaled(draws: Tensor, lowest_kept: int, scale: float, dtype: torch.dtype) -> Tensor:
    """Return the scale where a draw, int16, is at least `lowest_kept`, and 0 elsewhere."""
    # torch compares four times as fast if the answers are whole numbers, not truth values.
    kept = torch.ge(draws, lowest_kept, out=torch.empty_like(draws))
    if dtype != torch.bfloat16:
        return kept.to(dtype).mul_(scale)
    # Products of whole numbers with the scale's bits take 0.4 times as long as those of bfloat16 numbers.
    bits = int(torch.tensor(scale, dtype=dtype).view(torch.int16))
    return kept.mul_(bits).view(dtype)
