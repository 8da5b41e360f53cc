"""Operations on pictures as layers: each way to write one, with all layers that it becomes, or the refusal."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from onelook.models.timm.compare import check_translation
from onelook.models.timm.module_layers import NotLayers
from onelook.models.timm.translate import translate
from onelook.settings.network import (
    Activation,
    ActivationLayer,
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Gate,
    GlobalPool,
    Layer,
    LayerNorm,
    NetworkSettings,
    Residual,
    Scale,
)


class Module(nn.Module):
    """A convolution, and then what a test writes."""

    def __init__(self, does: Any) -> None:
        super().__init__()
        self.first, self.second, self.third = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 1), nn.Conv2d(4, 4, 1)
        self.act, self.last = nn.ReLU(), nn.LayerNorm(4)
        self.gamma = nn.Parameter(torch.full((4,), 0.5))
        self.register_buffer("fixed", torch.ones(4))
        self.does = does

    def forward(self, images: Tensor) -> Tensor:
        found: Tensor = self.does(self, self.first(images))
        return found


def then_pooled(does: Any) -> Module:
    return Module(lambda own, values: does(own, values).mean((2, 3)))


CONV, POOL = Conv(filters=4), GlobalPool(type="global_average_pool")
ONE_PIXEL = Conv(filters=4, kernel=1)
RELU, SIGMOID = ActivationLayer(function="relu"), ActivationLayer(function="sigmoid")
SQUEEZED = GlobalPool(type="global_average_pool", keepdims=True)
NORM = LayerNorm(epsilon=1e-5)


def sum_of(*layers: Layer, shortcut: tuple[Layer, ...] | None = None, activation: Activation = "linear") -> Residual:
    return Residual(layers=layers, shortcut=shortcut, activation=activation)


@pytest.mark.parametrize(
    ("does", "layers"),
    [
        (lambda own, x: x + own.second(x), [sum_of(ONE_PIXEL)]),
        (lambda own, x: own.second(x) + x, [sum_of(ONE_PIXEL)]),
        (lambda own, x: torch.add(x, own.second(x)), [sum_of(ONE_PIXEL)]),
        (lambda own, x: x.add_(own.second(x)), [sum_of(ONE_PIXEL)]),
        (
            lambda own, x: own.second(x) + own.act(own.third(x)),
            [sum_of(ONE_PIXEL, RELU, shortcut=(ONE_PIXEL,))],
        ),
        (
            lambda own, x: own.act(own.third(x)) + own.second(x),
            [sum_of(ONE_PIXEL, RELU, shortcut=(ONE_PIXEL,))],
        ),
        (lambda own, x: own.act(x + own.second(x)), [sum_of(ONE_PIXEL, activation="relu")]),
        (
            lambda own, x: F.silu(own.act(x + own.second(x))),
            [sum_of(ONE_PIXEL, activation="relu"), ActivationLayer(function="silu")],
        ),
        (lambda own, x: x * x.mean((2, 3), keepdim=True).sigmoid(), [Gate(layers=(SQUEEZED, SIGMOID))]),
        (lambda own, x: torch.sigmoid(x.mean((-2, -1), True)) * x, [Gate(layers=(SQUEEZED, SIGMOID))]),
        (lambda own, x: torch.mul(x, torch.sigmoid(own.second(x))), [Gate(layers=(ONE_PIXEL, SIGMOID))]),
        (lambda own, x: x * own.gamma.reshape(1, -1, 1, 1), [Scale(initial=0.5)]),
        (lambda own, x: own.gamma.view((1, -1, 1, 1)) * x, [Scale(initial=0.5)]),
        (lambda own, x: own.last(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2), [NORM]),
        (lambda own, x: torch.permute(own.last(x.permute((0, 2, 3, 1))), (0, 3, 1, 2)).contiguous(), [NORM]),
    ],
)
def test_each_way_to_write_a_step_gives_its_layer(does: Any, layers: list[Layer]) -> None:
    module = then_pooled(does)
    found = translate(module)
    assert list(found.layers) == [CONV, *layers, POOL]
    network = NetworkSettings(layers=(*found.layers, Dropout(rate=0.1), Dense(units="classes")))
    check_translation(module, network, found.names)


@pytest.mark.parametrize(
    ("does", "layers"),
    [
        (lambda own, x: x.mean((-2, -1)), [POOL]),
        (lambda own, x: torch.mean(x, dim=(2, 3)), [POOL]),
        (lambda own, x: x.mean((2, 3), keepdim=True).flatten(1), [POOL]),
        (lambda own, x: torch.flatten(x.mean((2, 3), keepdim=True), start_dim=1), [POOL]),
        (lambda own, x: x.mean((2, 3)).flatten(1), [POOL]),
        (lambda own, x: own.second(x.mean((2, 3), keepdim=True)).flatten(1), [SQUEEZED, ONE_PIXEL, POOL]),
    ],
)
def test_each_way_to_end_is_one_global_pool(does: Any, layers: list[Layer]) -> None:
    assert list(translate(Module(does)).layers) == [CONV, *layers]


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (F.relu, "relu"),
        (torch.relu, "relu"),
        (F.relu6, "relu6"),
        (F.silu, "silu"),
        (F.gelu, "gelu"),
        (torch.sigmoid, "sigmoid"),
        (torch.tanh, "tanh"),
        (F.hardswish, "hard_swish"),
        (F.hardsigmoid, "hard_sigmoid"),
        (lambda x: x.relu(), "relu"),
        (lambda x: x.sigmoid(), "sigmoid"),
        (lambda x: x.tanh(), "tanh"),
    ],
)
def test_an_activation_that_is_a_function_or_a_method(function: Any, name: Activation) -> None:
    found = translate(then_pooled(lambda own, x: function(x)))
    assert list(found.layers) == [CONV, ActivationLayer(function=name), POOL]


@pytest.mark.parametrize(
    ("does", "words"),
    [
        (lambda own, x: torch.add(x, own.second(x), alpha=2), "the operation 'add'"),
        (lambda own, x: x.add(own.second(x), alpha=2), "the operation 'add'"),
        (lambda own, x: torch.mul(x, torch.sigmoid(own.second(x)), out=x), "the operation 'mul'"),
        (lambda own, x: own.second(x) * own.third(x), "the operation 'mul'"),
        (lambda own, x: x * x, "the operation 'mul'"),
        (lambda own, x: x - own.second(x), "the operation 'sub'"),
        (lambda own, x: x * own.gamma.reshape(-1, 1, 1, 1), "the operation 'reshape'"),
        (lambda own, x: own.first(x).reshape(1, -1, 1, 1), "the operation 'reshape'"),
        (lambda own, x: x * own.fixed, "the constant 'fixed'"),
        (lambda own, x: x.permute(0, 3, 2, 1), "the operation 'permute'"),
        (lambda own, x: x.permute(0, 2, 3, 1).permute(0, 2, 3, 1), "the operation 'permute'"),
        (lambda own, x: x.mean(1, keepdim=True), "the operation 'mean'"),
        (lambda own, x: torch.mean(input=x, dim=(2, 3), keepdim=True), "the operation 'mean'"),
        (lambda own, x: torch.add(x, other=own.second(x)), "the operation 'add'"),
        (lambda own, x: x.mean((1, 2), keepdim=True), "the operation 'mean'"),
        (lambda own, x: x.permute(0, 2, 3, 1), "the operation 'mean'"),
        (lambda own, x: own.last(x), "LayerNorm over another axis than the channels"),
        (lambda own, x: own.second(x.permute(0, 2, 3, 1)), "Conv2d over another axis than the channels"),
        (lambda own, x: F.gelu(x, approximate="tanh"), "gelu with an approximation"),
        (lambda own, x: x * x.shape[0], "a step that reads the shape of its input"),
        (lambda own, x: x.flatten(2), "the operation 'flatten'"),
    ],
)
def test_a_step_that_no_layer_does_is_named(does: Any, words: str) -> None:
    with pytest.raises(NotLayers) as refusal:
        translate(then_pooled(does))
    assert str(refusal.value) == words


@pytest.mark.parametrize(
    "does",
    [
        lambda own, x: x,
        lambda own, x: x.mean((2, 3), keepdim=True),
        lambda own, x: (x.mean((2, 3)), x),
    ],
)
def test_features_end_flat(does: Any) -> None:
    with pytest.raises(NotLayers) as refusal:
        translate(Module(does))
    assert str(refusal.value) == "an end without a global pool"


def test_weights_keep_their_names_in_both_branches() -> None:
    module = then_pooled(lambda own, x: own.second(x) + own.act(own.third(x)))
    assert translate(module).names == {
        **{f"0.{kind}": f"first.{kind}" for kind in ("weight", "bias")},
        **{f"1.layers.0.{kind}": f"third.{kind}" for kind in ("weight", "bias")},
        **{f"1.shortcut.0.{kind}": f"second.{kind}" for kind in ("weight", "bias")},
    }
    gated = then_pooled(lambda own, x: x * torch.sigmoid(own.second(x)) * own.gamma.reshape(1, -1, 1, 1))
    assert translate(gated).names == {
        **{f"0.{kind}": f"first.{kind}" for kind in ("weight", "bias")},
        **{f"1.layers.0.{kind}": f"second.{kind}" for kind in ("weight", "bias")},
        "2.weight": "gamma",
    }
    normed = Module(lambda own, x: nn.functional.relu(x).mean((2, 3)))
    normed.first = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4))  # type: ignore[assignment]
    found = translate(normed)
    assert found.layers[:2] == (Conv(filters=4, bias=False), BatchNorm(momentum=0.9, epsilon=1e-5))
    assert found.names == {
        "0.weight": "first.0.weight",
        **{f"1.{kind}": f"first.1.{kind}" for kind in ("weight", "bias", "running_mean", "running_var")},
    }
