"""What each kind of layer becomes, with its weights in our order, worked out by hand; no file of Keras is read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from onelook.errors import ModelError
from onelook.models.keras.kinds import KINDS
from onelook.models.keras.layer import KerasLayer
from onelook.models.keras.steps import SOFTMAX, Step, Steps
from onelook.settings.network import (
    ActivationLayer,
    BatchNorm,
    Conv,
    Dense,
    DepthwiseConv,
    Dropout,
    Flatten,
    GlobalPool,
    Layer,
    LayerNorm,
    Pool,
)
from onelook.settings.shape_layers import Crop, PRelu, Rescale, Reshape, Resize, ZeroPad


class Stored:
    """The weights of one layer by their position, which are asked for in the shapes that they have."""

    def __init__(self, *arrays: np.ndarray) -> None:
        self.arrays = arrays

    def read(self, place: object, position: int, names: tuple[str, ...], shape: tuple[int, ...]) -> np.ndarray:
        assert self.arrays[position].shape == shape, names
        return self.arrays[position]


def built(
    kind: str, shape: tuple[int, ...], config: dict[str, Any], *arrays: np.ndarray, is_keras_2: bool = False
) -> Steps:
    nowhere: Any = None
    layer = KerasLayer(kind, "mine", config, nowhere, "here.keras", is_keras_2)
    return KINDS[kind](layer, shape, Stored(*arrays))  # type: ignore[arg-type]


def counted(*shape: int) -> np.ndarray:
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


def test_the_kernel_of_a_convolution_is_turned_to_filters_channels_rows_and_columns() -> None:
    kernel, bias = counted(3, 2, 2, 6), counted(6)
    config = {"filters": 6, "kernel_size": [3, 2], "strides": [2, 1], "dilation_rate": [1, 2], "groups": 2}
    (step,) = built("Conv2D", (4, 9, 9), {**config, "padding": "same", "activation": "relu"}, kernel, bias)
    assert step.layer == Conv(
        filters=6, kernel=(3, 2), stride=(2, 1), padding="same", activation="relu", groups=2, dilation=(1, 2)
    )
    assert step.weights["weight"].shape == (6, 2, 3, 2)
    assert step.weights["weight"][5, 1, 2, 0] == kernel[2, 0, 1, 5]
    assert step.weights["bias"].tolist() == bias.tolist()
    (bare,) = built("Conv2D", (4, 9, 9), {**config, "use_bias": False}, kernel)
    assert (bare.weights.keys(), bare.layer.bias) == ({"weight"}, False)  # type: ignore[union-attr]
    for channels, filters in ((4, 5), (3, 6)):
        with pytest.raises(ModelError, match=f"cannot divide {channels} channels and {filters} filters into 2 groups"):
            built("Conv2D", (channels, 9, 9), {**config, "filters": filters}, kernel, bias)


@pytest.mark.parametrize(
    ("config", "layer"),
    [
        ({}, DepthwiseConv(kernel=(3, 1), stride=(1, 1))),
        ({"strides": 2, "padding": "same"}, DepthwiseConv(kernel=(3, 1), stride=(2, 2), padding="same")),
        ({"dilation_rate": [2, 1]}, Conv(filters=2, kernel=(3, 1), stride=(1, 1), groups=2, dilation=(2, 1))),
        ({"depth_multiplier": 3}, Conv(filters=6, kernel=(3, 1), stride=(1, 1), groups=2, dilation=(1, 1))),
    ],
)
def test_each_channel_has_filters_of_its_own(config: dict[str, Any], layer: Layer) -> None:
    times = config.get("depth_multiplier", 1)
    kernel, bias = counted(3, 1, 2, times), counted(2 * times)
    (step,) = built("DepthwiseConv2D", (2, 9, 9), {"kernel_size": [3, 1], **config}, kernel, bias)
    assert step.layer == layer
    for channel in range(2):
        for at in range(times):
            found = step.weights["weight"][channel * times + at]
            assert found.tolist() == kernel[:, :, channel, at][None].tolist()
    assert step.weights["bias"].tolist() == bias.tolist()


def test_a_separable_convolution_is_one_of_each_channel_and_one_of_each_pixel() -> None:
    depthwise, pointwise, bias = counted(3, 3, 2, 2), counted(1, 1, 4, 5), counted(5)
    config = {"filters": 5, "kernel_size": 3, "depth_multiplier": 2, "activation": "tanh"}
    first, second = built("SeparableConv2D", (2, 9, 9), config, depthwise, pointwise, bias)
    assert (first.weights.keys(), second.weights.keys()) == ({"weight"}, {"weight", "bias"})
    assert second.layer == Conv(filters=5, kernel=1, activation="tanh")
    assert second.weights["weight"][4, 3, 0, 0] == pointwise[0, 0, 3, 4]


def test_a_dense_layer_works_on_flat_values_or_on_each_pixel() -> None:
    kernel, bias = counted(3, 2), counted(2)
    (flat,) = built("Dense", (3,), {"units": 2, "activation": "sigmoid"}, kernel, bias)
    assert flat.layer == Dense(units=2, activation="sigmoid")
    assert flat.weights["weight"].tolist() == kernel.T.tolist()
    (pixels,) = built("Dense", (3, 4, 5), {"units": 2, "use_bias": False}, kernel)
    assert pixels.layer == Conv(filters=2, kernel=1, bias=False)
    assert pixels.weights["weight"][:, :, 0, 0].tolist() == kernel.T.tolist()
    assert built("Dense", (3,), {"units": 2, "activation": "softmax"}, kernel, bias)[1:] == (SOFTMAX,)


@pytest.mark.parametrize(("scale", "center"), [(True, True), (True, False), (False, True), (False, False)])
def test_a_norm_without_factors_or_offsets_has_ones_and_zeros(scale: bool, center: bool) -> None:
    own = {name: np.array([at, at + 0.5], np.float32) for at, name in enumerate(("gamma", "beta", "mean", "var"), 2)}
    stored = [own[name] for name, there in (("gamma", scale), ("beta", center)) if there]
    config = {"scale": scale, "center": center, "momentum": 0.9, "epsilon": 0.01}
    (batch,) = built("BatchNormalization", (2, 4, 4), config, *stored, own["mean"], own["var"])
    assert batch.layer == BatchNorm(momentum=0.9, epsilon=0.01)
    (layer,) = built("LayerNormalization", (2, 4, 4), config, *stored)
    assert layer.layer == LayerNorm(epsilon=0.01)
    expected = {"weight": own["gamma"] if scale else np.ones(2), "bias": own["beta"] if center else np.zeros(2)}
    for step, more in ((batch, {"running_mean": own["mean"], "running_var": own["var"]}), (layer, {})):
        assert {name: array.tolist() for name, array in step.weights.items()} == {
            name: array.tolist() for name, array in (expected | more).items()
        }


def test_the_defaults_and_the_ends_of_a_norm() -> None:
    arrays = [counted(2)] * 4
    (step,) = built("BatchNormalization", (2, 4, 4), {}, *arrays)
    assert step.layer == BatchNorm(momentum=0.99, epsilon=1e-3)
    (step,) = built("BatchNormalization", (2, 4, 4), {"momentum": 1.0, "axis": [3]}, *arrays)
    assert step.layer == BatchNorm(momentum=0.9999, epsilon=1e-3)
    for config in ({"momentum": 1.01}, {"momentum": -0.01}, {"epsilon": 0.0}, {"axis": 1}, {"renorm": True}):
        with pytest.raises(ModelError):
            built("BatchNormalization", (2, 4, 4), config, *arrays)


def rescaled(steps: Steps) -> tuple[tuple[float, ...], tuple[float, ...]]:
    (step,) = steps
    assert isinstance(step.layer, Rescale)
    return step.layer.multiplier, step.layer.offset


def test_a_normalization_subtracts_the_mean_and_divides_by_the_deviation() -> None:
    mean, variance = np.array([2.0, 6.0], np.float32), np.array([4.0, 0.25], np.float32)
    expected = ((0.5, 2.0), (-1.0, -12.0))
    assert rescaled(built("Normalization", (2, 4, 4), {}, mean, variance)) == expected
    given = {"mean": mean.tolist(), "variance": {"config": {"value": [[variance.tolist()]]}}}
    assert rescaled(built("Normalization", (2, 4, 4), given)) == expected
    of_all = built("Normalization", (2, 4, 4), {"axis": None}, np.array(3.0, np.float32), np.array(0.0, np.float32))
    assert rescaled(of_all) == ((1e7,), (-3e7,))  # Keras divides by 1e-7 at least
    with pytest.raises(ModelError, match="a variance below 0"):
        built("Normalization", (2, 4, 4), {}, mean, -variance)


def test_a_rescaling_has_one_number_or_one_each() -> None:
    assert rescaled(built("Rescaling", (3, 4, 4), {"scale": 0.5})) == ((0.5,), (0.0,))
    three = built("Rescaling", (3, 4, 4), {"scale": [1, 2, 3], "offset": -1})
    assert rescaled(three) == ((1.0, 2.0, 3.0), (-1.0,))
    for config in ({"scale": [1, 2]}, {"offset": 1}, {"scale": "x"}):
        with pytest.raises(ModelError):
            built("Rescaling", (3, 4, 4), config)


def test_slopes_below_zero_are_turned_to_channels_rows_and_columns() -> None:
    alpha = counted(3, 4, 2)
    (own,) = built("PReLU", (2, 3, 4), {}, alpha)
    assert own.layer == PRelu(shared=False)
    assert own.weights["weight"].shape == (2, 3, 4)
    assert own.weights["weight"][1, 2, 0] == alpha[2, 0, 1]
    (shared,) = built("PReLU", (2, 3, 4), {"shared_axes": [1, 2]}, counted(1, 1, 2))
    assert (shared.layer, shared.weights["weight"].tolist()) == (PRelu(shared=True), [[[0.0]], [[1.0]]])
    (flat,) = built("PReLU", (3,), {}, counted(3))
    assert (flat.layer, flat.weights["weight"].tolist()) == (PRelu(shared=True), [0.0, 1.0, 2.0])


PICTURE = (2, 7, 6)


@pytest.mark.parametrize(
    ("kind", "config", "layer"),
    [
        ("MaxPooling2D", {}, Pool(type="max_pool", size=(2, 2), stride=(2, 2), padding="valid")),
        ("AveragePooling2D", {"pool_size": [3, 2]}, Pool(type="average_pool", size=(3, 2), stride=(3, 2))),
        (
            "MaxPool2D",
            {"pool_size": 3, "strides": [1, 2], "padding": "SAME"},
            Pool(type="max_pool", size=(3, 3), stride=(1, 2), padding="same"),
        ),
        ("GlobalMaxPooling2D", {}, GlobalPool(type="global_max_pool")),
        ("GlobalAveragePooling2D", {"keepdims": True}, GlobalPool(type="global_average_pool", keepdims=True)),
        ("Flatten", {}, Flatten()),
        ("Reshape", {"target_shape": [84]}, Flatten()),
        ("Reshape", {"target_shape": [12, 7]}, Reshape(height=12, width=7, channels=1)),
        ("Reshape", {"target_shape": [2, -1, 6]}, Reshape(height=2, width=7, channels=6)),
        ("UpSampling2D", {"size": [2, 3]}, Resize(height=14, width=18, method="nearest")),
        ("UpSampling2D", {"interpolation": "bilinear"}, Resize(height=14, width=12)),
        ("Resizing", {"height": 5, "width": 9}, Resize(height=5, width=9, method="bilinear")),
        ("CenterCrop", {"height": 4, "width": 3}, Crop(top=1, bottom=2, left=1, right=2)),
        ("Cropping2D", {"cropping": [[1, 2], [0, 3]]}, Crop(top=1, bottom=2, left=0, right=3)),
        ("ZeroPadding2D", {"padding": [[0, 2], [3, 1]]}, ZeroPad(top=0, bottom=2, left=3, right=1)),
        ("ZeroPadding2D", {"padding": [1, 2]}, ZeroPad(top=1, bottom=1, left=2, right=2)),
        ("Dropout", {"rate": 0.25}, Dropout(rate=0.25)),
        ("LeakyReLU", {}, ActivationLayer(function="leaky_relu", slope=0.3)),
        ("LeakyReLU", {"alpha": 0.1, "negative_slope": 0.2}, ActivationLayer(function="leaky_relu", slope=0.1)),
        ("LeakyReLU", {"negative_slope": 0.2}, ActivationLayer(function="leaky_relu", slope=0.2)),
        ("ELU", {"alpha": 0.5}, ActivationLayer(function="elu", slope=0.5)),
        ("ReLU", {}, ActivationLayer(function="relu")),
        ("ReLU", {"max_value": 6.0}, ActivationLayer(function="relu6")),
        ("ReLU", {"max_value": 5}, ActivationLayer(function="relu", maximum=5)),
        (
            "ReLU",
            {"max_value": 6, "negative_slope": 0.1},
            ActivationLayer(function="leaky_relu", slope=0.1, maximum=6),
        ),
        ("Activation", {"activation": "swish"}, ActivationLayer(function="silu")),
        ("Activation", {"activation": "hard_sigmoid"}, ActivationLayer(function="hard_sigmoid")),
    ],
)
def test_a_layer_without_weights(kind: str, config: dict[str, Any], layer: Layer) -> None:
    (step,) = built(kind, PICTURE, config)
    assert step == Step(layer)


def test_the_hard_sigmoid_of_keras_2_is_a_line_between_nought_and_one() -> None:
    first, second = built("Activation", PICTURE, {"activation": "hard_sigmoid"}, is_keras_2=True)
    assert first == Step(Rescale(multiplier=(0.2,), offset=(0.5,)))
    assert second == Step(ActivationLayer(function="relu", maximum=1.0))


@pytest.mark.parametrize(
    ("kind", "shape", "config"),
    [
        ("Dropout", PICTURE, {"rate": 0.0}),
        ("Dropout", PICTURE, {"rate": 1.0}),
        ("Flatten", (5,), {}),
        ("RandomCrop", PICTURE, {"height": 7, "width": 6}),
        ("RandomFlip", PICTURE, {}),
        ("Activation", PICTURE, {"activation": "linear"}),
    ],
)
def test_what_does_nothing_when_a_network_predicts_is_left_out(
    kind: str, shape: tuple[int, ...], config: dict[str, Any]
) -> None:
    assert built(kind, shape, config) == ()


@pytest.mark.parametrize(
    ("kind", "config", "said"),
    [
        ("RandomCrop", {"height": 7, "width": 5}, "changes the size of the pictures"),
        ("RandomCrop", {"height": 6, "width": 6}, "changes the size of the pictures"),
        ("CenterCrop", {"height": 8, "width": 6}, "enlarges pictures of 7×6"),
        ("CenterCrop", {"height": 7, "width": 7}, "enlarges pictures of 7×6"),
        ("Reshape", {"target_shape": [5, -1]}, "cannot make"),
        ("Reshape", {"target_shape": [7, 6]}, "cannot make"),
        ("Reshape", {"target_shape": [-1, -1]}, "expected one to three sizes"),
        ("Reshape", {"target_shape": [7, 0]}, "expected one to three sizes"),
        ("Reshape", {"target_shape": [1, 2, 7, 6]}, "expected one to three sizes"),
        ("Resizing", {"height": 5, "width": 9, "antialias": True}, "has antialias"),
        ("Resizing", {"height": 5, "width": 9, "interpolation": "area"}, "Expected nearest or bilinear"),
        ("UpSampling2D", {"size": [200_000, 1]}, "No network needs pictures of that size"),
        ("PReLU", {"shared_axes": [1]}, "has shared_axes"),
        ("ReLU", {"threshold": 0.5}, "has threshold"),
    ],
)
def test_what_has_no_layer_of_ours_is_refused(kind: str, config: dict[str, Any], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        built(kind, PICTURE, config)
