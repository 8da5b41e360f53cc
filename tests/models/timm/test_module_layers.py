"""Single modules of torch and timm as layers: each layer with all its settings and names, or the refusal's words."""

from __future__ import annotations

from typing import Any

import pytest
from torch import nn

from onelook.models.timm.module_layers import Named, NotLayers, Place, as_layers
from onelook.settings.network import (
    ActivationLayer,
    BatchNorm,
    Conv,
    DepthwiseConv,
    GlobalPool,
    Layer,
    LayerNorm,
    Pool,
)

WEIGHT = {"weight": "stem.x.weight"}
WEIGHTS = {**WEIGHT, "bias": "stem.x.bias"}
MOVING = {**WEIGHTS, "running_mean": "stem.x.running_mean", "running_var": "stem.x.running_var"}


def found(module: nn.Module, place: Place = Place.PICTURE, *, last: bool = False) -> list[tuple[Named, Place | None]]:
    return list(as_layers(module, "stem.x", place, channels_last=last))


@pytest.mark.parametrize(
    ("module", "layer", "names"),
    [
        (
            nn.Conv2d(4, 6, (3, 5), (2, 1), groups=2),
            Conv(filters=6, groups=2, kernel=(3, 5), stride=(2, 1), padding="valid", bias=True),
            WEIGHTS,
        ),
        (
            nn.Conv2d(4, 6, 3, 2, padding=1, bias=False),
            Conv(filters=6, groups=1, kernel=3, stride=2, padding=1, bias=False),
            WEIGHT,
        ),
        (nn.Conv2d(1, 1, 3, padding="same"), Conv(filters=1, kernel=3, padding="same"), WEIGHTS),
        (nn.Conv2d(1, 1, 3, padding="valid"), Conv(filters=1, kernel=3, padding="valid"), WEIGHTS),
        (
            nn.Conv2d(4, 4, (5, 3), (1, 2), padding=2, groups=4, bias=False),
            DepthwiseConv(kernel=(5, 3), stride=(1, 2), padding=2, bias=False),
            WEIGHT,
        ),
        (nn.MaxPool2d((3, 2), padding=1), Pool(type="max_pool", size=(3, 2), stride=(3, 2), padding=1), {}),
        (nn.MaxPool2d(3, (2, 1)), Pool(type="max_pool", size=3, stride=(2, 1), padding="valid"), {}),
        (nn.MaxPool2d(2, ceil_mode=True), Pool(type="max_pool", size=2, stride=2, padding="same"), {}),
        (nn.AvgPool2d(3, 1), Pool(type="average_pool", size=3, stride=1, padding="valid"), {}),
        (
            nn.AvgPool2d(3, 2, padding=1, count_include_pad=False),
            Pool(type="average_pool", size=3, stride=2, padding=1),
            {},
        ),
        (nn.AvgPool2d(2, ceil_mode=True), Pool(type="average_pool", size=2, stride=2, padding="same"), {}),
        (nn.BatchNorm2d(4, eps=0.25, momentum=0.3), BatchNorm(momentum=0.7, epsilon=0.25), MOVING),
        (nn.ELU(), ActivationLayer(function="elu"), {}),
        (nn.LeakyReLU(0.2), ActivationLayer(function="leaky_relu"), {}),
    ],
)
def test_a_module_is_one_layer(module: nn.Module, layer: Layer, names: dict[str, str]) -> None:
    assert found(module) == [(Named(layer, names), None)]


def test_a_layer_norm_over_the_last_axis() -> None:
    assert found(nn.LayerNorm(4, eps=0.25), last=True) == [(Named(LayerNorm(epsilon=0.25), WEIGHTS), None)]


def test_a_linear_layer_over_channels_is_a_convolution_of_one_pixel() -> None:
    assert found(nn.Linear(3, 5), last=True) == [(Named(Conv(filters=5, kernel=1, bias=True), WEIGHTS), None)]
    assert found(nn.Linear(3, 5, bias=False), last=True) == [
        (Named(Conv(filters=5, kernel=1, bias=False), WEIGHT), None)
    ]


def test_windows_of_timm_are_padded_as_with_same(timm: Any) -> None:
    of = timm.layers
    layer = Conv(filters=8, groups=4, kernel=3, stride=2, padding="same")
    assert found(of.Conv2dSame(4, 8, 3, 2, groups=4)) == [(Named(layer, WEIGHTS), None)]
    pool = Pool(type="max_pool", size=3, stride=2, padding="same")
    assert found(of.pool2d_same.MaxPool2dSame(3, 2)) == [(Named(pool), None)]


def test_a_batch_norm_of_timm_holds_an_activation_and_perhaps_a_dropout(timm: Any) -> None:
    norm_of = timm.layers.BatchNormAct2d
    kept = norm_of(4, eps=0.25, momentum=0.1, act_layer=nn.SiLU, drop_layer=nn.Dropout)
    norm, act = Named(BatchNorm(momentum=0.9, epsilon=0.25), MOVING), Named(ActivationLayer(function="silu"))
    assert found(kept) == [(norm, None), (act, None)]
    assert found(norm_of(4, eps=0.25, apply_act=False)) == [(norm, None)]


@pytest.mark.parametrize(
    ("kind", "flatten", "place", "answer"),
    [
        ("avg", True, Place.PICTURE, ("global_average_pool", False, Place.FLAT)),
        ("avg", False, Place.PICTURE, ("global_average_pool", True, Place.PIXEL)),
        ("fast", True, Place.PICTURE, ("global_average_pool", False, Place.FLAT)),
        ("max", False, Place.PICTURE, ("global_max_pool", True, Place.PIXEL)),
        ("", True, Place.PIXEL, ("global_average_pool", False, Place.FLAT)),
        ("", True, Place.FLAT, None),
        ("", False, Place.PICTURE, None),
    ],
)
def test_timms_pool_makes_one_number_of_each_channel(
    timm: Any, kind: str, flatten: bool, place: Place, answer: tuple[Any, bool, Place] | None
) -> None:
    module = timm.layers.SelectAdaptivePool2d(pool_type=kind, flatten=flatten)
    expected = [] if answer is None else [(Named(GlobalPool(type=answer[0], keepdims=answer[1])), answer[2])]
    assert found(module, place) == expected


def test_a_pool_of_timm_that_none_of_ours_is(timm: Any) -> None:
    with pytest.raises(NotLayers, match=r"^a global pool of the kind 'catavgmax'$"):
        found(timm.layers.SelectAdaptivePool2d(pool_type="catavgmax"))


def test_a_flatten_pools_one_pixel_and_leaves_what_is_flat() -> None:
    pool = Named(GlobalPool(type="global_average_pool", keepdims=False))
    assert found(nn.Flatten(), Place.PIXEL) == [(pool, Place.FLAT)]
    for module, place in ((nn.Flatten(), Place.FLAT), (nn.Identity(), Place.PICTURE), (nn.Dropout(0.5), Place.PICTURE)):
        assert found(module, place) == []


class Other(nn.Identity):
    """A module that is not torch's, with the name of one that is."""


Other.__name__ = "Identity"


@pytest.mark.parametrize(
    ("module", "last", "words"),
    [
        (Other(), False, "the module Identity"),
        (nn.GroupNorm(2, 4), False, "the module GroupNorm"),
        (nn.Conv2d(1, 1, 1), True, "Conv2d over another axis than the channels"),
        (nn.LayerNorm(4), False, "LayerNorm over another axis than the channels"),
        (nn.Conv2d(4, 4, 3, dilation=2, padding_mode="reflect"), False, "a dilated convolution"),
        (nn.Conv2d(4, 4, 3, dilation=(1, 2)), False, "a dilated convolution"),
        (nn.Conv2d(4, 4, 3, padding_mode="circular"), False, "circular padding"),
        (nn.Conv2d(4, 4, 3, padding=(1, 2)), False, "a padding of 1 by 2"),
        (nn.BatchNorm2d(4, affine=False), False, "a batch-norm without weights or moving statistics"),
        (nn.BatchNorm2d(4, track_running_stats=False), False, "a batch-norm without weights or moving statistics"),
        (nn.BatchNorm2d(4, momentum=None), False, "a batch-norm without weights or moving statistics"),
        (nn.LayerNorm(4, bias=False), True, "a layer norm without weights, or over more than the channels"),
        (nn.LayerNorm((2, 4)), True, "a layer norm without weights, or over more than the channels"),
        (
            nn.LayerNorm(4, elementwise_affine=False),
            True,
            "a layer norm without weights, or over more than the channels",
        ),
        (nn.MaxPool2d(3, 2, ceil_mode=True), False, "MaxPool2d with windows over the edge"),
        (nn.MaxPool2d(2, 1, ceil_mode=True), False, "MaxPool2d with windows over the edge"),
        (nn.AvgPool2d(2, padding=1, ceil_mode=True), False, "AvgPool2d with windows over the edge"),
        (nn.AvgPool2d(3, padding=1), False, "AvgPool2d that counts its padding"),
        (nn.MaxPool2d(3, dilation=(1, 2)), False, "a dilated pool"),
        (nn.Flatten(), False, "a flattened picture"),
        (nn.ELU(0.5), False, "ELU with alpha = 0.5"),
        (nn.LeakyReLU(), False, "LeakyReLU with negative_slope = 0.01"),
        (nn.GELU(approximate="tanh"), False, "GELU with approximate = tanh"),
    ],
)
def test_what_no_layer_of_ours_does(module: nn.Module, last: bool, words: str) -> None:
    with pytest.raises(NotLayers) as refusal:
        found(module, last=last)
    assert str(refusal.value) == words


def test_a_flatten_from_another_axis_is_none_of_ours() -> None:
    with pytest.raises(NotLayers, match="^a flattened picture$"):
        found(nn.Flatten(start_dim=2), Place.PIXEL)
