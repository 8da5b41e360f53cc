"""The charts' geometry: ticks are round, values stay inside, gaps are gaps."""

from __future__ import annotations

import itertools
import re

import pytest

from onelook.report.charts.lines import LineChart, Series, interval_strip, line_chart, nice_ticks


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


def test_many_epochs_get_few_labels_first_and_last_among_them() -> None:
    labels = [tick.label for tick in chart([1.0] * 30).x_ticks]
    assert labels == ["1", "5", "10", "15", "20", "25", "30"]


@pytest.mark.parametrize(("share", "low", "high"), [(1.0, 0.99, 1.0), (0.0, 0.0, 0.01), (0.98, 0.97, 0.985)])
def test_the_interval_lies_on_its_axis(share: float, low: float, high: float) -> None:
    strip = interval_strip(share, low, high, str)
    assert 0 <= strip.low <= strip.at <= strip.high <= 100
    assert [tick.at for tick in strip.ticks] == sorted(tick.at for tick in strip.ticks)
    assert strip.ticks[-1].at == 100
