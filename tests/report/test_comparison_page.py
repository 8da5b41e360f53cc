"""The page of a comparison: what it shows, and where its chart puts things."""

from __future__ import annotations

from dataclasses import replace

from tests.comparison.test_advice import run

from onelook.comparison.compare import with_front
from onelook.comparison.result import Comparison, DifferentSetting, EpochPoint
from onelook.report.charts.comparison import interval_axis, pareto_chart, run_curves
from onelook.report.comparison_page import render_comparison

HISTORY = tuple(EpochPoint(epoch, 1 / epoch, 1 - 0.5 / epoch, 1 / epoch, 0.9) for epoch in (1, 2, 3))


def comparison() -> Comparison:
    runs = [
        replace(run("<small>", 0.98, 4.0, 0.2), history=HISTORY[:2]),
        replace(run("large", 0.984, 36.0), history=HISTORY, warnings=("3 pictures were trained on",)),
        run("worse", 0.97, 40.0, 0.001),
    ]
    settings = (DifferentSetting("dropout", ("0", "none", "none")),)
    return Comparison(
        "photos", "2026-01-02T03:04:05+00:00", "a machine", tuple(with_front(runs)), 1, "Take it.", settings
    )


def test_the_page_shows_verdicts_speeds_curves_and_settings() -> None:
    html = render_comparison(comparison())
    assert "&lt;small&gt;" in html
    assert "<small>:" not in html
    for text in (
        "large has the most pictures right",
        "Take it.",
        "these 4,443 pictures show no difference (p = .20)",
        "worse, p = .001",
        "3 pictures were trained on",
        "4.0 (4.4)",
        "Validation accuracy",
        "1 setting differs",
    ):
        assert text in html, text
    assert "http://" not in html.replace("http://www.w3.org", "")


def test_the_chart_has_the_faster_to_the_left_and_the_better_above() -> None:
    chart = pareto_chart(comparison().runs)
    assert chart is not None
    small, large, worse = chart.points
    assert small.x < large.x < worse.x
    assert large.y < small.y < worse.y
    assert [point.on_front for point in chart.points] == [True, True, False]
    assert chart.front.startswith(f"M{small.x:g} {small.y:g} H{large.x:g} V{large.y:g}")
    assert all(point.high < point.y < point.low for point in chart.points)


def test_labels_of_runs_in_one_place_do_not_cover_each_other() -> None:
    chart = pareto_chart([run("one", 0.98, 4.0), run("two", 0.98, 4.0), run("three", 0.98, 4.0)])
    assert chart is not None
    assert len({(point.name.x, point.name.y) for point in chart.points}) == 3


def test_without_speeds_there_is_no_chart() -> None:
    assert pareto_chart([run("one", 0.98, None)]) is None


def test_one_axis_holds_all_intervals() -> None:
    axis = interval_axis(comparison().runs)
    places = [axis.place(bound) for one in comparison().runs for bound in one.accuracy_interval]
    assert min(places) >= 0
    assert max(places) <= 100


def test_a_shorter_run_ends_earlier_on_the_same_axis() -> None:
    charts = run_curves(comparison().runs[:2])
    assert [chart.title for chart in charts] == [
        "Validation accuracy",
        "Training accuracy",
        "Validation loss",
        "Training loss",
    ]
    short, long = charts[3].curves
    assert (short.path.count("L"), long.path.count("L")) == (1, 2)
    assert run_curves([run("one", 0.9, 1.0)]) == ()
