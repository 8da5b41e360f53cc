"""Pictures in which nothing is dark."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding
from onelook.checks.pictures.blank import is_blank
from onelook.checks.pictures.past_limit import flagged
from onelook.checks.pictures.usual_values import typical
from onelook.wording import percent

# Of white, for the darkest hundredth of a picture: above, it is washed out. Of 3,000 photographs the brightest has
# 44 %; of 50,000 CIFAR-10 pictures four lie above.
BRIGHTEST = 0.6
# Of the distance from white that is usual in the set: where all pictures are faint, only much fainter ones are odd.
SHARE_OF_USUAL = 0.5


def check(evidence: Evidence) -> list[Finding]:
    """A finding for each split with pictures that are nearly white, and not just mostly: even their darkest parts."""
    usual = typical(evidence, lambda split: split.measures.get("darkest"))
    limit = BRIGHTEST if usual is None else max(BRIGHTEST, 1 - SHARE_OF_USUAL * (1 - usual.median))

    def excess(split: SplitEvidence) -> NDArray[np.float64] | None:
        if not split.measures:
            return None
        return np.where(is_blank(split), np.nan, split.measures["darkest"] - limit)

    return flagged(
        evidence,
        "bright",
        excess,
        what="nearly white",
        why=f"even the darkest parts stay above {percent(limit, 0)} of white",
        advice="What a person could not name is better removed.",
    )
