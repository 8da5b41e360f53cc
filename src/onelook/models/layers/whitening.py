"""Measure the kernels of whitening layers on training pictures."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from onelook.models.layers.build import WhiteningLayer

# The value of arXiv:2404.00498. It is added to the variance along each direction of a patch, so that directions with
# nothing but noise are not amplified. The variances of prepared pictures are from some hundredths to a few units.
_EPSILON = 5e-4


@torch.no_grad()
def measure_whitening(network: nn.Sequential, draw_pictures: Callable[[], Tensor]) -> None:
    """Give every whitening layer of the network the kernels that whiten its input.

    Args:
        network: changed in place if it has such layers.
        draw_pictures: returns prepared training pictures, (batch, channels, height, width), float32; called once, and
            only where there is something to measure.
    """
    layers = list(network.children())
    positions = [position for position, layer in enumerate(layers) if isinstance(layer, WhiteningLayer)]
    if not positions:
        return
    values, was_training = draw_pictures(), network.training
    network.eval()
    for layer in layers[: positions[-1] + 1]:
        if isinstance(layer, WhiteningLayer):
            layer.weight.copy_(whitening_kernels(values, (layer.weight.shape[2], layer.weight.shape[3])))
        values = layer(values)
    network.train(was_training)


def whitening_kernels(images: Tensor, kernel: tuple[int, int]) -> Tensor:
    """Return kernels whose outputs on these pictures are uncorrelated with variance 1, and their negatives.

    Args:
        images: (batch, channels, height, width).
        kernel: height and width of a patch.

    Returns:
        (2 * channels * area, channels, *kernel), the direction of the largest variance first.
    """
    channels = images.shape[1]
    patches = F.unfold(images.double(), kernel).transpose(1, 2).flatten(0, 1)  # (patches, channels * area)
    variances, directions = torch.linalg.eigh(patches.T @ patches / len(patches))
    scaled = (directions / (variances + _EPSILON).sqrt()).flip(1).T
    # The sign of an eigenvector is arbitrary. Its largest value is made positive, so that all machines agree.
    largest = scaled.gather(1, scaled.abs().argmax(dim=1, keepdim=True))
    scaled = (scaled * largest.sign()).to(images.dtype).view(-1, channels, *kernel)
    return torch.cat([scaled, -scaled])
