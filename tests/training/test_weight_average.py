"""The moving average of the weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tests.training.conftest import Fit, small_network
from torch import nn

from onelook.training.weight_average import WeightAverage


def test_forgets_faster_in_the_beginning_then_by_its_decay() -> None:
    layer = nn.Linear(1, 1, bias=False)
    nn.init.constant_(layer.weight, 0.0)
    average = WeightAverage(layer, decay=0.5)
    nn.init.constant_(layer.weight, 1.0)
    average.update(steps_done=1)
    assert average.network.weight.item() == pytest.approx(9 / 11)
    average.update(steps_done=100)  # 101/110 of the old would be kept, the decay allows half
    assert average.network.weight.item() == pytest.approx(0.5 * 9 / 11 + 0.5)


def test_moving_statistics_are_averaged_and_the_network_is_left_alone() -> None:
    network = small_network()
    average = WeightAverage(network, decay=0.9)
    network.train()(torch.rand(8, 1, 8, 8))
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    average.update(steps_done=1)
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())
    averaged = average.state()["2.running_var"]
    assert torch.allclose(averaged, 2 / 11 * torch.ones(4) + 9 / 11 * before["2.running_var"])


def test_the_averaged_weights_are_validated_and_kept(fit_small: Fit) -> None:
    network = small_network()
    plain = fit_small(small_network(), epochs=1)
    averaged = fit_small(network, epochs=1, weight_average=0.9)
    assert averaged.history[0].train_loss == plain.history[0].train_loss
    assert averaged.history[0].val_loss != plain.history[0].val_loss
    trained = network.state_dict()["0.weight"].numpy()
    assert np.array_equal(trained, plain.weights["0.weight"])
    assert not np.array_equal(trained, averaged.weights["0.weight"])
