"""The page of a search: its figures, and where its charts put things."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from onelook.report.charts.trials import Outcome, setting_chart
from onelook.report.search_page import KeptRun, _found, _settings, _trials, render_search
from onelook.tuning.search_result import TrialRow

TRIALS = (
    TrialRow(1, "complete", 0.9, 5, 61.0, {"learning_rate": 0.001, "network": "<b>cnn"}),
    TrialRow(2, "pruned", 0.5, 2, 20.0, {"learning_rate": 0.1, "network": "<b>cnn"}),
    TrialRow(3, "complete", 0.95, 5, 60.0, {"learning_rate": 0.01, "network": "mlp"}),
    TrialRow(4, "failed", None, 0, 1.0, {"learning_rate": 1.0, "network": "mlp"}, "<script> is no network"),
)
RUN = KeptRun("best/report.html", 0.94, 50, "test")


def test_the_page_names_the_best_trial_and_links_its_report() -> None:
    html = render_search(TRIALS, 3, RUN, name="photos-001", version="1.0").replace("\u202f", " ")
    for words in (
        "Trial 3 of 4 is the best: 95.00 % of the validation pictures",
        "The search has 4 trials: 2 complete, 1 stopped early and 1 failed.",
        "Trained as a run, it names 94.0 % of 50 test pictures correctly. <a",
        '<a href="best/report.html">',
        "&lt;script&gt; is no network",
        "&lt;b&gt;cnn",
    ):
        assert words in html, words
    assert "<b>cnn" not in html


def test_a_score_on_validation_pictures_says_how_an_honest_one_is_had() -> None:
    assert RUN.score.endswith("correctly.")
    assert replace(RUN, set_name="val").score.endswith(
        "validation pictures correctly. For an honest score, keep labelled pictures aside, and name them with --test."
    )


def test_trials_are_ranked_complete_ones_first() -> None:
    view: Any = _trials(TRIALS, 3).view
    assert view.heads == ("Validation", "Epochs", "Time", "learning_rate", "network")
    rows = [
        (row.number, row.is_best, row.state, *(cell.replace("\u202f", " ") for cell in row.cells)) for row in view.rows
    ]
    assert rows == [
        (3, True, "complete", "95.00 %", "5", "1 min", "0.01", "mlp"),
        (1, False, "complete", "90.00 %", "5", "1 min 1 s", "0.001", "<b>cnn"),
        (2, False, "stopped early", "50.00 %", "2", "20 s", "0.1", "<b>cnn"),
        (4, False, "failed", "–", "0", "1 s", "1", "mlp"),
    ]


def test_a_trial_that_was_stopped_ranks_below_complete_ones_whatever_it_reached() -> None:
    trials = (TrialRow(1, "pruned", 0.99, 1, 1.0, {}), *TRIALS[2:3])
    view: Any = _trials(trials, 3).view
    assert [row.number for row in view.rows] == [3, 1]


def test_the_best_so_far_never_falls_and_takes_no_trial_that_was_stopped() -> None:
    trials = (*TRIALS[:2], TrialRow(3, "complete", 0.85, 5, 1.0, {}), TrialRow(4, "pruned", 0.99, 1, 1.0, {}))
    view: Any = _found(trials, 1, None).view
    best = next(curve for curve in view.chart.curves if curve.main)
    assert len(set(re.findall(r" ([\d.]+)", best.path))) == 1  # one height all along


def test_a_search_without_a_complete_trial_says_so() -> None:
    assert "Resume the search" in _found(TRIALS[1:2], None, None).missing
    assert _trials((), None).missing
    assert _settings(TRIALS[:1], 1).missing == "No setting had two values yet."


def test_a_setting_has_larger_values_to_the_right_and_better_trials_above() -> None:
    view: Any = _settings(TRIALS, 3).view
    rate, network = view.charts
    assert (rate.title, network.title, view.has_stopped) == ("learning_rate", "network", True)
    places = {dot.words.split(":")[0]: (dot.x, dot.y) for dot in rate.dots}
    assert set(places) == {"Trial 1", "Trial 2", "Trial 3"}  # a trial that failed has no accuracy
    (x1, y1), (x2, y2), (x3, y3) = (places[f"Trial {at}"] for at in (1, 2, 3))
    assert x1 < x3 < x2
    assert x3 - x1 == x2 - x3  # from a thousandth to a tenth by powers of ten
    assert y3 < y1 < y2
    assert [dot.kind for dot in rate.dots] == ["complete", "stopped", "best"]  # the best one is drawn on top
    assert [tick.label for tick in rate.x_ticks] == ["0.001", "0.01", "0.1"]
    assert [tick.label for tick in network.x_ticks] == ["<b>cnn", "mlp"]
    assert rate.summary == "Validation accuracy by learning_rate, of 3 trials; the best trial has 0.01"


def test_values_near_each_other_are_not_spread_by_powers_of_ten() -> None:
    chart = setting_chart("batch_size", [Outcome(value, 0.9, "complete", "") for value in (32, 48, 64)])
    assert chart is not None
    first, middle, last = (dot.x for dot in chart.dots)
    assert round(middle - first, 1) == round(last - middle, 1) > 0
    assert all(chart.left <= dot.x <= chart.right and chart.top <= dot.y <= chart.bottom for dot in chart.dots)


def test_one_value_and_too_many_names_have_no_chart() -> None:
    assert setting_chart("dropout", [Outcome(None, 0.9, "complete", "")] * 3) is None
    names = [Outcome(f"network {at}", 0.9, "complete", "") for at in range(9)]
    assert setting_chart("network", names) is None
    assert setting_chart("network", names[:8]) is not None
