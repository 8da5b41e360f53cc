"""The geometry of charts of curves: numbers to places. `templates/charts.html` draws them as SVG.

The page itself contains the SVG, so that a chart has the page's colours, light or dark, and its typeface.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from onelook.wording import translate

# The size of a chart in CSS pixels. The page shows it at 0.9 to 1.3 times this size, so that its text can be read on a
# telephone.
_WIDTH, _HEIGHT = 360.0, 236.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 14.0, 26.0, 34.0


@dataclass(frozen=True)
class Tick:
    """A place on an axis with its label."""

    at: float
    label: str


@dataclass(frozen=True)
class Series:
    """Values by epoch; None leaves a gap."""

    name: str
    values: Sequence[float | None]
    main: bool  # whether it is drawn strongly; the others are pale


@dataclass(frozen=True)
class Point:
    """A place in the chart."""

    x: float
    y: float


@dataclass(frozen=True)
class Curve:
    """A series with its places in the chart."""

    name: str
    main: bool
    path: str  # the `d` of an SVG path
    dots: tuple[Point, ...]  # single epochs between gaps, which no line reaches
    best: Point | None  # its place in the best epoch


@dataclass(frozen=True)
class LineChart:
    """Curves over epochs."""

    title: str
    width: float
    height: float
    left: float
    right: float  # the x of the right edge of the drawing area
    top: float
    bottom: float  # the y of its lower edge
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    curves: tuple[Curve, ...]
    best_x: float | None
    summary: str  # the chart in words, for readers who cannot see it
    x_name: str  # what the x axis counts
    best_name: str  # the label of the marked place


def line_chart(
    title: str,
    epochs: Sequence[int],
    series: Sequence[Series],
    *,
    best_epoch: int | None,
    label: Callable[[float], str],
    summary: str,
    highest: float | None = None,
) -> LineChart | None:
    """Return a chart of values by epoch, or None if there is no value to show.

    Args:
        title: what the chart shows.
        epochs: the numbers on the x axis, rising.
        series: each as long as `epochs`.
        best_epoch: the epoch to mark.
        label: makes the text of a value on the y axis.
        summary: the chart in a sentence.
        highest: the largest possible value, such as 1 for a share.
    """
    values = [value for one in series for value in one.values if value is not None]
    if not values:
        return None
    y_ticks = nice_ticks(min(values), max(values), highest=highest)
    low, high = min([y_ticks[0], *values]), max([y_ticks[-1], *values])
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    span = max(epochs) - min(epochs)

    def x(epoch: int) -> float:
        return round(_LEFT + (right - _LEFT) * ((epoch - min(epochs)) / span if span else 0.5), 1)

    def y(value: float) -> float:
        return round(bottom - (bottom - _TOP) * ((value - low) / (high - low)), 1)

    return LineChart(
        title=title,
        width=_WIDTH,
        height=_HEIGHT,
        left=_LEFT,
        right=right,
        top=_TOP,
        bottom=bottom,
        x_ticks=tuple(Tick(x(epoch), str(epoch)) for epoch in _epoch_ticks(epochs)),
        y_ticks=tuple(Tick(y(value), label(value)) for value in y_ticks),
        curves=tuple(_curve(one, epochs, x, y, best_epoch) for one in sorted(series, key=lambda one: one.main)),
        best_x=x(best_epoch) if best_epoch is not None and best_epoch in epochs else None,
        summary=summary,
        x_name=translate("epoch"),
        best_name=translate("kept"),
    )


def rate_chart(
    title: str, rates: Sequence[float], series: Sequence[Series], *, suggested: int, summary: str
) -> LineChart | None:
    """Return a chart of values by learning rate, or None if there is no value to show.

    Args:
        title: what the chart shows.
        rates: rising by the same factor; the x axis has its ticks at powers of ten.
        series: each as long as `rates`.
        suggested: the position of the rate to mark.
        summary: the chart in a sentence.
    """
    steps = range(len(rates))  # rates rise by the same factor, so steps are equal on a logarithmic axis
    chart = line_chart(title, steps, series, best_epoch=suggested, label=lambda value: f"{value:g}", summary=summary)
    if chart is None:
        return None
    first, last = math.log10(rates[0]), math.log10(rates[-1])
    powers = range(math.ceil(first - 1e-9), math.floor(last + 1e-9) + 1)

    def x(power: int) -> float:
        return round(chart.left + (chart.right - chart.left) * (power - first) / (last - first), 1)

    ticks = tuple(Tick(x(power), f"{10.0**power:g}") for power in powers)
    return replace(chart, x_ticks=ticks, x_name=translate("learning rate"), best_name=translate("suggested"))


def nice_ticks(low: float, high: float, *, count: int = 4, highest: float | None = None) -> list[float]:
    """Return about `count` round numbers that enclose `low` and `high`, none above `highest`.

    Example:
        >>> nice_ticks(0.913, 0.992, highest=1.0)
        [0.9, 0.92, 0.94, 0.96, 0.98, 1.0]
    """
    if high <= low:
        low, high = (low * 0.9, high * 1.1) if low > 0 else (low - 1, high + 1)
    raw = (high - low) / count
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(nice * magnitude for nice in (1, 2, 2.5, 5, 10) if nice * magnitude >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = [round(index * step, 12) for index in range(first, last + 1)]
    return [tick for tick in ticks if highest is None or tick <= highest + 1e-12]


@dataclass(frozen=True)
class IntervalStrip:
    """A share with its interval on an axis. Places are in percent of the strip's width."""

    at: float
    low: float
    high: float
    ticks: tuple[Tick, ...]


_MOST_STRIP_LABELS = 5


def interval_strip(share: float, low: float, high: float, label: Callable[[float], str]) -> IntervalStrip:
    """Place a share and its interval on an axis that is a little wider than the interval."""
    room = max(high - low, 0.002)
    ticks = nice_ticks(max(0.0, low - room), min(1.0, high + room), highest=1.0)
    start, end = max(ticks[0], 0.0), ticks[-1]

    def place(value: float) -> float:
        return round(100 * (value - start) / (end - start), 2)

    shown = [tick for tick in ticks if tick >= 0]
    # The labels of more ticks would touch where the strip is narrow: every second tick goes without.
    step = 1 if len(shown) <= _MOST_STRIP_LABELS else 2
    labels = [label(tick) if number % step == 0 else "" for number, tick in enumerate(shown)]
    return IntervalStrip(
        place(share),
        place(low),
        place(high),
        tuple(Tick(place(tick), words) for tick, words in zip(shown, labels, strict=True)),
    )


def _epoch_ticks(epochs: Sequence[int]) -> list[int]:
    """Return some epochs for the ticks, with the first and the last."""
    first, last = min(epochs), max(epochs)
    if last - first <= 7:
        return list(range(first, last + 1))
    step = next(step for step in (2, 5, 10, 20, 50, 100, 200, 500, 10**9) if (last - first) / step <= 7)
    between = [
        epoch for epoch in range(first, last) if epoch % step == 0 and min(epoch - first, last - epoch) * 2 > step
    ]
    return [first, *between, last]


def _curve(
    series: Series,
    epochs: Sequence[int],
    x: Callable[[int], float],
    y: Callable[[float], float],
    best_epoch: int | None,
) -> Curve:
    """Return the series as a path with a gap where a value is missing."""
    runs: list[list[Point]] = [[]]
    best = None
    for epoch, value in zip(epochs, series.values, strict=True):
        if value is None:
            runs.append([])
            continue
        point = Point(x(epoch), y(value))
        runs[-1].append(point)
        if epoch == best_epoch:
            best = point
    path = " ".join("M" + " L".join(f"{point.x:g} {point.y:g}" for point in run) for run in runs if len(run) > 1)
    dots = tuple(run[0] for run in runs if len(run) == 1)
    return Curve(name=series.name, main=series.main, path=path, dots=dots, best=best)
