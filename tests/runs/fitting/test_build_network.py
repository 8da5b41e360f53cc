"""A pretrained network before its first step: the published weights below, and a head that favours no class."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from onelook.models.layers.build import build_network
from onelook.runs.fitting import build_network as module
from onelook.runs.fitting.build_network import _load_pretrained, build_ready_network
from onelook.settings import NetworkSettings, TrainSettings
from onelook.settings.network import BatchNorm, Conv, Dense, Dropout, GlobalPool


def test_the_layers_up_to_the_pool_are_the_published_ones_and_the_others_are_zero(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = NetworkSettings(
        layers=(
            *(Conv(filters=4), BatchNorm(), GlobalPool(type="global_average_pool")),
            *(Dropout(rate=0.2), Dense(units=5), Dense(units="classes")),
        )
    )
    module = build_network(network, (3, 8, 8), 2)
    asked: list[Any] = []

    def read(backbone: Any, path: Any, expected: dict[str, tuple[int, ...]]) -> dict[str, Any]:
        asked.append((backbone, path, list(expected)))
        return {name: np.full(shape, 7, np.float32) for name, shape in expected.items()}

    monkeypatch.setattr("onelook.models.pretrained.weights.find_weights", lambda backbone, where: f"found at {where}")
    monkeypatch.setattr("onelook.models.pretrained.weights.read_weights", read)
    backbone: Any = SimpleNamespace(name="efficientnet-lite0")
    _load_pretrained(module, backbone, TrainSettings(model="efficientnet-lite0", weights="own.pth"), network)
    below = ["0.weight", "0.bias", *(f"1.{kind}" for kind in ("weight", "bias", "running_mean", "running_var"))]
    assert asked == [(backbone, "found at own.pth", below)]
    values = {name: torch.unique(tensor).tolist() for name, tensor in module.state_dict().items()}
    above = ["4.weight", "4.bias", "5.weight", "5.bias"]
    assert values == {name: [7.0] if name in below else [0.0] for name in below + above}


@pytest.mark.parametrize("tune", ["head", "all"])
def test_the_features_of_a_head_have_the_time_that_is_left_for_them(tune: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = SimpleNamespace(tune=tune)
    begun: Any = SimpleNamespace(settings=settings, plan=SimpleNamespace(start=None), data="data", own_network="own")
    given: list[Any] = []

    def on_features(*arguments: Any, **named: Any) -> str:
        given.append((arguments, named))
        return "on features"

    monkeypatch.setattr(module, "backbone_of", lambda _: None)
    monkeypatch.setattr(module, "_fresh", lambda *arguments: arguments)
    monkeypatch.setattr(module, "on_features", on_features)
    found: Any = build_ready_network(begun, "on progress", feature_seconds=0.0)  # type: ignore[arg-type]
    fresh = ("own", "data", settings)
    assert (found, given) == (
        ("on features", [((fresh, begun, "on progress"), {"seconds": 0.0})]) if tune == "head" else (fresh, [])
    )
