"""The corner of a picture that a network sees: torch's gradients say which pixels those are."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from onelook.models.layers.build import build_network
from onelook.models.seen_part import seen_size
from onelook.models.shapes import plan_network
from onelook.predictors.onnx import OnnxPredictor, build_graph
from onelook.predictors.torch import TorchPredictor
from onelook.settings import FittedPreprocess, PreprocessSettings
from onelook.settings.network import (
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    Layer,
    NetworkSettings,
    Pool,
    Residual,
)

HEAD = (Flatten(), Dense(units="classes"))
HALVE = Pool(type="average_pool", size=2)
SHAPE = (1, 21, 16)

NETWORKS: dict[str, tuple[tuple[Layer, ...], tuple[int, int]]] = {
    "all of it": ((Conv(filters=2, kernel=2), *HEAD), (21, 16)),
    "an odd row at the end of a pool": ((Conv(filters=2), BatchNorm(), HALVE, Dropout(rate=0.5), *HEAD), (20, 16)),
    "rows of two pools": ((Conv(filters=2), HALVE, Conv(filters=2), HALVE, *HEAD), (18, 14)),
    "a stride": ((Conv(filters=2, kernel=3, stride=4), *HEAD), (19, 15)),
    "a dilation": ((Conv(filters=2, kernel=3, dilation=2), Pool(type="average_pool", size=5), *HEAD), (19, 14)),
    "a pool of all positions": ((HALVE, GlobalPool(type="global_average_pool"), Dense(units="classes")), (20, 16)),
    "padding": ((Conv(filters=2, padding="same"), HALVE, *HEAD), (21, 16)),
    "a residual": ((HALVE, Residual(layers=(Conv(filters=1, padding="same"),)), HALVE, *HEAD), (20, 16)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_reach_to_the_end_of_the_corner_and_no_farther(name: str) -> None:
    layers, expected = NETWORKS[name]
    network = NetworkSettings(layers=layers)
    assert seen_size(plan_network(network, SHAPE, 3)) == expected
    torch.manual_seed(0)
    picture = torch.randn(1, *SHAPE, requires_grad=True)
    build_network(network, SHAPE, 3).eval()(picture).square().sum().backward()
    assert picture.grad is not None
    rows, columns = picture.grad[0, 0].abs().nonzero().max(dim=0).values.tolist()
    assert (rows + 1, columns + 1) == expected


@pytest.mark.parametrize("settings", [PreprocessSettings(), PreprocessSettings(samplewise_center=True)])
def test_the_graph_of_a_corner_answers_as_torch(settings: PreprocessSettings) -> None:
    layers, _ = NETWORKS["rows of two pools"]
    network = NetworkSettings(layers=layers)
    torch.manual_seed(0)
    weights = {name: values.numpy() for name, values in build_network(network, SHAPE, 3).state_dict().items()}
    fitted = FittedPreprocess(settings=settings)
    shape = (21, 16, 1)
    graph = OnnxPredictor(build_graph(network, fitted, weights, shape))
    module = TorchPredictor(network, fitted, weights, shape, 3)
    pictures = np.random.default_rng(0).integers(0, 256, (5, *shape), dtype=np.uint8)
    assert graph.probabilities(pictures) == pytest.approx(module.probabilities(pictures), abs=1e-6)
    changed = pictures.copy()
    changed[:, 18:] = 255 - changed[:, 18:]
    is_same = np.array_equal(graph.probabilities(changed), graph.probabilities(pictures))
    assert is_same == (not settings.samplewise_center)
