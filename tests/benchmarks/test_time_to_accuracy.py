"""The search for the shortest time limit, on scripted accuracies, and the product that stands for Keras' time."""

from __future__ import annotations

from typing import Any

import pytest


def searched(accuracies: dict[str, list[float]], target: float) -> list[tuple[str, int]]:
    from time_to_accuracy import Try, search

    def attempt(limit: str, seed: int) -> Try:
        return Try(limit, seed, accuracies[limit][seed], seconds=1.0)

    return [(each.time_limit, each.seed) for each in search(list(accuracies), (0, 1, 2), attempt, target=target)]


def test_a_limit_is_left_at_once_where_its_first_seed_falls_short() -> None:
    tried = searched({"1m": [0.8, 0.99, 0.99], "2m": [0.9, 0.8, 0.95], "3m": [0.99] * 3}, target=0.9)
    assert tried == [("1m", 0), ("2m", 0), ("2m", 1), ("2m", 2)]


def test_the_median_of_the_seeds_decides() -> None:
    tried = searched({"1m": [0.95, 0.8, 0.8], "2m": [0.9, 0.9, 0.1], "3m": [0.99] * 3}, target=0.9)
    assert tried[-3:] == [("2m", 0), ("2m", 1), ("2m", 2)]


@pytest.mark.parametrize(("reached", "ratio"), [(0.95, 12.5), (0.85, None)])
def test_keras_time_is_its_epochs_times_their_median(reached: float, ratio: float | None) -> None:
    from time_to_accuracy import PLANS, Try, figures, line

    epochs = [{"seconds_an_epoch": seconds} for seconds in (30.0, 50.0, 90.0)]
    tries = [Try("20s", 0, 0.5, 20.0), *(Try("40s", seed, reached, 40.0 + seed) for seed in (0, -1, 1))]
    whole = {"test_accuracy": 0.9, "epochs": 10}
    found: dict[str, Any] = figures(PLANS["mnist-tutorial"], whole, epochs, tries)
    assert found["keras_tensorflow"]["seconds"] == 500
    assert found["onelook"]["seconds"]["median"] == 40
    assert found["onelook"]["time_limit"] == "40s"
    assert (found["onelook"]["is_reached"], found["ratio"]) == (ratio is not None, ratio)
    said = line("mnist-tutorial", found)
    assert "Keras 500 s (10 epochs of 50.0 s)" in said
    assert ("12.5 times as fast" if reached > 0.9 else "NOT REACHED") in said
