"""Pictures far wider or taller than the rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding
from onelook.checks.flagged import flagged
from onelook.checks.typical import FAR_OUT, typical

# Between a picture's width to height and the usual one: so much is what it shows stretched when all are brought to
# one shape. Of 3,000 photographs three lie beyond; at 2.5 a dozen plain upright ones do.
LARGEST_RATIO = 3.0


def check(evidence: Evidence) -> list[Finding]:
    """A finding for each split with originals of a shape far from the one that is usual in the set."""
    usual = typical(evidence, _log_aspect)
    if usual is None:
        return []
    limit = max(np.log(LARGEST_RATIO), FAR_OUT * usual.spread)

    def excess(split: SplitEvidence) -> NDArray[np.float64] | None:
        values = _log_aspect(split)
        return None if values is None else np.abs(values - usual.median) - limit

    def why(split: SplitEvidence, row: int) -> str:
        height, width = split.measures["height"][row], split.measures["width"][row]
        return (
            f"{split.ids[row]} is {height:.0f}×{width:.0f} (height × width), where a width of "
            f"{np.exp(usual.median):.1f} times the height is usual"
        )

    return flagged(
        evidence,
        "odd-aspect",
        excess,
        what="far wider or taller than the others",
        why=why,
        advice="What they show is distorted when all are brought to one shape: crop them, or try --set resize=fit.",
    )


def _log_aspect(split: SplitEvidence) -> NDArray[np.float64] | None:
    if "height" not in split.measures:
        return None
    return np.log(split.measures["width"] / split.measures["height"])
