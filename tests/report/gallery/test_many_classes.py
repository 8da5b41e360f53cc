"""With many classes the page shows groups of confused ones and a drawing of all."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from tests.report.sections.test_views import plain, results, scored

from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.result import Evaluation
from onelook.report.page import render_section
from onelook.report.sections import SECTIONS


def many(classes: int = 60) -> Evaluation:
    """Sixty classes of four pictures: 3 and 8 are confused three times, 20, 21 and 22 in a circle of once each."""
    labels = np.repeat(np.arange(classes), 4)
    said = labels.copy()
    said[[12, 13, 32]] = [8, 8, 3]
    said[[80, 84, 88]] = [21, 22, 20]
    said[100] = 40
    probabilities = np.eye(classes)[said] * 0.9 + 0.1 / classes
    return evaluate(probabilities, labels, tuple(f"kind {at}" for at in range(classes)), "test")


def scored_as(counts: np.ndarray) -> Evaluation:
    labels, said = (np.repeat(at, counts.ravel()) for at in np.indices(counts.shape).reshape(2, -1))
    names = tuple(f"kind {at}" for at in range(len(counts)))
    return evaluate(np.eye(len(counts))[said] * 0.9 + 0.1 / len(counts), labels, names, "test")


def view(evaluation: Evaluation) -> Any:
    return SECTIONS.load("confusion")(results(evaluation=evaluation)).view


def test_groups_have_a_finding_and_a_matrix_of_their_own() -> None:
    first, second = view(many()).groups
    titles = [first.title, second.title]
    assert "kind 3 and kind 8: all 3 errors are between them" in titles
    assert sum("all 3 errors are among them" in title for title in titles) == 1
    pair = first if len(first.matrix.classes) == 2 else second
    assert pair.matrix.classes == (3, 8)
    assert [[cell.count for cell in row.cells] for row in pair.matrix.rows] == [[2, 2], [1, 3]]
    words = pair.matrix.rows[0].cells[1].words
    assert plain(words) == "kind 3 taken for kind 8: 2 of 4 (50.0 %)"


def test_a_drawing_has_a_dot_for_each_confused_pair_at_its_place() -> None:
    found = view(many()).overview
    assert found.side == 60
    dots = [
        (shade.step, *map(float, dot)) for shade in found.dots for dot in re.findall(r"M([\d.]+) ([\d.]+)", shade.path)
    ]
    assert len(dots) == 6
    assert [(step, abs(x - y)) for step, x, y in dots if step == 6] == [(6, 1.0)]  # neighbours
    assert "6 pairs of classes with errors" in found.summary
    one_way = 9 * np.eye(60, dtype=int)
    one_way[[7, 7], [4, 9]] = 3, 2  # 7 is taken for two others: two dots in one line
    drawn = view(scored_as(one_way)).overview.dots
    places = [dot for shade in drawn for dot in re.findall(r"M([\d.]+) ([\d.]+)", shade.path)]
    assert len({x for x, _ in places}) == 2
    assert len({y for _, y in places}) == 1


def test_fifty_classes_have_the_whole_matrix_and_fifty_one_have_groups() -> None:
    assert view(many(50)).matrix is not None
    assert view(many(50)).groups == ()
    assert view(many(51)).matrix is None
    html = render_section(SECTIONS.load("confusion")(results(evaluation=many())))
    assert re.findall(r'<table data-classes="([\d ]+)">', html)
    assert "data-find-class" in html


def test_ten_classes_are_ordered_by_their_confusions_and_six_are_not() -> None:
    def order(classes: int, most: int = 3) -> tuple[int, ...]:
        counts = 5 * np.eye(classes, dtype=int)
        counts[0, classes - 1] = counts[classes - 1, 0] = most
        counts[1, 2] = 1
        found: tuple[int, ...] = view(scored(counts.tolist(), "abcdefghij"[:classes])).matrix.classes
        return found

    ten = order(10)
    assert abs(ten.index(0) - ten.index(9)) == 1
    assert order(6) == (0, 1, 2, 3, 4, 5)
    assert order(10, most=1) == tuple(range(10))  # no class was taken for another more than once
    assert abs(order(7).index(0) - order(7).index(6)) == 1
