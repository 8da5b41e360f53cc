"""The geometry of charts of distributions: class sizes, heights, widths, shapes.

`templates/distributions.html` draws them as SVG. Bars of one shade are one path, so that a thousand bars stay small.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.report.charts.lines import Tick, nice_ticks
from onelook.report.theme import RAMP_STEPS

Size = tuple[int, int]  # height, width

_BINS = 32
_LOGARITHMIC_FROM = 12.0  # the axis is logarithmic if the largest side is this many times the smallest
# The histogram goes from six times as high as wide to six times as wide as high; its last bars count what is beyond.
_LONGEST_ASPECT = 6.0
_ASPECT_BINS = 47  # odd, so that square pictures have a bar of their own


@dataclass(frozen=True)
class Skyline:
    """Many bars side by side, the highest first."""

    bars: int  # the width of the drawing: one unit for each bar. Its height is 100
    path: str  # all bars as one area
    largest: int
    smallest: int
    summary: str  # the chart in words, for readers who cannot see it


def skyline(counts: Sequence[int], summary: str) -> Skyline:
    """Return a chart with one bar for each number, without gaps, so that a thousand bars make a shape.

    Args:
        counts: the numbers, the highest first.
        summary: the chart in words.
    """
    tops = (f"V{100 - 100 * count / counts[0]:.4g}H{index}" for index, count in enumerate(counts, start=1))
    return Skyline(len(counts), f"M0 100{''.join(tops)}V100Z", counts[0], counts[-1], summary)


@dataclass(frozen=True)
class Shade:
    """All cells of one shade, as one path."""

    step: int  # of the ramp, from 1
    path: str


@dataclass(frozen=True)
class Ray:
    """A line across the chart on which all pictures have one shape."""

    path: str
    label: str
    x: float
    y: float
    anchor: str  # of the label: `end` puts it left of its place


@dataclass(frozen=True)
class SizeMap:
    """A map of the pictures by width (to the right) and height (up), with a histogram of each along its side."""

    side: float  # the drawing is a square of this side
    left: float
    right: float
    top: float
    bottom: float
    cells: tuple[Shade, ...]
    widths: str  # the path of the bars along the top
    heights: str  # the path of the bars along the right side
    rays: tuple[Ray, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    is_logarithmic: bool
    summary: str


def size_map(sizes: Mapping[Size, int], summary: str) -> SizeMap:
    """Return a map of sizes. Both axes have one scale, so that square pictures are on the diagonal.

    Args:
        sizes: (height, width) -> number of pictures; at least two different sizes.
        summary: the chart in words.
    """
    side, left, right, top, bottom = 420.0, 44.0, 348.0, 72.0, 376.0
    axis = _Axis.around([pixels for size in sizes for pixels in size], right - left)
    counts: NDArray[np.int64] = np.zeros((_BINS, _BINS), np.int64)
    for (height, width), count in sizes.items():
        counts[axis.bin(height), axis.bin(width)] += count
    cell = (right - left) / _BINS
    ticks = axis.ticks()
    return SizeMap(
        side=side,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        cells=_cells(counts, left, bottom, cell),
        widths=_bars(counts.sum(axis=0), cell, lambda at, length: _box(left + at, top - 8 - length, cell, length)),
        heights=_bars(counts.sum(axis=1), cell, lambda at, length: _box(right + 8, bottom - at - cell, length, cell)),
        rays=tuple(_rays(axis, left, bottom, right - left)),
        x_ticks=tuple(Tick(round(left + axis.place(tick), 1), f"{tick:,}") for tick in ticks),
        y_ticks=tuple(Tick(round(bottom - axis.place(tick), 1), f"{tick:,}") for tick in ticks),
        is_logarithmic=axis.is_logarithmic,
        summary=summary,
    )


@dataclass(frozen=True)
class Histogram:
    """Bars over an axis."""

    width: float
    height: float
    bottom: float
    path: str
    ticks: tuple[Tick, ...]
    summary: str


def aspect_histogram(sizes: Mapping[Size, int], summary: str) -> Histogram:
    """Return a histogram of shapes: high pictures left, square ones in the middle, wide ones right."""
    width, height, bottom, top = 420.0, 190.0, 160.0, 14.0
    span = math.log(_LONGEST_ASPECT)
    counts = np.zeros(_ASPECT_BINS, np.int64)
    for (pixels_high, pixels_wide), count in sizes.items():
        share = (math.log(pixels_wide / pixels_high) + span) / (2 * span)
        counts[min(_ASPECT_BINS - 1, max(0, int(share * _ASPECT_BINS)))] += count
    step = width / _ASPECT_BINS
    marks = {"1:4": 1 / 4, "1:2": 1 / 2, "3:4": 3 / 4, "1:1": 1.0, "4:3": 4 / 3, "2:1": 2.0, "4:1": 4.0}
    return Histogram(
        width=width,
        height=height,
        bottom=bottom,
        path=_bars(counts, step, lambda at, length: _box(at + 0.75, bottom - length, step - 1.5, length), bottom - top),
        ticks=tuple(Tick(round(width * (math.log(at) + span) / (2 * span), 1), label) for label, at in marks.items()),
        summary=summary,
    )


@dataclass(frozen=True)
class _Axis:
    """Maps pixels of a side to places along an axis of `length`."""

    low: float
    high: float
    length: float
    is_logarithmic: bool

    @classmethod
    def around(cls, values: Sequence[int], length: float) -> _Axis:
        low, high = float(min(values)), float(max(values))
        if high >= _LOGARITHMIC_FROM * low:
            return cls(low / 1.1, high * 1.1, length, is_logarithmic=True)
        room = max(1.0, 0.06 * (high - low))
        return cls(max(0.0, low - room), high + room, length, is_logarithmic=False)

    def share(self, value: float) -> float:
        if self.is_logarithmic:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def place(self, value: float) -> float:
        return self.length * self.share(value)

    def value(self, share: float) -> float:
        """Return the value at this share of the axis."""
        if self.is_logarithmic:
            return self.low * math.exp(share * math.log(self.high / self.low))
        return self.low + (self.high - self.low) * share

    def bin(self, value: float) -> int:
        return int(self.share(value) * _BINS)

    def ticks(self) -> list[int]:
        if self.is_logarithmic:
            powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            steps = (1,) if self.high > 400 * self.low else (1, 3) if self.high > 40 * self.low else (1, 2, 5)
            marks = [float(step * 10**power) for power in powers for step in steps]
        else:
            marks = nice_ticks(self.low, self.high)
        return [int(mark) for mark in marks if self.low <= mark <= self.high and mark.is_integer()]


def _cells(counts: NDArray[np.int64], left: float, bottom: float, cell: float) -> tuple[Shade, ...]:
    """Return the cells that have pictures, by shade. Shades are logarithmic, so that a single picture is visible."""
    most = math.log1p(float(counts.max()))
    paths: dict[int, list[str]] = {}
    for row, column in zip(*np.nonzero(counts), strict=True):
        share = math.log1p(float(counts[row, column])) / most
        # The palest shade is left out: it can hardly be seen on the paper.
        step = max(2, math.ceil(share * RAMP_STEPS))
        box = _box(left + column * cell + 0.5, bottom - (row + 1) * cell + 0.5, cell - 1, cell - 1)
        paths.setdefault(step, []).append(box)
    return tuple(Shade(step, "".join(paths[step])) for step in sorted(paths))


def _bars(counts: NDArray[np.int64], step: float, box: Callable[[float, float], str], longest: float = 52.0) -> str:
    """Return bars along an axis, one at each `step`. The highest count gets `longest`; a count of one stays visible."""
    most = counts.max()
    return "".join(
        box(index * step, max(1.0, longest * count / most)) for index, count in enumerate(counts.tolist()) if count
    )


def _box(x: float, y: float, width: float, height: float) -> str:
    return f"M{x:.1f} {y:.1f}h{width:.1f}v{height:.1f}h{-width:.1f}z"


def _rays(axis: _Axis, left: float, bottom: float, length: float) -> Iterable[Ray]:
    """Yield the lines of a few usual shapes, where they cross the chart."""
    for label, aspect, anchor, aside in (("3:4", 3 / 4, "end", -7), ("1:1", 1.0, "", 0), ("4:3", 4 / 3, "start", 7)):
        widths = [axis.value(index / 200) for index in range(201)]
        points = [
            (left + axis.place(width), bottom - axis.place(width / aspect))
            for width in widths
            if width > 0 and axis.low <= width / aspect <= axis.high
        ]
        if len(points) > 60:  # a line that only cuts a corner tells nothing
            (x1, y1), (x2, y2), at = points[0], points[-1], points[int(0.92 * len(points))]
            path = f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"
            yield Ray(path, label if anchor else "", round(at[0] + aside, 1), round(at[1] + 4, 1), anchor or "middle")
