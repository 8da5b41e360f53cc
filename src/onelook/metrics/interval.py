"""Confidence intervals of a counted share and of the mean of a few scores."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist, fmean, stdev


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the lowest and highest true share that agree with a count, in [0, 1] (Wilson 1927, JASA 22:209).

    Unlike the textbook p ± 1.96 s it stays inside [0, 1], and it does not call 20 of 20 certain.

    Args:
        successes: from 0 to `trials`.
        trials: from 1.
        confidence: the share of such intervals that contain the true value, in (0, 1).

    Example:
        >>> [round(limit, 3) for limit in wilson_interval(20, 20)]
        [0.839, 1.0]
    """
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = successes / trials
    shrink = 1 + z**2 / trials
    centre = (share + z**2 / (2 * trials)) / shrink
    reach = z * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2)) / shrink
    # Rounding leaves 1 - 1e-16 where the formula gives exactly 0 or 1.
    low = 0.0 if successes == 0 else max(0.0, centre - reach)
    high = 1.0 if successes == trials else min(1.0, centre + reach)
    return low, high


def mean_interval(
    scores: Sequence[float], confidence: float = 0.95, limits: tuple[float, float] = (0.0, 1.0)
) -> tuple[float, float]:
    """Return the lowest and highest true mean that agree with a few scores: Student's t interval.

    Mean ± t(n - 1) s / √n, cut off at the limits. The interval assumes independent scores. Those of cross-validation
    share training pictures, so that their interval is somewhat too narrow; no better one is known (Bengio & Grandvalet
    2004, JMLR 5:1089).

    Args:
        scores: two or more, each within the limits.
        confidence: the share of such intervals that contain the true mean, in (0, 1).
        limits: the lowest and the highest value that a score can have.

    Example:
        >>> [round(limit, 3) for limit in mean_interval([0.90, 0.92, 0.94])]
        [0.87, 0.97]
    """
    mean, (lowest, highest) = fmean(scores), limits
    reach = _student_quantile(len(scores) - 1, confidence) * stdev(scores) / math.sqrt(len(scores))
    return max(lowest, mean - reach), min(highest, mean + reach)


def _student_quantile(freedom: int, confidence: float) -> float:
    """Return the t for which the share `confidence` of Student's distribution lies within ±t."""
    low, high = 0.0, math.pi / 2
    while low < (angle := (low + high) / 2) < high:  # until the two are neighbours among the floats
        low, high = (angle, high) if _share_within(angle, freedom) < confidence else (low, angle)
    return math.sqrt(freedom) * math.tan(low)


def _share_within(angle: float, freedom: int) -> float:
    """Return the share of Student's distribution within ±√freedom tan(angle).

    Abramowitz & Stegun 1964, 26.7.3 and 26.7.4.
    """
    cosine = math.cos(angle)
    is_odd = freedom % 2 == 1
    term, total = (cosine, 0.0) if is_odd else (1.0, 0.0)
    for step in range(3 if is_odd else 2, freedom + 1, 2):
        total += term
        term *= cosine**2 * (step - 1) / step
    return 2 / math.pi * (angle + math.sin(angle) * total) if is_odd else math.sin(angle) * total
