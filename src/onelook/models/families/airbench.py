"""The network that learns CIFAR-10 in ten epochs: Jordan 2024, "94% on CIFAR-10 in 3.29 seconds" (arXiv:2404.00498).

The first layer whitens patches; its kernels are measured, not trained. Then come blocks of convolution, pool,
batch-norm, gelu, convolution, batch-norm, gelu, and a global maximum. There are the paper's widths, and two narrower
ones for less time: a 32×32 colour picture costs 118, 65 and 20 million multiply-adds, and 17 million with `cnn`.
"""

from __future__ import annotations

from onelook.models import ModelInput
from onelook.settings.network import (
    ActivationLayer,
    BatchNorm,
    Conv,
    Dense,
    GlobalPool,
    Layer,
    NetworkSettings,
    Pool,
    Whitening,
)

# The filters of each block. The last block repeats while the shorter side has more pixels than LARGEST_LEFT.
FILTERS = (64, 256, 256)  # the paper's
FILTERS_MEDIUM = (64, 128, 256)
FILTERS_SMALL = (32, 64, 128)
LARGEST_LEFT = 4
# Batch-norm that forgets fast: half an epoch of 45,000 pictures has only about a hundred batches.
NORM = BatchNorm(momentum=0.6, epsilon=1e-5)
# A smaller picture has no room for whitened patches and two pools after them.
SMALLEST_WHITENED = 9


def build(facts: ModelInput) -> NetworkSettings:
    """Return the network for pictures of any size and channels. Pictures under 9 pixels are not whitened."""
    return _network(facts, FILTERS)


def build_medium(facts: ModelInput) -> NetworkSettings:
    """Return the network with half the filters in its second block, for about half the work."""
    return _network(facts, FILTERS_MEDIUM)


def build_small(facts: ModelInput) -> NetworkSettings:
    """Return the network with half the filters of the medium one, for about a third of its work."""
    return _network(facts, FILTERS_SMALL)


def _network(facts: ModelInput, widths: tuple[int, ...]) -> NetworkSettings:
    side = min(facts.height, facts.width)
    layers: list[Layer] = []
    if side >= SMALLEST_WHITENED:
        layers, side = [Whitening(kernel=2, activation="gelu")], side - 1
    position = 0
    while position < len(widths) or side > LARGEST_LEFT:
        halving = 2 if side >= 2 else 1
        layers += _block(widths[min(position, len(widths) - 1)], halving)
        side, position = side // halving, position + 1
    head = (GlobalPool(type="global_max_pool"), Dense(units="classes", bias=False))
    return NetworkSettings(layers=(*layers, *head), initializer="he_normal")


def _block(filters: int, halving: int) -> list[Layer]:
    convolution = Conv(filters=filters, kernel=3, padding=1, bias=False)
    pool: list[Layer] = [Pool(type="max_pool", size=halving)] if halving > 1 else []
    gelu = ActivationLayer(function="gelu")
    return [convolution, *pool, NORM, gelu, convolution, NORM, gelu]
