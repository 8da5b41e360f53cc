"""A run that follows its steps, or the clock where that is ahead."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.training.conftest import Fit

from onelook.planning.time_budget import TimePlan
from onelook.planning.time_course import CourseState, TimeCourse
from onelook.settings import ScheduleSettings
from onelook.training.listeners import BatchStatus, Listener
from onelook.training.result import EpochRecord, FitResult
from onelook.training.timetable import Course, Timetable


def within(seconds: float, *, epochs: int = 1) -> Course:
    return TimeCourse(TimePlan(epochs=epochs, budget_seconds=seconds, limit_seconds=seconds))


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_without_a_budget_only_the_steps_count() -> None:
    clock = Clock()
    timetable = Timetable(5, 10, clock=clock)
    clock.now += 1e6
    assert timetable.place(7) == 7
    assert not timetable.is_time_up(7)


@pytest.mark.parametrize(("seconds", "steps_done", "place"), [(10, 40, 40), (50, 40, 50), (99, 98, 99), (500, 3, 100)])
def test_the_clock_leads_where_it_is_ahead(seconds: float, steps_done: int, place: float) -> None:
    clock = Clock()
    timetable = Timetable(1, 100, within(100), clock=clock)
    clock.now += seconds
    assert timetable.place(steps_done) == pytest.approx(place)
    assert timetable.is_time_up(steps_done) == (seconds >= 100)


@pytest.mark.parametrize("corrected", [7, 10, 14])
def test_a_corrected_number_of_epochs_leaves_the_length_of_the_schedule(corrected: int) -> None:
    """The share of the schedule counts, not the epochs: half of ten planned epochs of 20 steps is step 100."""
    course: Any = SimpleNamespace(epochs=corrected, share=lambda epochs_done, seconds: 0.1 * epochs_done)
    timetable = Timetable(10, 20, course, clock=Clock())
    assert timetable.epochs == corrected
    assert timetable.place(100) == pytest.approx(100)


def test_the_last_note_counts_the_epochs_that_were_done() -> None:
    corrected = TimeCourse(TimePlan(8, 80, 100), corrected=CourseState(7, 80, 100, announced=8))
    for done, notes in ((5, ["the machine became slower: 5 epochs instead of 8."]), (8, [])):
        course: Course = corrected if done < 8 else TimeCourse(TimePlan(8, 80, 100))
        assert Timetable(8, 20, course, clock=Clock()).take_note(is_last=True, done=done) == notes


def test_time_used_before_a_resume_is_used() -> None:
    clock = Clock()
    timetable = Timetable(1, 100, within(60), seconds_before=40, clock=clock)
    clock.now += 10
    assert timetable.seconds == pytest.approx(50)
    clock.now += 10
    assert timetable.is_time_up(0)


def test_a_run_whose_time_is_up_ends_with_its_rate_come_down(fit_small: Fit, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()

    def tick() -> float:  # a machine on which every look at the clock takes a second
        clock.now += 1.0
        return clock.now

    monkeypatch.setattr("onelook.training.training_run.perf_counter", tick)
    result = fit_small(
        epochs=100, course=within(50, epochs=100), schedule=ScheduleSettings(name="one_cycle", warmup_fraction=0.1)
    )
    assert result.status == "complete"
    assert 1 < len(result.history) < 10
    assert result.history[-1].learning_rate < 0.1 * max(record.learning_rate for record in result.history)


def test_at_least_one_epoch_is_recorded_however_short_the_time(fit_small: Fit) -> None:
    result = fit_small(epochs=3, course=within(1e-9, epochs=3))
    assert len(result.history) == 1
    assert result.notes == ("the time is up: epoch 1 ends after 32 % of its pictures, at its lowest rate.",)  # 16 of 50
    assert len(result.notes[0].replace("epoch 1 ends", "epoch 100 ends")) <= 80


def test_a_run_whose_time_was_up_after_its_last_checkpoint_is_not_trained_on(
    fit_small: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr("onelook.training.training_run.perf_counter", clock)
    batches: list[int] = []

    class WaitsAfterTheEpoch(Listener):
        def on_batch(self, status: BatchStatus) -> None:
            batches.append(status.step)

        def on_epoch(self, record: EpochRecord, is_best: bool) -> None:
            clock.now += 60.0

    arguments: dict[str, Any] = {"course": within(50, epochs=9), "checkpoint_folder": tmp_path}
    first = fit_small(epochs=9, listeners=[WaitsAfterTheEpoch()], **arguments)
    assert (len(first.history), first.status, len(batches)) == (1, "complete", 4)
    again = fit_small(epochs=9, listeners=[WaitsAfterTheEpoch()], resume=True, **arguments)
    assert (again.history, again.status, len(batches)) == (first.history, "complete", 4)


def test_a_machine_that_becomes_faster_trains_more_epochs_and_says_so(
    fit_small: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches were measured at a second, and take half of one. Validation takes no time."""
    clock = Clock()
    monkeypatch.setattr("onelook.training.training_run.perf_counter", clock)
    heard: list[int] = []

    class HalfASecondABatch(Listener):
        def on_batch(self, status: BatchStatus) -> None:
            clock.now += 0.5

        def on_epochs(self, epochs: int) -> None:
            heard.append(epochs)

    course = TimeCourse(TimePlan(epochs=4, budget_seconds=16, limit_seconds=16), epoch_seconds=4.0)
    schedule = ScheduleSettings(name="one_cycle", warmup_fraction=0.0, final_fraction=0.0)
    result = fit_small(epochs=4, course=course, schedule=schedule, listeners=[HalfASecondABatch()])
    assert (len(result.history), result.epochs, result.status) == (8, 8, "complete")
    assert heard[-1] == 8
    assert result.notes == ("the machine became faster: 8 epochs instead of 4.",)
    rates = [record.learning_rate for record in result.history]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 0.1 * rates[0]


def test_the_number_of_epochs_that_is_shown_changes_only_with_a_sentence_and_in_the_end(
    fit_small: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches were measured at a second. Those of every second epoch take 1.3, those of the others 0.8."""
    clock = Clock()
    monkeypatch.setattr("onelook.training.training_run.perf_counter", clock)
    events: list[str] = []

    class Uneven(Listener):
        def on_batch(self, status: BatchStatus) -> None:
            clock.now += 1.3 if status.epoch % 2 else 0.8

        def on_epochs(self, epochs: int) -> None:
            events.append(f"{epochs} epochs")

        def on_epoch(self, record: EpochRecord, is_best: bool) -> None:
            events.append(f"epoch {record.epoch}")

        def on_note(self, note: str) -> None:
            events.append(note)

    course = TimeCourse(TimePlan(epochs=30, budget_seconds=120, limit_seconds=120), epoch_seconds=4.0)
    result = fit_small(epochs=30, course=course, listeners=[Uneven()])
    done = len(result.history)
    assert 20 < done != 30
    assert [event for event in events if event.endswith("epochs")] == [f"{result.epochs} epochs"]
    assert events.index(f"{result.epochs} epochs") == events.index(f"epoch {done}") - 1


@pytest.mark.parametrize("stops", [(2,), (5, 9), (11,)])
def test_a_corrected_run_that_was_stopped_ends_with_the_same_bits(
    stops: tuple[int, ...], fit_small: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the seventh batch on each takes three seconds instead of one."""
    clock = Clock()
    monkeypatch.setattr("onelook.training.training_run.perf_counter", clock)

    class LoadComes(Listener):
        batches = 0

        def __init__(self, stops: tuple[int, ...] = ()) -> None:
            self.stops = stops

        def on_batch(self, status: BatchStatus) -> None:
            LoadComes.batches += 1
            clock.now += 3.0 if LoadComes.batches > 6 else 1.0
            if LoadComes.batches in self.stops:
                os.kill(os.getpid(), signal.SIGINT)

    def trained(stops: tuple[int, ...] = (), **changes: Any) -> FitResult:
        course = TimeCourse(TimePlan(epochs=6, budget_seconds=24, limit_seconds=24), epoch_seconds=4.0)
        run: dict[str, Any] = {"epochs": 6, "schedule": ScheduleSettings(name="one_cycle"), "course": course}
        return fit_small(**run, listeners=[LoadComes(stops)], **changes)

    whole = trained()
    assert whole.notes[0] == "the machine became slower: 3 epochs instead of 6."
    LoadComes.batches = 0
    for _ in stops:
        assert trained(stops, checkpoint_folder=tmp_path, resume=True).status == "interrupted"
        clock.now += 1000.0
    resumed = trained(checkpoint_folder=tmp_path, resume=True)
    assert [record.to_dict() for record in whole.history] == [record.to_dict() for record in resumed.history]
    assert [note for note in resumed.notes if not note.startswith("interrupted")] == list(whole.notes)
    assert {name: array.tobytes() for name, array in whole.weights.items()} == {
        name: array.tobytes() for name, array in resumed.weights.items()
    }
