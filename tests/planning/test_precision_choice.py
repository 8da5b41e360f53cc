"""Which networks may gain by bfloat16, and what the times of a step decide."""

from __future__ import annotations

import pytest

from onelook.models import MODELS, ModelInput
from onelook.models.shapes import PlannedLayer, plan_network
from onelook.planning.precision_choice import chosen_in_words, expected_gain, is_chosen, may_gain
from onelook.settings import OptimizerSettings, TrainSettings
from onelook.settings.network import Conv, Dense, DepthwiseConv, GlobalPool, NetworkSettings

EPOCHS = 10 * 60_000  # pictures


def planned(name: str, side: int = 28, channels: int = 1) -> tuple[PlannedLayer, ...]:
    facts = ModelInput(side, side, channels, num_classes=10, rows=60_000)
    return plan_network(MODELS.load(name)(facts), facts.shape, facts.num_classes)


@pytest.mark.parametrize("name", ["airbench-small", "airbench", "digit-recognizer", "cnn-small", "resnet", "mlp"])
def test_networks_of_wide_layers_may_gain(name: str) -> None:
    assert may_gain(planned(name), settings=TrainSettings(batch_size=128), pictures=EPOCHS * 10)


def test_networks_of_narrow_layers_or_depthwise_kernels_are_not_even_measured() -> None:
    assert not may_gain(planned("cifar10-cnn", 32, 3), settings=TrainSettings(batch_size=512), pictures=EPOCHS * 10)
    assert not may_gain(planned("efficientnet-lite0", 96, 3), settings=TrainSettings(batch_size=128), pictures=EPOCHS)


def gains(*layers: Conv | DepthwiseConv) -> bool:
    network = NetworkSettings(layers=(*layers, GlobalPool(type="global_max_pool"), Dense(units="classes")))
    return may_gain(plan_network(network, (96, 64, 64), 10), settings=TrainSettings(batch_size=128), pictures=EPOCHS)


def test_a_layer_is_wide_by_its_inputs_and_its_outputs() -> None:
    assert [gains(Conv(filters=16, kernel=1), Conv(filters=filters)) for filters in (15, 16)] == [False, True]
    assert [gains(Conv(filters=narrow, kernel=1), Conv(filters=64, kernel=3)) for narrow in (2, 8)] == [False, True]


def test_a_depthwise_multiply_add_counts_ten_times() -> None:
    assert gains(Conv(filters=96, kernel=3))
    assert gains(DepthwiseConv(kernel=3), Conv(filters=96, kernel=3))  # 9 and 864 multiply-adds of an output
    assert not gains(DepthwiseConv(kernel=7, padding="same"), Conv(filters=96, kernel=3))  # 10 times 49, and 864


@pytest.mark.parametrize(
    ("name", "gain", "expected"),
    [("airbench", 2.0, 1.6), ("airbench", 1.1, 1.0), ("efficientnet-lite0", 2.0, 1.15), ("airbench", 1.0, 1.0)],
)
def test_a_quarter_of_the_time_gains_nothing_and_little_is_nothing(name: str, gain: float, expected: float) -> None:
    assert expected_gain(planned(name, 32, 3), gain) == pytest.approx(expected, abs=0.03)


def test_small_steps_and_short_trainings_do_not_repay_it() -> None:
    plan = planned("digit-recognizer")  # 32 million multiply-adds in six layers
    assert not may_gain(plan, settings=TrainSettings(batch_size=4), pictures=EPOCHS)
    assert may_gain(plan, settings=TrainSettings(batch_size=5), pictures=EPOCHS)
    assert not may_gain(plan, settings=TrainSettings(batch_size=128), pictures=9_000)
    assert may_gain(plan, settings=TrainSettings(batch_size=128), pictures=10_000)
    assert not may_gain(plan, settings=TrainSettings(batch_size=128), pictures=EPOCHS, left_seconds=59)
    assert may_gain(plan, settings=TrainSettings(batch_size=128), pictures=9_000, left_seconds=60)


def test_muon_needs_larger_steps() -> None:
    by_muon = OptimizerSettings(name="muon")
    found = [
        may_gain(planned("airbench-small"), settings=TrainSettings(batch_size=size, optimizer=rule), pictures=EPOCHS)
        for size, rule in ((18, OptimizerSettings()), (85, by_muon), (87, by_muon))  # 11.7 million multiply-adds
    ]
    assert found == [True, False, True]


@pytest.mark.parametrize(("gain", "chosen"), [(2.0, True), (1.16, True), (1.14, False), (0.1, False)])
def test_it_is_chosen_only_where_it_is_clearly_faster(gain: float, chosen: bool) -> None:
    assert is_chosen(gain) == chosen
    words = chosen_in_words(gain, 1.0, "AMX-BF16", is_recipe=False)
    assert words.startswith("computes in bfloat16 (AMX-BF16)" if chosen else "computes in float32: ")


def test_a_recipe_says_how_to_compute_as_it_was_published() -> None:
    words = chosen_in_words(2.5, 1.5, "AVX512-BF16", is_recipe=True)
    assert words == (
        "computes in bfloat16 (AVX512-BF16): 1.5 s of processor time a step, and 2.5 s in float32; --set "
        "precision=float32 is the recipe's own arithmetic"
    )
