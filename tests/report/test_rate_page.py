"""What a search for the learning rate found, in characters and as a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from onelook.report.charts.lines import Series, rate_chart
from onelook.report.rate_page import _between, chart_of, rate_rows, render_rate_page, text_plot


@dataclass(frozen=True)
class Sweep:
    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smooth_losses: tuple[float, ...]
    suggestion: float = 0.001
    steepest: float = 0.0005
    lowest: float = 0.01
    why: str = "A rule of thumb."


@pytest.fixture
def sweep() -> Sweep:
    """From 1e-7 to 1: level at 2, down to 0.5 at 0.01, then up."""
    rates = np.geomspace(1e-7, 1, 71)
    smooth = np.where(rates < 1e-4, 2.0, 2 - 0.75 * np.log10(rates / 1e-4))
    smooth = np.where(rates > 0.01, 0.5 + 0.5 * np.log10(rates / 0.01), smooth)
    losses = smooth.copy()
    losses[-1] = 999.0
    return Sweep(tuple(rates.tolist()), tuple(losses.tolist()), tuple(smooth.tolist()))


@pytest.mark.parametrize("width", [40, 80])
def test_the_plot_keeps_within_its_columns(sweep: Sweep, width: int) -> None:
    lines = text_plot(sweep, width).split("\n")
    assert max(map(len, lines)) <= width
    assert len(lines) == 14


def test_the_plot_shows_the_course_and_marks_the_suggestion(sweep: Sweep) -> None:
    *rows, line, axis = text_plot(sweep, 78).split("\n")  # 71 columns: one a step
    grid = [row.ljust(78) for row in rows]
    assert grid[0].startswith("2.00 ┤" + "•" * 30)
    assert grid[-1].startswith("0.50 ┤")
    assert grid[-1].index("•") <= 6 + 50 <= grid[-1].rindex("•")  # 0.01 is step 50
    assert {row[6 + 40] for row in grid} <= {"│", "•"}  # 0.001 is step 40
    assert axis[6 + 40 :].startswith("0.001")
    assert axis[6:].startswith("1e-07")
    assert set(line[5:]) == {"└", "─"}


def test_the_page_shows_what_was_found(sweep: Sweep) -> None:
    html = render_rate_page(sweep, [("network", "<cnn>")], name="photos", version="0.1.0")
    assert "A learning rate of 0.001 suits this data" in html
    assert "A rule of thumb." in html
    assert "&lt;cnn&gt;" in html
    assert ">suggested</text>" in html
    assert ">learning rate</text>" in html
    assert "999" not in html  # a leap is left out, so that the rest can be seen
    assert ">2</text>" in html
    assert ">1000</text>" not in html


def test_the_chart_marks_the_suggestion_and_names_the_other_two_rates(sweep: Sweep) -> None:
    chart = chart_of(sweep)
    assert chart is not None
    at = {tick.label: tick.at for tick in chart.x_ticks}
    assert (chart.best_x, chart.best_name, chart.x_name) == (at["0.001"], "suggested", "learning rate")
    assert [(curve.name, curve.main) for curve in chart.curves] == [
        ("each step", False),
        ("mean of neighbouring steps", True),
    ]
    assert chart.summary == "Loss by learning rate: lowest at 0.01, falling fastest at 0.0005."
    html = render_rate_page(sweep, [("network", "mlp"), ("batch size", "64")], name="photos", version="0.1.0")
    facts = re.findall(r"<dt>(.*?)</dt><dd><b>(.*?)</b></dd>", html)
    assert facts == [*rate_rows(sweep), ("network", "mlp"), ("batch size", "64")]
    assert "A copy of the network was trained for 71 steps" in html
    assert "<title>photos · onelook</title>" in html
    assert "Looking for a learning rate · onelook 0.1.0" in html


def test_the_axis_is_marked_at_powers_of_ten() -> None:
    rates = np.geomspace(1e-3, 1e-1, 5).tolist()
    chart = rate_chart("loss", rates, [Series("a", [1, 2, 3, 4, 5], main=True)], suggested=2, summary="")
    assert chart is not None
    assert [tick.label for tick in chart.x_ticks] == ["0.001", "0.01", "0.1"]
    assert [tick.at for tick in chart.x_ticks] == [chart.left, (chart.left + chart.right) / 2, chart.right]
    assert chart.best_x == (chart.left + chart.right) / 2
    assert chart.best_name == "suggested"


def test_between_two_steps_the_nearer_weighs_more() -> None:
    assert [_between([1.0, 3.0, 4.0], place) for place in (0, 0.25, 1, 1.5, 2)] == [1.0, 1.5, 3.0, 3.5, 4.0]


def test_a_plot_by_hand() -> None:
    """The loss falls from 3 by 1 a power of ten, then rises by 3: three powers over thirteen columns."""
    small = Sweep((1e-3, 1e-2, 1e-1, 1.0), (3, 2, 1, 4), (3.0, 2.0, 1.0, 4.0), suggestion=0.03, lowest=0.1)
    assert text_plot(small, 20).splitlines() == [
        "4.00 ┤    │       •",
        "     ┤    │",
        "     ┤    │",
        "     ┤    │      •",
        "     ┤•   │",
        "     ┤ •  │",
        "     ┤  ••│     •",
        "     ┤    •",
        "     ┤    │•   •",
        "     ┤    │ •",
        "     ┤    │  •",
        "1.00 ┤    │   •",
        "     └─────────────",
        "      0.000.010.1 1",
    ]
    level = Sweep((1e-3, 1e-2, 1e-1, 1.0), (9, 9, 9, 9), (12.0,) * 4, suggestion=0.01)
    first, *_, last, _, _ = text_plot(level, 20).splitlines()
    assert (first, last) == ("12.00 ┤" + "•" * 12, "12.00 ┤    │")
    assert rate_rows(small) == (("suggested", "0.03"), ("loss falls fastest", "0.0005"), ("loss is lowest", "0.1"))


@pytest.mark.parametrize(("loss", "is_drawn"), [(2.39, True), (2.41, False)])
def test_a_batch_s_loss_is_drawn_up_to_a_fifth_above_the_means(loss: float, is_drawn: bool, sweep: Sweep) -> None:
    seen: list[Series] = []

    def chart(title: str, rates: Sequence[float], series: Sequence[Series], **options: Any) -> Any:
        seen.extend(series)
        return rate_chart(title, rates, series, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("onelook.report.rate_page.rate_chart", chart)
        render_rate_page(replace(sweep, losses=(loss, *sweep.losses[1:])), [], name="photos", version="1")
    means, steps = seen
    assert [(one.name, one.main) for one in seen] == [("mean of neighbouring steps", True), ("each step", False)]
    assert tuple(means.values) == sweep.smooth_losses
    assert steps.values[0] == (loss if is_drawn else None)
