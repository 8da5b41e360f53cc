"""The geometry of a comparison's charts: accuracy against time, intervals on one axis, the runs' curves."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from onelook.comparison.result import ComparedRun, EpochPoint
from onelook.report.charts.lines import LineChart, Series, Tick, line_chart, nice_ticks
from onelook.report.page_wording import percent, tick_percent
from onelook.wording import milliseconds, translate

# The size in CSS pixels. The page shows it at 0.9 to 1.3 times this size, so that its text can be read on a telephone.
_WIDTH, _HEIGHT = 480.0, 330.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 50.0, 16.0, 16.0, 42.0
_CHARACTER, _LINE = 6.4, 14.0  # width of a label's character, and height of its line
_GAP = 9.0  # between a point and its label


@dataclass(frozen=True)
class LabelPlace:
    """The position where a label starts or ends."""

    x: float
    y: float  # of the base line
    anchor: str  # start or end: which side of the label is at x


@dataclass(frozen=True)
class RunPoint:
    """A run in the chart of accuracy against time."""

    label: str
    x: float
    y: float
    low: float  # the y of the interval's lower end
    high: float  # the y of its upper end
    on_front: bool
    name: LabelPlace


@dataclass(frozen=True)
class ParetoChart:
    """Accuracy against the time for one picture, with the line of the best runs."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    points: tuple[RunPoint, ...]
    front: str  # the `d` of an SVG path through the runs that no other run beats in both
    summary: str


def pareto_chart(runs: Sequence[ComparedRun]) -> ParetoChart | None:
    """Return a chart of the runs with a measured speed: better ones higher, faster ones left. None without any."""
    timed = [(run, run.all_threads.latency_ms) for run in runs if run.all_threads is not None]
    if not timed:
        return None
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    first, last, x_values = _time_axis([latency for _, latency in timed])
    bounds = [bound for run, _ in timed for bound in run.accuracy_interval]
    y_values = nice_ticks(min(bounds), max(bounds), highest=1.0)
    low, high = min([y_values[0], *bounds]), max([y_values[-1], *bounds])

    def x(latency: float) -> float:
        return round(_LEFT + (right - _LEFT) * (math.log10(latency) - first) / (last - first), 1)

    def y(share: float) -> float:
        return round(bottom - (bottom - _TOP) * (share - low) / (high - low), 1)

    places = [(x(latency), y(run.accuracy)) for run, latency in timed]
    labels = _place_labels(places, [run.label for run, _ in timed], right)
    points = tuple(
        RunPoint(run.label, *place, y(run.accuracy_interval[0]), y(run.accuracy_interval[1]), run.on_front, label)
        for (run, _), place, label in zip(timed, places, labels, strict=True)
    )
    return ParetoChart(
        _WIDTH,
        _HEIGHT,
        _LEFT,
        right,
        _TOP,
        bottom,
        x_ticks=tuple(Tick(x(value), f"{value:g}") for value in x_values),
        y_ticks=tuple(Tick(y(value), tick_percent(value)) for value in y_values),
        points=points,
        front=_front(points, right),
        summary=translate("Accuracy against the time for one picture. ")
        + " ".join(
            translate(
                "{label}: {accuracy} in {latency} ms.",
                label=run.label,
                accuracy=percent(run.accuracy),
                latency=milliseconds(latency),
            )
            for run, latency in timed
        ),
    )


def _time_axis(latencies: Sequence[float]) -> tuple[float, float, list[float]]:
    """Return the ends of a logarithmic axis as powers of ten, and round numbers on it."""
    low, high = math.log10(min(latencies)) - 0.15, math.log10(max(latencies)) + 0.15
    if high - low < 0.8:
        low, high = (low + high) / 2 - 0.4, (low + high) / 2 + 0.4
    steps = (1, 2, 5) if high - low < 2.5 else (1,)
    ticks = [step * 10.0**power for power in range(math.floor(low), math.ceil(high) + 1) for step in steps]
    return low, high, [tick for tick in ticks if low <= math.log10(tick) <= high]


def _front(points: Sequence[RunPoint], right: float) -> str:
    """Return steps from the fastest run to the best. No run is above them."""
    front = sorted((point.x, point.y) for point in points if point.on_front)
    if not front:
        return ""
    steps = [f"M{front[0][0]:g} {front[0][1]:g}"]
    steps += [f"H{x:g} V{y:g}" for x, y in front[1:]]
    return " ".join([*steps, f"H{right:g}"])


def _place_labels(points: Sequence[tuple[float, float]], labels: Sequence[str], right: float) -> list[LabelPlace]:
    """Return a place for each point's label where it covers no other label and no point, if there is one."""
    taken = [(x - 6, y - 6, x + 6, y + 6) for x, y in points]
    placed = []
    for (x, y), label in zip(points, labels, strict=True):
        width = _CHARACTER * len(label) + 8  # with some room around it
        candidates = (
            (x + _GAP, y - _GAP, "start"),
            (x - _GAP, y - _GAP, "end"),
            (x + _GAP, y + _GAP + 6, "start"),
            (x - _GAP, y + _GAP + 6, "end"),
            (x + _GAP, y - _GAP - _LINE, "start"),
            (x - _GAP, y - _GAP - _LINE, "end"),
        )
        boxes = [_box(*candidate, width) for candidate in candidates]
        free = [
            number
            for number, box in enumerate(boxes)
            if box[0] >= _LEFT and box[2] <= right + _RIGHT and not any(_overlap(box, other) for other in taken)
        ]
        chosen = free[0] if free else (0 if x + width < right else 1)
        taken.append(boxes[chosen])
        label_x, label_y, anchor = candidates[chosen]
        placed.append(LabelPlace(round(label_x, 1), round(label_y, 1), anchor))
    return placed


def _box(x: float, y: float, anchor: str, width: float) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a label whose base line is at y."""
    left = x if anchor == "start" else x - width
    return (left, y - _LINE + 3, left + width, y + 3)


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@dataclass(frozen=True)
class IntervalAxis:
    """One axis for the shares of all runs. Places are in percent of its width."""

    ticks: tuple[Tick, ...]
    place: Callable[[float], float]


def interval_axis(runs: Sequence[ComparedRun]) -> IntervalAxis:
    """Return an axis that contains the intervals of all runs."""
    bounds = [bound for run in runs for bound in run.accuracy_interval]
    ticks = nice_ticks(min(bounds), max(bounds), count=3, highest=1.0)
    start, end = min([ticks[0], *bounds]), max([ticks[-1], *bounds])

    def place(share: float) -> float:
        return round(100 * (share - start) / (end - start), 2)

    return IntervalAxis(tuple(Tick(place(tick), tick_percent(tick)) for tick in ticks), place)


def run_curves(runs: Sequence[ComparedRun]) -> tuple[LineChart, ...]:
    """Return a chart for each figure by epoch, with the curves of all runs."""
    figures: tuple[tuple[str, Callable[[EpochPoint], float | None], bool], ...] = (
        (translate("Validation accuracy"), lambda point: point.val_accuracy, True),
        (translate("Training accuracy"), lambda point: point.train_accuracy, True),
        (translate("Validation loss"), lambda point: point.val_loss, False),
        (translate("Training loss"), lambda point: point.train_loss, False),
    )
    last = max((point.epoch for run in runs for point in run.history), default=0)
    if not last:
        return ()
    epochs = range(1, last + 1)
    charts = []
    for title, value, is_share in figures:
        series = []
        for run in runs:
            by_epoch = {point.epoch: value(point) for point in run.history}
            series.append(Series(run.label, [by_epoch.get(epoch) for epoch in epochs], main=True))
        charts.append(
            line_chart(
                title,
                epochs,
                series,
                best_epoch=None,
                label=tick_percent if is_share else (lambda loss: f"{loss:g}"),
                summary=translate("{title} by epoch of {count} runs.", title=title, count=len(runs)),
                highest=1.0 if is_share else None,
            )
        )
    return tuple(chart for chart in charts if chart is not None)
