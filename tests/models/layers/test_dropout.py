"""Dropout by its facts: the share, the scale, the seed, and nothing at all in evaluation."""

from types import SimpleNamespace

import pytest
import torch

from onelook.models.layers.dropout import DropoutLayer


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.5, 0.9])
def test_the_share_is_dropped_and_the_rest_scaled_up(rate):
    torch.manual_seed(0)
    values = DropoutLayer(rate)(torch.ones(400, 1001))
    kept = values[values != 0]
    torch.testing.assert_close(kept, torch.full_like(kept, 1 / (1 - rate)), rtol=1e-3, atol=0)
    # 400,400 draws: the share's standard deviation is below 0.0008.
    assert 1 - len(kept) / values.numel() == pytest.approx(rate, abs=0.004)


def test_neighbours_and_rows_are_drawn_apart():
    torch.manual_seed(0)
    kept = (DropoutLayer(0.5)(torch.ones(1000, 64)) != 0).float()
    correlation = torch.corrcoef(kept.T)
    assert (correlation - torch.eye(64)).abs().max() < 0.15  # 1/sqrt(1000) = 0.03 each


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_any_number_of_values_is_drawn_for(size):
    assert DropoutLayer(0.5)(torch.ones(1, size)).shape == (1, size)


def test_a_seed_repeats_the_draws():
    draws = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        draws.append(DropoutLayer(0.5)(torch.ones(5, 7)))
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])


def test_evaluation_and_a_rate_of_zero_change_nothing():
    values = torch.randn(3, 4)
    assert DropoutLayer(0.9).eval()(values) is values
    assert DropoutLayer(0.0)(values) is values


@pytest.mark.parametrize(
    "values",
    [
        torch.rand(2, 3, 5, 4) + 1,
        (torch.rand(2, 3, 5, 4) + 1).to(memory_format=torch.channels_last),
        (torch.rand(2, 3, 5, 8) + 1)[:, :, 1:, ::2],
    ],
)
def test_every_memory_layout_keeps_its_values_and_gradients(values):
    values = values.detach().requires_grad_()
    dropped = DropoutLayer(0.5)(values)
    factors = torch.where(dropped == 0, 0.0, 2.0)
    torch.testing.assert_close(dropped, values * factors)
    (gradient,) = torch.autograd.grad(dropped.sum(), values)
    assert torch.equal(gradient, factors)


def test_channels_last_stays_channels_last():
    values = torch.rand(2, 3, 5, 4).to(memory_format=torch.channels_last)
    assert DropoutLayer(0.5)(values).is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_parts_of_a_batch_are_dropped_as_the_whole_batch_is(memory_format):
    images = torch.rand(7, 3, 4, 5).contiguous(memory_format=memory_format)
    layer = DropoutLayer(0.4)
    torch.manual_seed(3)
    whole = layer(images)
    for first, last in ((0, 3), (3, 4), (4, 7), (7, 7)):
        layer.shared = SimpleNamespace(first=first, whole=7)
        torch.manual_seed(3)
        assert torch.equal(layer(images[first:last]), whole[first:last])


@pytest.mark.parametrize("rate", [0.05, 0.25, 0.5, 0.9])
def test_in_bfloat16_the_same_are_dropped_and_the_rest_is_scaled_by_the_nearest_number(rate):
    values, dropped = torch.ones(40, 101), []
    for dtype in (torch.float32, torch.bfloat16):
        torch.manual_seed(0)
        dropped.append(DropoutLayer(rate)(values.to(dtype)))
    assert torch.equal(dropped[0].bfloat16(), dropped[1])
