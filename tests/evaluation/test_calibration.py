"""Calibration by hand: bins, thresholds, the error without the temperature, intervals, and its way through JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest

from onelook.evaluation import calibration
from onelook.evaluation.calibration import Answered, Calibration, ConfidenceBin, measure_calibration
from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.result import Evaluation
from onelook.metrics.temperature import tempered

# Ten answers that are 90 % sure, eight of them right; five that are 60 % sure, all right.
CONFIDENCE = np.array([0.9] * 10 + [0.6] * 5)
RIGHT = np.array([True] * 8 + [False] * 2 + [True] * 5)
PROBABILITIES = np.stack([CONFIDENCE, 1 - CONFIDENCE], axis=1)
LABELS = (~RIGHT).astype(np.int64)


def test_bins_hold_their_answers_their_mean_confidence_and_how_many_are_right() -> None:
    found = measure_calibration(PROBABILITIES, LABELS, 1.0)
    assert len(found.bins) == 15
    filled = {at: one for at, one in enumerate(found.bins) if one.count}
    assert filled == {8: ConfidenceBin(5, pytest.approx(0.6), 5), 13: ConfidenceBin(10, pytest.approx(0.9), 8)}


def test_a_threshold_withholds_what_is_less_sure() -> None:
    found = measure_calibration(PROBABILITIES, LABELS, 1.0)
    by_threshold = {one.threshold: (one.count, one.right) for one in found.answered}
    assert by_threshold[0.0] == by_threshold[0.6] == (15, 13)
    assert by_threshold[0.62] == by_threshold[0.9] == (10, 8)
    assert by_threshold[0.92] == by_threshold[0.999] == (0, 0)
    assert [one.threshold for one in found.answered] == sorted(by_threshold)


def test_suggestions_are_the_next_accuracies_that_withholding_reaches() -> None:
    answered = (Answered(0.0, 100, 85), Answered(0.5, 80, 74), Answered(0.6, 60, 59), Answered(0.7, 0, 0))
    found = Calibration(1.0, (0, 0), 0.1, (0, 0), (), answered)
    assert found.suggestions() == [(0.9, answered[1]), (0.95, answered[2]), (0.98, answered[2])]
    assert found.suggestions(1) == [(0.9, answered[1])]
    assert found.for_accuracy(0.85) is answered[0]
    assert found.for_accuracy(0.99) is None


def test_the_error_before_is_that_without_the_temperature() -> None:
    before = PROBABILITIES
    for temperature in (0.5, 2.0):
        after = tempered(before, temperature).astype(np.float32)
        found = measure_calibration(after, LABELS, temperature)
        # 10 answers 0.1 too sure, and 5 answers 0.4 not sure enough.
        assert found.error_before == pytest.approx((10 * 0.1 + 5 * 0.4) / 15, abs=1e-5)
        assert found.temperature == temperature
        assert evaluate(after, LABELS, ["a", "b"], "test").scores["calibration_error"] != pytest.approx(0.2, abs=0.01)


def test_pictures_of_many_classes_are_measured_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    probabilities = np.random.default_rng(0).dirichlet(np.ones(7), 101)
    labels = np.arange(101) % 7
    at_once = measure_calibration(probabilities, labels, 2.0)
    monkeypatch.setattr(calibration, "_VALUES_AT_ONCE", 70)
    assert measure_calibration(probabilities, labels, 2.0) == at_once


def test_intervals_narrow_with_more_pictures_and_hold_what_is_true() -> None:
    chance = np.random.default_rng(3)
    widths = []
    for rows in (200, 20_000):
        confidence = chance.uniform(0.5, 1.0, rows)
        labels = (chance.uniform(size=rows) > confidence - 0.1).astype(np.int64)  # 10 points too sure
        found = measure_calibration(np.stack([confidence, 1 - confidence], axis=1), labels, 1.0)
        low, high = found.error_interval
        assert low < 0.1 < high
        assert found.error_before_interval == (low, high)
        widths.append(high - low)
    assert widths[1] < widths[0] / 4
    perfect = measure_calibration(np.array([[1.0, 0.0]] * 50), np.zeros(50, np.int64), 1.0)
    assert perfect.error_interval == (0.0, 0.0)


def test_what_resampling_adds_to_an_error_is_taken_off_its_interval() -> None:
    """Half sure and half right: the error is 0, and each resample has one by chance, which is no error of the model."""
    labels = np.arange(40) % 2
    found = measure_calibration(np.full((40, 2), 0.5), labels, 1.0)
    assert found.error_before == 0.0
    assert found.error_interval == (0.0, 0.0)


def test_an_evaluation_keeps_it_through_json_and_older_files_have_none() -> None:
    evaluation = evaluate(PROBABILITIES, LABELS, ["a", "b"], "test", temperature=0.5)
    values = json.loads(json.dumps(evaluation.to_dict()))
    assert Evaluation.from_dict(values) == evaluation
    assert values["temperature"] == 0.5
    assert values["calibration_error_before"] == evaluation.calibration.error_before  # type: ignore[union-attr]
    for name in ("calibration", "temperature", "calibration_error_before"):
        del values[name]
    assert Evaluation.from_dict(values).calibration is None
    assert "temperature" not in evaluate(PROBABILITIES, LABELS, ["a", "b"], "test").to_dict()
