"""A small residual network (He et al. 2015, arXiv:1512.03385, section 4.2), fitted to the pictures' size."""

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
    Residual,
)

# Filters of the first stage; each later stage has twice as many, up to MOST_FILTERS.
FIRST_FILTERS = 16
MOST_FILTERS = 256
BLOCKS_PER_STAGE = 2
# A stage is added, at half the size, while the shorter side has at least this many pixels: 28 becomes 14, 7.
SMALLEST_HALVED = 8
# Pictures with a shorter side above this begin as the paper's large networks do: a 7×7 convolution of stride 2
# and a pool, a sixteenth of the area.
LARGEST_UNREDUCED = 64
# Batch-norm that forgets fast: Keras' .99 needs hundreds of steps before its statistics can be validated on.
NORM = BatchNorm(momentum=0.9, epsilon=1e-5)
RELU = ActivationLayer(function="relu")


def build(facts: ModelInput) -> NetworkSettings:
    """Return the network for pictures of any size and channels."""
    side = min(facts.height, facts.width)
    if side > LARGEST_UNREDUCED:
        pool = Pool(type="max_pool", size=3, stride=2, padding=1)
        stem: list[Layer] = [*_convolution(FIRST_FILTERS, kernel=7, stride=2), RELU, pool]
        side = -(-side // 4)
    else:
        stem = [*_convolution(FIRST_FILTERS), RELU]
    stages = _stage(FIRST_FILTERS, stride=1)
    filters = FIRST_FILTERS
    while side >= SMALLEST_HALVED:
        filters = min(2 * filters, MOST_FILTERS)
        stages += _stage(filters, stride=2)
        side = -(-side // 2)
    head = (GlobalPool(type="global_average_pool"), Dense(units="classes"))
    return NetworkSettings(layers=(*stem, *stages, *head), initializer="he_normal")


def _stage(filters: int, stride: int) -> list[Layer]:
    strides = (stride, *([1] * (BLOCKS_PER_STAGE - 1)))
    return [Residual(layers=(*_convolution(filters, stride=step), RELU, *_convolution(filters))) for step in strides]


def _convolution(filters: int, *, kernel: int = 3, stride: int = 1) -> list[Layer]:
    # A pad of half the kernel is `same` with equal sides at every stride, which costs torch no time.
    return [Conv(filters=filters, kernel=kernel, stride=stride, padding=kernel // 2, bias=False), NORM]
