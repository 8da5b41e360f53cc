"""Every registered metric takes the same arguments and gives one finite number."""

from __future__ import annotations

import math

import numpy as np
import pytest

from onelook.metrics import METRICS


@pytest.mark.parametrize("name", list(METRICS))
class TestEveryMetric:
    def test_gives_a_plain_finite_float(self, name: str) -> None:
        chance = np.random.default_rng(0)
        for rows in (1, 7):
            probabilities = chance.dirichlet(np.ones(4), size=rows).astype(np.float32)
            value = METRICS.load(name)(probabilities, chance.integers(4, size=rows))
            assert type(value) is float
            assert math.isfinite(value)

    def test_tells_the_perfect_from_the_worst(self, name: str) -> None:
        perfect = np.eye(3, dtype=np.float32)
        score = METRICS.load(name)
        assert score(perfect, np.arange(3)) in (0.0, 1.0)
        assert score(perfect, np.arange(3)) != score(perfect, np.array([1, 2, 0]))

    def test_does_not_depend_on_the_order_of_rows(self, name: str) -> None:
        chance = np.random.default_rng(1)
        probabilities, labels = chance.dirichlet(np.ones(3), size=11), chance.integers(3, size=11)
        order = chance.permutation(11)
        score = METRICS.load(name)
        assert score(probabilities, labels) == pytest.approx(score(probabilities[order], labels[order]))

    def test_is_described(self, name: str) -> None:
        assert METRICS.describe(name)
