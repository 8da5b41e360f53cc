"""The temperature by hand: where all are right, the doubt of Platt decides how sure the model may be."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from onelook.metrics.temperature import fit_factor, fit_temperature, tempered


@pytest.mark.parametrize(("rows", "classes"), [(4, 2), (4, 3), (1, 5), (50, 3)])
def test_of_pictures_that_are_all_right_one_in_so_many_is_doubted(rows: int, classes: int) -> None:
    decisions = np.zeros((rows, classes))
    decisions[:, 1] = 1.0
    doubt = 1 / (rows + 2)
    # The loss is lowest where the label's probability is 1 - doubt: e^t / (e^t + classes - 1).
    expected = log((1 - doubt) * (classes - 1) / doubt)
    assert fit_factor(decisions, np.ones(rows, np.int64)) == pytest.approx(expected, rel=1e-3)


def test_without_pictures_nothing_is_changed() -> None:
    assert fit_factor(np.empty((0, 3)), np.empty(0, np.int64)) == 1.0


def made_up(logits: np.ndarray) -> np.ndarray:
    """Labels that are right exactly as often as the logits say, in each group of equal rows."""
    odds = np.exp(logits)
    shares = odds / odds.sum(axis=1, keepdims=True)
    groups = [np.repeat(np.arange(len(row)), np.round(row * 200).astype(int))[:200] for row in shares]
    return np.concatenate(groups)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_the_temperature_that_made_a_model_too_sure_is_found(temperature: float) -> None:
    true = np.log(np.array([[0.7, 0.2, 0.1], [0.1, 0.85, 0.05], [0.3, 0.3, 0.4]]))
    labels = made_up(true)
    said = np.exp(np.repeat(true, 200, axis=0) * temperature)
    found = fit_temperature((said / said.sum(axis=1, keepdims=True)).astype(np.float32), labels)
    assert found == pytest.approx(temperature, rel=0.02)
    assert found == float(f"{found:.4g}")


def test_few_pictures_and_extreme_answers_do_not_run_away() -> None:
    sure = np.tile(np.array([[1.0, 0.0]], np.float32), (60, 1))
    assert fit_temperature(sure[:49], np.ones(49, np.int64)) == 1.0
    assert fit_temperature(sure[:50], np.ones(50, np.int64)) == 10.0
    assert fit_temperature(sure, np.ones(60, np.int64)) == 10.0  # sure and always wrong
    assert fit_temperature(np.tile([[0.5001, 0.4999]], (60, 1)), np.zeros(60, np.int64)) == 0.1


def test_tempered_keeps_the_order_and_nought() -> None:
    rows = np.array([[0.6, 0.4, 0.0], [1e-30, 1 - 1e-12, 1e-12]])
    assert tempered(rows, 1.0) is rows
    hotter, colder = tempered(rows, 2.0), tempered(rows, 0.01)
    assert hotter[0].tolist() == pytest.approx([6**0.5 / (6**0.5 + 2), 2 / (6**0.5 + 2), 0.0])
    assert colder[0].tolist() == pytest.approx([1.0, 0.0, 0.0], abs=1e-15)
    assert hotter.sum(axis=1) == pytest.approx(1.0)
    assert np.array_equal(hotter.argsort(axis=1), rows.argsort(axis=1))
