"""A time limit while it runs: load comes and goes, and epochs and schedule follow. The clock is made up."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import ceil

import pytest

from onelook.planning.time_budget import TimeBudget, TimePlan
from onelook.planning.time_course import CourseState, TimeCourse
from onelook.training.measurements.pace import Pace

STEPS = 20  # in an epoch
PACE = Pace(training_seconds=9.5, validation_seconds=0.5)
LIMIT, OPENING, SCORING = 100.0, 5.0, 1.0
FINISHING = 3.5  # seconds on an idle machine; 6 are reserved

Slowness = Callable[[float], float]  # of the machine, by the seconds since training began


def steady(_: float) -> float:
    return 1.0


def load_comes(seconds: float) -> float:
    return 2.0 if seconds > 40 else 1.0


def load_goes(seconds: float) -> float:
    return 0.5 if seconds > 40 else 1.0


def load_comes_and_goes(seconds: float) -> float:
    return 1.6 if seconds % 10 < 5 else 0.8


def always_twice_as_slow(_: float) -> float:
    return 2.0


def always_twice_as_fast(_: float) -> float:
    return 0.5


MACHINES = [steady, load_comes, load_goes, load_comes_and_goes, always_twice_as_slow, always_twice_as_fast]


@dataclass
class Driven:
    """A run that was driven to its end."""

    course: TimeCourse
    seconds: float = 0.0
    steps: int = 0
    epochs: int = 0
    shares: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def end_of_command(self, slowness: Slowness) -> float:
        """The seconds of the whole command, whose end is as slow as the machine then is."""
        return OPENING + self.seconds + (FINISHING + SCORING) * slowness(self.seconds)


def begin(limit: float = LIMIT, *, pace: Pace = PACE, most_epochs: int | None = None) -> TimeCourse:
    return TimeCourse.begin(TimeBudget(limit), OPENING, pace, scoring_seconds=SCORING, most_epochs=most_epochs)


def drive(course: TimeCourse, slowness: Slowness, *, pace: Pace = PACE, resume_at: tuple[int, ...] = ()) -> Driven:
    """Train as `TrainingRun` does, on a machine whose steps take so many times the measured time.

    Args:
        resume_at: the steps after which the run is stored and read again.
    """
    run, is_cut = Driven(course), False
    while not is_cut and run.epochs < run.course.epochs and not run.course.is_over(run.steps / STEPS, run.seconds):
        for step in range(1, STEPS + 1):
            run.shares.append(run.course.share(run.steps / STEPS, run.seconds))
            run.seconds += slowness(run.seconds) * pace.training_seconds / STEPS
            run.steps += 1
            run.course = run.course.seen(run.steps / STEPS, run.epochs, run.seconds)
            if run.steps in resume_at:
                stored = json.loads(json.dumps(run.course.to_state()))
                run.course = begin(course.plan.limit_seconds).resumed(stored, run.steps / STEPS, run.seconds)
            if step < STEPS and run.course.is_over(run.steps / STEPS, run.seconds):
                is_cut = True
                break
        run.seconds += slowness(run.seconds) * pace.validation_seconds
        run.epochs += 1
        if not is_cut:
            run.course = run.course.seen(run.steps / STEPS, run.epochs, run.seconds)
        run.course, note = run.course.announce(is_last=is_cut or run.epochs >= run.course.epochs)
        run.notes += [] if note is None else [note]
    return run


@pytest.mark.parametrize("limit", [60.0, 100.0, 300.0])
@pytest.mark.parametrize("slowness", MACHINES)
def test_a_limit_is_used_and_kept_however_the_pace_changes(slowness: Slowness, limit: float) -> None:
    run = drive(begin(limit), slowness)
    assert 0.85 * limit <= run.end_of_command(slowness) <= limit
    assert run.course.share(run.steps / STEPS, run.seconds) == pytest.approx(1, abs=0.02)  # the rate has come down
    rises = [later - earlier for earlier, later in pairwise(run.shares)]
    assert min(rises) >= 0
    assert max(rises) < 0.05  # it never jumps
    assert len(run.notes) <= 2


def test_a_machine_as_fast_as_measured_keeps_its_plan() -> None:
    run = drive(begin(), steady)
    assert run.epochs == run.course.plan.epochs == 9  # 87.5 s of 10 s each, the last one cut short
    assert run.steps == 175
    assert run.notes == []
    assert run.shares == pytest.approx([step / 175 for step in range(175)])  # by the steps alone


@pytest.mark.parametrize(
    ("slowness", "epochs", "first", "last"),
    [
        (load_comes, 6, "the machine became slower: 7 epochs instead of 9.", "6 epochs instead of 7."),
        (load_comes_and_goes, 8, "the machine became slower: 8 epochs instead of 9.", None),
        (load_goes, 14, "the machine became faster: 11 epochs instead of 9.", "14 epochs instead of 11."),
        (always_twice_as_slow, 4, "the machine became slower: 5 epochs instead of 9.", "4 epochs instead of 5."),
    ],
)
def test_a_changed_number_of_epochs_is_said_at_once_and_in_the_end(
    slowness: Slowness, epochs: int, first: str, last: str | None
) -> None:
    run = drive(begin(), slowness)
    assert run.epochs == run.course.epochs == epochs
    assert run.notes[0] == first
    assert run.notes[1:] == [] if last is None else run.notes[-1].endswith(last)


def test_slower_and_faster_are_meant_against_the_number_that_was_said_last() -> None:
    said = TimeCourse(TimePlan(8, 80, 100), corrected=CourseState(7.0, 80, 100, announced=4))
    assert said.announce(is_last=True)[1] == "the machine became faster: 7 epochs instead of 4."
    said = TimeCourse(TimePlan(8, 80, 100), corrected=CourseState(9.0, 80, 100, announced=14))
    assert said.announce(is_last=True)[1] == "the machine became slower: 9 epochs instead of 14."


@pytest.mark.parametrize("slowness", MACHINES)
def test_a_run_that_was_stopped_goes_on_by_the_same_course_bit_for_bit(slowness: Slowness) -> None:
    whole, resumed = drive(begin(), slowness), drive(begin(), slowness, resume_at=(1, 20, 33, 60, 61))
    assert whole.shares == resumed.shares
    assert (whole.steps, whole.seconds, whole.notes) == (resumed.steps, resumed.seconds, resumed.notes)


def test_no_more_epochs_than_are_useful_however_fast_the_machine_becomes() -> None:
    run = drive(begin(most_epochs=5), always_twice_as_fast)
    assert (run.epochs, run.steps, run.notes) == (5, 100, [])


def test_a_run_of_an_older_version_keeps_its_plan() -> None:
    course = TimeCourse(TimePlan(epochs=9, budget_seconds=80, limit_seconds=100))
    assert course.seen(1.0, 1, 70.0) is course
    assert course.share(4.5, 20) == 0.5
    assert course.share(4.5, 60) == 0.75
    assert not course.is_over(8.9, 79.9)
    assert course.is_over(9.0, 60)
    assert course.is_over(3.0, 80)


@pytest.mark.parametrize(("epoch_seconds", "epochs"), [(0.0, 8.0), (5.0, 8.0), (10.0, 8.0), (12.5, 6.4), (160.0, 0.5)])
def test_before_the_first_step_no_more_epochs_are_meant_than_were_planned_or_fit(
    epoch_seconds: float, epochs: float
) -> None:
    course = TimeCourse(TimePlan(8, 80, 100), epoch_seconds=epoch_seconds)
    assert course.state == CourseState(epochs, 80, 100, announced=8)
    assert course.epochs == max(1, ceil(epochs))
    assert course.cuts_last_epoch == (epochs == 6.4)


def test_after_a_correction_the_schedule_goes_on_from_where_it_was() -> None:
    at = CourseState(6, 90, 100, from_epochs=2, from_seconds=30, from_share=0.4)
    course = TimeCourse(TimePlan(8, 80, 100), corrected=at)
    assert course.share(2, 30) == 0.4
    assert course.share(3, 30) == pytest.approx(0.4 + 0.6 / 4)
    assert course.share(3, 60) == pytest.approx(0.4 + 0.6 / 2)  # the clock is ahead
    assert course.share(7, 60) == course.share(2, 95) == 1


def test_the_pace_is_looked_at_after_a_twenty_fifth_of_the_time_and_where_the_planned_steps_are_done() -> None:
    at = CourseState(8, 80, 100, seen_epochs=7, seen_validations=7, seen_seconds=75, announced=8)
    course = TimeCourse(TimePlan(8, 80, 100), epoch_seconds=10, validation_seconds=2, corrected=at)
    assert course.seen(7.3, 7, 78.1) is course
    seen = course.seen(7.3, 7, 78.2).state
    assert (seen.seen_epochs, seen.seen_validations, seen.seen_seconds) == (7.3, 7, 78.2)
    assert seen.slowness == pytest.approx(2 / 3 * (3.2 / (0.3 * 8)) + 1 / 3)
    done = course.seen(8.0, 8, 77.0).state
    assert (done.seen_epochs, done.seen_validations, done.seen_seconds) == (8.0, 8, 77.0)
    assert done.slowness == pytest.approx(2 / 3 * (2 / 10) + 1 / 3)


def test_time_that_a_resume_adds_is_trained_in() -> None:
    course = begin()
    longer = replace(course, plan=course.plan.with_limit(2 * LIMIT)).resumed(course.to_state(), 4.0, 40.0)
    assert longer.epochs == 19  # 100 s more, of 10 s each: 18.75
    # 40 of 87.5 s were due, which are 40 of 187.5 s.
    assert longer.share(4.0, 40.0) == pytest.approx(40 / 187.5)
    assert longer.share(18.75, 187.5) == 1
    assert drive(longer, steady).notes == []
    same = course.resumed(course.to_state(), 4.0, 40.0)
    assert (same.plan, same.state) == (course.plan, course.state)
    # The time is added once, however often the run is then resumed; and once more where the limit is raised again.
    again = replace(course, plan=longer.plan).resumed(longer.to_state(), 6.0, 60.0)
    assert (again.state, again.epochs) == (longer.state, 19)
    once_more = replace(course, plan=course.plan.with_limit(3 * LIMIT)).resumed(again.to_state(), 6.0, 60.0)
    assert once_more.state.budget_seconds == 287.5


def test_an_epoch_that_does_not_fit_is_too_little_and_so_is_half_of_what_a_wide_network_needs() -> None:
    budget = TimeBudget(LIMIT)
    assert budget.is_too_little(9.9, PACE, fewest_epochs=0.0)
    assert not budget.is_too_little(10.0, PACE, fewest_epochs=1.0)
    assert budget.is_too_little(19.9, PACE, fewest_epochs=4.0)
    assert not budget.is_too_little(20.0, PACE, fewest_epochs=4.0)


def test_scoring_and_the_report_take_longer_on_a_busy_machine() -> None:
    busy = replace(PACE, cpu_share=0.4)  # 0.8 on an idle one
    assert begin(pace=busy).plan.budget_seconds == begin().plan.budget_seconds - 1  # 7 s, where 6 are enough
    assert begin(pace=busy).reserve_seconds == begin().reserve_seconds + 1
    assert TimeBudget(LIMIT).left_for_training(10, slowness=2) == 83
    assert TimeBudget(LIMIT).left_for_training(10, slowness=1.5) == TimeBudget(LIMIT).left_for_training(10) == 84
    assert TimeBudget(LIMIT, is_large=True).left_for_training(10, slowness=2) == 78
    assert TimeBudget(LIMIT, has_report=False).left_for_training(10, slowness=2) == 90


def test_where_the_clock_cuts_the_last_epoch_first_the_epochs_that_were_done_count() -> None:
    course = TimeCourse(TimePlan(7, 80, 100), corrected=CourseState(7.2, 80, 100, announced=7))
    assert course.announce(is_last=True)[1] == "the machine became faster: 8 epochs instead of 7."
    assert course.announce(is_last=True, done=7)[1] is None


@pytest.mark.parametrize(
    ("planned", "epochs", "is_said"),
    [(10, 9.4, False), (10, 8.9, True), (20, 18.0, True), (100, 61.0, False), (100, 60.0, True)],
)
def test_a_few_of_many_short_epochs_less_are_no_news(planned: int, epochs: float, is_said: bool) -> None:
    course = TimeCourse(TimePlan(planned, 80, 100), corrected=CourseState(epochs, 80, 100, announced=planned))
    assert (course.announce(is_last=True)[1] is not None) == is_said


@pytest.mark.parametrize("limit", [30.0, 45.0, 60.0])
def test_what_was_reserved_for_a_load_is_trained_in_when_the_load_goes(limit: float) -> None:
    def goes(seconds: float) -> float:
        return 1 / 6 if seconds > 0.1 * limit else 1.0  # of the pace that was measured with six times the idle time

    def end_of_command(run: Driven, slowness: Slowness) -> float:
        return OPENING + run.seconds + (6 * 1.6 + SCORING) * slowness(run.seconds)

    pace = Pace(training_seconds=1.9, validation_seconds=0.1, load=6.0)
    course = TimeCourse.begin(TimeBudget(limit, listed_pictures=60_000), OPENING, pace, scoring_seconds=SCORING)
    for slowness in (goes, steady):
        assert 0.85 * limit <= end_of_command(drive(course, slowness, pace=pace), slowness) <= limit
