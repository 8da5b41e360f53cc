"""Our layers against Keras' own: the same weights copied over give the same numbers."""

import os

import numpy as np
import pytest
import torch

from onelook.models import ModelInput
from onelook.models.find_network import network_named
from onelook.models.layers.build import build_network
from onelook.settings.network import (
    Activation,
    ActivationLayer,
    BatchNorm,
    Conv,
    Dense,
    DepthwiseConv,
    Dropout,
    Flatten,
    GlobalPool,
    LayerNorm,
    NetworkSettings,
    Pool,
)

# Keras 3.15 on torch passes tensors to NumPy in a way that NumPy 2 gives up.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

HEIGHT, WIDTH, CHANNELS, ROWS = 9, 8, 3, 4
HEAD = (Flatten(), Dense(units="classes"))
TYPES = {"max_pool": "MaxPooling2D", "average_pool": "AveragePooling2D"}
TYPES |= {"global_max_pool": "GlobalMaxPooling2D", "global_average_pool": "GlobalAveragePooling2D"}


@pytest.fixture(scope="module")
def keras():
    """Keras reads its backend when it is first imported."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    return keras


def keras_layer(keras, layer, num_classes):
    """Keras' layer of the same settings."""
    layers = keras.layers
    own = {"activation": getattr(layer, "activation", None), "use_bias": getattr(layer, "bias", True)}
    if isinstance(layer, Conv | DepthwiseConv):
        own |= {"kernel_size": layer.kernel, "strides": layer.stride, "padding": layer.padding}
    makers = {
        Conv: lambda: layers.Conv2D(layer.filters, groups=layer.groups, **own),
        DepthwiseConv: lambda: layers.DepthwiseConv2D(**own),
        Pool: lambda: getattr(layers, TYPES[layer.type])(layer.size, layer.stride, layer.padding),
        GlobalPool: getattr(layers, TYPES[layer.type]) if isinstance(layer, GlobalPool) else None,
        BatchNorm: lambda: layers.BatchNormalization(momentum=layer.momentum, epsilon=layer.epsilon),
        LayerNorm: lambda: layers.LayerNormalization(epsilon=layer.epsilon),
        ActivationLayer: lambda: layers.Activation(layer.function),
        Dropout: lambda: layers.Dropout(layer.rate),
        Flatten: layers.Flatten,
        Dense: lambda: layers.Dense(num_classes if layer.units == "classes" else layer.units, **own),
    }
    return makers[type(layer)]()


def as_keras(keras, network, module, shape, num_classes):
    """The same network in Keras, with the weights of our module."""
    channels, height, width = shape
    stack = [keras_layer(keras, layer, num_classes) for layer in network.layers]
    model = keras.Sequential([keras.layers.Input((height, width, channels)), *stack])
    state = module.state_dict()
    for position, (layer, peer) in enumerate(zip(network.layers, stack, strict=True)):
        own = {
            name.removeprefix(f"{position}."): value
            for name, value in state.items()
            if name.split(".")[0] == str(position)
        }
        if isinstance(layer, Conv | DepthwiseConv | Dense):
            axes = {Conv: (2, 3, 1, 0), DepthwiseConv: (2, 3, 0, 1), Dense: (1, 0)}[type(layer)]
            own["weight"] = own["weight"].permute(*axes)
        peer.set_weights([value.numpy() for value in own.values()])
    return model


def randomise(module):
    """Biases and batch-norm's numbers away from zeros and ones, so that none can be swapped unseen."""
    generator = torch.Generator().manual_seed(1)
    for name, values in module.state_dict().items():
        if values.ndim == 1:
            low, high = (0.5, 1.5) if name.endswith("var") else (-0.5, 0.5)
            values.uniform_(low, high, generator=generator)


def compare(keras, network, *, shape=(CHANNELS, HEIGHT, WIDTH), num_classes=5, train=False):
    """Our outputs equal Keras'; returns both models for further questions."""
    torch.manual_seed(0)
    module = build_network(network, shape, num_classes)
    randomise(module)
    peer = as_keras(keras, network, module, shape, num_classes)
    images = torch.randn(ROWS, *shape)
    module.train(train)
    with torch.no_grad():
        ours = module(images).numpy()
        theirs = keras.ops.convert_to_numpy(peer(images.permute(0, 2, 3, 1).numpy(), training=train))
    np.testing.assert_allclose(ours, theirs, atol=2e-5)
    assert ours.std() > 1e-3
    return module, peer


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("stride", [1, 2, (1, 2)])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, (5, 2)])
def test_convolutions(keras, kernel, stride, padding):
    layer = Conv(filters=4, kernel=kernel, stride=stride, padding=padding)
    compare(keras, NetworkSettings(layers=(layer, *HEAD)))


def test_convolutions_in_groups(keras):
    compare(keras, NetworkSettings(layers=(Conv(filters=6, groups=3), Conv(filters=4, groups=2), *HEAD)))


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, (5, 2)])
def test_depthwise_convolutions(keras, kernel, stride, padding):
    layer = DepthwiseConv(kernel=kernel, stride=stride, padding=padding)
    compare(keras, NetworkSettings(layers=(layer, *HEAD)))


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("stride", [None, 1, 2, 3])
@pytest.mark.parametrize("size", [2, 3, (2, 4)])
def test_max_pools(keras, size, stride, padding):
    pool = Pool(type="max_pool", size=size, stride=stride, padding=padding)
    compare(keras, NetworkSettings(layers=(pool, *HEAD)))


@pytest.mark.parametrize(
    ("size", "stride", "padding"), [(2, None, "valid"), (3, 2, "valid"), (3, 1, "same"), (5, 1, "same")]
)
def test_average_pools_padded_alike_on_both_sides(keras, size, stride, padding):
    """Where the pads differ, Keras on torch repeats the edge; `test_pooling` holds those to TensorFlow's rule."""
    pool = Pool(type="average_pool", size=size, stride=stride, padding=padding)
    compare(keras, NetworkSettings(layers=(pool, *HEAD)))


@pytest.mark.parametrize("kind", ["global_average_pool", "global_max_pool"])
def test_global_pools(keras, kind):
    compare(keras, NetworkSettings(layers=(GlobalPool(type=kind), Dense(units="classes"))))


@pytest.mark.parametrize("name", [name for name in Activation.__args__ if name != "linear"])
def test_activations(keras, name):
    layers = (Conv(filters=4, activation=name), ActivationLayer(function=name), *HEAD)
    compare(keras, NetworkSettings(layers=layers))


@pytest.mark.parametrize(
    "layers", [(Conv(filters=4), BatchNorm(), *HEAD), (Flatten(), BatchNorm(), Dense(units="classes"))]
)
def test_batch_norm_normalises_and_moves_its_statistics(keras, layers):
    network = NetworkSettings(layers=layers)
    compare(keras, network)
    module, peer = compare(keras, network, train=True)
    moved = [values for name, values in module.state_dict().items() if "running_" in name]
    theirs = [keras.ops.convert_to_numpy(weight) for weight in peer.non_trainable_weights]
    assert len(moved) == len(theirs) == 2
    for ours, expected in zip(moved, theirs, strict=True):
        np.testing.assert_allclose(ours.numpy(), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["digit-recognizer", "fashion-cnn-bn", "fashion-mlp", "cifar10-cnn"])
def test_whole_tutorials(keras, name):
    facts = ModelInput(height=32, width=32, channels=3, num_classes=10, rows=1)
    network = network_named(name, facts)
    _, peer = compare(keras, network, shape=facts.shape, num_classes=10)
    assert peer.count_params() == sum(
        values.numel() for values in build_network(network, facts.shape, 10).state_dict().values()
    )


@pytest.mark.parametrize(("ours", "theirs"), [("glorot_uniform", "GlorotUniform"), ("he_normal", "HeNormal")])
@pytest.mark.parametrize(
    ("layer", "kernel"), [(Conv(filters=64, kernel=5), (5, 5, 32, 64)), (Dense(units=800), (2048, 800))]
)
def test_weights_begin_with_keras_spread(keras, ours, theirs, layer, kernel):
    torch.manual_seed(0)
    before = (Flatten(),) if isinstance(layer, Dense) else ()
    after = (Dense(units="classes"),) if isinstance(layer, Dense) else HEAD
    module = build_network(NetworkSettings(layers=(*before, layer, *after), initializer=ours), (32, 8, 8), 3)
    weight = module[len(before)].weight.detach().numpy()
    expected = keras.ops.convert_to_numpy(getattr(keras.initializers, theirs)(seed=1)(kernel))
    assert weight.size == expected.size
    assert weight.std() == pytest.approx(expected.std(), rel=0.02)
    # Not the largest: Keras on torch lets four in a million past the cut.
    ours_tail, theirs_tail = (np.quantile(np.abs(values), 0.999) for values in (weight, expected))
    assert ours_tail == pytest.approx(theirs_tail, rel=0.02)
    if ours == "he_normal":
        assert np.abs(weight).max() <= 2 * weight.std() / 0.87962566103423978 * 1.02  # cut at two of the uncut spread
    assert not module[len(before)].bias.any()
