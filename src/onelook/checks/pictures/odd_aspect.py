"""Find pictures that are far wider or taller than the rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding
from onelook.checks.pictures.past_limit import find_past_limit
from onelook.checks.pictures.usual_values import FAR_OUT, usual_value

# The factor between a picture's ratio of width to height and the usual ratio: the picture is stretched by this factor
# when all get one shape. Three of 3,000 photographs differ more; at 2.5 a dozen ordinary upright ones would.
LARGEST_RATIO = 3.0


def check(evidence: Evidence) -> list[Finding]:
    """Return a finding for each split with originals whose shape is far from the usual one."""
    usual = usual_value(evidence, _log_aspect)
    if usual is None:
        return []
    limit = max(np.log(LARGEST_RATIO), FAR_OUT * usual.spread)

    def excess(split: SplitEvidence) -> NDArray[np.float64] | None:
        values = _log_aspect(split)
        return None if values is None else np.abs(values - usual.median) - limit

    def what(split: SplitEvidence, rows: NDArray[np.int64]) -> str:
        is_wide = np.log(split.measures["width"][rows] / split.measures["height"][rows]) > usual.median
        return f"far {'wider' if is_wide.all() else 'wider or taller' if is_wide.any() else 'taller'} than usual"

    def why(split: SplitEvidence, rows: NDArray[np.int64]) -> str:
        row = int(rows[0])
        height, width = split.measures["height"][row], split.measures["width"][row]
        often = np.exp(usual.median)
        return f"{split.ids[row]} is {width / height:.2g} times as wide as high, where {often:.2g} times is usual"

    return find_past_limit(
        evidence,
        "odd-aspect",
        excess,
        what=what,
        why=why,
        advice="Training brings all pictures to one shape, which distorts such a picture: crop it, or "
        "train on whole pictures within a frame.",
        options=("--set", "resize=fit"),
    )


def _log_aspect(split: SplitEvidence) -> NDArray[np.float64] | None:
    if "height" not in split.measures:
        return None
    return np.log(split.measures["width"] / split.measures["height"])
