"""PyTorch and ONNX Runtime give the same probabilities: every registered model, layer, padding, stride, activation."""

import numpy as np
import onnx
import pytest
import torch

from onelook.models import MODELS, ModelInput
from onelook.models.find_network import network_named
from onelook.models.layers.build import build_network
from onelook.predictors.onnx import OnnxPredictor, build_graph
from onelook.predictors.torch import TorchPredictor
from onelook.settings import FittedPreprocess, PreprocessSettings
from onelook.settings.network import (
    Activation,
    ActivationLayer,
    BatchNorm,
    Branch,
    Conv,
    Dense,
    DepthwiseConv,
    Dropout,
    Flatten,
    Gate,
    GlobalPool,
    LayerNorm,
    Merge,
    NetworkSettings,
    Pool,
    Residual,
    Scale,
)
from onelook.settings.shape_layers import Crop, PRelu, Rescale, Reshape, Resize, ZeroPad

AGREEMENT = 1e-4  # what the design promises between engines
CLASSES = 4
HEAD = (Flatten(), Dense(units="classes"))
SQUEEZE = GlobalPool(type="global_average_pool", keepdims=True)


def random_weights(network, shape, num_classes=CLASSES):
    """A state dict in which nothing is zero or one by nature, batch-norm's statistics included."""
    torch.manual_seed(0)
    state = build_network(network, shape, num_classes).state_dict()
    for name, values in state.items():
        if values.ndim == 1:
            low, high = (-0.5, 0.5) if name.endswith(("bias", "mean")) else (0.5, 1.5)
            values.uniform_(low, high)
    return {name: values.numpy() for name, values in state.items()}


def random_pictures(rows, shape):
    """Noise at another brightness in each picture and channel: plain noise is all one to a global pool."""
    generator = np.random.default_rng(0)
    brightest = generator.integers(20, 256, (rows, 1, 1, shape[2]))
    return generator.integers(0, 256, (rows, *shape)) * brightest // 255


def both(network, input_shape, *, fitted=None, extra=None, dtype=np.uint8, num_classes=CLASSES, rows=6):
    """(images, torch's probabilities, ONNX's)."""
    fitted = fitted or FittedPreprocess()
    height, width, channels = input_shape
    weights = random_weights(network, (channels, height, width), num_classes) | (extra or {})
    images = random_pictures(rows, input_shape).astype(dtype)
    content = build_graph(network, fitted, weights, input_shape, dtype)
    onnx.checker.check_model(onnx.load_from_string(content), full_check=True)
    by_torch = TorchPredictor(network, fitted, weights, input_shape, num_classes).probabilities(images)
    return images, by_torch, OnnxPredictor(content, threads=1).probabilities(images)


def assert_agree(network, input_shape, **facts):
    images, by_torch, by_onnx = both(network, input_shape, **facts)
    assert by_torch.shape == by_onnx.shape
    assert by_torch.dtype == by_onnx.dtype == np.float32
    np.testing.assert_allclose(by_onnx, by_torch, atol=AGREEMENT)
    np.testing.assert_allclose(by_torch.sum(axis=1), np.ones(len(images)), atol=1e-5)
    assert by_torch.std(axis=0).max() > 1e-4, "the pictures make no difference: nothing was compared"


@pytest.mark.parametrize("name", MODELS)
def test_every_registered_model(name):
    side, channels = (48, 3) if name == "dogs-vs-cats" else (28, 1)
    facts = ModelInput(side, side, channels, CLASSES, rows=100)
    assert_agree(network_named(name, facts), (side, side, channels), rows=3)


ODD_AND_EVEN = [1, 2, 3, (4, 3)]
STRIDES = [1, 2, (1, 2), 3]
PADDINGS = ["same", "valid", 1]


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("kernel", ODD_AND_EVEN)
def test_convolutions(kernel, stride, padding):
    window = {"kernel": kernel, "stride": stride, "padding": padding}
    layers = (Conv(filters=5, bias=False, **window), DepthwiseConv(kernel=2, padding="same"), BatchNorm(), *HEAD)
    assert_agree(NetworkSettings(layers=layers), (11, 8, 3))
    layers = (DepthwiseConv(activation="relu", **window), *HEAD)
    assert_agree(NetworkSettings(layers=layers), (11, 8, 3))


@pytest.mark.parametrize("kind", ["max_pool", "average_pool", "min_pool"])
@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("stride", [None, *STRIDES])
@pytest.mark.parametrize("size", [2, 3, (4, 3)])
def test_pools(kind, size, stride, padding):
    pool = Pool(type=kind, size=size, stride=stride, padding=padding)
    assert_agree(NetworkSettings(layers=(Conv(filters=4), pool, *HEAD)), (13, 10, 1))


@pytest.mark.parametrize("name", Activation.__args__)
def test_activations(name):
    layers = (
        Conv(filters=4, activation=name),
        ActivationLayer(function=name),
        Flatten(),
        Dense(units=8, activation=name),
    )
    assert_agree(NetworkSettings(layers=(*layers, Dense(units="classes"))), (7, 6, 3))


@pytest.mark.parametrize(
    "layers",
    [
        (Conv(filters=4, activation="relu"), BatchNorm(epsilon=1e-5), Dropout(rate=0.5), *HEAD),
        (Flatten(), BatchNorm(), Dense(units=9, bias=False), BatchNorm(), Dense(units="classes")),
        (Residual(layers=(Conv(filters=3, padding="same"), BatchNorm())), *HEAD),
        (Residual(layers=(Conv(filters=6, padding="same", stride=2), BatchNorm()), activation="gelu"), *HEAD),
        (Flatten(), Residual(layers=(Dense(units=126),)), Dense(units="classes")),
        (Conv(filters=5), GlobalPool(type="global_max_pool"), Dense(units="classes")),
        (Conv(filters=CLASSES), GlobalPool(type="global_average_pool")),
        (Conv(filters=CLASSES, kernel=(7, 6)), BatchNorm(), Flatten()),
        (Conv(filters=6, groups=3), Conv(filters=4, kernel=1, groups=2, activation="relu"), *HEAD),
        (LayerNorm(), Conv(filters=5), LayerNorm(epsilon=1e-3), Scale(), *HEAD),
        (Flatten(), LayerNorm(), Scale(), Dense(units="classes")),
        (Gate(layers=(SQUEEZE, Conv(filters=3, kernel=1, activation="hard_sigmoid"))), *HEAD),
        (Gate(layers=(Conv(filters=3, padding="same", activation="sigmoid"),)), *HEAD),
        (Flatten(), Gate(layers=(Dense(units=126),)), Dense(units="classes")),
        (GlobalPool(type="global_max_pool", keepdims=True), Conv(filters=7, kernel=1), *HEAD),
        (
            Residual(
                layers=(Conv(filters=6, padding="same", stride=2), BatchNorm()),
                shortcut=(Pool(type="average_pool", padding="same"), Conv(filters=6, kernel=1), BatchNorm()),
            ),
            *HEAD,
        ),
        (Residual(layers=(Conv(filters=3, padding="same"),), shortcut=(Scale(initial=0.5),)), *HEAD),
        (Conv(filters=4, kernel=2, dilation=(3, 2), padding="same"), Conv(filters=2, groups=2, dilation=2), *HEAD),
        (ActivationLayer(function="leaky_relu", slope=0.4, maximum=0.5), Conv(filters=3, kernel=1), *HEAD),
        (Conv(filters=3), ActivationLayer(function="elu", slope=2.5), *HEAD),
        (Rescale(multiplier=(0.5, 2.0, 3.0), offset=(-0.5,)), PRelu(), Conv(filters=3), PRelu(shared=False), *HEAD),
        (ZeroPad(top=1, left=2, right=3), Conv(filters=3, kernel=2), Crop(top=2, bottom=1, left=1), *HEAD),
        (Resize(height=9, width=4), Resize(height=5, width=7, method="nearest"), Conv(filters=3), *HEAD),
        (Reshape(height=2, width=9, channels=7), Conv(filters=3, kernel=2), *HEAD),
        (Flatten(), Reshape(height=9, width=7, channels=2), Conv(filters=3), *HEAD),
    ],
)
def test_other_layers(layers):
    assert_agree(NetworkSettings(layers=layers), (7, 6, 3))


@pytest.mark.parametrize("how", ["add", "subtract", "multiply", "average", "maximum", "minimum"])
def test_merges(how):
    own = Branch(layers=(Conv(filters=3, padding="same"),))
    squeezed = Branch(layers=(SQUEEZE, Conv(filters=3, kernel=1)))
    assert_agree(NetworkSettings(layers=(Merge(how=how, branches=(own, Branch())), *HEAD)), (7, 6, 3))
    inner = Merge(how=how, branches=(Branch(layers=(ActivationLayer(function="relu"),)), squeezed))
    assert_agree(NetworkSettings(layers=(inner, *HEAD)), (7, 6, 3))


@pytest.mark.parametrize("axis", ["channels", "height", "width"])
def test_concatenations(axis):
    branches = (Branch(), Branch(layers=(Conv(filters=3, padding="same"),)), Branch(layers=(BatchNorm(),)))
    merge = Merge(how="concatenate", axis=axis, branches=branches)
    assert_agree(NetworkSettings(layers=(merge, Conv(filters=2, activation="relu"), *HEAD)), (7, 6, 3))


MEAN, STD = (0.4, 0.5, 0.6), (0.2, 0.25, 0.3)
NETWORK = NetworkSettings(layers=(Conv(filters=4, activation="relu"), *HEAD))


@pytest.mark.parametrize("scale", ["unit", "symmetric", "none"])
@pytest.mark.parametrize(
    "steps",
    [
        {},
        {"samplewise_center": True},
        {"samplewise_std_normalization": True},
        {"featurewise_center": True},
        {"featurewise_std_normalization": True},
        {"samplewise_std_normalization": True, "featurewise_std_normalization": True},
    ],
)
def test_preparations(scale, steps):
    settings = PreprocessSettings(scale=scale, **steps)
    fitted = FittedPreprocess(settings=settings, mean=MEAN, std=STD, value_range=(0, 255))
    assert_agree(NETWORK, (7, 6, 3), fitted=fitted)


def test_whitening():
    settings = PreprocessSettings(zca_whitening=True)
    fitted = FittedPreprocess(settings=settings, mean=MEAN, std=STD)
    side = 7 * 6 * 3
    matrix = np.random.default_rng(1).normal(size=(side, side)).astype(np.float32) / 9
    assert_agree(NETWORK, (7, 6, 3), fitted=fitted, extra={"preprocess.zca_matrix": matrix})


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.int64, np.float32, np.float64])
def test_arrays_of_other_types(dtype):
    assert_agree(NETWORK, (7, 6, 3), dtype=dtype)


def test_raw_pictures_come_out_as_worked_out_by_hand():
    """Both engines on a network that does nothing but name the channel: softmax of the pictures' mean values."""
    network = NetworkSettings(layers=(Conv(filters=2, kernel=1, bias=False), GlobalPool(type="global_average_pool")))
    weights = {"0.weight": np.eye(2, dtype=np.float32)[:, :, None, None]}
    images = np.random.default_rng(0).integers(0, 256, (3, 5, 4, 2), dtype=np.uint8)
    means = images.astype(np.float64).mean(axis=(1, 2)) / 255 * 2 - 1
    expected = np.exp(means) / np.exp(means).sum(axis=1, keepdims=True)
    fitted = FittedPreprocess(settings=PreprocessSettings(scale="symmetric"))
    predictors = (
        TorchPredictor(network, fitted, weights, (5, 4, 2), 2),
        OnnxPredictor(build_graph(network, fitted, weights, (5, 4, 2))),
    )
    for predictor in predictors:
        np.testing.assert_allclose(predictor.probabilities(images), expected, atol=1e-6)


@pytest.mark.parametrize("mean", [(0.0, 0.5, 0.25), (0.5, 0.25, 0.0), (0.0, 0.0, 0.0)])
@pytest.mark.parametrize("std", [(1.0, 0.5, 0.25), (0.25, 0.5, 1.0)])
def test_a_channel_that_needs_no_change_leaves_the_others_theirs(mean, std):
    settings = PreprocessSettings(scale="none", featurewise_center=True, featurewise_std_normalization=True)
    fitted = FittedPreprocess(settings=settings, mean=mean, std=std, value_range=(0, 1))
    layers = (Conv(filters=4, activation="relu"), *HEAD)
    _, by_torch, by_onnx = both(NetworkSettings(layers=layers), (5, 4, 3), fitted=fitted, dtype=np.float32)
    np.testing.assert_allclose(by_onnx, by_torch, atol=AGREEMENT)
