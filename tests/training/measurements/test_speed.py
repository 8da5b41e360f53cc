"""The measured speed of training and of matrix products, and the epochs that fit into a time."""

from __future__ import annotations

import pytest
import torch

from onelook.training.measurements.speed import Pace, _fastest, measure_matmul_speed, measure_pace
from onelook.training.parallel import ALONE


@pytest.mark.parametrize(("seconds", "epochs"), [(35, 4), (31.9, 3), (29.9, 3), (10, 1), (3, 1), (-5, 1)])
def test_epochs_that_fit_the_last_one_in_part_and_at_least_one(seconds: float, epochs: int) -> None:
    assert Pace(training_seconds=9, validation_seconds=1).epochs_within(seconds) == epochs


class ScriptedTrainer:
    """Trains on a clock of its own: the first five steps take 10 s each, later ones half a second."""

    train = range(100)  # batches
    processes = ALONE

    def __init__(self) -> None:
        self.now = 0.0
        self.steps = 0

    def train_epoch(self, epoch: int, rate, continues) -> None:  # type: ignore[no-untyped-def]
        for step in range(1, len(self.train) + 1):
            self.steps = step
            self.now += 10.0 if step <= 5 else 0.5
            if not continues(type("Status", (), {"step": step})()):
                return

    def wait(self) -> None:
        pass

    def validate(self) -> None:
        self.now += 7.0


def test_the_first_steps_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = ScriptedTrainer()
    monkeypatch.setattr("onelook.training.measurements.speed.perf_counter", lambda: trainer.now)
    pace = measure_pace(trainer)  # type: ignore[arg-type]
    assert pace == Pace(training_seconds=50.0, validation_seconds=7.0)
    assert trainer.steps == 9  # five to warm up, four of half a second


def test_the_speed_is_that_of_a_computer() -> None:
    assert 1e8 < measure_matmul_speed(torch.device("cpu")) < 1e14


def test_the_fastest_product_counts_and_a_multiply_add_is_two_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = [0.0, 4.0, 10.0, 10.5, 20.0, 23.0, 30.0, 32.0, 40.0, 41.0, 50.0, 56.0]
    clock = iter(ends)
    monkeypatch.setattr("onelook.training.measurements.speed.perf_counter", lambda: next(clock))
    assert _fastest(torch.ones(10, 10)) == 2 * 10**3 / 0.5
