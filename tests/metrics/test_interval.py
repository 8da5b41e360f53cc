"""Wilson's and Student's intervals against figures worked out by hand and against SciPy."""

from __future__ import annotations

from statistics import fmean, stdev

import pytest
from scipy.stats import binomtest, t

from onelook.metrics.interval import mean_interval, wilson_interval


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


def test_the_mean_of_three_by_hand() -> None:
    # Mean .92, deviation .02, t(2) = 4.302653: .02 / √3 * 4.302653 = .049682
    assert mean_interval([0.90, 0.92, 0.94]) == pytest.approx((0.870318, 0.969682), abs=1e-6)


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6, 10, 11, 60])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.99])
def test_scipy_agrees_on_means(count: int, confidence: float) -> None:
    shares = [0.5 + 0.01 * (position * 7 % count) / count for position in range(count)]
    mean, reach = fmean(shares), stdev(shares) / count**0.5 * t.ppf(0.5 + confidence / 2, count - 1)
    assert mean_interval(shares, confidence) == pytest.approx((mean - reach, mean + reach), abs=1e-9)


def test_a_mean_stays_within_zero_and_one_and_equal_scores_leave_no_doubt() -> None:
    assert mean_interval([0.5, 1.0]) == (0.0, 1.0)
    assert mean_interval([0.5, 1.0], limits=(-1.0, 2.0)) == (-1.0, 2.0)
    low, high = mean_interval([2.0, 2.5], limits=(0.0, float("inf")))  # 12.706 deviations of the mean, 0.25, either way
    assert (low, high) == (0.0, pytest.approx(2.25 + 3.1765, abs=1e-4))
    assert mean_interval([0.75, 0.75, 0.75]) == (0.75, 0.75)
