"""What is usual in a data set: where all digits lie on black, black is no fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence

Values = Callable[[SplitEvidence], NDArray[np.float64] | None]  # (rows,), NaN where there is none to be had

# Of fewer pictures nobody can say what is usual: the middle half of 20 is 10.
FEWEST = 20
# Spreads from the median at which a value is far out: B. Iglewicz & D. Hoaglin, How to Detect and Handle Outliers
# (1993), advise 3.5 of these.
FAR_OUT = 3.5
_NORMAL = 1.4826  # a normal distribution's standard deviation is so many of its median absolute deviations


@dataclass(frozen=True)
class Typical:
    """The middle of a data set's values, and how far they spread around it, which a few odd ones do not change."""

    median: float
    spread: float  # the median absolute deviation, as long as the standard deviation where values are normal


def typical(evidence: Evidence, values: Values) -> Typical | None:
    """What is usual among the pictures to train on, or where there are none among all; None where there are few.

    Example:
        >>> from onelook.checks.evidence import Evidence
        >>> typical(Evidence((), {}), lambda split: split.measures.get("entropy")) is None
        True
    """
    reference = evidence.splits.values() if evidence.pool is None else [evidence.pool]
    found = [of_split for split in reference if (of_split := values(split)) is not None]
    known = np.concatenate(found) if found else np.zeros(0)
    known = known[np.isfinite(known)]
    if len(known) < FEWEST:
        return None
    median = float(np.median(known))
    return Typical(median, float(_NORMAL * np.median(np.abs(known - median))))
