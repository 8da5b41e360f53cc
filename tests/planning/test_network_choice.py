"""Which network a run gets, by its pictures and its time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from onelook.models import ModelInput
from onelook.models.find_network import network_named
from onelook.models.summary import summarize
from onelook.planning.facts import DataFacts
from onelook.planning.network_choice import pick_network
from onelook.planning.time_budget import TimeBudget

CIFAR = DataFacts(train_rows=45_000, height=32, width=32, channels=3, class_names=tuple("0123456789"))


def in_time(operations: float) -> TimeBudget:
    return TimeBudget(1.0, matmul_speed=operations)


@pytest.mark.parametrize(
    "other",
    [{"height": 128, "width": 128}, {"height": 8, "width": 8}, {"train_rows": 300}],
    ids=["too large for it", "too small to whiten", "too few"],
)
def test_what_airbench_is_not_made_for_goes_to_the_cnn(other: dict[str, int]) -> None:
    assert pick_network(replace(CIFAR, **other), TimeBudget())[0] == "cnn"


def test_no_limit_gets_the_quickest() -> None:
    assert pick_network(CIFAR, TimeBudget())[0] == pick_network(CIFAR, in_time(1.0))[0] == "airbench-small"


def test_the_widest_is_picked_from_the_time_on_in_which_three_and_a_half_epochs_fit() -> None:
    cost = summarize(network_named("airbench", ModelInput(32, 32, 3, 10, 45_000)), (3, 32, 32), 10).multiply_adds
    enough = 3.5 * 45_000 * cost * 6 / (0.85 * 0.7)
    assert pick_network(CIFAR, in_time(1.001 * enough))[0] == "airbench"
    assert pick_network(CIFAR, in_time(0.999 * enough))[0] == "airbench-medium"


@pytest.mark.parametrize(("height", "width", "network"), [(5, 60, "mlp"), (60, 5, "mlp"), (6, 60, "cnn")])
def test_rows_of_numbers_get_dense_layers(height: int, width: int, network: str) -> None:
    assert pick_network(replace(CIFAR, height=height, width=width), TimeBudget())[0] == network
