"""Layers that change shapes give the shapes and numbers worked out by hand, and say what does not go together."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from onelook.errors import ConfigError
from onelook.models.layers.build import build_network
from onelook.models.shape_layers import resize_matrix
from onelook.models.shapes import count_parameters, plan_layers, plan_network
from onelook.settings.network import ActivationLayer, Branch, Conv, Dense, Flatten, Layer, Merge, NetworkSettings
from onelook.settings.shape_layers import Crop, PRelu, Rescale, Reshape, Resize, ZeroPad

HEAD = (Flatten(), Dense(units=2))


def output_of(layer: Layer, values: list[list[float]]) -> np.ndarray:
    """What a layer makes of a grey picture."""
    picture = torch.tensor(values)[None, None]
    shape = (1, *picture.shape[2:])
    network = build_network(NetworkSettings(layers=(layer, *HEAD)), shape, 2)
    with torch.no_grad():
        return network[0](picture)[0].numpy()


PICTURE = [[1.0, -2.0], [3.0, -4.0]]


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (ZeroPad(top=1, right=1), [[0, 0, 0], [1, -2, 0], [3, -4, 0]]),
        (Crop(top=1, left=1), [[-4]]),
        (Rescale(multiplier=(2.0,), offset=(1.0,)), [[3, -3], [7, -7]]),
        (ActivationLayer(function="relu", maximum=2.0), [[1, 0], [2, 0]]),
        (ActivationLayer(function="leaky_relu", slope=0.5), [[1, -1], [3, -2]]),
        (ActivationLayer(function="softsign"), [[0.5, -2 / 3], [0.75, -0.8]]),
        (Resize(height=4, width=1, method="nearest"), [[-2], [-2], [-4], [-4]]),
        (Resize(height=2, width=3), [[1, -0.5, -2], [3, -0.5, -4]]),
        (Merge(how="subtract", branches=(Branch(layers=(Rescale(multiplier=(3.0,)),)), Branch())), [[2, -4], [6, -8]]),
        (Merge(how="average", branches=(Branch(layers=(Rescale(multiplier=(3.0,)),)), Branch())), [[2, -4], [6, -8]]),
        # The relu writes into its input, which the other branch must not see.
        (
            Merge(how="add", branches=(Branch(layers=(ActivationLayer(function="relu"),)), Branch())),
            [[2, -2], [6, -4]],
        ),
    ],
)
def test_numbers_worked_out_by_hand(layer: Layer, expected: list[list[float]]) -> None:
    np.testing.assert_allclose(output_of(layer, PICTURE)[0], expected, rtol=1e-6)


def test_reshape_takes_the_values_in_the_order_of_keras() -> None:
    by_channel = output_of(Reshape(height=1, width=2, channels=2), PICTURE)
    assert by_channel.tolist() == [[[1, 3]], [[-2, -4]]]


def test_a_prelu_has_a_slope_for_each_channel_or_each_value() -> None:
    shared, own = (plan_layers((PRelu(shared=each),), (3, 4, 5))[0].weights["weight"] for each in (True, False))
    assert (shared, own) == ((3, 1, 1), (3, 4, 5))


def test_parameters_of_all_branches_count() -> None:
    merge = Merge(how="add", branches=(Branch(layers=(Conv(filters=1, kernel=1),)), Branch(layers=(PRelu(),))))
    plan = plan_network(NetworkSettings(layers=(merge, Flatten(), Dense(units=2, bias=False))), (1, 2, 2), 2)
    assert count_parameters(plan) == (2 + 1 + 8, 2 + 1 + 8)


def test_resizing_by_a_share_weighs_two_neighbours() -> None:
    np.testing.assert_allclose(resize_matrix(3, 2, "bilinear"), [[0.75, 0.25, 0], [0, 0.25, 0.75]])


@pytest.mark.parametrize(
    ("layer", "shape", "said"),
    [
        (Crop(top=2, bottom=2), (1, 4, 4), "layer 1 (crop) cuts off all of a picture of 4x4 with 1 channel"),
        (Crop(top=1), (16,), "layer 1 (crop) takes a picture, but gets 16 flat values"),
        (Reshape(height=2, width=2, channels=3), (16,), "needs 12 values, but gets 16 flat values"),
        (Rescale(multiplier=(1.0, 2.0)), (3, 4, 4), "holds 2 numbers, but gets a picture of 4x4 with 3 channels"),
        (
            Merge(how="add", branches=(Branch(), Branch(layers=(Crop(top=1),)))),
            (1, 4, 4),
            "cannot add a picture of 4x4",
        ),
        (Merge(how="subtract", branches=(Branch(),)), (1, 4, 4), "subtracts, and has 1 branch. Expected 2"),
        (
            Merge(how="concatenate", branches=(Branch(), Branch(layers=(Flatten(),)))),
            (1, 4, 4),
            "Expected pictures, or flat values, in all branches",
        ),
        (
            Merge(how="concatenate", branches=(Branch(), Branch(layers=(Crop(top=1),)))),
            (1, 4, 4),
            "Expected sizes that differ only along the channels",
        ),
        (
            Merge(how="concatenate", axis="width", branches=(Branch(), Branch())),
            (16,),
            "Expected sizes that differ only along the width",
        ),
    ],
)
def test_what_does_not_go_together_is_said(layer: Layer, shape: tuple[int, ...], said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        plan_layers((layer,), shape)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"function": "relu", "slope": 0.1}, "relu has no slope"), ({"function": "elu", "maximum": 1}, "no maximum")],
)
def test_activations_have_only_settings_of_their_own(settings: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ActivationLayer.model_validate(settings)
