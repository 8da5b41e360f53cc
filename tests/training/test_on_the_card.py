"""Training on a GPU, as far as a device that refuses a mixture can show: every step's tensors are all there."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
import torch
from tests.card import CARD, CardTensor, card
from tests.every_setting import with_all
from tests.training.conftest import Fit, small_network
from torch import Tensor

from onelook.models import MODELS, ModelInput
from onelook.models.layers.build import build_network
from onelook.predictors.torch import TorchPredictor
from onelook.settings import AugmentSettings, LossSettings, MixSettings, OptimizerSettings, PreprocessSettings
from onelook.settings.pictures import ViewSettings
from onelook.transforms.augment.augment import Augment
from onelook.transforms.preprocess.fit import fit_preprocess

OPTIMIZERS = get_args(OptimizerSettings.model_fields["name"].annotation)


def same_on_the_card(fit_small: Fit, **changes: Any) -> None:
    """Trains on both devices, and holds that the weights are the same but for rounding: AdaGrad has two kernels."""
    on_cpu = fit_small(small_network(dropout=0), **changes)
    with card() as device:
        there = fit_small(small_network(dropout=0), device=device, **changes)
    assert there.history[-1].val_loss == pytest.approx(on_cpu.history[-1].val_loss, rel=1e-6)
    for name, expected in on_cpu.weights.items():
        np.testing.assert_allclose(there.weights[name], expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_alone(name, fit_small):
    same_on_the_card(fit_small, optimizer=OptimizerSettings(name=name))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_with_all_that_it_reads(name, fit_small):
    same_on_the_card(fit_small, optimizer=with_all(OptimizerSettings, name=name, learning_rate=0.01))


@pytest.mark.parametrize(
    "changes",
    [
        {"mix": with_all(MixSettings)},
        {"loss": with_all(LossSettings)},
        {"sampling": "balanced"},
        {"weight_average": 0.9},
        {"augment": AugmentSettings(alternating_flip=True)},
        {"tune": "gradual", "optimizer": OptimizerSettings(layer_decay=0.5, clip_norm=0.5)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_every_part_of_a_step(changes, fit_small):
    same_on_the_card(fit_small, **changes)


def test_the_default_augmentation(fit_small):
    settings = AugmentSettings(width_shift_range=2, height_shift_range=2, horizontal_flip=True)
    augment, drawn_on = Augment(settings, (0, 255)), []

    def noted(images: Tensor, generator: torch.Generator) -> Tensor:
        drawn_on.append(generator.device)
        return augment(images, generator)

    same_on_the_card(fit_small, augment=noted)
    assert set(drawn_on) == {torch.device("cpu"), CARD}


# torch expects no values behind the device's name, and copies them all the same.
@pytest.mark.filterwarnings("ignore:for .* copying from a non-meta parameter:UserWarning")
def test_going_on_from_a_checkpoint(fit_small, tmp_path):
    whole = fit_small(small_network(dropout=0), epochs=3)
    with card() as device:
        fit_small(small_network(dropout=0), epochs=2, device=device, checkpoint_folder=tmp_path)
        gone_on = fit_small(small_network(dropout=0), epochs=3, device=device, checkpoint_folder=tmp_path, resume=True)
    assert gone_on.resumed_from_epoch == 2
    for name, expected in whole.weights.items():
        np.testing.assert_array_equal(gone_on.weights[name], expected)


@pytest.mark.parametrize("name", MODELS)
def test_every_network_learns_there(name, fit_small):
    size, channels = (32, 3) if name.startswith(("airbench", "efficientnet")) else (28, 1)
    facts = ModelInput(size, size, channels, 3, 8)
    network = build_network(MODELS.load(name)(facts), (channels, size, size), 3)
    random = np.random.default_rng(0)
    prepared = random.normal(size=(4, channels, size, size)).astype(np.float32)
    with card() as device:
        network = network.to(device)
        images = torch.from_numpy(prepared).to(device)
        loss = torch.nn.functional.cross_entropy(network(images), torch.arange(4).remainder(3).to(device))
        loss.backward()
    trained = [weight for weight in network.parameters() if weight.requires_grad]
    assert all(isinstance(weight.grad, CardTensor) for weight in trained)


@pytest.mark.filterwarnings("ignore:for .* copying from a non-meta parameter:UserWarning")
@pytest.mark.parametrize("views", [ViewSettings(), with_all(ViewSettings)], ids=["one view", "all views"])
def test_prediction(views):
    images = np.random.default_rng(0).integers(0, 256, (5, 8, 6, 3)).astype(np.uint8)
    settings = PreprocessSettings(featurewise_center=True, zca_whitening=True)
    fitted, extra = fit_preprocess(settings, [images], (0, 255))
    network = MODELS.load("mlp")(ModelInput(8, 6, 3, 2, 5))
    state = build_network(network, (3, 8, 6), 2).state_dict()
    weights = {name: tensor.numpy() for name, tensor in state.items()} | extra
    expected = TorchPredictor(network, fitted, weights, (8, 6, 3), 2, views=views).probabilities(images)
    with card() as device:
        found = TorchPredictor(network, fitted, weights, (8, 6, 3), 2, views=views, device=device).probabilities(images)
    np.testing.assert_array_equal(found, expected)
