"""How far a share that was counted can lie from the true one."""

from __future__ import annotations

import math
from statistics import NormalDist


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """The lowest and highest true share that a count agrees with, in [0, 1] (Wilson 1927, JASA 22:209).

    Unlike the textbook p ± 1.96 s it stays inside [0, 1], and it does not call 20 of 20 certain.

    Args:
        successes: from 0 to `trials`.
        trials: from 1.
        confidence: the share of such intervals that hold the true value, in (0, 1).

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
