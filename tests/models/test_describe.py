"""Layers and shapes in words: every kind of layer, and what is left out where it goes without saying."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from onelook.models.describe import by, describe_layer, describe_shape, own_activation
from onelook.models.summary import LayerSummary, NetworkSummary
from onelook.settings.network import Layer

ANY_LAYER: TypeAdapter[Layer] = TypeAdapter(Layer)
DENSE = {"type": "dense", "units": 3}


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ({"type": "conv", "filters": 8}, "conv 3x3, valid"),
        ({"type": "conv", "filters": 8, "kernel": [3, 5], "stride": 2}, "conv 3x5, stride 2, valid"),
        ({"type": "conv", "filters": 8, "stride": [2, 1], "padding": "same"}, "conv 3x3, stride 2x1, same"),
        (
            {"type": "conv", "filters": 8, "padding": 2, "groups": 4, "activation": "relu"},
            "conv 3x3, padding 2, 4 groups, relu",
        ),
        ({"type": "conv", "filters": 8, "groups": 2}, "conv 3x3, valid, 2 groups"),
        ({"type": "conv", "filters": 8, "groups": 1}, "conv 3x3, valid"),
        ({"type": "depthwise_conv", "kernel": 5, "stride": [1, 1]}, "depthwise_conv 5x5, valid"),
        ({"type": "whitening"}, "whitening 2x2"),
        ({"type": "whitening", "kernel": [2, 3], "activation": "gelu"}, "whitening 2x3, gelu"),
        ({"type": "max_pool"}, "max_pool 2x2, valid"),
        ({"type": "max_pool", "size": 3, "stride": 3}, "max_pool 3x3, valid"),
        ({"type": "average_pool", "size": [3, 2], "stride": 2}, "average_pool 3x2, stride 2, valid"),
        ({"type": "min_pool", "size": 3, "stride": 1, "padding": 1}, "min_pool 3x3, stride 1, padding 1"),
        ({"type": "dense", "units": "classes"}, "dense classes"),
        ({"type": "dense", "units": 10, "activation": "tanh"}, "dense 10, tanh"),
        ({"type": "dropout", "rate": 0.25}, "dropout 0.25"),
        ({"type": "activation", "function": "relu"}, "activation relu"),
        ({"type": "flatten"}, "flatten"),
        ({"type": "batch_norm"}, "batch_norm"),
        ({"type": "global_average_pool"}, "global_average_pool"),
        ({"type": "gate", "layers": [DENSE]}, "gate"),
        ({"type": "residual", "layers": [DENSE]}, "residual, relu"),
        ({"type": "residual", "layers": [DENSE], "activation": "linear"}, "residual"),
    ],
)
def test_a_layer_in_words(layer: dict[str, Any], words: str) -> None:
    assert describe_layer(ANY_LAYER.validate_python(layer)) == words


def test_the_activation_that_a_layer_ends_with() -> None:
    layers = ({"type": "flatten"}, {"type": "activation", "function": "tanh"}, {**DENSE, "activation": "relu"}, DENSE)
    assert [own_activation(ANY_LAYER.validate_python(layer)) for layer in layers] == [
        *("linear", "tanh", "relu", "linear")
    ]


def test_shapes_in_words() -> None:
    assert describe_shape((64, 3, 4)) == "a picture of 3x4 with 64 channels"
    assert describe_shape((1, 3, 4)) == "a picture of 3x4 with 1 channel"
    assert [describe_shape((count,)) for count in (1, 10)] == ["1 flat value", "10 flat values"]
    assert [by(3), by((2, 4))] == ["3x3", "2x4"]


def test_a_summary_as_text() -> None:
    layers = (
        LayerSummary("conv_1", "conv 3x3, valid", (26, 24, 32), 1320, 179_712),
        LayerSummary("flatten_2", "flatten", (19_968,), 0, 0),
        LayerSummary("dense_3", "dense 10", (10,), 199_690, 199_680),
    )
    plain = NetworkSummary(layers, total=201_010, trainable=201_010, multiply_adds=379_392)
    assert [line.split() for line in str(plain).splitlines() if line.strip(" ─")] == [
        ["#", "layer", "output", "parameters", "multiply-adds"],
        ["1", "conv", "3x3,", "valid", "26", "×", "24", "×", "32", "1,320", "179,712"],
        ["2", "flatten", "19968"],
        ["3", "dense", "10", "10", "199,690", "199,680"],
        ["total", "201,010", "379,392"],
    ]
    for views, words in ((1, "moving statistics, whitening)"), (2, "2 views: 758,784 multiply-adds in all")):
        noted = NetworkSummary(layers, 201_010, 201_000, 379_392, views=views)
        assert " ".join(str(noted).split()).endswith(words)
    noted = NetworkSummary(layers, 201_010, 201_000, 379_392, views=3, pretrained="weights of ImageNet " * 6)
    words = " ".join(str(noted).split())
    assert words.endswith(
        "201,000 trained; 10 are measured (moving statistics, whitening) a prediction is the mean of 3 views: "
        ""
        f"1,138,176 multiply-adds in all {('weights of ImageNet ' * 6).strip()}"
    )
    assert noted.to_dict() == {
        "layers": [
            {
                "name": layer.name,
                "description": layer.description,
                "output_shape": [*layer.output_shape],
                "parameters": layer.parameters,
                "multiply_adds": layer.multiply_adds,
            }
            for layer in layers
        ],
        "parameters": {"total": 201_010, "trainable": 201_000},
        "multiply_adds": 379_392,
        "views": 3,
        "pretrained": "weights of ImageNet " * 6,
    }
    assert plain.to_dict()["pretrained"] is None
