"""Every registered model, and the families that fit themselves to any picture."""

import itertools

import pytest
import torch

from onelook.errors import ConfigError
from onelook.models import MODELS
from onelook.models.layers import build_network
from onelook.models.model_input import ModelInput
from onelook.models.read import network_named
from onelook.models.summary import summarize
from onelook.settings.network import NetworkSettings

FITTING = ("cnn", "cnn-small", "airbench", "airbench-medium", "airbench-small", "resnet", "mlp")
SIZES = ((1, 1, 1), (2, 3, 1), (5, 300, 3), (8, 8, 1), (17, 31, 3), (32, 32, 3), (64, 48, 4), (224, 224, 3))


@pytest.mark.parametrize(("name", "size"), list(itertools.product(FITTING, SIZES)))
def test_fitting_families_take_pictures_of_any_size(name, size):
    height, width, channels = size
    facts = ModelInput(height, width, channels, num_classes=7, rows=100)
    network = network_named(name, facts)
    module = build_network(network, facts.shape, 7).eval()
    assert module(torch.zeros(2, *facts.shape)).shape == (2, 7)


@pytest.mark.parametrize("name", MODELS)
def test_a_registered_model_survives_json_and_is_described(name):
    size = 128 if name == "dogs-vs-cats" else 28
    network = network_named(name, ModelInput(size, size, 1, num_classes=3, rows=100))
    assert NetworkSettings.model_validate_json(network.model_dump_json()) == network
    assert MODELS.describe(name)


@pytest.mark.parametrize("name", MODELS)
def test_a_step_moves_every_weight_and_statistic(name):
    side, channels = (48, 3) if name == "dogs-vs-cats" else (28, 1)
    facts = ModelInput(side, side, channels, num_classes=3, rows=100)
    torch.manual_seed(0)
    module = build_network(network_named(name, facts), facts.shape, 3)
    before = {key: values.clone() for key, values in module.state_dict().items()}
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    loss = torch.nn.functional.cross_entropy(module(torch.rand(6, *facts.shape)), torch.arange(6) % 3)
    loss.backward()
    optimizer.step()
    fixed = ["0.weight"] if name.startswith("airbench") else []  # measured, not trained
    assert [key for key, values in module.state_dict().items() if torch.equal(values, before[key])] == fixed


@pytest.mark.parametrize(
    ("size", "most_multiply_adds"),
    [((8, 8, 1), 1e6), ((28, 28, 1), 30e6), ((32, 32, 3), 30e6), ((128, 128, 3), 150e6), ((224, 224, 3), 150e6)],
)
def test_the_default_stays_affordable_on_two_cores(size, most_multiply_adds):
    height, width, channels = size
    facts = ModelInput(height, width, channels, num_classes=10, rows=100)
    assert summarize(network_named("cnn", facts), facts.shape, 10).multiply_adds < most_multiply_adds


def test_an_unknown_model_offers_the_nearest():
    with pytest.raises(ConfigError, match="unknown model 'resnt'. Did you mean 'resnet'?"):
        network_named("resnt", ModelInput(28, 28, 1, num_classes=10, rows=1))
