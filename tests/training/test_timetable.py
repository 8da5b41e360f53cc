"""A run that follows its steps, or the clock where that is ahead."""

from __future__ import annotations

import pytest
from tests.training.conftest import Fit

from onelook.planning.time_budget import TimePlan
from onelook.settings import ScheduleSettings
from onelook.training.timetable import ShareUsed, Timetable


def within(seconds: float) -> ShareUsed:
    return TimePlan(epochs=1, budget_seconds=seconds, limit_seconds=seconds).share_used


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_without_a_budget_only_the_steps_count() -> None:
    clock = Clock()
    timetable = Timetable(50, clock=clock)
    clock.now += 1e6
    assert timetable.place(7) == 7
    assert not timetable.is_time_up


@pytest.mark.parametrize(("seconds", "steps_done", "place"), [(10, 40, 40), (50, 40, 50), (99, 98, 99), (500, 3, 100)])
def test_the_clock_leads_where_it_is_ahead(seconds: float, steps_done: int, place: float) -> None:
    clock = Clock()
    timetable = Timetable(100, within(100), clock=clock)
    clock.now += seconds
    assert timetable.place(steps_done) == pytest.approx(place)
    assert timetable.is_time_up == (seconds >= 100)


def test_time_used_before_a_resume_is_used() -> None:
    clock = Clock()
    timetable = Timetable(100, within(60), seconds_before=40, clock=clock)
    clock.now += 10
    assert timetable.seconds == pytest.approx(50)
    clock.now += 10
    assert timetable.is_time_up


def test_a_run_whose_time_is_up_ends_with_its_rate_come_down(fit_small: Fit, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()

    def tick() -> float:  # a machine on which every look at the clock takes a second
        clock.now += 1.0
        return clock.now

    monkeypatch.setattr("onelook.training.training_run.perf_counter", tick)
    result = fit_small(
        epochs=100, share_used=within(50), schedule=ScheduleSettings(name="one_cycle", warmup_fraction=0.1)
    )
    assert result.status == "complete"
    assert 1 < len(result.history) < 10
    assert result.history[-1].learning_rate < 0.1 * max(record.learning_rate for record in result.history)


def test_at_least_one_epoch_is_recorded_however_short_the_time(fit_small: Fit) -> None:
    result = fit_small(epochs=3, share_used=within(1e-9))
    assert len(result.history) == 1
    assert result.notes[0].startswith("the time is up: epoch 1 ends after")
