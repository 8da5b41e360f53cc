"""The result of a search for the learning rate: a text plot for a terminal, and a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from onelook.report.charts.lines import LineChart, Series, rate_chart
from onelook.report.page import Masthead, Section, render_page
from onelook.wording import for_page, translate

_ROWS = 12  # lines of the text plot


class Sweep(Protocol):
    """The losses of a sweep over learning rates: a `RateSweep` of the training room has all of this."""

    @property
    def rates(self) -> tuple[float, ...]:
        """The rate of each step, rising by the same factor."""

    @property
    def losses(self) -> tuple[float, ...]:
        """The loss of each step's batch."""

    @property
    def smooth_losses(self) -> tuple[float, ...]:
        """Means of the losses over neighbouring steps."""

    @property
    def suggestion(self) -> float:
        """The rate to train with."""

    @property
    def steepest(self) -> float:
        """The rate where the loss falls fastest."""

    @property
    def lowest(self) -> float:
        """The rate of the lowest loss."""

    @property
    def why(self) -> str:
        """The rule behind the suggestion."""


@dataclass(frozen=True)
class RateView:
    """The content of the page."""

    steps: int
    chart: LineChart | None
    rows: tuple[tuple[str, str], ...]
    why: str


@for_page
def render_rate_page(sweep: Sweep, facts: Sequence[tuple[str, str]], *, name: str, version: str) -> str:
    """Return the page as one HTML document.

    Args:
        sweep: the losses by learning rate.
        facts: (name, value) of what the result depends on: network, optimizer, batch size.
        name: the name of the data.
        version: the version of onelook.
    """
    view = RateView(len(sweep.rates), chart_of(sweep), (*rate_rows(sweep), *facts), sweep.why)
    section = Section(
        translate("Learning rate"),
        translate("A learning rate of {suggestion} suits this data", suggestion=f"{sweep.suggestion:g}"),
        "rate.html",
        view,
    )
    return render_page({"found": section}, Masthead(name, translate("Looking for a learning rate"), "", version))


def chart_of(sweep: Sweep) -> LineChart | None:
    """Return the losses by learning rate, with the suggested rate marked."""
    # The loss of one batch at a high rate can be a thousand times that of the others: they would look like a line.
    ceiling = 1.2 * max(sweep.smooth_losses)
    return rate_chart(
        translate("Loss by learning rate"),
        sweep.rates,
        [
            Series(translate("mean of neighbouring steps"), sweep.smooth_losses, main=True),
            Series(translate("each step"), [loss if loss <= ceiling else None for loss in sweep.losses], main=False),
        ],
        suggested=_place(sweep, sweep.suggestion),
        summary=translate(
            "Loss by learning rate: lowest at {lowest}, falling fastest at {steepest}.",
            lowest=f"{sweep.lowest:g}",
            steepest=f"{sweep.steepest:g}",
        ),
    )


def rate_rows(sweep: Sweep) -> tuple[tuple[str, str], ...]:
    """Return the suggested and other remarkable rates, as (name, rate)."""
    return (
        (translate("suggested"), f"{sweep.suggestion:g}"),
        (translate("loss falls fastest"), f"{sweep.steepest:g}"),
        (translate("loss is lowest"), f"{sweep.lowest:g}"),
    )


def text_plot(sweep: Sweep, width: int = 80) -> str:
    """Return a plot of the loss by learning rate, in lines of at most `width` columns, with the suggestion marked."""
    high, low = max(sweep.smooth_losses), min(sweep.smooth_losses)
    label = max(len(f"{high:.2f}"), len(f"{low:.2f}"))
    columns = width - label - 3
    last = len(sweep.rates) - 1

    def column(place: float) -> int:
        return round(place / last * (columns - 1))

    grid = [[" "] * columns for _ in range(_ROWS)]
    marked = column(_place(sweep, sweep.suggestion))
    for row in grid:
        row[marked] = "│"
    for at in range(columns):
        loss = _between(sweep.smooth_losses, at / (columns - 1) * last)
        grid[round((high - loss) / max(high - low, 1e-12) * (_ROWS - 1))][at] = "•"
    labels = {0: f"{high:.2f}", _ROWS - 1: f"{low:.2f}"}
    lines = [f"{labels.get(number, ''):>{label}} ┤{''.join(row)}".rstrip() for number, row in enumerate(grid)]
    return "\n".join([*lines, " " * label + " └" + "─" * columns, _axis(sweep, columns, label)])


def _axis(sweep: Sweep, columns: int, indent: int) -> str:
    """Return the line under the plot, with each power of ten at its place."""
    first, last = math.log10(sweep.rates[0]), math.log10(sweep.rates[-1])
    line = [" "] * columns
    for power in range(math.ceil(first - 1e-9), math.floor(last + 1e-9) + 1):
        text = f"{10.0**power:g}"
        start = min(round((power - first) / (last - first) * (columns - 1)), columns - len(text))
        line[start : start + len(text)] = text
    return (" " * (indent + 2) + "".join(line)).rstrip()


def _place(sweep: Sweep, rate: float) -> int:
    """Return the position of the step whose rate is nearest to `rate`."""
    return min(range(len(sweep.rates)), key=lambda step: abs(math.log(sweep.rates[step] / rate)))


def _between(values: Sequence[float], place: float) -> float:
    """Return the value at a place between two positions, by linear interpolation."""
    below = min(int(place), len(values) - 2)
    share = place - below
    return values[below] * (1 - share) + values[below + 1] * share
