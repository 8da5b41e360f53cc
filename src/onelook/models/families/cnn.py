"""Our own fast convolutional network, the default: it fits itself to the pictures' size and channels.

Large pictures pass a stem first. Then come blocks of convolution, pool, batch-norm, relu, convolution, batch-norm,
relu, each with twice the filters of the one before at half the size, and global average pooling. The pool comes
before the batch-norm, so that batch-norm and relu work on a quarter of the values.
"""

from __future__ import annotations

from onelook.models import ModelInput
from onelook.settings.network import (
    ActivationLayer,
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    GlobalPool,
    Layer,
    NetworkSettings,
    Pool,
)

# Filters of the first block; each later block has twice as many, up to MOST_FILTERS.
FIRST_FILTERS = 32
FIRST_FILTERS_SMALL = 16  # a third of the time for a step on small pictures
MOST_FILTERS = 256
# Blocks are added until the longer side is at most this many pixels: 28 becomes 14, 7, 3; 8 becomes 4, 2.
FINAL_SIDE = 4
FEWEST_BLOCKS = 2
# A side is halved while it has at least this many pixels.
SMALLEST_HALVED = 4
# Pictures with a longer side above this get a stem whose stride (a power of two) brings them to it. Before the
# first pool the work grows with the area: 128×128 colour costs 142 million multiply-adds with it, 439 without.
LARGEST_UNREDUCED = 64
# Batch-norm that forgets fast: Keras' .99 needs hundreds of steps before its statistics can be validated on.
MOMENTUM = 0.9
EPSILON = 1e-5
DROPOUT = 0.2


def build(facts: ModelInput) -> NetworkSettings:
    """Return the network for pictures of any size and channels."""
    return _network(facts, FIRST_FILTERS)


def build_small(facts: ModelInput) -> NetworkSettings:
    """Return the network with half the filters, for a quick answer."""
    return _network(facts, FIRST_FILTERS_SMALL)


def _network(facts: ModelInput, filters: int) -> NetworkSettings:
    size = (facts.height, facts.width)
    layers: list[Layer] = []
    if (stride := _stem_stride(max(size))) > 1:
        layers += _convolution(filters, kernel=2 * stride + 1, stride=stride)
        size = (-(-size[0] // stride), -(-size[1] // stride))
    blocks = 0
    while blocks < FEWEST_BLOCKS or max(size) > FINAL_SIDE:
        halving = (_halving(size[0]), _halving(size[1]))
        layers += _convolution(filters, pool=halving) + _convolution(filters)
        size = (size[0] // halving[0], size[1] // halving[1])
        filters, blocks = min(2 * filters, MOST_FILTERS), blocks + 1
    head = (GlobalPool(type="global_average_pool"), Dropout(rate=DROPOUT), Dense(units="classes"))
    return NetworkSettings(layers=(*layers, *head), initializer="he_normal")


def _convolution(filters: int, *, kernel: int = 3, stride: int = 1, pool: tuple[int, int] = (1, 1)) -> list[Layer]:
    # A pad of half the kernel is `same` with equal sides at every stride, which costs torch no time.
    convolution = Conv(filters=filters, kernel=kernel, stride=stride, padding=kernel // 2, bias=False)
    pooling: list[Layer] = [Pool(type="max_pool", size=pool)] if pool != (1, 1) else []
    norm = BatchNorm(momentum=MOMENTUM, epsilon=EPSILON)
    return [convolution, *pooling, norm, ActivationLayer(function="relu")]


def _stem_stride(side: int) -> int:
    stride = 1
    while -(-side // stride) > LARGEST_UNREDUCED:
        stride *= 2
    return stride


def _halving(side: int) -> int:
    return 2 if side >= SMALLEST_HALVED else 1
