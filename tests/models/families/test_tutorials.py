"""The tutorials' networks count what Keras counts, in the plan and in the torch module alike."""

import pytest

from onelook.errors import ConfigError
from onelook.models import MODELS, ModelInput
from onelook.models.find_network import network_named
from onelook.models.layers.build import build_network
from onelook.models.pretrained.registry import BACKBONES
from onelook.models.summary import summarize
from onelook.settings.network import BatchNorm

GREY_28 = ModelInput(height=28, width=28, channels=1, num_classes=10, rows=60_000)
COLOUR_32 = ModelInput(height=32, width=32, channels=3, num_classes=10, rows=50_000)
COLOUR_128 = ModelInput(height=128, width=128, channels=3, num_classes=2, rows=25_000)

KERAS_TOTALS = {
    "digit-recognizer": (GREY_28, 887_530),
    "mnist-tutorial": (GREY_28, 600_810),
    "digits-minimal": (GREY_28, 216_650),
    "dogs-vs-cats": (COLOUR_128, 12_942_786),
    "fashion-cnn-bn": (GREY_28, 102_730),
    "fashion-mlp": (GREY_28, 181_226),
    "fashion-cnn-small": (GREY_28, 86_970),
    "cifar10-cnn": (COLOUR_32, 11_082),
}


def test_every_tutorial_is_registered():
    ours = {"cnn", "cnn-small", "airbench", "airbench-medium", "airbench-small", "resnet", "mlp"}
    assert set(KERAS_TOTALS) == set(MODELS) - ours - set(BACKBONES)


@pytest.mark.parametrize("name", KERAS_TOTALS)
def test_total_is_what_keras_counts(name):
    facts, total = KERAS_TOTALS[name]
    network = network_named(name, facts)
    summary = summarize(network, facts.shape, facts.num_classes)
    assert summary.total == total
    assert sum(layer.parameters for layer in summary.layers) == total
    module = build_network(network, facts.shape, facts.num_classes)
    assert sum(values.numel() for values in module.state_dict().values()) == total
    assert sum(weight.numel() for weight in module.parameters()) == summary.trainable


@pytest.mark.parametrize("name", KERAS_TOTALS)
def test_keras_defaults_hold(name):
    network = network_named(name, KERAS_TOTALS[name][0])
    assert network.initializer == "glorot_uniform"
    norms = [layer for layer in network.layers if isinstance(layer, BatchNorm)]
    assert all((norm.momentum, norm.epsilon) == (0.99, 1e-3) for norm in norms)
    assert len(norms) == (4 if name in ("dogs-vs-cats", "fashion-cnn-bn") else 0)


def test_a_picture_too_small_names_model_layer_and_sizes():
    facts = ModelInput(height=8, width=8, channels=1, num_classes=10, rows=1437)
    with pytest.raises(ConfigError) as caught:
        network_named("fashion-cnn-bn", facts)
    assert str(caught.value) == (
        "model 'fashion-cnn-bn', for 10 classes of 8x8 pictures: layer 7 (max_pool 2x2, valid) cannot take a picture "
        "of 1x1: the window is larger than it. Use larger pictures, fewer pools and strides before it, "
        'or padding = "same".'
    )
