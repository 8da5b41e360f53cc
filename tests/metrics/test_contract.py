"""Every registered metric is measured alike, gives one finite number, and has a name and words of its own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from onelook.evaluation.evaluate import evaluate
from onelook.metrics import METRICS
from onelook.metrics.scores import Score, measure_scores, score_inputs

CLASSES = 8  # so many that every score is defined


def measured(name: str, probabilities: np.ndarray, labels: np.ndarray) -> Any:
    return measure_scores(score_inputs(probabilities, labels))[name]


@pytest.mark.parametrize("name", list(METRICS))
class TestEveryMetric:
    def test_gives_a_plain_finite_float(self, name: str) -> None:
        chance = np.random.default_rng(0)
        low, high = METRICS.load(name).limits
        for rows in (1, 7):
            probabilities = chance.dirichlet(np.ones(CLASSES), size=rows).astype(np.float32)
            value = measured(name, probabilities, chance.integers(CLASSES, size=rows))
            assert type(value) is float
            assert math.isfinite(value)
            assert low <= value <= high

    def test_is_undefined_or_a_float_on_two_classes(self, name: str) -> None:
        value = measured(name, np.array([[0.9, 0.1], [0.4, 0.6]]), np.array([0, 0]))
        assert value is None or type(value) is float

    def test_is_best_where_all_is_right_and_sure(self, name: str) -> None:
        perfect, labels = np.eye(CLASSES, dtype=np.float32), np.arange(CLASSES)
        score = METRICS.load(name)
        best, worse = measured(name, perfect, labels), measured(name, perfect, np.roll(labels, 1))
        assert best == (score.limits[1] if score.higher_is_better else score.limits[0])
        assert best > worse if score.higher_is_better else best < worse

    def test_does_not_depend_on_the_order_of_rows(self, name: str) -> None:
        chance = np.random.default_rng(1)
        probabilities, labels = chance.dirichlet(np.ones(CLASSES), size=11), chance.integers(CLASSES, size=11)
        order = chance.permutation(11)
        assert measured(name, probabilities, labels) == pytest.approx(
            measured(name, probabilities[order], labels[order])
        )

    def test_is_named_and_described(self, name: str) -> None:
        score = METRICS.load(name)
        assert isinstance(score, Score)
        assert METRICS.describe(name)[-1] not in ".!"  # it stands within a sentence
        others = [METRICS.load(other) for other in METRICS if other != name]
        assert score.label not in {other.label for other in others}
        assert score.column not in {other.column for other in others}

    def test_its_name_is_no_other_fields(self, name: str) -> None:
        document = evaluate(np.eye(2), np.arange(2), ["a", "b"], "test").to_dict()
        others = {*document} - {*METRICS}
        assert others == {
            "set", "rows", "accuracy_interval", "class_names", "confusion_matrix", "per_class", "warnings",
        }  # fmt: skip
        assert name in document
        assert name not in {"run", "fold", "status", "folds", "interval", "test", "runs", "leaked", "without_leaks"}
        assert not name.startswith("test_")
        assert not name.endswith("_interval")
