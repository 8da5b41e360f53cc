"""How fast the device multiplies matrices, which decides what network can be trained in a given time."""

from __future__ import annotations

from time import perf_counter

import torch

from onelook.training.process import fast_on_gpu

_SIDE_ON_CPU, _SIDE_ON_GPU = 1024, 4096  # large enough to keep all cores, or the card, busy
_TRIES = 6


def measure_matmul_speed(device: torch.device) -> float:
    """Operations a second in a product of square float32 matrices, each multiply-add counted as two.

    The best of some tries counts: what else the machine does for a moment is not its speed. It takes a tenth of a
    second.
    """
    if device.type == "cuda":
        with fast_on_gpu():
            return _fastest(torch.rand(_SIDE_ON_GPU, _SIDE_ON_GPU, device=device))
    return _fastest(torch.rand(_SIDE_ON_CPU, _SIDE_ON_CPU))


def _fastest(matrix: torch.Tensor) -> float:
    seconds = []
    for _ in range(_TRIES):
        start = perf_counter()
        product = matrix @ matrix
        product[0, 0].item()  # waits for a card to be through
        seconds.append(perf_counter() - start)
    side = len(matrix)
    return 2 * side**3 / min(seconds)
