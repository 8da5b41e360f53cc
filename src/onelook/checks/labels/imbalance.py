"""Classes of very different sizes."""

from __future__ import annotations

import numpy as np

from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding
from onelook.data.part_names import pool_name
from onelook.wording import counted

# From here on, a model that never names the smaller of two classes is right nine times in ten or more.
LARGEST_RATIO = 10.0


def check(evidence: Evidence) -> list[Finding]:
    """At most one finding, about the pictures to train on: the largest class holds ten times the smallest or more."""
    name = pool_name(evidence.splits)
    if name is None:
        return []
    counts = evidence.splits[name].counts(len(evidence.class_names))
    present = np.flatnonzero(counts)  # a class without pictures is `missing-class`'s
    if len(present) < 2:
        return []
    largest, smallest = int(present[np.argmax(counts[present])]), int(present[np.argmin(counts[present])])
    ratio = counts[largest] / counts[smallest]
    if ratio < LARGEST_RATIO:
        return []
    small = np.flatnonzero((counts > 0) & (counts * LARGEST_RATIO <= counts[largest]))
    message = (
        f"The class '{evidence.class_names[largest]}' has {counted(int(counts[largest]), 'picture')} to train on, "
        f"'{evidence.class_names[smallest]}' only {counts[smallest]:,}: {ratio:.0f} times fewer. Accuracy hides how "
        "small classes do: look at the balanced accuracy, and try --set class_weights=balanced."
    )
    return [Finding("imbalance", name, len(small), (), message)]
