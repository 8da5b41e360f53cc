"""Every registered model, and the families that fit themselves to any picture."""

import itertools

import pytest
import torch

from onelook.errors import ConfigError
from onelook.models import MODELS, ModelInput
from onelook.models.find_network import network_named
from onelook.models.layers.build import build_network
from onelook.models.summary import summarize
from onelook.settings.network import NetworkSettings

FITTING = ("cnn", "cnn-small", "airbench", "airbench-medium", "airbench-small", "resnet", "mlp")
SIZES = ((1, 1, 1), (2, 3, 1), (5, 300, 3), (8, 8, 1), (17, 31, 3), (32, 32, 3), (64, 48, 4), (224, 224, 3))


@pytest.mark.parametrize(("name", "size"), list(itertools.product(FITTING, SIZES)))
def test_fitting_families_take_pictures_of_any_size(name, size):
    height, width, channels = size
    facts = ModelInput(height, width, channels, num_classes=7, rows=100)
    network = network_named(name, facts)
    module = build_network(network, facts.shape, 7, is_loaded=True).eval()  # whatever the weights are
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


def layers_of(name, size, num_classes=10):
    """The layers' types and what decides them, without what is the same in all of a family."""
    height, width, channels = size
    network = network_named(name, ModelInput(height, width, channels, num_classes, rows=1_000))
    words = []
    for layer in network.layers:
        match layer.type:
            case "conv":
                words.append(f"conv{layer.kernel}/{layer.stride} {layer.filters}")
            case "max_pool" | "average_pool":
                words.append(f"pool{layer.size}")
            case "residual":
                words.append("+".join(f"{one.filters}/{one.stride}" for one in layer.layers if one.type == "conv"))
            case "dense":
                words.append(f"dense {layer.units}")
            case "batch_norm":
                words.append(f"norm {layer.momentum:g}")
            case "activation":
                words.append(layer.function)
            case "dropout":
                words.append(f"dropout {layer.rate:g}")
            case other:
                words.append(other)
    return " ".join(words)


def test_the_default_network_layer_by_layer():
    def block(filters, pool):
        first = f"conv3/1 {filters} {f'pool{pool} ' if pool else ''}norm 0.9 relu"
        return f"{first} conv3/1 {filters} norm 0.9 relu"

    head = "global_average_pool dropout 0.2 dense classes"
    # 28 goes 14, 7, 3; 8 goes 4, 2; 3 is not halved.
    three = [block(filters, (2, 2)) for filters in (32, 64, 128)]
    assert layers_of("cnn", (28, 28, 1)) == " ".join([*three, head])
    assert layers_of("cnn", (8, 8, 1)) == " ".join([block(32, (2, 2)), block(64, (2, 2)), head])
    assert layers_of("cnn", (8, 3, 1)) == " ".join([block(32, (2, 1)), block(64, (2, 1)), head])
    assert layers_of("cnn-small", (8, 8, 1)) == " ".join([block(16, (2, 2)), block(32, (2, 2)), head])
    # 64 goes in as it is, 65 and 128 at half the size, 129 at a quarter; four blocks are as wide as it gets.
    blocks = [block(filters, (2, 2)) for filters in (32, 64, 128, 256)]
    assert layers_of("cnn", (64, 64, 3)) == " ".join([*blocks, head])
    stem = "conv5/2 32 norm 0.9 relu"
    assert layers_of("cnn", (128, 128, 3)) == " ".join([stem, *blocks, head])
    assert layers_of("cnn", (40, 65, 3)).startswith(f"{stem} conv3/1 32")
    assert layers_of("cnn", (129, 129, 3)).startswith("conv9/4 32 norm 0.9 relu")


def test_the_airbench_network_layer_by_layer():
    def block(filters, pool=True):
        first = f"conv3/1 {filters} {'pool2 ' if pool else ''}norm 0.6 gelu"
        return f"{first} conv3/1 {filters} norm 0.6 gelu"

    head = "global_max_pool dense classes"
    for name, widths in (
        ("airbench", (64, 256, 256)),
        ("airbench-medium", (64, 128, 256)),
        ("airbench-small", (32, 64, 128)),
    ):
        # 31 after whitening goes 15, 7, 3.
        assert layers_of(name, (32, 32, 3)) == " ".join(["whitening", *map(block, widths), head])
        # 39 goes 19, 9, 4, which is left.
        assert layers_of(name, (40, 40, 3)) == layers_of(name, (32, 32, 3))
        # 63 goes 31, 15, 7, 3: a block more of the last.
        assert layers_of(name, (64, 90, 3)) == " ".join(["whitening", *map(block, (*widths, widths[-1])), head])
    assert layers_of("airbench-small", (9, 9, 1)).startswith("whitening conv")
    assert layers_of("airbench-small", (8, 9, 1)).startswith("conv")


def test_the_residual_network_stage_by_stage():
    stem, head = "conv3/1 16 norm 0.9 relu", "global_average_pool dense classes"
    one, two, three = ("16/1+16/1 16/1+16/1", "32/2+32/1 32/1+32/1", "64/2+64/1 64/1+64/1")
    # A stage while the shorter side has 8 pixels: 28 goes 14, 7; 8 goes 4; 7 stays.
    assert layers_of("resnet", (28, 28, 1)) == " ".join([stem, one, two, three, head])
    assert layers_of("resnet", (8, 30, 1)) == " ".join([stem, one, two, head])
    assert layers_of("resnet", (7, 30, 1)) == " ".join([stem, one, head])
    assert layers_of("resnet", (64, 99, 3)).startswith(stem)
    assert layers_of("resnet", (65, 99, 3)).startswith(f"conv7/2 16 norm 0.9 relu pool3 {one} {two}")
    assert "256/2+256/1" in layers_of("resnet", (256, 256, 3))
    assert "512" not in layers_of("resnet", (512, 512, 3))


def test_the_dense_network_by_its_inputs():
    def hidden(units):
        return " ".join([f"dense {units} norm 0.9 relu dropout 0.2"] * 2)

    assert layers_of("mlp", (8, 8, 1)) == f"flatten {hidden(64)} dense classes"
    assert layers_of("mlp", (8, 8, 3)) == f"flatten {hidden(128)} dense classes"
    assert layers_of("mlp", (4, 40, 1)) == f"flatten {hidden(128)} dense classes"
    assert layers_of("mlp", (28, 28, 1)) == f"flatten {hidden(512)} dense classes"
    # At most 4,096 values go in: larger pictures are averaged by the smallest whole factor.
    assert layers_of("mlp", (64, 64, 1)) == f"flatten {hidden(512)} dense classes"
    assert layers_of("mlp", (64, 65, 1)) == f"pool2 flatten {hidden(512)} dense classes"
    assert layers_of("mlp", (64, 64, 3)) == f"pool2 flatten {hidden(512)} dense classes"
    assert layers_of("mlp", (108, 108, 3)) == f"pool3 flatten {hidden(512)} dense classes"
    assert layers_of("mlp", (109, 109, 3)) == f"pool4 flatten {hidden(512)} dense classes"


@pytest.mark.parametrize(("name", "size"), list(itertools.product(FITTING, ((28, 28, 1), (70, 90, 3)))))
def test_no_bias_stands_before_a_norm_and_pads_are_equal(name, size):
    def check(layers):
        for layer, after in zip(layers, (*layers[1:], None), strict=True):
            if layer.type == "residual":
                check(layer.layers)
            if layer.type == "conv":
                assert (layer.padding, layer.bias, layer.groups) == (layer.kernel // 2, False, 1)
                assert layer.activation == "linear"
            if layer.type == "dense" and after is not None:
                assert (layer.bias, layer.activation, after.type) == (False, "linear", "batch_norm")
            if layer.type == "batch_norm":
                assert layer.epsilon == 1e-5

    network = network_named(name, ModelInput(*size, num_classes=7, rows=100))
    check(network.layers)
    assert network.initializer == "he_normal"
    assert network.layers[-1].bias is not name.startswith("airbench")


@pytest.mark.parametrize(
    ("name", "size", "multiply_adds"),
    [
        # The figures that the families' modules and the choice of a network tell.
        ("airbench", (32, 32, 3), 118_147_360),
        ("airbench-medium", (32, 32, 3), 65_431_840),
        ("airbench-small", (32, 32, 3), 19_887_392),
        ("cnn", (32, 32, 3), 17_401_088),
        ("cnn", (128, 128, 3), 141_953_536),
        ("cnn-small", (28, 28, 1), 3_154_816),
        ("resnet", (28, 28, 1), 20_183_936),
        # 784 * 512 + 512 * 512 + 512 * 10, and 64 * 64 + 64 * 64 + 64 * 10.
        ("mlp", (28, 28, 1), 668_672),
        ("mlp", (8, 8, 1), 8_832),
    ],
)
def test_what_a_picture_costs(name, size, multiply_adds):
    height, width, channels = size
    facts = ModelInput(height, width, channels, num_classes=10, rows=1_000)
    assert summarize(network_named(name, facts), facts.shape, 10).multiply_adds == multiply_adds


@pytest.mark.parametrize(("size", "units"), [((8, 8, 1), 64), ((8, 8, 3), 128), ((16, 16, 3), 512), ((64, 64, 3), 512)])
def test_two_dense_layers_have_as_many_units_as_a_picture_has_values_of_all_colours(size, units):
    layers = network_named("mlp", ModelInput(*size, num_classes=7, rows=100)).layers
    assert [layer.units for layer in layers if layer.type == "dense"] == [units, units, "classes"]
