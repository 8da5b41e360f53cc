"""The learning-rate sweep: what scripted losses suggest, and what the sweep does to whom."""

from __future__ import annotations

from math import inf, nan

import numpy as np
import pytest
import torch
from tests.training.conftest import ScaleToUnit, draw_images, small_network

from onelook.errors import ConfigError
from onelook.settings import TrainSettings
from onelook.training.inputs.training_inputs import TrainingInputs
from onelook.training.measurements.find_learning_rate import (
    HIGHEST_RATE,
    LOWEST_RATE,
    STEPS,
    RateSweep,
    has_diverged,
    suggest_rate,
    sweep_rates,
)

RATES = np.geomspace(LOWEST_RATE, HIGHEST_RATE, STEPS).tolist()


def valley(fall_at: float, lowest_at: float) -> np.ndarray:
    """2.3, falling to 0.3 around one rate by a logistic curve, and rising again from another on."""
    powers, fall, low = np.log10(RATES), np.log10(fall_at), np.log10(lowest_at)
    return 0.3 + 2.0 / (1 + np.exp(6 * (powers - fall))) + 4 * np.clip(powers - low, 0, None) ** 2


def test_the_steepest_and_the_lowest_place_are_found():
    found = suggest_rate(RATES, valley(fall_at=1e-3, lowest_at=3e-2))
    assert found.steepest == pytest.approx(1e-3, rel=0.3)
    assert found.lowest == pytest.approx(RATES[valley(1e-3, 3e-2).argmin()], rel=0.6)
    assert found.suggestion == pytest.approx(max(found.lowest / 10, found.steepest), rel=0.05)


def test_where_the_loss_falls_late_the_suggestion_is_not_below_the_fall():
    found = suggest_rate(RATES, valley(fall_at=1e-2, lowest_at=5e-2))
    assert found.lowest / 10 < found.steepest
    assert found.suggestion == pytest.approx(min(found.steepest, found.lowest / 2), rel=0.05)


def test_where_the_loss_falls_until_its_lowest_the_suggestion_keeps_half_of_that_rate_away():
    powers = np.log10(RATES)
    losses = np.select([powers < -2, powers < -1.8], [2.3, 0.3], 4.0)  # a step down, and soon a leap up
    found = suggest_rate(RATES, losses)
    assert found.steepest > found.lowest / 2
    assert found.suggestion == pytest.approx(found.lowest / 2, rel=0.05)


def test_a_fall_after_the_lowest_loss_is_not_the_steepest():
    """The loss leaps up behind its lowest, and comes down again faster than it fell before."""
    losses, powers = valley(fall_at=1e-4, lowest_at=1e-2), np.log10(RATES)
    losses[powers > -1.2] = 4.0
    losses[powers > 0.3] = 0.8
    found = suggest_rate(RATES, losses)
    assert found.steepest == pytest.approx(1e-4, rel=0.3)
    assert found.steepest < found.lowest < 0.05


def test_with_steps_of_one_length_the_lowest_is_suggested():
    course = valley(fall_at=1e-3, lowest_at=3e-2)
    muon, others = suggest_rate(RATES, course, steps_of_one_length=True), suggest_rate(RATES, course)
    assert muon.suggestion == muon.lowest == others.lowest > others.suggestion
    assert "rate of the lowest loss is suggested" in muon.why
    assert muon.why != others.why


def test_noise_moves_the_suggestion_by_less_than_a_factor_of_two():
    course = valley(fall_at=1e-3, lowest_at=3e-2)
    quiet = suggest_rate(RATES, course).suggestion
    for seed in range(5):
        noisy = course * np.random.default_rng(seed).normal(1, 0.15, STEPS).clip(0.5)
        assert quiet / 2 < suggest_rate(RATES, noisy).suggestion < quiet * 2


def test_a_loss_that_is_no_number_at_the_end_is_left_out():
    losses = [*valley(1e-3, 3e-2)[:140], nan]
    found = suggest_rate(RATES[:141], losses)
    assert len(found.rates) == len(found.losses) == len(found.smooth_losses) == 140


def test_what_never_falls_is_refused():
    with pytest.raises(ConfigError, match=r"the loss falls at no learning rate: from 2\.3000 to 2\.3000.*labels"):
        suggest_rate(RATES, np.full(STEPS, 2.3))


def test_what_is_no_number_at_once_is_refused():
    with pytest.raises(ConfigError, match="not a number after 2 steps, at a learning rate of 1e-07 already"):
        suggest_rate(RATES[:3], [2.3, 2.3, inf])


@pytest.mark.parametrize(
    ("losses", "is_over"),
    [
        ([], False),
        ([nan], True),
        ([2.3, inf], True),
        ([1.0] * 12 + [4.1], False),  # one batch may be hard
        ([1.0] * 12 + [4.1, 4.1], True),
        ([1.0] * 12 + [3.9, 3.9], False),
        ([1.0] * 6 + [0.001] + [1.0] * 6 + [2.0, 2.0], False),  # one batch may be easy
    ],
)
def test_when_the_sweep_is_over(losses, is_over):
    assert has_diverged(losses) is is_over


def sweep(network: torch.nn.Module, steps: int = 60, optimizer: str = "adam", **settings: object) -> RateSweep:
    return sweep_rates(
        network,
        TrainingInputs(draw_images(50, seed=1), draw_images(21, seed=2), ScaleToUnit(), None, torch.device("cpu")),
        TrainSettings.model_validate({"batch_size": 16, "optimizer": {"name": optimizer}, **settings}),
        steps=steps,
    )


def test_the_sweep_leaves_the_network_alone_and_repeats_itself():
    network = small_network()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    first, second = sweep(network), sweep(network)
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())
    assert first == second


@pytest.mark.parametrize(("optimizer", "is_the_lowest"), [("muon", True), ("adam", False)])
def test_muon_alone_is_suggested_the_rate_of_the_lowest_loss(optimizer, is_the_lowest):
    found = sweep(small_network(dropout=0), steps=120, optimizer=optimizer)
    assert (found.suggestion == found.lowest) is is_the_lowest


def test_the_rates_rise_by_one_factor_over_several_epochs():
    found = sweep(small_network())
    assert len(found.rates) > 4 * 4  # four batches an epoch
    assert found.rates[0] == pytest.approx(LOWEST_RATE)
    factors = np.divide(found.rates[1:], found.rates[:-1])
    assert factors == pytest.approx([(HIGHEST_RATE / LOWEST_RATE) ** (1 / 59)] * len(factors))


def test_a_small_network_gets_a_rate_that_it_learns_with():
    assert 1e-3 <= sweep(small_network(dropout=0), steps=120).suggestion <= 0.5


def test_the_sweep_compiles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "compile", lambda *_, **__: pytest.fail("compiled for a sweep"))
    assert sweep(small_network(), compile=True).losses == sweep(small_network()).losses


def test_the_first_loss_is_that_of_the_first_batch_alone():
    """At a rate of nearly nothing the losses of an epoch's batches are those of the untrained network."""
    network, pictures = small_network(dropout=0).train(), draw_images(16, seed=1)
    found = sweep_rates(
        network,
        TrainingInputs(pictures, pictures, ScaleToUnit(), None, torch.device("cpu")),
        TrainSettings(batch_size=16),
        steps=60,
    )
    images = torch.from_numpy(pictures.images).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        expected = torch.nn.functional.cross_entropy(network(images), torch.from_numpy(pictures.labels)).item()
    assert found.losses[:3] == pytest.approx([expected] * 3, rel=1e-4)
