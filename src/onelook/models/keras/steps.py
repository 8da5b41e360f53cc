"""Steps: our layers with their weights, as Keras' layers become them; and the activations by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue, ValidationError

from onelook.errors import shown
from onelook.models.keras.layer import KerasLayer
from onelook.settings.network import Activation, ActivationLayer, Layer
from onelook.settings.shape_layers import Rescale


@dataclass(frozen=True)
class Step:
    """One of our layers, and its weights by their names in it. Without a layer it is a softmax, which ends all."""

    layer: Layer | None
    weights: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)


Steps = tuple[Step, ...]
SOFTMAX = Step(None)

# Keras 2 has another hard_sigmoid: 0.2 x + 0.5, between 0 and 1.
_OLD_HARD_SIGMOID: Steps = (
    Step(Rescale(multiplier=(0.2,), offset=(0.5,))),
    Step(ActivationLayer(function="relu", maximum=1.0)),
)
_ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(
    {
        "linear": "linear",
        "relu": "relu",
        "relu6": "relu6",
        "leaky_relu": "leaky_relu",
        "elu": "elu",
        "selu": "selu",
        "gelu": "gelu",
        "silu": "silu",
        "swish": "silu",
        "hard_swish": "hard_swish",
        "hard_silu": "hard_swish",
        "sigmoid": "sigmoid",
        "hard_sigmoid": "hard_sigmoid",
        "tanh": "tanh",
        "softplus": "softplus",
        "softsign": "softsign",
        "mish": "mish",
    }
)


def activation_of(layer: KerasLayer, setting: str = "activation") -> tuple[Activation, Steps]:
    """Return the activation that a layer ends with: by name, and where no name says it, as steps after the layer.

    Raises:
        ModelError: it is code, or none of ours.
    """
    value = layer.config.get(setting)
    if isinstance(value, dict):
        inner = value.get("config")
        if isinstance(inner, dict):
            if value.get("class_name") in ACTIVATION_LAYERS and not value.get("registered_name"):
                kind = str(value["class_name"])
                steps = activation_layer(
                    KerasLayer(kind, layer.name, inner, layer.place, layer.where, layer.is_keras_2)
                )
                return "linear", steps
            inner = inner.get("activation", value.get("class_name"))
        value = inner
    if value is None or value == "linear":
        return "linear", ()
    if value in ("softmax", "log_softmax"):
        return "linear", (SOFTMAX,)
    if value == "hard_sigmoid" and layer.is_keras_2:
        return "linear", _OLD_HARD_SIGMOID
    if not isinstance(value, str) or value not in _ACTIVATIONS:
        raise layer.refusal(
            f"has the activation {shown(value)}, which is none of onelook's. If it is a function of yours, it is code, "
            f"which the file does not hold. Known: {', '.join((*_ACTIVATIONS, 'softmax'))}."
        )
    return _ACTIVATIONS[value], ()


def activation_layer(layer: KerasLayer) -> Steps:
    """Return the steps of a layer that is an activation with settings: ReLU, LeakyReLU, ELU, Softmax, Activation.

    Raises:
        ModelError: it has a setting that none of our layers has.
    """
    match layer.kind:
        case "Softmax":
            layer.require("axis", -1, 1, 3, [-1])
            steps: Steps = (SOFTMAX,)
        case "ELU":
            steps = (settings_step(layer, function="elu", slope=layer.number("alpha", 1.0)),)
        case "LeakyReLU":
            name = "alpha" if "alpha" in layer.config else "negative_slope"
            steps = (settings_step(layer, function="leaky_relu", slope=layer.number(name, 0.3)),)
        case "ReLU":
            steps = (_relu(layer),)
        case _:
            function, after = activation_of(layer)
            steps = after if function == "linear" else (Step(ActivationLayer(function=function)), *after)
    return steps


def _relu(layer: KerasLayer) -> Step:
    layer.require("threshold", 0, 0.0)
    highest, slope = layer.config.get("max_value"), layer.number("negative_slope", 0.0)
    maximum = None if highest is None else layer.number("max_value")
    if slope:
        return settings_step(layer, function="leaky_relu", slope=slope, maximum=maximum)
    if maximum == 6:
        return settings_step(layer, function="relu6")
    return settings_step(layer, function="relu", maximum=maximum)


def settings_step(layer: KerasLayer, **settings: JsonValue) -> Step:
    """Return a step of an activation layer with these settings, checked."""
    try:
        return Step(ActivationLayer.model_validate(settings))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise layer.refusal(f"has {first['loc'][-1:]} = {shown(first['input'])}: {first['msg']}.") from error


ACTIVATION_LAYERS = frozenset({"Activation", "ReLU", "LeakyReLU", "ELU", "Softmax"})
