"""Pictures without a sharp edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding
from onelook.checks.pictures.blank import is_blank
from onelook.checks.pictures.past_limit import flagged
from onelook.checks.pictures.usual_values import FAR_OUT, typical

# Of the sharpness that is usual in the set. Of 3,000 photographs (at 128 pixels) the five softest lie below, out of
# focus or enlarged, of 50,000 CIFAR-10 pictures 14, of MNIST none, of Fashion-MNIST one. A Gaussian blur of 1 pixel
# brings nine in ten photographs below, one of 1.5 pixels every one.
SHARE_OF_USUAL = 0.37


def check(evidence: Evidence) -> list[Finding]:
    """A finding for each split with pictures whose steepest edges are far less steep than is usual in the set."""
    usual = typical(evidence, _log_sharpness)
    if usual is None:
        return []
    limit = min(usual.median + np.log(SHARE_OF_USUAL), usual.median - FAR_OUT * usual.spread)

    def excess(split: SplitEvidence) -> NDArray[np.float64] | None:
        values = _log_sharpness(split)
        return None if values is None else np.where(is_blank(split), np.nan, limit - values)

    return flagged(
        evidence,
        "blurred",
        excess,
        what="blurred",
        why="even the sharpest edges are several times softer than is usual in this data",
        advice="What a person could not name is better removed, unless you will predict on pictures as blurred.",
    )


def _log_sharpness(split: SplitEvidence) -> NDArray[np.float64] | None:
    """Halving counts as much as doubling. NaN where there is no contrast to see an edge by."""
    sharpness = split.measures.get("sharpness")
    if sharpness is None:
        return None
    # An edge of less than one level in all of the contrast counts as one of a thousandth.
    return np.log(np.maximum(sharpness, 1e-3))
