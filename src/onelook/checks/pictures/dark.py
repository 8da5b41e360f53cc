"""Pictures in which nothing is bright."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding
from onelook.checks.pictures.blank import is_blank
from onelook.checks.pictures.past_limit import flagged
from onelook.checks.pictures.usual_values import typical
from onelook.wording import percent

# Of white, for the brightest hundredth of a picture: below, little can be made out on a screen. Of 3,000 photographs
# the darkest has 44 %; of 50,000 CIFAR-10 pictures one lies below, of 60,000 Fashion-MNIST garments a dozen.
DARKEST = 0.3
# Of what is usual in the set: where all pictures are dim, only much dimmer ones are odd.
SHARE_OF_USUAL = 0.5


def check(evidence: Evidence) -> list[Finding]:
    """A finding for each split with pictures that are nearly black, and not just mostly: even their lightest parts."""
    usual = typical(evidence, lambda split: split.measures.get("brightest"))
    limit = DARKEST if usual is None else min(DARKEST, SHARE_OF_USUAL * usual.median)

    def excess(split: SplitEvidence) -> NDArray[np.float64] | None:
        if not split.measures:
            return None
        return np.where(is_blank(split), np.nan, limit - split.measures["brightest"])

    return flagged(
        evidence,
        "dark",
        excess,
        what="nearly black",
        why=f"even the brightest parts stay below {percent(limit, 0)} of white",
        advice="What a person could not name is better brightened or removed.",
    )
