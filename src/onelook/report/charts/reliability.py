"""The geometry of a reliability diagram: how often answers are right, by how sure they are."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.evaluation.calibration import Calibration, ConfidenceBin
from onelook.metrics.interval import wilson_interval
from onelook.report.charts.lines import Tick
from onelook.report.page_wording import percent, tick_percent
from onelook.wording import counted, translate

# The size in CSS pixels, about that of the charts of curves beside it.
_WIDTH, _HEIGHT = 360.0, 300.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 14.0, 16.0, 34.0
_SMALLEST, _LARGEST = 2.5, 9.0  # radius of a dot
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class ReliabilityDot:
    """The answers of one bin of confidence."""

    x: float
    y: float
    radius: float  # its area grows with the number of pictures
    low: float  # the y of the lower end of the interval
    high: float  # the y of its upper end
    words: str  # the dot in a sentence


@dataclass(frozen=True)
class ReliabilityChart:
    """Accuracy against confidence, with the diagonal on which both agree."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    dots: tuple[ReliabilityDot, ...]
    summary: str


def reliability_chart(calibration: Calibration) -> ReliabilityChart:
    """Return the chart of the bins that have pictures."""
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    filled = [one for one in calibration.bins if one.count]
    most = max(one.count for one in filled)

    def x(share: float) -> float:
        return round(_LEFT + (right - _LEFT) * share, 1)

    def y(share: float) -> float:
        return round(bottom - (bottom - _TOP) * share, 1)

    def dot(one: ConfidenceBin) -> ReliabilityDot:
        low, high = wilson_interval(one.right, one.count)
        return ReliabilityDot(
            x=x(one.confidence),
            y=y(one.right / one.count),
            radius=round(max(_SMALLEST, _LARGEST * (one.count / most) ** 0.5), 1),
            low=y(low),
            high=y(high),
            words=translate(
                "{answers}, {confidence} sure on average: {right} are right",
                answers=counted(one.count, "answer"),
                confidence=percent(one.confidence),
                right=percent(one.right / one.count),
            ),
        )

    dots = tuple(map(dot, filled))
    return ReliabilityChart(
        width=_WIDTH,
        height=_HEIGHT,
        left=_LEFT,
        right=right,
        top=_TOP,
        bottom=bottom,
        x_ticks=tuple(Tick(x(share), tick_percent(share)) for share in _TICKS),
        y_ticks=tuple(Tick(y(share), tick_percent(share)) for share in _TICKS),
        dots=dots,
        summary=translate("How often answers are right, by how sure they are. ")
        + ". ".join(each.words for each in dots),
    )
