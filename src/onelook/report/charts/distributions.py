"""The geometry of charts that show how many there are of what: class sizes, heights, widths, shapes.

`templates/distributions.html` draws them as SVG. Bars of one shade are one path, so that a thousand of them are small.
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
_LOGARITHMIC_FROM = 12.0  # a largest side this many times the smallest is shown on a logarithmic axis
# Shapes from six times as high as wide to six times as wide as high; what is beyond stands in the last bar.
_LONGEST_ASPECT = 6.0
_ASPECT_BINS = 47  # odd, so that square pictures have a bar of their own


@dataclass(frozen=True)
class Skyline:
    """Many bars side by side, the highest first."""

    bars: int  # the width of the drawing, one unit a bar; its height is 100
    path: str  # all bars as one area
    largest: int
    smallest: int
    summary: str  # for who cannot see the chart


def skyline(counts: Sequence[int], summary: str) -> Skyline:
    """One bar a number, the highest first, without gaps, so that a thousand of them are a shape."""
    tops = (f"V{100 - 100 * count / counts[0]:.4g}H{index}" for index, count in enumerate(counts, start=1))
    return Skyline(len(counts), f"M0 100{''.join(tops)}V100Z", counts[0], counts[-1], summary)


@dataclass(frozen=True)
class Shade:
    """All cells of one shade, as one path."""

    step: int  # of the ramp, from 1
    path: str


@dataclass(frozen=True)
class Ray:
    """A line of equal shape across the chart."""

    path: str
    label: str
    x: float
    y: float
    anchor: str  # of the label: `end` stands to the left of its place


@dataclass(frozen=True)
class SizeMap:
    """Where the pictures lie by width (to the right) and height (up), with a histogram of each along its side."""

    side: float  # the drawing is a square of this side
    left: float
    right: float
    top: float
    bottom: float
    cells: tuple[Shade, ...]
    widths: str  # the path of the bars along the top
    heights: str  # and of those along the right side
    rays: tuple[Ray, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    is_logarithmic: bool
    summary: str


def size_map(sizes: Mapping[Size, int], summary: str) -> SizeMap:
    """Both axes have one scale, so that square pictures lie on the diagonal.

    Args:
        sizes: (height, width) -> how many, two different ones at least.
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
    """Pictures by shape: high ones to the left, square ones in the middle, wide ones to the right."""
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
    """Pixels of a side to a place along an axis of `length`."""

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
        """What lies at this share of the axis."""
        if self.is_logarithmic:
            return self.low * math.exp(share * math.log(self.high / self.low))
        return self.low + (self.high - self.low) * share

    def bin(self, value: float) -> int:
        return min(_BINS - 1, max(0, int(self.share(value) * _BINS)))

    def ticks(self) -> list[int]:
        if self.is_logarithmic:
            powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            steps = (1,) if self.high > 400 * self.low else (1, 3) if self.high > 40 * self.low else (1, 2, 5)
            marks = [float(step * 10**power) for power in powers for step in steps]
        else:
            marks = nice_ticks(self.low, self.high)
        return [int(mark) for mark in marks if self.low <= mark <= self.high and mark.is_integer()]


def _cells(counts: NDArray[np.int64], left: float, bottom: float, cell: float) -> tuple[Shade, ...]:
    """The cells that hold pictures, by shade. Shades follow the logarithm: a single picture is seen beside many."""
    most = math.log1p(float(counts.max()))
    paths: dict[int, list[str]] = {}
    for row, column in zip(*np.nonzero(counts), strict=True):
        share = math.log1p(float(counts[row, column])) / most
        # Not the palest shade, which is hardly told from the paper.
        step = max(2, math.ceil(share * RAMP_STEPS))
        box = _box(left + column * cell + 0.5, bottom - (row + 1) * cell + 0.5, cell - 1, cell - 1)
        paths.setdefault(step, []).append(box)
    return tuple(Shade(step, "".join(paths[step])) for step in sorted(paths))


def _bars(counts: NDArray[np.int64], step: float, box: Callable[[float, float], str], longest: float = 52.0) -> str:
    """Bars along an axis, each `step` further; the longest is as long as said, and none that counts is invisible."""
    most = counts.max()
    return "".join(
        box(index * step, max(1.0, longest * count / most)) for index, count in enumerate(counts.tolist()) if count
    )


def _box(x: float, y: float, width: float, height: float) -> str:
    return f"M{x:.1f} {y:.1f}h{width:.1f}v{height:.1f}h{-width:.1f}z"


def _rays(axis: _Axis, left: float, bottom: float, length: float) -> Iterable[Ray]:
    """Lines on which all pictures have one shape, where these cross the chart."""
    for label, aspect, anchor, aside in (("3:4", 3 / 4, "end", -7), ("1:1", 1.0, "", 0), ("4:3", 4 / 3, "start", 7)):
        widths = [axis.value(index / 200) for index in range(201)]
        points = [
            (left + axis.place(width), bottom - axis.place(width / aspect))
            for width in widths
            if width > 0 and axis.low <= width / aspect <= axis.high
        ]
        if len(points) > 60:  # of a line that only cuts a corner there is nothing to read
            (x1, y1), (x2, y2), at = points[0], points[-1], points[int(0.92 * len(points))]
            path = f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"
            yield Ray(path, label if anchor else "", round(at[0] + aside, 1), round(at[1] + 4, 1), anchor or "middle")
