"""Find the usual value of a measure in a data set: if all digits are on black, black is not a fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence

Values = Callable[[SplitEvidence], NDArray[np.float64] | None]  # (rows,), NaN if nothing was measured

# With fewer pictures there is no reliable usual value: the middle half of 20 is 10.
FEWEST = 20
# A value is an outlier at this number of spreads from the median: B. Iglewicz & D. Hoaglin, How to Detect and Handle
# Outliers (1993), advise 3.5.
FAR_OUT = 3.5
_NORMAL = 1.4826  # the standard deviation of a normal distribution, in median absolute deviations


@dataclass(frozen=True)
class UsualValue:
    """The middle of a data set's values and their spread around it. A few odd values do not change either."""

    median: float
    spread: float  # the median absolute deviation, scaled to the standard deviation of a normal distribution


def usual_value(evidence: Evidence, values: Values) -> UsualValue | None:
    """Return the usual value among the training pictures (or among all without them), or None if there are few.

    Example:
        >>> from onelook.checks.evidence import Evidence
        >>> usual_value(Evidence((), {}), lambda split: split.measures.get("entropy")) is None
        True
    """
    reference = evidence.splits.values() if evidence.pool is None else [evidence.pool]
    found = [of_split for split in reference if (of_split := values(split)) is not None]
    known = np.concatenate(found) if found else np.zeros(0)
    known = known[np.isfinite(known)]
    if len(known) < FEWEST:
        return None
    median = float(np.median(known))
    return UsualValue(median, float(_NORMAL * np.median(np.abs(known - median))))
