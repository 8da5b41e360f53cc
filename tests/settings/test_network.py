"""A network as data: changes that reach every layer."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from onelook.settings.network import Dense, Dropout, Flatten, Gate, Layer, NetworkSettings, Residual, with_dropout

ANY_LAYER: TypeAdapter[Layer] = TypeAdapter(Layer)
DENSE = {"type": "dense", "units": 3, "activation": "linear", "bias": True}
# What has to be said of a layer, and what it is then. A number of groups, a shortcut and kept dimensions came later,
# and are written only if they are used, so that older versions can read every network that they can run.
LAYERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "conv": (
        {"filters": 8},
        {"filters": 8, "kernel": 3, "stride": 1, "padding": "valid", "activation": "linear", "bias": True},
    ),
    "whitening": ({}, {"kernel": 2, "activation": "linear"}),
    "depthwise_conv": (
        {},
        {"kernel": 3, "stride": 1, "padding": "valid", "activation": "linear", "bias": True},
    ),
    "batch_norm": ({}, {"momentum": 0.99, "epsilon": 1e-3}),
    "layer_norm": ({}, {"epsilon": 1e-6}),
    "scale": ({}, {"initial": 1e-6}),
    "activation": ({"function": "gelu"}, {"function": "gelu"}),
    "max_pool": ({}, {"size": 2, "stride": None, "padding": "valid"}),
    "average_pool": ({}, {"size": 2, "stride": None, "padding": "valid"}),
    "min_pool": ({}, {"size": 2, "stride": None, "padding": "valid"}),
    "global_average_pool": ({}, {}),
    "global_max_pool": ({"keepdims": True}, {"keepdims": True}),
    "dropout": ({}, {"rate": 0.5}),
    "flatten": ({}, {}),
    "dense": ({"units": "classes"}, {"units": "classes", "activation": "linear", "bias": True}),
    "gate": ({"layers": [DENSE]}, {"layers": (DENSE,)}),
    "residual": ({"layers": [DENSE]}, {"layers": (DENSE,), "activation": "relu"}),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_has_its_defaults_and_is_written_with_what_it_uses(name: str) -> None:
    said, whole = LAYERS[name]
    layer = ANY_LAYER.validate_python({"type": name, **said})
    assert layer.model_dump() == {"type": name, **whole}
    assert ANY_LAYER.validate_python(layer.model_dump(mode="json")) == layer


def test_what_was_added_to_a_layer_is_written_where_it_is_used() -> None:
    for layer, added in (
        ({"type": "conv", "filters": 8, "groups": 2}, {"groups": 2}),
        ({"type": "residual", "layers": [DENSE], "shortcut": [DENSE]}, {"shortcut": (DENSE,)}),
        ({"type": "global_average_pool", "keepdims": True}, {"keepdims": True}),
    ):
        assert ANY_LAYER.validate_python(layer).model_dump().items() >= added.items()


@pytest.mark.parametrize(
    ("layer", "field", "least", "most", "beyond"),
    [
        ({"type": "conv"}, "filters", 1, 999_999, (0, 1_000_000)),
        ({"type": "conv", "filters": 1}, "kernel", 1, 999_999, (0, 1_000_000, [0, 1], [1, 0], [1, 1, 1], [1])),
        ({"type": "conv", "filters": 1}, "stride", 1, 999_999, (0, 1_000_000, [0, 1])),
        ({"type": "conv", "filters": 1}, "padding", 0, 999_999, (-1, 1_000_000, "full")),
        ({"type": "conv", "filters": 1}, "groups", 1, 999_999, (0, 1_000_000)),
        ({"type": "batch_norm"}, "momentum", 0.0, 0.999, (-0.001, 1.0)),
        ({"type": "batch_norm"}, "epsilon", 1e-12, 9.0, (0.0,)),
        ({"type": "layer_norm"}, "epsilon", 1e-12, 9.0, (0.0,)),
        ({"type": "scale"}, "initial", 1e-12, 9.0, (0.0,)),
        ({"type": "dropout"}, "rate", 0.0, 0.999, (-0.001, 1.0)),
        ({"type": "max_pool"}, "size", 1, 999_999, (0, 1_000_000)),
        ({"type": "dense"}, "units", 1, 999_999, (0, 1_000_000, "class")),
        ({"type": "gate"}, "layers", [DENSE], [DENSE] * 3, ([],)),
        ({"type": "residual"}, "layers", [DENSE], [DENSE] * 3, ([],)),
        ({"type": "residual", "layers": [DENSE]}, "shortcut", [DENSE], [DENSE] * 3, ([],)),
    ],
)
def test_a_layer_s_numbers_lie_within_their_limits(
    layer: dict[str, Any], field: str, least: Any, most: Any, beyond: tuple[Any, ...]
) -> None:
    for value in (least, most):
        ANY_LAYER.validate_python({**layer, field: value})
    for value in beyond:
        with pytest.raises(ValidationError):
            ANY_LAYER.validate_python({**layer, field: value})


def test_a_new_dropout_rate_reaches_every_branch_and_shortcut() -> None:
    def layers(rate: float) -> tuple[Layer, ...]:
        def drop() -> Dropout:
            return Dropout(rate=rate)

        residual = Residual(layers=(drop(), Gate(layers=(drop(),))), shortcut=(drop(),))
        return drop(), residual, Residual(layers=(drop(),)), Flatten(), drop(), Dense(units="classes")

    changed = with_dropout(NetworkSettings(layers=layers(0.5), initializer="he_normal"), 0.1)
    assert changed == NetworkSettings(layers=layers(0.1), initializer="he_normal")
