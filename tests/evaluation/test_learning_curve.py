"""The learning curve of a quick model: the exponent that is planted, what it forecasts, and where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.evaluation.learning_curve import (
    CurvePoint,
    LearningCurve,
    _exponent,
    _QuickModel,
    measure_curve,
    rows_of_curve,
    why_no_curve,
)


def curve(exponent: float, deviation: float = 0.1) -> LearningCurve:
    points = tuple(CurvePoint(rows=rows, error=0.5 * rows**-exponent, draws=1) for rows in (100, 200))
    return LearningCurve(seen="pixels", points=points, judged=500, exponent=exponent, deviation=deviation)


def drawn(rows: int, noise: float, seed: int, classes: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Values around the corners of a cube, with noise."""
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, classes, rows)
    corners = np.random.default_rng(9).normal(0, 1, (classes, 12))
    return (corners[labels] + draw.normal(0, noise, (rows, 12))).astype(np.float32), labels


def test_the_exponent_of_a_power_is_found() -> None:
    rows = np.array([125, 250, 500, 1000])
    assert _exponent(rows, 3.0 * rows**-0.4) == pytest.approx(0.4)


def test_what_twice_as_many_pictures_give() -> None:
    # With an exponent of 1 the error is halved; the interval is that of exponents from 0.804 to 1.196.
    gain, low, high = curve(1.0).gain(0.2)
    assert gain == pytest.approx(0.1)
    assert (low, high) == pytest.approx((0.2 * (1 - 2**-0.804), 0.2 * (1 - 2**-1.196)))
    assert curve(0.1).gain(0.2)[1] == 0.0  # never a loss
    assert curve(1.0).gain(0.0) == (0.0, 0.0, 0.0)


def test_the_quick_model_answers_for_the_judges_after_the_rows_that_it_is_given() -> None:
    values = np.array([[0.0], [0.1], [5.0], [5.1]], np.float32)
    labels = np.array([0, 0, 1, 1])
    model = _QuickModel(values, labels, np.array([[0.05], [5.05]], np.float32), 2)
    assert model.answers(np.arange(4), 0.2, 0.01).tolist() == [0, 1]
    assert model.answers(np.array([2, 3]), 0.2, 0.01).tolist() == [1, 1]  # it has never seen a 0


def test_a_curve_is_measured_on_parts_that_do_not_overlap_and_falls() -> None:
    found = measure_curve(drawn(800, 1.0, 0), drawn(400, 1.0, 1), 4, seen="features", seed=3)
    assert found is not None
    assert [(point.rows, point.draws) for point in found.points] == [(100, 8), (200, 4), (400, 2), (800, 1)]
    assert found.points[0].error > found.points[-1].error
    assert (found.seen, found.judged) == ("features", 400)
    assert found.exponent > 0
    assert found.deviation >= 0.2  # of one model to another, at least
    again = measure_curve(drawn(800, 1.0, 0), drawn(400, 1.0, 1), 4, seen="features", seed=3)
    assert again == found
    assert LearningCurve.model_validate_json(found.model_dump_json()) == found


def test_width_and_ridge_are_chosen_on_a_quarter_and_held(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[list[int], float, float]] = []
    answers = _QuickModel.answers

    def noted(model: _QuickModel, rows: np.ndarray, width: float, ridge: float) -> np.ndarray:
        asked.append((rows.tolist(), width, ridge))
        return answers(model, rows, width, ridge)

    monkeypatch.setattr(_QuickModel, "answers", noted)
    assert measure_curve(drawn(83, 1.0, 0), drawn(60, 1.0, 1), 4, seen="pixels", seed=3) is not None
    pairs = [(width, ridge) for width in (0.05, 0.2, 0.8) for ridge in (0.01, 0.1, 1.0)]
    assert [each[1:] for each in asked[:9]] == pairs
    quarter = asked[0][0]
    assert len(quarter) == 20
    assert all(rows == quarter for rows, *_ in asked[:9])
    assert [len(rows) for rows, *_ in asked[9:]] == [*[11] * 3, *[10] * 5, *[21] * 3, 20, 42, 41, 83]
    assert len({each[1:] for each in asked[9:]}) == 1
    assert asked[-1][0][:20] == quarter  # the first of one order, which every share divides
    assert asked[9][0] + asked[10][0] == asked[-1][0][:22]


def test_there_is_no_curve_of_a_model_that_learns_nothing_or_makes_no_error() -> None:
    draw = np.random.default_rng(0)
    noise = draw.normal(size=(400, 12)).astype(np.float32), draw.integers(0, 4, 400)
    assert measure_curve(noise, (noise[0][::-1].copy(), noise[1]), 4, seen="pixels") is None
    assert measure_curve(drawn(400, 0.01, 0), drawn(200, 0.01, 1), 4, seen="pixels") is None


@pytest.mark.parametrize(
    ("rows", "judges", "classes", "why"),
    [
        (200, 50, 10, ""),
        (199, 50, 10, "too few training pictures"),
        (200, 50, 13, "too few training pictures"),  # less than two of each class in an eighth
        (208, 50, 13, ""),
        (200, 49, 10, "too few validation pictures"),
        (9_999, 50, 201, "too many classes"),
    ],
)
def test_too_little_for_a_curve(rows: int, judges: int, classes: int, why: str) -> None:
    assert why_no_curve(rows, judges, classes) == why


def test_of_many_pictures_some_are_looked_at() -> None:
    assert rows_of_curve(60_000, 5_000) == (4_000, 1_500)
    assert rows_of_curve(300, 60) == (300, 60)
