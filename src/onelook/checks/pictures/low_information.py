"""Pictures with next to nothing on them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding
from onelook.checks.pictures.blank import is_blank
from onelook.checks.pictures.past_limit import flagged
from onelook.checks.pictures.usual_values import typical

# Of the entropy of the grey levels that is usual in the set, and in spreads from it. Both, because in a set of
# drawings every stroke less moves the entropy: the thinnest MNIST "1" has a fifth of the usual, 3.5 spreads below. In
# photographs and CIFAR-10 what lies below is a small cut-out on a plain ground.
SHARE_OF_USUAL = 0.4
FAR_BELOW = 5.0


def check(evidence: Evidence) -> list[Finding]:
    """A finding for each split with pictures of far fewer grey levels than is usual in the set, but not blank."""
    usual = typical(evidence, lambda split: split.measures.get("entropy"))
    if usual is None:
        return []
    limit = min(SHARE_OF_USUAL * usual.median, usual.median - FAR_BELOW * usual.spread)

    def excess(split: SplitEvidence) -> NDArray[np.float64] | None:
        if not split.measures:
            return None
        return np.where(is_blank(split), np.nan, limit - split.measures["entropy"])

    return flagged(
        evidence,
        "low-information",
        excess,
        what="nearly empty",
        why=f"nearly all of one colour (under {limit:.1f} bits of grey levels, where {usual.median:.1f} are usual)",
        advice="A placeholder is better removed, a small picture in a large frame cropped to what it shows.",
    )
