"""The measuring of speed, with models whose pace is known."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from onelook.comparison import speed
from onelook.comparison.speed import Speed, _Timed


def test_the_figures_are_those_of_the_calls() -> None:
    timed = _Timed(np.asarray, np.zeros((1, 4, 4, 1), np.uint8), threads=2)
    timed.calls_seconds.extend([0.001 * call for call in range(101)])
    timed.rates.extend([10.0, 500.0, 30.0])
    assert timed.speed() == Speed(2, pytest.approx(50.0), pytest.approx(95.0), 30.0)


def test_counts_calls_and_pictures_of_a_model_of_known_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "_SECONDS_A_ROUND", 0.05)

    def predict(images: np.ndarray) -> np.ndarray:
        time.sleep(0.002 * len(images))
        return np.ones((len(images), 1), np.float32)

    timed = _Timed(predict, np.zeros((16, 4, 4, 1), np.uint8), threads=1)
    timed.take_turn()
    found = timed.speed()
    assert found.threads == 1
    assert 2.0 <= found.latency_ms <= found.latency_p95_ms
    assert found.pictures_per_second <= 500


def test_calls_that_warm_up_do_not_count_and_a_rate_is_of_the_pictures_that_were_predicted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(speed, "_SECONDS_A_ROUND", 0.0)  # one call of each kind, as each ends the turn
    asked: list[int] = []

    def predict(images: np.ndarray) -> np.ndarray:
        asked.append(len(images))
        time.sleep(0.002)
        return np.ones((len(images), 1), np.float32)

    timed = _Timed(predict, np.zeros((16, 4, 4, 1), np.uint8), threads=1)
    timed.take_turn()
    assert asked == [1, 1, 1]
    assert (len(timed.calls_seconds), len(timed.rates)) == (1, 1)
    assert timed.rates[0] <= 500


@pytest.mark.parametrize(("threads", "limits"), [(1, 1), (2, 0)])
def test_the_model_on_one_thread_keeps_numpy_to_one_thread_too(
    threads: int, limits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "_SECONDS_A_ROUND", 0.0)
    entered: list[bool] = []
    inside: list[int] = []

    @contextmanager
    def limited() -> Iterator[None]:
        entered.append(True)
        yield
        entered.append(False)

    def predict(images: np.ndarray) -> np.ndarray:
        inside.append(entered == [True])
        return np.ones((len(images), 1), np.float32)

    monkeypatch.setattr(speed, "single_threaded_blas", limited)
    _Timed(predict, np.zeros((16, 4, 4, 1), np.uint8), threads=threads).take_turn()
    assert entered == [True, False] * limits
    assert inside == [bool(limits)] * 3
