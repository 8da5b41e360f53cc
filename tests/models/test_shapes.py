"""Planned shapes and costs, and the errors that name the layer where a shape cannot work."""

import pytest

from onelook.errors import ConfigError
from onelook.models.shapes import _stride_between, count_parameters, leaves, plan_network, weight_shapes
from onelook.settings.network import (
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
    Whitening,
)

LOGITS = Dense(units="classes")


def plan(*layers, shape=(3, 12, 10), num_classes=5):
    return plan_network(NetworkSettings(layers=layers), shape, num_classes)


def refusal(*layers, **facts):
    with pytest.raises(ConfigError) as caught:
        plan(*layers, **facts)
    return str(caught.value)


def test_shapes_and_multiply_adds_worked_out_by_hand():
    planned = plan(
        Conv(filters=8, kernel=(3, 5), stride=(1, 2), padding="same"),
        DepthwiseConv(kernel=3, bias=False),
        BatchNorm(),
        Pool(type="max_pool", size=2),
        Dropout(rate=0.5),
        ActivationLayer(function="relu"),
        Flatten(),
        LOGITS,
    )
    shapes = [(8, 12, 5), (8, 10, 3), (8, 10, 3), (8, 5, 1), (8, 5, 1), (8, 5, 1), (40,), (5,)]
    assert [layer.output_shape for layer in planned] == shapes
    costs = {layer.name: layer.multiply_adds for layer in planned if layer.multiply_adds}
    assert costs == {"0": 12 * 5 * 8 * 3 * 5 * 3, "1": 10 * 3 * 8 * 3 * 3, "7": 40 * 5}
    assert weight_shapes(planned)["0.weight"] == (8, 3, 3, 5)
    assert weight_shapes(planned)["1.weight"] == (8, 1, 3, 3)
    assert "1.bias" not in weight_shapes(planned)
    trainable = (3 * 3 * 5 * 8 + 8) + 3 * 3 * 8 + 2 * 8 + (40 * 5 + 5)
    assert count_parameters(planned) == (trainable + 2 * 8, trainable)


def test_groups_gates_norms_and_scales_worked_out_by_hand():
    squeeze = GlobalPool(type="global_average_pool", keepdims=True)
    planned = plan(
        Conv(filters=6, kernel=3, groups=3, bias=False),
        Gate(layers=(squeeze, Conv(filters=2, kernel=1), Conv(filters=6, kernel=1, activation="sigmoid"))),
        LayerNorm(),
        Scale(),
        squeeze,
        Flatten(),
        LOGITS,
    )
    assert [layer.output_shape for layer in planned] == [*[(6, 10, 8)] * 4, (6, 1, 1), (6,), (5,)]
    assert [layer.output_shape for layer in planned[1].branch] == [(6, 1, 1), (2, 1, 1), (6, 1, 1)]
    shapes = weight_shapes(planned)
    assert (shapes["0.weight"], shapes["1.layers.2.weight"], shapes["3.weight"]) == ((6, 1, 3, 3), (6, 2, 1, 1), (6,))
    assert planned[0].multiply_adds == 10 * 8 * 6 * 9
    everything = 6 * 9 + (6 * 2 + 2) + (2 * 6 + 6) + 2 * 6 + 6 + (6 * 5 + 5)
    assert count_parameters(planned) == (everything, everything)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (Conv(filters=4, groups=3), "layer 1 (conv 3x3, valid, 3 groups) cannot divide 3 channels and 4 filters"),
        (Conv(filters=4, groups=2), "cannot divide 3 channels"),
        (Gate(layers=(Conv(filters=3),)), "layer 1 (gate) cannot multiply its input, a picture of 12x10"),
        (
            Residual(layers=(Conv(filters=4, padding=1),), shortcut=(Conv(filters=5, padding=1),)),
            "cannot add what its shortcut gives, a picture of 12x10 with 5 channels",
        ),
    ],
)
def test_layers_whose_shapes_do_not_meet_are_refused(layer, words):
    assert words in refusal(layer, Flatten(), LOGITS)


def test_what_a_layer_has_learnt_to_say_is_not_written_where_it_is_not_said():
    """Checksums and keys made of older networks' text stay what they were."""
    layers = (Conv(filters=3), Residual(layers=(Conv(filters=3, padding=1),)), GlobalPool(type="global_max_pool"))
    written = NetworkSettings(layers=layers).model_dump(mode="json")["layers"]
    assert list(written[0]) == ["type", "filters", "kernel", "stride", "padding", "activation", "bias"]
    assert list(written[1]) == ["type", "layers", "activation"]
    assert list(written[2]) == ["type"]
    new = NetworkSettings(layers=(Conv(filters=3, groups=3), Residual(layers=(Scale(),), shortcut=(Scale(),))))
    assert NetworkSettings.model_validate_json(new.model_dump_json()) == new
    assert new.model_dump()["layers"][0]["groups"] == 3


def test_a_residual_of_one_shape_adds_its_input_as_it_is():
    (residual, *_) = plan(
        Residual(layers=(Conv(filters=3, padding="same"),)), GlobalPool(type="global_max_pool"), LOGITS
    )
    assert residual.shortcut == ()
    assert residual.output_shape == (3, 12, 10)


def test_a_residual_that_changes_shape_gets_a_convolution_and_batch_norm_like_the_branch():
    branch = (Conv(filters=16, padding="same", stride=(2, 3)), BatchNorm(momentum=0.9, epsilon=1e-5))
    planned = plan(Residual(layers=branch), GlobalPool(type="global_average_pool"), LOGITS)
    convolution, norm = planned[0].shortcut
    assert convolution.layer == Conv(filters=16, kernel=1, stride=(2, 3), bias=False)
    assert norm.layer == branch[1]
    assert convolution.output_shape == planned[0].output_shape == (16, 6, 4)
    names = [leaf.name for leaf in leaves(planned)]
    assert names == ["0.layers.0", "0.layers.1", "0.shortcut.0", "0.shortcut.1", "0", "1", "2"]
    assert [leaf.number for leaf in leaves(planned)][:3] == ["1.1", "1.2", "1.shortcut.1"]


def test_a_kernel_past_the_picture_names_layer_and_sizes():
    small = [Pool(type="max_pool", size=2)] * 2
    assert refusal(*small, Conv(filters=4, kernel=5), Flatten(), LOGITS) == (
        "layer 3 (conv 5x5, valid) cannot take a picture of 3x2: the kernel is larger than it. "
        'Use larger pictures, fewer pools and strides before it, or padding = "same".'
    )


def test_a_kernel_past_the_padded_picture_gives_both_sizes():
    text = refusal(Conv(filters=4, kernel=9, padding=1), LOGITS, shape=(1, 6, 6))
    assert "layer 1 (conv 9x9, padding 1) cannot take a picture of 6x6" in text
    assert "larger than the padded picture of 8x8" in text


def test_a_pool_past_the_picture_speaks_of_its_window():
    assert "layer 1 (min_pool 9x9, valid) cannot take a picture of 6x6: the window is larger" in refusal(
        Pool(type="min_pool", size=9), LOGITS, shape=(1, 6, 6)
    )


def test_a_pool_padded_past_half_its_window_is_refused():
    text = refusal(Pool(type="average_pool", size=3, padding=2), Flatten(), LOGITS)
    assert text == (
        "layer 1 (average_pool 3x3, padding 2) pads more than half of its window. Expected a padding of at most 1."
    )


def test_dense_on_a_picture_says_what_to_put_before_it():
    assert refusal(LOGITS) == (
        "layer 1 (dense classes) takes flat values, but gets a picture of 12x10 with 3 channels. "
        "Put flatten or global_average_pool before it."
    )


@pytest.mark.parametrize(
    "layer",
    [
        Conv(filters=4, kernel=1),
        DepthwiseConv(kernel=1),
        Pool(type="max_pool"),
        GlobalPool(type="global_average_pool"),
    ],
)
def test_layers_for_pictures_are_refused_after_flatten(layer):
    text = refusal(Flatten(), layer, LOGITS)
    assert text.startswith(f"layer 2 ({layer.type}")
    assert "takes a picture, but gets 360 flat values. Move it before flatten" in text


def test_a_layer_inside_a_residual_is_named_by_both_numbers():
    branch = (Conv(filters=3, padding="same"), Conv(filters=3, kernel=20))
    assert refusal(Residual(layers=branch), LOGITS).startswith("layer 1.2 (conv 20x20, valid) cannot take")


def test_a_residual_that_cannot_be_added_gives_both_shapes():
    text = refusal(Residual(layers=(Conv(filters=3),)), LOGITS)
    assert "layer 1 (residual, relu) cannot add its input, a picture of 12x10 with 3 channels" in text
    assert "to what its layers give, a picture of 10x8 with 3 channels" in text


def test_a_residual_of_flat_values_keeps_their_number():
    assert plan(Flatten(), Residual(layers=(Dense(units=360),)), LOGITS)[1].output_shape == (360,)
    assert "60 flat values" in refusal(Flatten(), Residual(layers=(Dense(units=60),)), LOGITS)
    assert "cannot add" in refusal(Residual(layers=(Flatten(),)), LOGITS)


def test_the_last_layer_gives_one_value_a_class():
    assert refusal(Flatten(), Dense(units=12)) == (
        "layer 2 (dense 12), the last, gives 12 flat values; expected 5, one a class. "
        'End with dense, units = "classes".'
    )
    assert "gives a picture of 12x10 with 3 channels; expected 5, one a class" in refusal(BatchNorm())
    assert plan(Flatten(), Dense(units=5))[-1].output_shape == (5,)


def test_a_fully_convolutional_network_may_end_in_a_global_pool():
    assert plan(Conv(filters=5), GlobalPool(type="global_average_pool"))[-1].output_shape == (5,)


@pytest.mark.parametrize(
    "end", [(Dense(units="classes", activation="sigmoid"),), (LOGITS, ActivationLayer(function="sigmoid"))]
)
def test_an_activation_on_the_logits_is_refused(end):
    text = refusal(Flatten(), *end)
    assert "the last, applies sigmoid; expected plain logits, as softmax follows by itself" in text


def test_the_stride_of_a_shortcut_is_the_smallest_that_fits():
    for size in range(1, 40):
        for output in range(1, size + 1):
            counted = next((stride for stride in range(1, size + 1) if -(-size // stride) == output), None)
            assert _stride_between(size, output) == counted
    assert _stride_between(10**15, 10**15 - 1) is None  # at once


@pytest.mark.parametrize(
    ("pool", "output"),
    [
        (Pool(type="max_pool"), (1, 6, 9)),
        (Pool(type="max_pool", size=3), (1, 4, 6)),
        (Pool(type="average_pool", size=(3, 2)), (1, 4, 9)),
        (Pool(type="average_pool", size=(2, 3), stride=1), (1, 11, 16)),
        (Pool(type="min_pool", size=3, stride=(2, 1), padding="same"), (1, 6, 18)),
        (Pool(type="max_pool", size=3, padding=1), (1, 4, 6)),
    ],
)
def test_a_pool_steps_by_its_own_size_unless_it_has_a_stride(pool, output):
    network = NetworkSettings(layers=(pool, Flatten(), Dense(units="classes")))
    assert plan_network(network, (1, 12, 18), 3)[0].output_shape == output


@pytest.mark.parametrize(("stride", "shortcut"), [(1, None), (2, (2, 2)), ((2, 1), (2, 1)), ((1, 3), (1, 3))])
def test_the_shortcut_of_a_residual_steps_as_its_branch_does(stride, shortcut):
    norm = BatchNorm(momentum=0.6, epsilon=0.25)
    branch = Residual(layers=(Conv(filters=1, padding="same", stride=stride), norm))
    network = NetworkSettings(layers=(branch, Flatten(), Dense(units="classes")))
    planned = plan_network(network, (1, 12, 18), 3)[0]
    layers = [each.layer for each in planned.shortcut]
    assert layers == ([] if shortcut is None else [Conv(filters=1, kernel=1, stride=shortcut, bias=False), norm])


def test_kernels_that_are_measured_are_fixed_and_their_bias_is_trained():
    layers = (Whitening(kernel=(2, 3)), BatchNorm(), Flatten(), Dense(units="classes"))
    planned = plan_network(NetworkSettings(layers=layers), (3, 4, 4), 5)
    filters = 2 * 3 * 2 * 3
    kernels, statistics = filters * 3 * 2 * 3, 2 * filters
    total, trainable = count_parameters(planned)
    assert total - trainable == kernels + statistics
    assert trainable == filters + 2 * filters + 5 * (filters * 3 * 2 + 1)
