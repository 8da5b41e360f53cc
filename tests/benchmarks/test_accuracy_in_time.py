"""What is kept of timed runs: medians over seeds, and the entries of other data sets."""

from __future__ import annotations

import pytest


def a_try(seed: int, accuracy: float, share: float) -> dict[str, float]:
    return {"seed": seed, "accuracy": accuracy, "share_of_limit": share}


def test_the_median_seed_and_the_longest_run_count() -> None:
    from accuracy_in_time import summary

    found = summary("mnist", "3m", [a_try(0, 0.9, 0.97), a_try(1, 0.996, 1.02), a_try(2, 0.997, 0.96)])
    assert found["accuracy"] == {"median": 0.996, "lowest": 0.9, "highest": 0.997}
    assert found["accuracy_bar"] == 0.996
    assert (found["longest_share_of_limit"], found["share_of_limit_bar"]) == (1.02, 1.1)
    assert summary("mnist", "7m", [a_try(0, 0.9, 1.0)])["accuracy_bar"] is None


@pytest.mark.parametrize(("limit", "seconds"), [("90s", 90), ("3m", 180), ("1.5h", 5400)])
def test_limits_in_seconds(limit: str, seconds: float) -> None:
    from whole_command import limit_seconds

    assert limit_seconds(limit) == seconds
