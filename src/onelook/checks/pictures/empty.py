"""Find pictures that show nothing, or nearly nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding
from onelook.checks.pictures.past_limit import find_past_limit
from onelook.checks.pictures.usual_values import usual_value

# Standard deviation of the strongest channel, as a share of its range: two levels of 255. JPEG keeps a plain
# colour within one; the faintest of 110,000 pictures of MNIST, Fashion-MNIST and CIFAR-10 training has four.
SMALLEST_DEVIATION = 2 / 255
# The entropy of the grey levels, as a share of the usual entropy and in spreads below it. A picture must be below both
# limits, because drawings vary much: the thinnest "1" of MNIST has a fifth of the usual entropy, and is 3.5 spreads
# below. Among photographs and CIFAR-10 only small cut-outs on a plain background are below.
SMALLEST_SHARE_OF_ENTROPY = 0.4
SPREADS_BELOW = 5.0


def check_blank(evidence: Evidence) -> list[Finding]:
    """Return a finding for each split that has pictures of one colour."""
    return find_past_limit(
        evidence,
        "blank",
        lambda split: SMALLEST_DEVIATION - split.measures["deviation"] if split.measures else None,
        what="blank",
        why="one colour and nothing else",
        advice="A model learns nothing useful from a blank picture: remove it, or find out where it was damaged.",
        severity="warning",
    )


def is_blank(split: SplitEvidence) -> NDArray[np.bool_]:
    """Return which pictures `check_blank` reports, so that no other check reports them. The split has measures."""
    return split.measures["deviation"] < SMALLEST_DEVIATION


def check_low_information(evidence: Evidence) -> list[Finding]:
    """Return a finding for each split with pictures that have far fewer grey levels than usual, but are not blank."""
    usual = usual_value(evidence, lambda split: split.measures.get("entropy"))
    if usual is None:
        return []
    limit = min(SMALLEST_SHARE_OF_ENTROPY * usual.median, usual.median - SPREADS_BELOW * usual.spread)

    def excess(split: SplitEvidence) -> NDArray[np.float64] | None:
        if not split.measures:
            return None
        return np.where(is_blank(split), np.nan, limit - split.measures["entropy"])

    return find_past_limit(
        evidence,
        "low-information",
        excess,
        what="nearly empty",
        why=f"nearly all of one colour (under {limit:.1f} bits of grey levels, where {usual.median:.1f} are usual)",
        advice="Remove a placeholder; crop a small picture in a large frame to what it shows.",
    )
