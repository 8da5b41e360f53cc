"""The table of classes: each figure of an uneven confusion matrix by hand, and the order of its lines."""

from __future__ import annotations

import pytest
from tests.report.conftest import probabilities_and_labels

from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.result import Evaluation
from onelook.report.sections.classes import _rows, _title


def scored(confusion: list[list[int]]) -> Evaluation:
    return evaluate(*probabilities_and_labels(confusion), ("a", "b", "c"), "test")


def test_missed_and_wrongly_named_pictures_are_counted_and_the_lowest_f1_comes_first() -> None:
    evaluation = scored([[8, 2, 0], [1, 5, 0], [0, 4, 10]])
    rows = _rows(evaluation)
    assert [(row.class_name, row.place, row.support, row.missed, row.wrongly_named) for row in rows] == [
        ("b", 1, 6, 1, 6),  # of 11 named b five are
        ("c", 2, 14, 4, 0),
        ("a", 0, 10, 2, 1),
    ]
    assert [(row.missed_bar, row.wrongly_named_bar) for row in rows] == [(16.7, 100.0), (66.7, 0.0), (33.3, 16.7)]
    assert [(row.recall_value, row.precision_value) for row in rows] == [
        (pytest.approx(5 / 6), pytest.approx(5 / 11)),
        (pytest.approx(10 / 14), 1.0),
        (0.8, pytest.approx(8 / 9)),
    ]
    assert [row.f1 for row in rows] == ["0.588", "0.833", "0.842"]
    assert [row.recall.replace("\u202f", " ") for row in rows] == ["83.3 %", "71.4 %", "80.0 %"]
    assert [row.precision.replace("\u202f", " ") for row in rows] == ["45.5 %", "100 %", "88.9 %"]
    assert _title(evaluation) == "From b, with an F1 of 0.588, to a, with 0.842"


def test_classes_that_are_all_alike_are_told_so() -> None:
    evaluation = scored([[4, 0, 0], [0, 9, 0], [0, 0, 1]])
    assert _title(evaluation) == "Every class has an F1 of 1.000"
    assert {(row.missed_bar, row.wrongly_named_bar) for row in _rows(evaluation)} == {(0.0, 0.0)}
