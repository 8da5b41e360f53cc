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


class Clock:
    """A model's pace, in a time of its own: each picture takes 1/512 of a second."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.asked: list[list[int]] = []
        monkeypatch.setattr(speed.time, "perf_counter", lambda: self.now)

    def predict(self, images: np.ndarray) -> np.ndarray:
        self.asked.append(images.reshape(-1).tolist())
        self.now += len(images) / 512
        return np.ones((len(images), 1), np.float32)


def test_a_turn_has_single_pictures_and_then_as_many_at_once_as_it_has_time_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(monkeypatch)
    monkeypatch.setattr(speed, "_SECONDS_A_ROUND", 32 / 512)
    timed = _Timed(clock.predict, np.arange(3, dtype=np.uint8).reshape(3, 1, 1, 1), threads=2)
    timed.take_turn()
    # Five to warm up, and 33 until the time of 32 is over; each picture in turn.
    assert clock.asked[:5] == [[0], [1], [2], [0], [1]]
    assert clock.asked[5:38] == [[number % 3] for number in range(33)]
    assert clock.asked[38:] == [[number % 3 for number in range(32)]] * 2
    assert timed.calls_seconds == [1 / 512] * 33
    assert timed.rates == [512.0, 512.0]
    monkeypatch.setattr(speed, "_SECONDS_A_ROUND", 1.0)  # time for 512, but 60 and 256 are enough
    timed.take_turn()
    assert len(timed.calls_seconds) == 33 + 60
    assert {len(each) for each in clock.asked[40:]} == {1, 256}


def test_each_model_is_measured_on_one_thread_and_on_all_and_models_take_turns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turns: list[tuple[str, int]] = []

    class Noted:
        def __init__(self, name: str, threads: int) -> None:
            self.name, self.threads = name, threads

        def take_turn(self) -> None:
            turns.append((self.name, self.threads))

        def speed(self) -> tuple[str, int]:
            return self.name, self.threads

    monkeypatch.setattr(speed, "available_cores", lambda: 3)
    monkeypatch.setattr(speed._Timed, "of", Noted)
    found = speed.measure_speeds(["a", "b"])  # type: ignore[list-item]
    assert found == [(("a", 1), ("a", 3)), (("b", 1), ("b", 3))]
    assert turns == [("a", 1), ("a", 3), ("b", 1), ("b", 3)] * 5


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
