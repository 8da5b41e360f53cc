"""Distances from the mean of rows, in deviations, against rows whose distances can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.signature.spread import fit_spread

FLAT = np.array([[4, 1], [-4, 1], [4, -1], [-4, -1]], np.float32)  # deviations 4 and 1


def test_a_distance_is_counted_in_the_deviations_of_its_direction() -> None:
    spread = fit_spread(FLAT + np.array([10, 20], np.float32), 1)
    far = np.array([[10, 20], [14, 20], [10, 21], [14, 21]], np.float32)
    assert spread.mean.tolist() == [10, 20]
    assert spread.distances(far) == pytest.approx([0, 1, 1, 2**0.5], rel=1e-3)


def test_directions_without_their_own_variance_share_one() -> None:
    rows = np.zeros((4, 3), np.float32)
    rows[:, 0] = [3, -3, 3, -3]
    rows[:, 1] = [1, 1, -1, -1]
    spread = fit_spread(rows, 1)  # the other two have the variance (1 + 0) / 2
    assert spread.distances(np.array([[0, 0, 1]], np.float32)) == pytest.approx([2**0.5], rel=1e-3)


def test_the_nearest_class_counts() -> None:
    apart = np.array([0, 50], np.float32)
    rows = np.concatenate([FLAT + apart, FLAT - apart])
    spread = fit_spread(rows, 2, np.repeat([7, 3], 4))
    assert spread.distances(np.array([[0, 50], [0, -50], [4, 50]], np.float32)) == pytest.approx([0, 0, 1], abs=0.05)
    assert spread.distances(np.zeros((1, 2), np.float32))[0] > 10  # far from both, in the middle of all


def test_rows_that_are_all_equal_have_finite_distances() -> None:
    spread = fit_spread(np.ones((5, 3), np.float32), 2)
    found = spread.distances(np.array([[1, 1, 1], [2, 1, 1]], np.float32))
    assert found[0] == 0
    assert np.isfinite(found[1])
    assert found[1] > 1e6


def test_a_direction_in_which_rows_hardly_vary_has_a_thousandth_of_the_largest_variance() -> None:
    rows = np.array([[1, 0], [-1, 0], [1, 0], [-1, 0]], np.float32)  # variances 1 and 0
    found = fit_spread(rows, 2).distances(np.array([[0, 0], [1, 0], [0, 1]], np.float32))
    assert found == pytest.approx([0, 1, 1000**0.5], rel=1e-2)


def test_distances_are_those_of_the_definition_in_float64() -> None:
    chance = np.random.default_rng(0)
    rows = (chance.normal(size=(300, 20)) * np.linspace(3, 0.1, 20)).astype(np.float32)
    spread = fit_spread(rows, 6, chance.integers(0, 4, 300))
    looked_at = (3 * chance.normal(size=(50, 20))).astype(np.float32)
    directions = spread.directions.astype(np.float64)
    centred = looked_at - spread.mean.astype(np.float64)
    inside = centred @ directions.T
    outside = (centred**2).sum(axis=1) - (inside**2).sum(axis=1)
    apart = inside[:, np.newaxis] / np.sqrt(spread.variances) - spread.centres
    expected = np.sqrt((apart**2).sum(axis=2).min(axis=1) + outside / spread.rest)
    assert spread.distances(looked_at) == pytest.approx(expected, rel=1e-5)
    alone = np.concatenate([spread.distances(row[np.newaxis]) for row in looked_at])
    assert alone == pytest.approx(spread.distances(looked_at), rel=1e-5)
