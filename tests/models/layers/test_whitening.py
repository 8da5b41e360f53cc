"""Whitening layers: measured on pictures, fixed, and the same in every engine."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
import torch
import torch.nn.functional as F

from onelook.errors import ConfigError
from onelook.models.layers.build import build_network
from onelook.models.layers.whitening import measure_whitening, whitening_kernels
from onelook.models.shapes import count_parameters, plan_network
from onelook.predictors.onnx import build_graph
from onelook.settings import FittedPreprocess, NetworkSettings
from onelook.settings.network import BatchNorm, Conv, Dense, Flatten, GlobalPool, Whitening

NETWORK = NetworkSettings(
    layers=(
        Whitening(activation="relu"),
        Conv(filters=4),
        GlobalPool(type="global_average_pool"),
        Dense(units="classes"),
    )
)


def smooth_pictures(rows: int = 64, channels: int = 3) -> torch.Tensor:
    """Neighbouring pixels and channels hang together, as in photographs."""
    shared = torch.randn(rows, 1, 11, 11, generator=torch.Generator().manual_seed(0))
    own = torch.randn(rows, channels, 11, 11, generator=torch.Generator().manual_seed(1))
    return F.avg_pool2d(shared + 0.5 * own, 2, stride=1)


def test_outputs_are_uncorrelated_with_variance_one_and_come_with_their_negatives() -> None:
    images = smooth_pictures()
    kernels = whitening_kernels(images, (2, 2))
    assert kernels.shape == (24, 3, 2, 2)
    assert torch.equal(kernels[12:], -kernels[:12])
    outputs = F.conv2d(images, kernels[:12]).transpose(0, 1).flatten(1)
    second_moments = outputs @ outputs.T / outputs.shape[1]
    # What is added to the variances for safety takes a little off the weakest.
    assert torch.allclose(second_moments, torch.eye(12), atol=0.05)
    assert (second_moments.diagonal() < 1.001).all()


def test_directions_come_with_the_largest_variance_first_and_their_largest_value_above_nought() -> None:
    images = smooth_pictures()
    kernels = whitening_kernels(images, (2, 2))[:12].flatten(1)
    # A kernel is a direction over the root of its variance: the shorter, the more its direction varies.
    lengths = kernels.norm(dim=1)
    assert lengths.tolist() == sorted(lengths.tolist())
    assert lengths[-1] > 3 * lengths[0]
    largest = kernels.gather(1, kernels.abs().argmax(dim=1, keepdim=True))
    assert (largest > 0).all()


def test_a_second_layer_is_measured_on_what_the_first_gives() -> None:
    layers = (Whitening(activation="relu"), Whitening(kernel=1), *NETWORK.layers[2:])
    network = build_network(NetworkSettings(layers=layers), (3, 10, 10), 5)
    measure_whitening(network, smooth_pictures)
    with torch.no_grad():
        assert torch.equal(network[1].weight, whitening_kernels(network[0](smooth_pictures()), (1, 1)))


def test_measuring_leaves_the_moving_statistics_of_a_norm_below() -> None:
    layers = (BatchNorm(), *NETWORK.layers)
    network = build_network(NetworkSettings(layers=layers), (3, 10, 10), 5)
    before = {name: tensor.clone() for name, tensor in network[0].state_dict().items()}
    measure_whitening(network, smooth_pictures)
    assert all(torch.equal(before[name], tensor) for name, tensor in network[0].state_dict().items())


def test_is_measured_once_on_what_comes_in_and_stays() -> None:
    network = build_network(NETWORK, (3, 10, 10), 5)
    asked: list[int] = []

    def draw() -> torch.Tensor:
        asked.append(1)
        return smooth_pictures()

    measure_whitening(network, draw)
    assert asked == [1]
    assert torch.equal(network[0].weight, whitening_kernels(smooth_pictures(), (2, 2)))
    assert not network[0].weight.requires_grad
    assert network[0].bias.requires_grad
    assert all(module.training for module in network.modules())
    measure_whitening(network.eval(), draw)
    assert not any(module.training for module in network.modules())


def test_a_network_without_it_asks_for_no_pictures() -> None:
    plain = NetworkSettings(layers=(Flatten(), Dense(units="classes")))
    measure_whitening(build_network(plain, (1, 4, 4), 2), lambda: pytest.fail("asked for pictures"))


def test_fixed_kernels_are_not_counted_as_trained() -> None:
    plan = plan_network(NETWORK, (3, 10, 10), 5)
    assert plan[0].output_shape == (24, 9, 9)
    assert plan[0].multiply_adds == 24 * 12 * 81
    fixed = 24 * 12
    rest = 24 + (4 * 24 * 9 + 4) + (4 * 5 + 5)
    assert count_parameters(plan) == (fixed + rest, rest)


def test_the_graph_computes_the_same() -> None:
    network = build_network(NETWORK, (3, 10, 10), 5).eval()
    measure_whitening(network, smooth_pictures)
    weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    graph = build_graph(NETWORK, FittedPreprocess(value_range=(0, 255)), weights, (10, 10, 3))
    images = np.random.default_rng(0).integers(0, 256, (4, 10, 10, 3), dtype=np.uint8)
    (probabilities,) = onnxruntime.InferenceSession(graph).run(None, {"images": images})
    with torch.no_grad():
        logits = network(torch.from_numpy(images).permute(0, 3, 1, 2) / 255)
    assert np.allclose(probabilities, logits.softmax(1).numpy(), atol=1e-5)


def test_needs_a_picture() -> None:
    layers = (Flatten(), Whitening(), Dense(units="classes"))
    with pytest.raises(ConfigError, match=r"layer 2 \(whitening 2x2\) takes a picture, but gets 48 flat values"):
        plan_network(NetworkSettings(layers=layers), (3, 4, 4), 2)
