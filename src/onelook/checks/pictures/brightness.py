"""Find pictures in which nothing is bright, and pictures in which nothing is dark."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding
from onelook.checks.pictures.empty import is_blank
from onelook.checks.pictures.past_limit import find_past_limit
from onelook.checks.pictures.usual_values import usual_value
from onelook.wording import percent

# A share of white, for the brightest hundredth of a picture: below it, little can be seen on a screen. The darkest of
# 3,000 photographs has 44 %; one of 50,000 CIFAR-10 pictures and a dozen of 60,000 Fashion-MNIST garments are below.
DARKEST = 0.3
# A share of white, for the darkest hundredth of a picture: above it, the picture is washed out. The brightest of 3,000
# photographs has 44 %; four of 50,000 CIFAR-10 pictures are above.
BRIGHTEST = 0.6
# A share of the usual brightness (for the bright check: of the usual distance from white). If all pictures are dim or
# all are faint, only much dimmer or much fainter ones are odd.
SHARE_OF_USUAL = 0.5


def check_dark(evidence: Evidence) -> list[Finding]:
    """Return a finding for each split with pictures whose lightest parts are nearly black."""
    usual = usual_value(evidence, lambda split: split.measures.get("brightest"))
    limit = DARKEST if usual is None else min(DARKEST, SHARE_OF_USUAL * usual.median)

    def excess(split: SplitEvidence) -> NDArray[np.float64] | None:
        if not split.measures:
            return None
        return np.where(is_blank(split), np.nan, limit - split.measures["brightest"])

    return find_past_limit(
        evidence,
        "dark",
        excess,
        what="nearly black",
        why=f"even the brightest parts stay below {percent(limit, 0)} of white",
        advice="Where a person cannot say what a picture shows, brighten it or remove it.",
    )


def check_bright(evidence: Evidence) -> list[Finding]:
    """Return a finding for each split with pictures whose darkest parts are nearly white."""
    usual = usual_value(evidence, lambda split: split.measures.get("darkest"))
    limit = BRIGHTEST if usual is None else max(BRIGHTEST, 1 - SHARE_OF_USUAL * (1 - usual.median))

    def excess(split: SplitEvidence) -> NDArray[np.float64] | None:
        if not split.measures:
            return None
        return np.where(is_blank(split), np.nan, split.measures["darkest"] - limit)

    return find_past_limit(
        evidence,
        "bright",
        excess,
        what="nearly white",
        why=f"even the darkest parts stay above {percent(limit, 0)} of white",
        advice="Where a person cannot say what a picture shows, remove it.",
    )
