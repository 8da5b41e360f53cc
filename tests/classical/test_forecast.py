"""The time of a fit, told from small ones: fed scripted seconds."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.classical.forecast import FitForecast, draw_by_class, forecast
from onelook.metrics.temperature import fit_factor


def test_a_square_is_found_and_measuring_ends_once_a_fit_takes_long_enough() -> None:
    asked: list[int] = []

    def measure(rows: int) -> float:
        asked.append(rows)
        return 1e-6 * rows**2

    told = forecast(measure, 50_000)
    assert asked == [500, 1_000, 2_000]  # the last took 4 s
    assert told is not None
    assert told.exponent == pytest.approx(2)
    assert told.seconds_for(50_000) == pytest.approx(2_500)
    assert told.rows_within(25) == pytest.approx(5_000, abs=1)


def test_at_most_a_quarter_of_the_pictures_is_measured() -> None:
    asked: list[int] = []

    def measure(rows: int) -> float:
        asked.append(rows)
        return 0.01

    forecast(measure, 4_500)
    assert asked == [500, 1_000]
    assert forecast(lambda rows: 1.0, 1_999) is None
    assert forecast(lambda rows: 1.0, 2_000) is not None


def test_a_second_and_a_half_is_long_enough_to_tell_by() -> None:
    for seconds, sizes in ((1.5, [500]), (1.4, [500, 1_000, 2_000, 4_000])):
        asked: list[int] = []

        def measure(rows: int, asked: list[int] = asked, seconds: float = seconds) -> float:
            asked.append(rows)
            return seconds

        forecast(measure, 16_000)
        assert asked == sizes


def test_noise_does_not_make_a_law_of_nature() -> None:
    told = forecast(lambda rows: 1.0 if rows == 500 else 100.0, 10_000)
    assert told == FitForecast(1_000, 100.0, 3.0)


def test_the_largest_fits_tell_how_the_time_grows_as_small_ones_take_what_any_fit_takes() -> None:
    seconds = {500: 0.1, 1_000: 0.1, 2_000: 0.2, 4_000: 0.8}  # at last four times as long for twice the pictures
    told = forecast(seconds.__getitem__, 20_000)
    assert told is not None
    assert (told.measured, told.exponent) == (4_000, pytest.approx(2))


def test_every_class_has_its_share_and_one_at_least() -> None:
    labels = np.repeat([0, 1, 2], [700, 290, 10])
    drawn = draw_by_class(labels, 100, seed=1)
    assert np.bincount(labels[drawn]).tolist() == [70, 29, 1]
    assert np.array_equal(drawn, np.unique(drawn))
    assert np.bincount(labels[draw_by_class(labels, 3, seed=1)]).tolist() == [1, 1, 1]
    assert np.array_equal(drawn, draw_by_class(labels, 100, seed=1))
    assert not np.array_equal(drawn, draw_by_class(labels, 100, seed=2))
    assert set(draw_by_class(labels, 50, seed=1)) <= set(drawn)


def test_all_are_taken_where_there_are_not_more() -> None:
    assert draw_by_class(np.array([1, 0, 1]), 5, seed=0).tolist() == [0, 1, 2]


def test_the_temperature_is_the_one_of_the_lowest_loss() -> None:
    # Of 100 with the decision 2 for their class 90 are right: log odds 2 t = log(90 / 10), but for Platt's doubt.
    decisions, labels = np.tile([2.0, 0.0], (100, 1)), np.array([0] * 90 + [1] * 10)
    assert fit_factor(decisions, labels) == pytest.approx(np.log(9) / 2, rel=0.06)


def test_no_temperature_makes_all_sure() -> None:
    decisions = np.tile([1.0, 0.0], (50, 1))
    sure = fit_factor(decisions, np.zeros(50, np.int64))
    assert 1 / (1 + np.exp(-sure)) == pytest.approx(51 / 52, abs=1e-3)
    assert fit_factor(np.empty((0, 2)), np.empty(0, np.int64)) == 1.0


def test_the_temperature_depends_on_differences_alone_however_large_the_decisions_are() -> None:
    labels = np.array([0] * 9 + [1])
    expected = fit_factor(np.tile([2.0, 0.0], (10, 1)), labels)
    for offset in (900.0, -900.0):
        assert fit_factor(np.tile([2.0, 0.0], (10, 1)) + offset, labels) == pytest.approx(expected)


def test_of_classes_that_are_due_at_once_chance_takes_one() -> None:
    labels = np.array([0] * 10 + [1] * 10 + [2] * 10)
    assert {int(labels[draw_by_class(labels, 1, seed=seed)[0]]) for seed in range(20)} == {0, 1, 2}
    assert {int(draw_by_class(labels, 3, seed=seed)[0]) for seed in range(20)} > {0}


def test_a_fit_that_takes_no_longer_for_more_is_expected_to_grow_by_the_root() -> None:
    told = forecast(lambda rows: 0.5, 10_000)
    assert told == FitForecast(2_000, 0.5, 0.5)
    assert told.seconds_for(8_000) == pytest.approx(1.0)  # four times as many
    assert told.rows_within(1.0) == 8_000
    assert told.rows_within(-1.0) == 0
    assert forecast(lambda rows: 0.0, 2_000) == FitForecast(500, 1e-6, 1.0)  # of one fit nothing is known
