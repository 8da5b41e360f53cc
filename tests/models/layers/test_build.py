"""What our modules promise beyond Keras' numbers: names, gradients, memory format, single rows."""

import pytest
import torch

from onelook.models.layers.build import build_network
from onelook.models.shapes import plan_network, weight_shapes
from onelook.settings.network import (
    Activation,
    ActivationLayer,
    BatchNorm,
    Conv,
    Dense,
    DepthwiseConv,
    Dropout,
    Flatten,
    Gate,
    GlobalPool,
    LayerNorm,
    NetworkSettings,
    Pool,
    Residual,
    Scale,
)

SHAPE = (3, 8, 6)


def network(*layers):
    return NetworkSettings(layers=(*layers, Flatten(), Dense(units="classes")))


def test_the_state_dict_is_named_by_position_and_holds_what_the_plan_says():
    branch = (Conv(filters=8, padding="same", stride=2, bias=False), BatchNorm())
    settings = network(Conv(filters=4), Dropout(rate=0.5), Residual(layers=branch))
    state = build_network(settings, SHAPE, 2).state_dict()
    assert {name: tuple(values.shape) for name, values in state.items()} == weight_shapes(
        plan_network(settings, SHAPE, 2)
    )
    expected = ["0.weight", "0.bias", "2.layers.0.weight"]
    expected += [f"2.layers.1.{name}" for name in ("weight", "bias", "running_mean", "running_var")]
    expected += ["2.shortcut.0.weight"]
    expected += [f"2.shortcut.1.{name}" for name in ("weight", "bias", "running_mean", "running_var")]
    assert list(state) == [*expected, "4.weight", "4.bias"]
    assert all(values.dtype == torch.float32 for values in state.values())


@pytest.mark.parametrize("first", Activation.__args__)
@pytest.mark.parametrize(
    "before",
    [
        (Conv(filters=3, padding="same"),),
        (DepthwiseConv(kernel=2, padding="same"),),
        (Conv(filters=3, padding="same", activation="tanh"),),
        (DepthwiseConv(kernel=2, padding="same", activation="sigmoid"),),
        (BatchNorm(),),
        (Pool(type="average_pool", padding="same", size=2, stride=1),),
        (Dropout(rate=0.3),),
        (),
    ],
)
def test_relu_written_in_place_leaves_gradients_right(first, before):
    """Every order of an activation, what comes before it, and a relu after it, within a residual too."""
    torch.manual_seed(0)
    chain = (ActivationLayer(function=first), *before, ActivationLayer(function="relu"))
    module = build_network(network(*chain, Residual(layers=chain), *chain), SHAPE, 2).double().eval()
    images = torch.randn(2, *SHAPE, dtype=torch.float64, requires_grad=True)
    kept = images.detach().clone()
    analytic = torch.autograd.grad(module(images).sum(), images)[0]
    assert torch.equal(images, kept), "the input was written to"
    step = torch.randn_like(images) * 1e-6
    with torch.no_grad():
        numeric = (module(images + step).sum() - module(images - step).sum()) / 2
    torch.testing.assert_close((analytic * step).sum(), numeric, rtol=1e-4, atol=1e-11)


def test_a_residual_adds_its_input():
    settings = network(Residual(layers=(Conv(filters=3, padding="same"),), activation="linear"))
    module = build_network(settings, SHAPE, 2)
    torch.nn.init.zeros_(module[0].layers[0].weight)
    images = torch.randn(2, *SHAPE)
    assert torch.equal(module[0](images), images)


def test_a_residual_adds_what_its_own_shortcut_gives():
    settings = network(Residual(layers=(Scale(initial=2.0),), shortcut=(Scale(initial=0.5),), activation="linear"))
    images = torch.randn(2, *SHAPE)
    torch.testing.assert_close(build_network(settings, SHAPE, 2)[0](images), 2.5 * images)


def test_a_gate_multiplies_each_channel_by_its_number():
    squeeze = GlobalPool(type="global_max_pool", keepdims=True)
    module = build_network(network(Gate(layers=(squeeze, Scale(initial=0.5)))), SHAPE, 2)
    images = torch.rand(2, *SHAPE)
    torch.testing.assert_close(module[0](images), images * images.amax(dim=(2, 3), keepdim=True) / 2)


def test_a_convolution_in_groups_sees_its_own_channels_alone():
    module = build_network(network(Conv(filters=4, kernel=1, groups=2, bias=False)), (4, 2, 2), 2)
    assert tuple(module[0].weight.shape) == (4, 2, 1, 1)
    images = torch.rand(1, 4, 2, 2)
    changed = images.clone()
    changed[:, 2:] += 1
    before, after = module[0](images), module[0](changed)
    assert torch.equal(before[:, :2], after[:, :2])
    assert not torch.isclose(before[:, 2:], after[:, 2:]).any()


def test_layer_norm_looks_at_each_pixel_for_itself():
    module = build_network(network(LayerNorm(epsilon=1e-12)), SHAPE, 2)
    normalised = module[0](torch.randn(2, *SHAPE) * 3 + 1)
    torch.testing.assert_close(normalised.mean(dim=1), torch.zeros(2, *SHAPE[1:]), atol=1e-6, rtol=0)
    torch.testing.assert_close(normalised.var(dim=1, unbiased=False), torch.ones(2, *SHAPE[1:]))


def test_a_residual_with_another_shape_adds_its_shortcut():
    branch = (Conv(filters=5, padding="same", stride=2), BatchNorm())
    module = build_network(network(Residual(layers=branch, activation="linear")), SHAPE, 2).eval()
    torch.nn.init.zeros_(module[0].layers[0].weight)
    images = torch.randn(2, *SHAPE)
    scale = (1 + 1e-3) ** -0.5  # of a batch-norm that has seen nothing
    expected = torch.einsum("oc,bchw->bohw", module[0].shortcut[0].weight[:, :, 0, 0], images[:, :, ::2, ::2]) * scale
    torch.testing.assert_close(module[0](images), expected)


def test_flatten_goes_by_height_width_channels():
    settings = NetworkSettings(layers=(Flatten(), Dense(units="classes")))
    images = torch.arange(2 * 3 * 8 * 6.0).reshape(2, *SHAPE)
    flat = build_network(settings, SHAPE, 2)[0](images)
    assert torch.equal(flat, images.permute(0, 2, 3, 1).reshape(2, -1))


def test_flatten_copies_nothing_in_channels_last():
    settings = NetworkSettings(layers=(Flatten(), Dense(units="classes")))
    images = torch.randn(2, *SHAPE).to(memory_format=torch.channels_last)
    assert build_network(settings, SHAPE, 2)[0](images).data_ptr() == images.data_ptr()


def test_channels_last_gives_the_same_logits():
    layers = (
        Conv(filters=4, kernel=2, padding="same"),
        BatchNorm(),
        Pool(type="min_pool"),
        GlobalPool(type="global_max_pool"),
    )
    module = build_network(network(*layers), SHAPE, 2).eval()
    images = torch.randn(5, *SHAPE)
    expected = module(images)
    found = module.to(memory_format=torch.channels_last)(images.to(memory_format=torch.channels_last))
    torch.testing.assert_close(found, expected)


def test_a_seed_decides_the_first_weights():
    settings = network(Conv(filters=4))
    states = []
    for seed in (3, 3, 4):
        torch.manual_seed(seed)
        states.append(build_network(settings, SHAPE, 2).state_dict()["0.weight"])
    assert torch.equal(states[0], states[1])
    assert not torch.equal(states[0], states[2])
