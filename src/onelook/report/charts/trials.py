"""The geometry of a search's charts: the validation accuracy of each trial by the value of one setting."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from onelook.report.charts.lines import Tick, nice_ticks
from onelook.report.page_wording import tick_percent
from onelook.wording import translate

# The size in CSS pixels. The page shows it at 0.9 to 1.3 times this size, so that its text can be read on a telephone.
_WIDTH, _HEIGHT = 360.0, 210.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 18.0, 12.0, 28.0
_LOGARITHMIC = 8.0  # the ratio of the largest to the smallest value from which an axis counts in powers of ten
_MOST_CATEGORIES = 8
_LONGEST_CATEGORY = 14  # characters below an axis

Value = str | int | float | bool | None
Kind = Literal["best", "complete", "stopped"]


@dataclass(frozen=True)
class Outcome:
    """The accuracy that a trial reached with one value of a setting."""

    value: Value
    accuracy: float
    kind: Kind
    words: str  # the trial in words, for whoever points at it


@dataclass(frozen=True)
class Dot:
    """A trial in the chart."""

    x: float
    y: float
    kind: Kind
    words: str


@dataclass(frozen=True)
class SettingChart:
    """Accuracy by the value of one setting."""

    title: str
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    dots: tuple[Dot, ...]  # the best one last, on top
    summary: str


def setting_chart(name: str, outcomes: Sequence[Outcome]) -> SettingChart | None:
    """Return the chart of a setting; None if it had one value only, or too many names to stand below an axis.

    Args:
        name: of the setting, such as `optimizer.learning_rate`.
        outcomes: those of all trials with an accuracy.
    """
    values = list(dict.fromkeys(one.value for one in outcomes))
    if len(values) < 2:
        return None
    numbers = [float(each) for each in values if isinstance(each, int | float) and not isinstance(each, bool)]
    is_numeric = len(numbers) == len(values)
    if not is_numeric and len(values) > _MOST_CATEGORIES:
        return None
    place, x_ticks = _numbers(numbers) if is_numeric else _names(values)
    shares = [one.accuracy for one in outcomes]
    y_values = nice_ticks(min(shares), max(shares), highest=1.0)
    low, high = min([y_values[0], *shares]), max([y_values[-1], *shares])
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM

    def y(share: float) -> float:
        return round(bottom - (bottom - _TOP) * (share - low) / (high - low), 1)

    best = next((one for one in outcomes if one.kind == "best"), None)
    kept = "" if best is None else translate("; the best trial has {value}", value=_in_words(best.value))
    return SettingChart(
        title=name,
        width=_WIDTH,
        height=_HEIGHT,
        left=_LEFT,
        right=right,
        top=_TOP,
        bottom=bottom,
        x_ticks=tuple(x_ticks),
        y_ticks=tuple(Tick(y(share), tick_percent(share)) for share in y_values),
        dots=tuple(
            Dot(place(one.value), y(one.accuracy), one.kind, one.words)
            for one in sorted(outcomes, key=lambda one: one.kind == "best")
        ),
        summary=translate(
            "Validation accuracy by {name}, of {count} trials{kept}", name=name, count=f"{len(outcomes):,}", kept=kept
        ),
    )


def _numbers(values: Sequence[float]) -> tuple[Callable[[Value], float], list[Tick]]:
    """Return the place of each value on an axis of numbers, and its ticks."""
    low, high = min(values), max(values)
    is_logarithmic = low > 0 and high / low >= _LOGARITHMIC
    scale: Callable[[float], float] = math.log10 if is_logarithmic else float
    if is_logarithmic:
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        ticks = [10.0**power for power in powers]
    else:
        ticks = nice_ticks(low, high)
    start, end = scale(min(ticks[0], low)), scale(max(ticks[-1], high))

    def place(value: Value) -> float:
        share = (scale(float(value or 0)) - start) / (end - start)
        return round(_LEFT + (_WIDTH - _RIGHT - _LEFT) * share, 1)

    return place, [Tick(place(tick), f"{tick:g}") for tick in ticks]


def _names(values: Sequence[Value]) -> tuple[Callable[[Value], float], list[Tick]]:
    """Return the place of each value, side by side, and its name."""
    step = (_WIDTH - _RIGHT - _LEFT) / len(values)
    places = {each: round(_LEFT + step * (at + 0.5), 1) for at, each in enumerate(values)}
    longest = max(3, min(_LONGEST_CATEGORY, int(step / 6.2)))
    ticks = [Tick(places[each], _shortened(_in_words(each), longest)) for each in values]
    return places.__getitem__, ticks


def _in_words(value: Value) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
