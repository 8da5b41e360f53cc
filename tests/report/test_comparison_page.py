"""The page of a comparison: what it shows, and where its chart puts things."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.comparison.test_advice import run

from onelook.comparison.compare import with_front
from onelook.comparison.result import Comparison, DifferentSetting, EpochPoint
from onelook.comparison.speed import Speed
from onelook.report.charts.comparison import interval_axis, pareto_chart, run_curves
from onelook.report.comparison_page import _scores, _speed, _training, render_comparison

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


def test_every_figure_of_a_run_stands_in_its_own_row_and_column() -> None:
    one, every = Speed(1, 7.0, 8.0, 200.0), Speed(4, 3.0, 4.5, 900.0)
    runs = (
        replace(
            run("slow", 0.98, 36.0), one_thread=one, all_threads=every, on_front=True, epochs=3, train_seconds=90.0
        ),
        replace(run("fast", 0.95, 4.0, 0.2), on_front=True, epochs=None, parameters=None),
        replace(run("beaten", 0.94, 5.0, 0.001), accuracy_interval=(0.9, 0.96)),
    )
    found = replace(comparison(), runs=runs, best=0)
    speed = _speed(found)
    assert speed.title == "No run is both faster and better than fast or slow"  # the best one last
    view: Any = speed.view
    assert view.heads == ("Run", "1 thread", "4 threads", "1 thread", "4 threads")
    assert view.rows[0] == ("slow", "7.0 (8.0)", "3.0 (4.5)", "200", "900")
    assert view.text.endswith("beaten: another run is at least as fast, and at least as good.")
    scores: Any = _scores(found).view
    assert [(row.label, row.is_best) for row in scores.rows] == [("slow", True), ("fast", False), ("beaten", False)]
    axis = interval_axis(runs)
    assert [(row.low, row.at, row.high) for row in scores.rows] == [
        tuple(map(axis.place, (row.accuracy_interval[0], row.accuracy, row.accuracy_interval[1]))) for row in runs
    ]
    assert [row.figures[-2:] for row in scores.rows] == [("", ""), ("9", "1"), ("9", "1")]
    training: Any = _training(found).view
    assert [tuple(cell.replace("\u202f", " ") for cell in row[:5]) for row in training.rows] == [
        ("slow", "slow", "3", "1 min 30 s", "1,000"),
        ("fast", "fast", "–", "1 s", "–"),
        ("beaten", "beaten", "1", "1 s", "1,000"),
    ]


def test_the_front_goes_from_the_fastest_to_the_best_whatever_the_order_of_the_runs() -> None:
    chart = pareto_chart(with_front([run("best", 0.99, 40.0), run("middle", 0.95, 9.0), run("fast", 0.9, 1.0)]))
    assert chart is not None
    best, middle, fast = ((point.x, point.y) for point in chart.points)
    front = f"M{fast[0]:g} {fast[1]:g} H{middle[0]:g} V{middle[1]:g} H{best[0]:g} V{best[1]:g} H{chart.right:g}"
    assert chart.front == front
    alone = chart.points[1].name  # there is room: to the right, above the point
    assert (alone.x, alone.anchor) == (middle[0] + 9.0, "start")
    assert alone.y == middle[1] - 9.0


def test_an_epoch_that_a_history_lacks_is_a_gap_at_its_place() -> None:
    lost = replace(run("lost", 0.98, 4.0), history=(HISTORY[0], HISTORY[2]))
    whole = replace(run("whole", 0.98, 4.0), history=HISTORY)
    first, *_ = run_curves((lost, whole))
    gap, curve = (next(each for each in first.curves if each.name == name) for name in ("lost", "whole"))
    assert (gap.path, len(gap.dots)) == ("", 2)
    assert [dot.x for dot in gap.dots] == [first.left, first.right]
    assert curve.path.count("L") == 2
