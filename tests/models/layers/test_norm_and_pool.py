"""Batch-norm and a pool after it, computed with the pool first, against the layers in turn and against float64."""

from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F

from onelook.models.layers import build
from onelook.models.layers.batch_norm import BatchNormLayer
from onelook.models.layers.norm_and_pool import normalise_and_pool, pools_first
from onelook.models.layers.pooling import PoolLayer
from onelook.models.padding import windows_over
from onelook.settings.network import BatchNorm, Conv, Dense, Flatten, NetworkSettings, Pool

WINDOWS = [(2, 2, "valid"), (2, 2, "same"), (3, 2, "same"), ((2, 3), (2, 3), 1)]


def two_layers(size=(7, 8), kernel=2, stride=2, padding="valid", weights=(1.5, 0.25, -0.5)):
    norm = BatchNormLayer(len(weights), BatchNorm())
    with torch.no_grad():
        norm.weight.copy_(torch.tensor(weights))
        norm.bias.copy_(torch.linspace(-1, 1, len(weights)))
    return norm, PoolLayer("max_pool", windows_over(size, kernel, stride, padding))


def pictures(dtype=torch.bfloat16, channels=3):
    torch.manual_seed(0)
    values = torch.relu(torch.randn(6, channels, 7, 8)).to(torch.bfloat16).to(dtype)
    return values.contiguous(memory_format=torch.channels_last).requires_grad_()


def gradients(pooled, values, norm, wanted):
    return torch.autograd.grad(pooled, (values, norm.weight, norm.bias), wanted.to(pooled.dtype))


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("weights", [(1.5, 0.25, 0.5), (1.5, 0.25, -0.5)])
def test_values_and_statistics_are_those_of_the_layers_in_turn(window, weights):
    (norm, pool), (peer, _) = (two_layers((7, 8), *window, weights=weights) for _ in range(2))
    found, wanted = normalise_and_pool(norm, pool, pictures()), pool(peer(pictures()))
    torch.testing.assert_close(found, wanted)
    assert found.dtype == torch.bfloat16
    for ours, theirs in zip(norm.buffers(), peer.buffers(), strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("window", WINDOWS)
def test_gradients_are_those_of_float64(window):
    norm, pool = two_layers((7, 8), *window)
    values, exact = pictures(), pictures(torch.float64)
    found = normalise_and_pool(norm, pool, values)
    # Ties have the gradient at the first of them, which pooling before rounding finds, in float64 too.
    normalised = F.batch_norm(exact, None, None, norm.weight.double(), norm.bias.double(), training=True, eps=1e-3)
    in_float64 = pool(normalised)
    wanted = torch.randn(found.shape)
    ours = gradients(found, values, norm, wanted.to(torch.bfloat16))
    theirs = gradients(in_float64, exact, norm, wanted.to(torch.bfloat16))
    for one, other in zip(ours, theirs, strict=True):
        assert one.dtype == (torch.bfloat16 if one.ndim == 4 else torch.float32)
        assert (one.double() - other.double()).norm() < 0.01 * other.double().norm()


def test_pictures_that_need_no_gradient_leave_those_of_the_weights():
    norm, pool = two_layers()
    values = pictures()
    wanted = torch.randn(6, 3, 3, 4)
    with_pictures = gradients(normalise_and_pool(norm, pool, values), values, norm, wanted)
    pooled = normalise_and_pool(norm, pool, values.detach())
    without = torch.autograd.grad(pooled, (norm.weight, norm.bias), wanted.to(pooled.dtype))
    assert all(torch.equal(one, other) for one, other in zip(with_pictures[1:], without, strict=True))


def test_only_maxima_of_a_training_in_bfloat16_in_one_process_are_pooled_first():
    norm, pool = two_layers()
    values = pictures()
    assert pools_first(norm, pool, values)
    assert not pools_first(norm, pool, values.float())
    assert not pools_first(norm, PoolLayer("average_pool", windows_over((7, 8), 2, 2, "valid")), values)
    assert not pools_first(norm, PoolLayer("max_pool", windows_over((7, 8), 2, (2, 1), "same")), values)
    norm.shared = SimpleNamespace(first=0, whole=6)
    assert not pools_first(norm, pool, values)
    norm.shared = None
    assert not pools_first(norm.eval(), pool, values)


def test_a_network_pools_first_in_training_alone(monkeypatch):
    used = []
    monkeypatch.setattr(
        build, "normalise_and_pool", lambda *arguments: used.append(1) or normalise_and_pool(*arguments)
    )
    layers = (Conv(filters=4, kernel=3), BatchNorm(), Pool(type="max_pool", size=2), BatchNorm(), Flatten())
    settings = NetworkSettings(layers=(*layers, Dense(units="classes")))
    network = build.build_network(settings, (1, 8, 8), 2)
    images = torch.rand(5, 1, 8, 8)
    in_float32 = network(images)
    assert not used
    with torch.autocast("cpu", torch.bfloat16):
        logits = network(images)
        assert len(used) == 1
        network.eval()(images)
    assert len(used) == 1
    torch.testing.assert_close(logits.float(), in_float32, atol=0.05, rtol=0)
    assert torch.autograd.grad(logits.sum(), list(network.parameters()))[0].abs().sum() > 0
