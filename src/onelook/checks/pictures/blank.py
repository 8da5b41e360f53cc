"""Pictures of one colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding
from onelook.checks.pictures.past_limit import flagged

# Standard deviation of the strongest channel, as a share of its range: two levels of 255. JPEG keeps a plain
# colour within one; the faintest of 110,000 pictures of MNIST, Fashion-MNIST and CIFAR-10 training has four.
SMALLEST_DEVIATION = 2 / 255


def check(evidence: Evidence) -> list[Finding]:
    """A finding for each split with pictures that show nothing."""
    return flagged(
        evidence,
        "blank",
        lambda split: SMALLEST_DEVIATION - split.measures["deviation"] if split.measures else None,
        what="blank",
        why="one colour and nothing else",
        advice="A blank picture teaches nothing but the wrong thing: remove it, or look for where it broke.",
        severity="warning",
    )


def is_blank(split: SplitEvidence) -> NDArray[np.bool_]:
    """Which pictures `blank` tells of, so that no other check tells of them again. The split has measures."""
    return split.measures["deviation"] < SMALLEST_DEVIATION
