"""A time limit: how it is shared, spent and turned into epochs. Every figure is worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from onelook.planning.time_budget import TimeBudget, TimePlan, budget_of, until
from onelook.planning.time_course import TimeCourse, recorded_time_plan
from onelook.training.measurements.speed import Pace

PACE = Pace(training_seconds=9, validation_seconds=1)


def test_a_limit_is_shared_by_all_trainings() -> None:
    budget = TimeBudget(100, trainings=5, matmul_speed=1e9)
    assert budget.training_limit_seconds == 20
    assert budget.operations == 20e9
    assert budget.feature_seconds == 8  # 0.4 of its 20 s


def test_without_a_limit_nothing_is_known_of_time_but_how_long_features_may_take() -> None:
    budget = TimeBudget(matmul_speed=1e9)
    assert budget.training_limit_seconds is budget.operations is budget.deadline(5.0) is None
    assert budget.share(3.0, left=2) is None
    assert budget.feature_seconds == 60
    assert TimeBudget(1_000).feature_seconds == 60
    assert TimeBudget(100).operations is None


def test_epochs_before_the_network_is_built() -> None:
    # 0.85 of 100 s at 1e9 operations, half of which training reaches: 42.5e9; 6 for each of 1e6 multiply-adds.
    found = TimeBudget(100, matmul_speed=1e9).epochs(multiply_adds=1e6, rows=1_000, share_of_speed=0.5)
    assert found == pytest.approx(42.5 / 6)
    assert TimeBudget(100).epochs(multiply_adds=1e6, rows=1_000, share_of_speed=0.5) == 0


def test_what_is_left_goes_to_those_that_are_to_come() -> None:
    assert TimeBudget(100).share(40, left=3) == 20
    assert TimeBudget(100).share(99.9, left=3) == 1
    assert TimeBudget(100).share(40, left=3, ending_seconds=15) == 15
    assert TimeBudget(100).share(40, left=0.5, ending_seconds=15) == 90  # the last one counts for half
    assert TimeBudget(100).share(40, left=3, ending_seconds=59) == 1


def test_training_ends_before_its_limit_by_what_comes_after_it() -> None:
    assert TimeBudget(100).deadline(1_000) == 1_094  # six seconds to finish
    assert TimeBudget(100).deadline(1_000, ending_seconds=10) == 1_084
    assert TimeBudget(100).deadline(1_000, ending_seconds=10, slowness=2.0) == 1_083  # twice 3.5
    assert TimeBudget(100, is_large=True).deadline(1_000, slowness=2.0) == 1_088
    assert TimeBudget(100, has_report=False).deadline(1_000, slowness=2.0) == 1_100


def test_a_trial_keeps_its_epochs_and_ends_with_the_limit() -> None:
    assert TimeBudget(20).plan_of_trial(5, 3) == TimePlan(5, 17, 20)
    assert TimeBudget(20).plan_of_trial(5, 30) == TimePlan(5, 0.1, 20)
    assert (until(None, 5), until(10, 4), until(10, 9.5), until(10, 12)) == (None, 6, 1, 1)


def test_finishing_takes_six_seconds_or_a_fiftieth_and_nothing_in_memory() -> None:
    assert TimeBudget(100).left_for_training(10) == 84
    assert TimeBudget(1_000).left_for_training(10) == 970
    assert TimeBudget(100, has_report=False).left_for_training(10) == 90


@pytest.mark.parametrize(("limit", "seconds"), [(3, 1.7), (15, 2.0), (30, 4.0), (45, 6.0), (60, 6.0)])
def test_less_of_a_short_limit_is_reserved_to_finish(limit: float, seconds: float) -> None:
    assert TimeBudget(limit).left_for_training(0) == pytest.approx(limit - seconds)


def test_finishing_within_a_short_limit_takes_longer_on_a_busy_machine() -> None:
    assert TimeBudget(20).left_for_training(0, slowness=2.0) == pytest.approx(20 - 2 * 1.7)
    assert TimeBudget(30).left_for_training(0, slowness=2.0) == pytest.approx(30 - 2 * 3.5 * 30 / 45)


def test_a_limit_that_is_said_to_be_enough_leaves_an_epoch() -> None:
    pace = Pace(training_seconds=0.02, validation_seconds=0.01)
    budget = TimeBudget(3)
    words = str(budget.warning(budget.left_for_epochs(4.0, pace), pace))
    assert words.endswith("--time-limit 6s is enough for one")
    assert TimeBudget(6).left_for_epochs(4.0, pace) >= pace.epoch_seconds


def test_measuring_a_pace_takes_a_twentieth_of_a_short_limit_and_three_seconds_at_most() -> None:
    assert TimeBudget(30).measuring_seconds == pytest.approx(1.5)
    assert TimeBudget(30).measuring_share == pytest.approx(0.5)
    assert TimeBudget(100, trainings=5).measuring_seconds == pytest.approx(1.0)  # of the 20 s of each
    assert TimeBudget(60).measuring_share == TimeBudget(600).measuring_share == TimeBudget().measuring_share == 1


def test_comparing_takes_five_seconds_a_model_and_less_of_a_short_limit() -> None:
    assert TimeBudget(20).comparing_seconds(2) == 7
    assert TimeBudget(36).comparing_seconds(2) == 8
    assert TimeBudget(60).comparing_seconds(2) == TimeBudget().comparing_seconds(2) == 10


def test_features_get_their_share_of_what_is_left() -> None:
    left = TimeBudget(100, is_large=True).left_for_features(10, slowness=2.0, rows=300, later_rows=100)
    assert left == pytest.approx(0.85 * (100 - 10 - 12) * 300 / 400)
    assert TimeBudget().left_for_features(10, slowness=1.0, rows=300, later_rows=0) is None


def test_a_network_is_hopeless_whose_epoch_takes_more_than_three_times_what_is_left() -> None:
    assert TimeBudget(100).is_hopeless(32.9, 100.0)  # of which 3 s are to measure it
    assert not TimeBudget(100).is_hopeless(33.0, 100.0)


def test_epochs_that_fit_by_the_measured_pace() -> None:
    budget = TimeBudget(100)
    left = budget.left_for_epochs(10, PACE, scoring_seconds=3)
    assert left == 80  # 100 less 10, 6 to finish, 3 to score, 1 to validate what the clock may cut short
    assert budget.plan_epochs(left, PACE) == TimePlan(epochs=8, budget_seconds=80, limit_seconds=100)
    for most_epochs, epochs in ((5, 5), (8, 8), (50, 8)):
        assert budget.plan_epochs(left, PACE, most_epochs=most_epochs) == TimePlan(epochs, 80, 100)
    assert budget.warning(left, PACE) is None


def test_where_the_time_is_used_up_one_batch_is_trained_and_what_would_be_enough_is_said() -> None:
    budget = TimeBudget(20)
    left = budget.left_for_epochs(18 + 1 / 3, PACE)
    assert left == pytest.approx(-2)  # 2 2/3 to finish and 1 to validate
    assert budget.plan_epochs(left, PACE) == TimePlan(epochs=1, budget_seconds=0.1, limit_seconds=20)
    assert str(budget.warning(left, PACE)).startswith("20 s leave 0 s for training, and an epoch takes about 10 s")
    # 29 1/3 to open, train and validate twice; 6/45 of a limit under 45 s to finish: 29 1/3 / (1 - 6/45) = 33.8.
    assert str(budget.warning(left, PACE)).endswith("--time-limit 34s is enough for one")
    assert budget.warning(10, PACE) is None
    assert budget.warning(9.9, PACE) is not None


def test_a_raised_limit_adds_its_time_to_the_training() -> None:
    plan = TimePlan(epochs=8, budget_seconds=80, limit_seconds=100)
    assert plan.with_limit(None) is plan
    assert plan.with_limit(100) is plan
    assert plan.with_limit(140) == TimePlan(epochs=12, budget_seconds=120, limit_seconds=140)
    # Where nothing was left, a little more is no reason to plan fewer epochs than before.
    cramped = TimePlan(epochs=8, budget_seconds=0.25, limit_seconds=5)
    assert cramped.with_limit(5.25) == TimePlan(epochs=8, budget_seconds=0.5, limit_seconds=5.25)


def test_the_recorded_plan_of_a_run_comes_back() -> None:
    assert recorded_time_plan({}) is None
    record = {"time_plan": {"epochs": 8, "budget_seconds": 80.0, "limit_seconds": 100.0}}
    assert recorded_time_plan(record) == TimePlan(8, 80.0, 100.0)


@pytest.mark.parametrize(
    ("asked", "is_measured"),
    [
        ({}, False),
        ({"time_limit_seconds": 60.0}, True),
        ({"time_limit_seconds": 60.0, "model": "cnn"}, False),
        ({"time_limit_seconds": 60.0, "model": "efficientnet-lite0"}, True),  # for the size of the pictures
        ({"time_limit_seconds": 60.0, "model": "efficientnet-lite0", "weights": "none"}, False),
        ({"model": "efficientnet-lite0"}, False),
        ({"time_limit_seconds": 60.0, "recipe": "mnist-tutorial"}, False),
    ],
)
def test_the_machine_is_measured_only_where_a_network_is_picked_by_time(
    asked: dict[str, object], is_measured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onelook.training.measurements.speed.measure_matmul_speed", lambda _: 5e9)
    budget = budget_of(asked)
    assert budget.matmul_speed == (5e9 if is_measured else None)
    assert budget.limit_seconds == asked.get("time_limit_seconds")
    assert budget_of({"time_limit_seconds": 60.0, "folds": 4}, 7e9) == TimeBudget(60.0, 4, 7e9)


@pytest.mark.parametrize(
    ("asked", "measured"), [({"device": "cpu"}, "cpu"), ({"device": "cuda"}, "cuda"), ({}, "auto")]
)
def test_the_speed_is_that_of_the_device_that_trains(
    asked: dict[str, object], measured: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onelook.runtime.choose_device", lambda name: SimpleNamespace(type=f"the device {name}"))
    seen: list[str] = []
    monkeypatch.setattr(
        "onelook.training.measurements.speed.measure_matmul_speed", lambda device: seen.append(device.type) or 5e9
    )
    budget_of({"time_limit_seconds": 60.0, **asked})
    assert seen == [f"the device {measured}"]


@pytest.mark.parametrize(
    ("asked", "instructions", "gain"),
    [
        ({}, "AVX512-BF16", 2.5),
        ({}, None, 1.0),
        ({"precision": "float32"}, "AVX512-BF16", 1.0),
        ({"precision": "bfloat16"}, None, 2.5),
        ({"compile": True}, "AVX512-BF16", 1.0),
    ],
)
def test_products_in_bfloat16_are_measured_where_a_network_may_be_trained_in_it(
    asked: dict[str, object], instructions: str | None, gain: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onelook.runtime.bfloat16_instructions", lambda: instructions)
    monkeypatch.setattr("onelook.training.measurements.speed.measure_matmul_speed", lambda _: 5e9)
    monkeypatch.setattr(
        "onelook.training.measurements.speed.measure_convolutions", lambda: SimpleNamespace(float32=3.0, bfloat16=2.5)
    )
    budget = budget_of({"time_limit_seconds": 60.0, "device": "cpu", **asked})
    assert (budget.bfloat16_gain, budget.float32_gain) == (gain, 3.0 if gain > 1 else 1.0)
    assert budget_of(asked).bfloat16_gain == 1.0  # without a limit nothing is measured


@pytest.mark.parametrize(
    ("seconds", "epochs", "is_cut"),
    [(5.0, 1, False), (10.0, 1, False), (25.0, 3, True), (28.9, 3, True), (29.1, 3, False), (30.0, 3, False)],
)
def test_of_several_epochs_the_last_may_be_cut(seconds: float, epochs: int, is_cut: bool) -> None:
    course = TimeCourse(TimePlan(epochs, seconds, 60.0), epoch_seconds=10.0)
    assert (course.epochs, course.cuts_last_epoch) == (epochs, is_cut)


@pytest.mark.parametrize(
    ("limit", "load", "pictures", "reserve"),
    [
        (20, 1.0, 60_000, 20 / 45 * 6),  # an idle machine: as before
        (20, 2.0, 1_437, 20 / 45 * 6),
        (20, 4.0, 1_437, 4 * (0.75 + 1_437 * 2.3e-5)),
        (20, 4.0, 60_000, 4 * (0.75 + 60_000 * 2.3e-5)),
        (30, 8.0, 60_000, 8 * (0.75 + 60_000 * 2.3e-5)),
        (600, 4.0, 60_000, 0.02 * 600),
    ],
)
def test_the_reserve_follows_the_load_that_the_command_has_met(
    limit: float, load: float, pictures: int, reserve: float
) -> None:
    budget = TimeBudget(limit, listed_pictures=pictures)
    assert limit - 5 - budget.left_for_training(5, load=load) == pytest.approx(reserve)
    pace = Pace(4.0, 1.0, load=load)
    assert budget.left_for_epochs(5, pace, scoring_seconds=0.5) == pytest.approx(limit - 5 - reserve - 1.5)
    assert TimeCourse.begin(budget, 5, pace).idle_reserve_seconds == pytest.approx(
        limit - budget.left_for_training(0) + 1  # the last epoch's validation
    )


def test_a_pretrained_network_takes_longer_to_save_under_load() -> None:
    assert TimeBudget(20, is_large=True).left_for_training(0, load=6.0) == pytest.approx(20 - 6 * 2.9)


def test_nothing_is_measured_where_the_time_is_nearly_up() -> None:
    budget = TimeBudget(20)  # of which measuring a pace takes one second, and finishing 2.67
    assert not budget.is_late(16.3, 1.0)
    assert budget.is_late(16.4, 1.0)
    assert budget.is_late(16.1, 4.0)
