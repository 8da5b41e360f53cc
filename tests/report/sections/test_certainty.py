"""The section on how sure the model is: what it says of an error, its temperature, and its thresholds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.report.sections.test_sections import build, text_of

from onelook.evaluation.calibration import Answered, Calibration, ConfidenceBin
from onelook.report.charts.reliability import reliability_chart
from onelook.report.results import Results, read_results


def certainty(make_run: Any, confusion: list[list[int]], **options: Any) -> Results:
    """All answers of such a run are 90 % sure."""
    return read_results(make_run(names=("cat", "dog"), confusion=confusion, **options))


@pytest.mark.parametrize(
    ("confusion", "title"),
    [
        ([[45, 5], [5, 45]], "It is right about as often as it says"),
        ([[40, 10], [10, 40]], "It is surer than it is right: 90.0 % on average, and 80.0 % are right"),
        ([[50, 0], [0, 50]], "It is right more often than it says: 90.0 % on average, and 100 % are right"),
    ],
)
def test_the_heading_says_whether_it_can_be_believed(make_run: Any, confusion: list[list[int]], title: str) -> None:
    assert build("certainty", certainty(make_run, confusion)).title.replace("\u202f", " ") == title


def test_what_the_temperature_changes_is_said(make_run: Any) -> None:
    results = certainty(make_run, [[40, 10], [10, 40]], temperature=0.5)
    text = text_of(build("certainty", results))
    assert "here 0.100 (95 % interval" in text
    assert "a temperature of 0.5," in text
    assert "Without it the error would be 0.050" in text  # 0.9 is 0.75 without a temperature of 0.5
    assert "pictures that the temperature was fitted on" not in text


def test_without_a_temperature_and_on_validation_pictures_that_is_said(make_run: Any) -> None:
    results = certainty(make_run, [[40, 10], [10, 40]], temperature=1.0, set_name="val")
    text = text_of(build("certainty", results))
    assert "No temperature was fitted, or it made no difference" in text
    assert "These are the pictures that the temperature was fitted on" in text


def test_the_thresholds_of_the_file_are_shown(make_run: Any) -> None:
    run = make_run(names=("cat", "dog"), confusion=[[40, 10], [10, 40]])
    values = json.loads(run.evaluation.read_text())
    values["calibration"]["answered"] = [
        {"threshold": at, "count": count, "right": right}
        for at, count, right in ((0, 100, 80), (0.5, 90, 81), (0.84, 60, 58))
    ]
    run.evaluation.write_text(json.dumps(values))
    text = text_of(build("certainty", read_results(run)))
    assert "90 % 0.5 90.0 % 90.0 %" in text
    assert "95 % 0.84 60.0 % 96.7 %" in text
    assert "98 % " not in text.partition("Right of these")[2]
    values["calibration"]["answered"] = values["calibration"]["answered"][:1]
    run.evaluation.write_text(json.dumps(values))
    assert "not sure" not in text_of(build("certainty", read_results(run)))


def test_a_run_of_an_earlier_version_says_that_it_was_not_measured(make_run: Any) -> None:
    section = build("certainty", certainty(make_run, [[4, 1], [1, 4]], temperature=None))
    assert section.missing == "It was scored by an earlier version, which did not measure this."


def test_dots_stand_at_confidence_and_accuracy_and_grow_with_the_answers() -> None:
    bins = (ConfidenceBin(0, 0.0, 0), ConfidenceBin(25, 0.5, 10), ConfidenceBin(100, 1.0, 100))
    chart = reliability_chart(Calibration(1.0, (0, 0), 0.0, (0, 0), bins, (Answered(0.0, 125, 110),)))
    middle, end = chart.dots
    assert (middle.x, end.x) == ((chart.left + chart.right) / 2, chart.right)
    assert end.y == chart.top
    assert middle.y == pytest.approx(chart.bottom - 0.4 * (chart.bottom - chart.top), abs=0.1)
    assert (middle.radius, end.radius) == (4.5, 9.0)
    assert middle.low > middle.y > middle.high  # upwards is less
    assert middle.words.replace("\u202f", " ") == "25 answers, 50.0 % sure on average: 40.0 % are right"
    assert middle.words in chart.summary
