"""The geometry of a comparison's charts, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.comparison.test_advice import run

from onelook.comparison.result import EpochPoint
from onelook.report.charts.comparison import (
    LabelPlace,
    ParetoChart,
    RunPoint,
    _place_labels,
    _time_axis,
    interval_axis,
    pareto_chart,
    run_curves,
)
from onelook.report.charts.lines import Curve, Point, Tick

RUNS = (
    replace(run("quick", 0.96, 1.0), on_front=True, accuracy_interval=(0.95, 0.965)),
    replace(run("best", 0.99, 100.0), on_front=True, accuracy_interval=(0.98, 0.995)),
    run("unmeasured", 0.5, None),
    replace(run("between", 0.97, 10.0), accuracy_interval=(0.95, 0.98)),
)


def test_a_chart_by_hand() -> None:
    """414 units across for 2.3 powers of ten, from 10^-0.15, so 180 for one; 272 up for 94 % to 100 %."""
    marks = {"1": 77.0, "2": 131.2, "5": 202.8, "10": 257.0, "20": 311.2, "50": 382.8, "100": 437.0}
    assert pareto_chart(RUNS) == ParetoChart(
        width=480.0,
        height=330.0,
        left=50.0,
        right=464.0,
        top=16.0,
        bottom=288.0,
        x_ticks=tuple(Tick(at, label) for label, at in marks.items()),
        y_ticks=tuple(
            Tick(at, f"{share}\u202f%") for share, at in ((94, 288.0), (96, 197.3), (98, 106.7), (100, 16.0))
        ),
        points=(
            RunPoint("quick", 77.0, 197.3, 242.7, 174.7, on_front=True, name=LabelPlace(86.0, 188.3, "start")),
            RunPoint("best", 437.0, 61.3, 106.7, 38.7, on_front=True, name=LabelPlace(446.0, 52.3, "start")),
            RunPoint("between", 257.0, 152.0, 242.7, 106.7, on_front=False, name=LabelPlace(266.0, 143.0, "start")),
        ),
        front="M77 197.3 H437 V61.3 H464",
        summary="Accuracy against the time for one picture. quick: 96.0\u202f% in 1.0 ms. "
        "best: 99.0\u202f% in 100 ms. between: 97.0\u202f% in 10 ms.",
    )


@pytest.mark.parametrize(
    ("latencies", "low", "high", "ticks"),
    [
        ([4.0], 0.2021, 1.0021, [2, 5, 10]),  # 0.8 powers of ten at least, around the middle
        ([3.0, 9.0], 0.3157, 1.1157, [5, 10]),
        ([36.0, 4.0], 0.4521, 1.7063, [5, 10, 20, 50]),
        ([1.0, 150.0], -0.15, 2.3261, [1, 2, 5, 10, 20, 50, 100, 200]),
        ([1.0, 160.0], -0.15, 2.3541, [1, 10, 100]),  # beyond two and a half powers only tens
    ],
)
def test_times_have_a_logarithmic_axis(latencies: list[float], low: float, high: float, ticks: list[int]) -> None:
    first, last, marks = _time_axis(latencies)
    assert (first, last) == pytest.approx((low, high), abs=1e-4)
    assert marks == ticks


ABOVE, BELOW, HIGHER = -9, 15, -23  # of a point; a label's base line
LABELS: dict[str, tuple[list[tuple[float, float]], list[str], list[tuple[float, float, str]]]] = {
    "alone": ([(100, 100)], ["abc"], [(109, 91, "start")]),
    "no room on the right": ([(300, 100)], ["a" * 28], [(291, 91, "end")]),
    "no room on the left": ([(300, 100), (60, 100)], ["a" * 20, "b" * 25], [(309, 91, "start"), (69, 91, "start")]),
    "just enough room on the right": ([(300, 100)], ["a" * 25], [(309, 91, "start")]),  # 168 of 171
    "a point in the way": ([(100, 100), (112, 90)], ["abc", "d"], [(91, 91, "end"), (121, 81, "start")]),
    "points on both sides above": (
        [(200, 100), (220, 92), (180, 92)],
        ["a", "b", "c"],
        [(209, 115, "start"), (229, 83, "start"), (189, 83, "start")],
    ),
    "points on all sides": (
        [(200, 100), (220, 92), (180, 92), (220, 110), (180, 110)],
        ["a", "b", "c", "d", "e"],
        [(209, 77, "start"), (229, 83, "start"), (189, 83, "start"), (229, 101, "start"), (171, 101, "end")],
    ),
    "too long for either side": ([(240, 100)], ["x" * 60], [(231, 91, "end")]),
    "too long beside a label": ([(60, 100), (60, 100)], ["x" * 62, "y" * 55], [(69, 91, "start"), (69, 115, "start")]),
}


@pytest.mark.parametrize("case", LABELS)
def test_a_label_stands_at_the_first_place_that_is_free(case: str) -> None:
    points, labels, places = LABELS[case]
    assert _place_labels(points, labels, right=464.0) == [LabelPlace(*place) for place in places]


def test_an_axis_of_intervals_by_hand() -> None:
    axis = interval_axis(RUNS)
    assert axis.ticks == tuple(
        Tick(at, f"{share}\u202f%") for share, at in ((40, 0.0), (60, 33.33), (80, 66.67), (100, 100.0))
    )
    assert [axis.place(share) for share in (0.4, 0.49, 0.95, 1.0)] == [0.0, 15.0, 91.67, 100.0]
    assert [tick.label for tick in interval_axis([replace(RUNS[1], accuracy_interval=(0.97, 1.0))]).ticks] == [
        *("97\u202f%", "98\u202f%", "99\u202f%", "100\u202f%")
    ]


def test_curves_by_hand() -> None:
    history = (EpochPoint(1, 2.0, 0.5, 3.0, 0.4), EpochPoint(3, 1.0, 0.75, None, 0.6))
    charts = run_curves([replace(RUNS[0], history=history), replace(RUNS[1], history=history[:1]), RUNS[3]])
    assert [(chart.title, chart.summary, chart.best_x) for chart in charts] == [
        (title, f"{title} by epoch of 3 runs.", None)
        for title in ("Validation accuracy", "Training accuracy", "Validation loss", "Training loss")
    ]
    labels = [[tick.label for tick in chart.y_ticks] for chart in charts]
    assert labels == [
        [f"{share}\u202f%" for share in (40, 45, 50, 55, 60)],
        [f"{share}\u202f%" for share in (50, 60, 70, 80)],
        ["2.6", "2.8", "3", "3.2", "3.4"],
        ["1", "1.25", "1.5", "1.75", "2"],
    ]
    ends = [
        ((46.0, 202.0), (346.0, 26.0)),
        ((46.0, 202.0), (346.0, 55.3)),
        ((46.0, 114.0),),
        ((46.0, 26.0), (346, 202)),
    ]
    for chart, places in zip(charts, ends, strict=True):
        assert [tick.label for tick in chart.x_ticks] == ["1", "2", "3"]
        dots = tuple(Point(*place) for place in places)  # the second epoch is missing: no line
        assert chart.curves == (
            Curve("quick", main=True, path="", dots=dots, best=None),
            Curve("best", main=True, path="", dots=dots[:1], best=None),
            Curve("between", main=True, path="", dots=(), best=None),
        )
    perfect = replace(RUNS[0], history=(EpochPoint(1, 0.5, 0.99, 0.5, 0.99), EpochPoint(2, 0.4, 1.003, 0.4, 1.0)))
    assert [chart.y_ticks[-1].label for chart in run_curves([perfect])][:2] == ["100\u202f%"] * 2  # no share above
