"""Find pictures that are far smaller or larger than the rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding
from onelook.checks.pictures.past_limit import find_past_limit
from onelook.checks.pictures.usual_values import FAR_OUT, usual_value

# The factor between a picture's side (the root of its area) and the usual side. Resized to the size of the others, such
# a picture has a sixteenth of the detail, or is a photograph among icons. One of 3,000 photographs exceeds it.
LARGEST_RATIO = 4.0


def check(evidence: Evidence) -> list[Finding]:
    """Return a finding for each split with originals that have far fewer or far more pixels than usual."""
    usual = usual_value(evidence, _log_side)
    if usual is None:
        return []
    limit = max(np.log(LARGEST_RATIO), FAR_OUT * usual.spread)

    def excess(split: SplitEvidence) -> NDArray[np.float64] | None:
        values = _log_side(split)
        return None if values is None else np.abs(values - usual.median) - limit

    def what(split: SplitEvidence, rows: NDArray[np.int64]) -> str:
        is_small = split.measures["height"][rows] * split.measures["width"][rows] < np.exp(2 * usual.median)
        return f"far {'smaller' if is_small.all() else 'smaller or larger' if is_small.any() else 'larger'} than usual"

    def why(split: SplitEvidence, rows: NDArray[np.int64]) -> str:
        row = int(rows[0])
        height, width = split.measures["height"][row], split.measures["width"][row]
        side = np.exp(usual.median)
        return f"{split.ids[row]} has {height:.0f}×{width:.0f} pixels, where some {side:.0f}×{side:.0f} are usual"

    return find_past_limit(
        evidence,
        "odd-size",
        excess,
        what=what,
        why=why,
        advice="Brought to the size of the others, a small picture is blurred: look for its original. A very large one "
        "may be of another kind.",
    )


def _log_side(split: SplitEvidence) -> NDArray[np.float64] | None:
    if "height" not in split.measures:
        return None
    return np.log(split.measures["height"] * split.measures["width"]) / 2
