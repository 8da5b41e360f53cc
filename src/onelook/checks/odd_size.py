"""Pictures far smaller or larger than the rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding
from onelook.checks.flagged import flagged
from onelook.checks.typical import FAR_OUT, typical

# Between a picture's side (the root of its area) and the usual one: brought to one size with the others, such a
# picture has a sixteenth of the detail, or is a photograph among icons. Of 3,000 photographs one lies beyond.
LARGEST_RATIO = 4.0


def check(evidence: Evidence) -> list[Finding]:
    """A finding for each split with originals of far fewer or far more pixels than is usual in the set."""
    usual = typical(evidence, _log_side)
    if usual is None:
        return []
    limit = max(np.log(LARGEST_RATIO), FAR_OUT * usual.spread)

    def excess(split: SplitEvidence) -> NDArray[np.float64] | None:
        values = _log_side(split)
        return None if values is None else np.abs(values - usual.median) - limit

    def why(split: SplitEvidence, row: int) -> str:
        height, width = split.measures["height"][row], split.measures["width"][row]
        side = np.exp(usual.median)
        return f"{split.ids[row]} is {height:.0f}×{width:.0f}, where about {side:.0f}×{side:.0f} is usual"

    return flagged(
        evidence,
        "odd-size",
        excess,
        what="far smaller or larger than the others",
        why=why,
        advice="Small ones become blurred when all are brought to one size: look for their originals. Very large ones "
        "may be of another kind.",
    )


def _log_side(split: SplitEvidence) -> NDArray[np.float64] | None:
    if "height" not in split.measures:
        return None
    return np.log(split.measures["height"] * split.measures["width"]) / 2
