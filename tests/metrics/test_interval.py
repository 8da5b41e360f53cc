"""Wilson's interval against figures worked out by hand and against SciPy."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from onelook.metrics.interval import wilson_interval


def test_half_of_ten_by_hand() -> None:
    # z = 1.959964; centre 0.5; reach z * sqrt(0.025 + z²/400) / (1 + z²/10) = 0.263407
    assert wilson_interval(5, 10) == pytest.approx((0.236593, 0.763407), abs=1e-6)


@pytest.mark.parametrize(
    ("successes", "trials"), [(0, 1), (1, 1), (3, 7), (0, 50), (50, 50), (354, 360), (27_900, 28_000)]
)
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_scipy_agrees(successes: int, trials: int, confidence: float) -> None:
    expected = binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    assert wilson_interval(successes, trials, confidence) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_stays_within_zero_and_one_to_the_bit() -> None:
    for trials in range(1, 300):
        assert wilson_interval(0, trials)[0] == 0.0
        assert wilson_interval(trials, trials)[1] == 1.0
