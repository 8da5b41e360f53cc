"""Find pictures without a sharp edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding
from onelook.checks.pictures.empty import is_blank
from onelook.checks.pictures.past_limit import find_past_limit
from onelook.checks.pictures.usual_values import FAR_OUT, usual_value

# A share of the usual sharpness in the data. Below it are the five softest of 3,000 photographs (at 128 pixels), which
# are out of focus or enlarged, 14 of 50,000 CIFAR-10 pictures, none of MNIST and one of Fashion-MNIST. A Gaussian blur
# of 1 pixel puts nine in ten photographs below it, and a blur of 1.5 pixels all of them.
SHARE_OF_USUAL = 0.37


def check(evidence: Evidence) -> list[Finding]:
    """Return a finding for each split with pictures whose steepest edges are far less steep than usual."""
    usual = usual_value(evidence, _log_sharpness)
    if usual is None:
        return []
    limit = min(usual.median + np.log(SHARE_OF_USUAL), usual.median - FAR_OUT * usual.spread)

    def excess(split: SplitEvidence) -> NDArray[np.float64] | None:
        values = _log_sharpness(split)
        return None if values is None else np.where(is_blank(split), np.nan, limit - values)

    return find_past_limit(
        evidence,
        "blurred",
        excess,
        what="blurred",
        why="even the sharpest edges are several times softer than is usual in this data",
        advice="Remove what a person cannot name, unless you will predict on pictures that are as blurred.",
    )


def _log_sharpness(split: SplitEvidence) -> NDArray[np.float64] | None:
    """Return the logarithm, so that half and double are equally far; NaN if there is no contrast to measure."""
    sharpness = split.measures.get("sharpness")
    if sharpness is None:
        return None
    # An edge of less than one level in the whole contrast counts as one of a thousandth.
    return np.log(np.maximum(sharpness, 1e-3))
