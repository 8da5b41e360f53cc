"""What is kept of timed runs: medians over seeds, and the entries of other data sets."""

from __future__ import annotations

import json
from pathlib import Path

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


def test_an_entry_replaces_its_own_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import accuracy_in_time
    import record

    for module in (accuracy_in_time, record):
        monkeypatch.setattr(module, "RESULTS", tmp_path)
    for name, value in (("mnist 3m", 1), ("cifar10 15m", 2), ("mnist 3m", 3)):
        accuracy_in_time.keep(name, {"value": value})
    entries = json.loads((tmp_path / "accuracy_in_time.json").read_text())["entries"]
    assert entries == {"cifar10 15m": {"value": 2}, "mnist 3m": {"value": 3}}


@pytest.mark.parametrize(("limit", "seconds"), [("90s", 90), ("3m", 180), ("1.5h", 5400)])
def test_limits_in_seconds(limit: str, seconds: float) -> None:
    from whole_command import limit_seconds

    assert limit_seconds(limit) == seconds
