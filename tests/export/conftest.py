"""Networks with made-up weights, whose answers differ from picture to picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from onelook.classifier import Classifier, build_classifier
from onelook.models.shapes import plan_network, weight_shapes
from onelook.settings import DecodeSettings, FittedPreprocess, NetworkSettings
from onelook.settings.network import (
    BatchNorm,
    Conv,
    Dense,
    DepthwiseConv,
    Dropout,
    Flatten,
    Gate,
    GlobalPool,
    Pool,
    Residual,
)
from onelook.settings.pictures import ONE_VIEW, ViewSettings


def made_up(
    network: NetworkSettings,
    shape: tuple[int, int, int],
    *,
    classes: int = 3,
    fitted: FittedPreprocess | None = None,
    extra: Mapping[str, Any] | None = None,
    views: ViewSettings = ONE_VIEW,
    dtype: str = "uint8",
) -> Classifier:
    """A model of random weights, of a size that keeps values of order one through many layers."""
    height, width, channels = shape
    draw = np.random.default_rng(0)
    weights: dict[str, Any] = dict(extra or {})
    for name, size in weight_shapes(plan_network(network, (channels, height, width), classes)).items():
        if len(size) > 1:
            weights[name] = draw.normal(size=size) * np.sqrt(2 / np.prod(size[1:]))
        elif name.endswith(("running_var", "weight")):
            weights[name] = draw.uniform(0.5, 1.5, size)
        else:
            weights[name] = draw.normal(size=size) * 0.1
        weights[name] = weights[name].astype(np.float32)
    fitted = fitted or FittedPreprocess()
    return build_classifier(
        network,
        fitted,
        weights,
        decode=DecodeSettings(height=height, width=width, channels=channels),
        class_names=[f"class {number}" for number in range(classes)],
        dtype=dtype,
        value_range=fitted.value_range,
        provenance={},
        metrics={},
        views=views,
    )


@pytest.fixture(scope="session")
def small_network() -> Classifier:
    """The layers that most networks have, at 7×6 grey, with a temperature."""
    gate = Gate(layers=(GlobalPool(type="global_average_pool", keepdims=True), Conv(filters=6, kernel=1)))
    branch = (Conv(filters=6, kernel=3, padding="same", bias=False), BatchNorm(), gate)
    layers = (
        Conv(filters=4, kernel=3, padding="same", activation="relu"),
        Pool(type="average_pool", size=2, stride=1, padding="same"),
        Residual(layers=branch),
        DepthwiseConv(kernel=3, stride=2, padding="same", activation="hard_swish"),
        Pool(type="max_pool", size=2, stride=1, padding=1),
        Dropout(rate=0.2),
        Flatten(),
        Dense(units="classes"),
    )
    return made_up(NetworkSettings(layers=layers), (7, 6, 1)).with_temperature(1.5)
