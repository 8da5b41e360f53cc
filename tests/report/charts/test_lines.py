"""The charts' geometry: ticks are round, values stay inside, gaps are gaps."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from onelook.report.charts.lines import (
    Curve,
    IntervalStrip,
    LineChart,
    Point,
    Series,
    Tick,
    interval_strip,
    line_chart,
    nice_ticks,
    rate_chart,
)


def chart(values: list[float | None], best: int | None = None, **options: float) -> LineChart:
    drawn = line_chart(
        "Loss",
        list(range(1, len(values) + 1)),
        [Series("validation", values, main=True)],
        best_epoch=best,
        label=lambda value: f"{value:g}",
        summary="",
        **options,
    )
    assert drawn is not None
    return drawn


@pytest.mark.parametrize(
    ("low", "high", "highest"),
    [(0.0, 1.0, 1.0), (0.913, 0.9991, 1.0), (1e-6, 4e-3, None), (0.5, 0.5, 1.0), (0.0, 0.0, None), (3, 1e9, None)],
)
def test_ticks_enclose_the_values_and_are_evenly_spaced(low: float, high: float, highest: float | None) -> None:
    ticks = nice_ticks(low, high, highest=highest)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert 3 <= len(ticks) <= 7
    steps = {round((b - a) / (ticks[1] - ticks[0]), 6) for a, b in itertools.pairwise(ticks)}
    assert steps == {1.0}


def test_higher_values_are_drawn_higher_and_inside() -> None:
    drawn = chart([2.0, 1.0, 0.5], best=2)
    points = [tuple(map(float, pair)) for pair in re.findall(r"([\d.]+) ([\d.]+)", drawn.curves[0].path)]
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert points[0][1] < points[1][1] < points[2][1]
    assert all(drawn.left <= x <= drawn.right and drawn.top <= y <= drawn.bottom for x, y in points)
    best = drawn.curves[0].best
    assert best is not None
    assert (best.x, best.y) == points[1]
    assert drawn.best_x == points[1][0]


def test_a_missing_value_breaks_the_line() -> None:
    drawn = chart([1.0, 0.9, None, 0.8])
    assert drawn.curves[0].path.count("M") == 1
    assert len(drawn.curves[0].dots) == 1


def test_one_epoch_is_a_dot_in_the_middle() -> None:
    drawn = chart([0.7], best=1)
    assert drawn.curves[0].path == ""
    assert drawn.curves[0].dots[0].x == (drawn.left + drawn.right) / 2


def test_nothing_to_show_is_no_chart() -> None:
    series = [Series("validation", [None, None], main=True)]
    assert line_chart("Loss", [1, 2], series, best_epoch=None, label=str, summary="") is None


@pytest.mark.parametrize(
    ("first", "last", "ticks"),
    [
        (3, 10, [3, 4, 5, 6, 7, 8, 9, 10]),  # all, up to eight
        (1, 9, [1, 4, 6, 9]),  # 2 and 8 are left out: they are too near to the ends
        (0, 14, [0, 2, 4, 6, 8, 10, 12, 14]),
        (4, 18, [4, 6, 8, 10, 12, 14, 16, 18]),
        (1, 15, [1, 4, 6, 8, 10, 12, 15]),
        (1, 16, [1, 5, 10, 16]),
        (9, 40, [9, 15, 20, 25, 30, 35, 40]),
        (1, 30, [1, 5, 10, 15, 20, 25, 30]),
        (1, 36, [1, 5, 10, 15, 20, 25, 30, 36]),
        (1, 37, [1, 10, 20, 30, 37]),
        (1, 300, [1, 50, 100, 150, 200, 250, 300]),
        (1, 701, [1, 100, 200, 300, 400, 500, 600, 701]),
    ],
)
def test_the_first_and_last_epoch_have_labels_and_round_ones_between(first: int, last: int, ticks: list[int]) -> None:
    epochs = range(first, last + 1)
    series = [Series("loss", [1.0] * len(epochs), main=True)]
    drawn = line_chart("Loss", epochs, series, best_epoch=None, label=str, summary="")
    assert drawn is not None
    assert [int(tick.label) for tick in drawn.x_ticks] == ticks


@pytest.mark.parametrize(
    ("low", "high", "options", "ticks"),
    [
        (0, 4, {}, [0, 1, 2, 3, 4]),
        (0, 4.1, {}, [0, 2, 4, 6]),
        (0.2, 0.8, {}, [0.2, 0.4, 0.6, 0.8]),
        (12, 31, {}, [10, 15, 20, 25, 30, 35]),
        (0, 10, {}, [0, 2.5, 5, 7.5, 10]),
        (0, 100, {"count": 3}, [0, 50, 100]),
        (0.93, 0.99, {"count": 3}, [0.92, 0.94, 0.96, 0.98, 1.0]),
        (0.99, 1.01, {"highest": 1.0}, [0.99, 0.995, 1.0]),
        (0.5, 0.5, {}, [0.45, 0.475, 0.5, 0.525, 0.55]),  # a tenth to each side
        (-3, -3, {}, [-4, -3.5, -3, -2.5, -2]),  # one to each side
        (0, 0, {}, [-1, -0.5, 0, 0.5, 1]),
    ],
)
def test_ticks_are_the_round_numbers_around_the_values(
    low: float, high: float, options: dict[str, Any], ticks: list[float]
) -> None:
    assert nice_ticks(low, high, **options) == ticks


def test_a_chart_by_hand() -> None:
    """300 pixels across for 4 epochs, 176 pixels up for the values 0 to 4: 75 an epoch and 44 a unit."""
    series = [Series("val", [1.0, None, 2.0, 3.0], main=True), Series("train", [None, 4.0, None, 0.5], main=False)]
    text = "<{:g}>".format
    assert line_chart("Loss", [2, 3, 4, 6], series, best_epoch=3, label=text, summary="in words") == LineChart(
        title="Loss",
        width=360.0,
        height=236.0,
        left=46.0,
        right=346.0,
        top=26.0,
        bottom=202.0,
        x_ticks=tuple(Tick(46.0 + 75 * number, str(2 + number)) for number in range(5)),
        y_ticks=tuple(Tick(202.0 - 44 * number, f"<{number}>") for number in range(5)),
        curves=(  # the strong curve is drawn last, above the other
            Curve("train", main=False, path="", dots=(Point(121, 26), Point(346, 180)), best=Point(121, 26)),
            Curve("val", main=True, path="M196 114 L346 70", dots=(Point(46, 158),), best=None),
        ),
        best_x=121.0,
        summary="in words",
        x_name="epoch",
        best_name="kept",
    )


def test_a_best_epoch_that_is_not_drawn_is_not_marked() -> None:
    assert chart([1.0, 2.0], best=3).best_x is None
    assert chart([1.0, 2.0]).best_x is None


def test_rates_have_their_ticks_at_powers_of_ten() -> None:
    series = [Series("loss", [3.0, 2.0, 1.0, 2.0, 5.0], main=True)]
    rates = [1e-3 * 10 ** (step / 2) for step in range(5)]
    drawn = rate_chart("Loss by rate", rates, series, suggested=2, summary="in words")
    assert drawn is not None
    assert drawn.x_ticks == (Tick(46.0, "0.001"), Tick(196.0, "0.01"), Tick(346.0, "0.1"))
    assert (drawn.title, drawn.x_name, drawn.best_name, drawn.summary) == (
        "Loss by rate",
        "learning rate",
        "suggested",
        "in words",
    )
    assert drawn.curves == (
        Curve("loss", main=True, path="M46 114 L121 158 L196 202 L271 158 L346 26", dots=(), best=Point(196, 202)),
    )
    assert drawn.best_x == 196
    assert [tick.label for tick in drawn.y_ticks] == ["1", "2", "3", "4", "5"]
    between = rate_chart("", [rate / 5 for rate in rates], series, suggested=2, summary="")  # 0.0002 to 0.02
    assert between is not None
    assert between.x_ticks == (Tick(150.8, "0.001"), Tick(300.8, "0.01"))  # log10(5) / 2 of the way, and 1.5 further
    assert rate_chart("", rates, [Series("loss", [None] * 5, main=True)], suggested=2, summary="") is None


def test_an_interval_by_hand() -> None:
    def ticks(*labels: str) -> tuple[Tick, ...]:
        return tuple(Tick(25.0 * number, label) for number, label in enumerate(labels))

    assert interval_strip(0.9, 0.88, 0.95, "{:g}".format) == IntervalStrip(
        50.0, 40.0, 75.0, ticks("0.8", "0.85", "0.9", "0.95", "1")
    )
    assert interval_strip(1.0, 1.0, 1.0, "{:g}".format) == IntervalStrip(
        100.0, 100.0, 100.0, ticks("0.998", "0.9985", "0.999", "0.9995", "1")
    )
    assert interval_strip(0.001, 0.0, 0.01, "{:g}".format) == IntervalStrip(
        5.0, 0.0, 50.0, ticks("0", "0.005", "0.01", "0.015", "0.02")
    )


def test_of_more_than_five_ticks_every_second_has_a_label() -> None:
    strip = interval_strip(0.1332, 0.1267, 0.14, "{:g}".format)
    assert [tick.label for tick in strip.ticks] == ["0.11", "", "0.13", "", "0.15", ""]


@pytest.mark.parametrize(("share", "low", "high"), [(1.0, 0.99, 1.0), (0.0, 0.0, 0.01), (0.98, 0.97, 0.985)])
def test_the_interval_lies_on_its_axis(share: float, low: float, high: float) -> None:
    strip = interval_strip(share, low, high, str)
    assert 0 <= strip.low <= strip.at <= strip.high <= 100
    assert [tick.at for tick in strip.ticks] == sorted(tick.at for tick in strip.ticks)
    assert strip.ticks[-1].at == 100
