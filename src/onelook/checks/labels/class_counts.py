"""Find classes without pictures in a split, and classes of very different sizes."""

from __future__ import annotations

import numpy as np

from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding, called
from onelook.data.part_names import pool_name
from onelook.wording import agree, counted, named

# From this ratio on, a model that never predicts the smaller of two classes has an accuracy of 90 % or more.
LARGEST_RATIO = 10.0

_MOST_NAMED = 10

# The meaning of one missing class, and of several, by the split that lacks them.
_MEANING = {
    "train": (
        "The model cannot learn what it never sees: add pictures, or remove the class.",
        "The model cannot learn what it never sees: add pictures, or remove the classes.",
    ),
    "val": (
        "It is trained on and not validated: how well it is recognised has no part in choosing the best epoch.",
        "They are trained on and not validated: how well they are recognised has no part in choosing the best epoch.",
    ),
    "test": ("The score says nothing about it.", "The score says nothing about them."),
}


def check_missing(evidence: Evidence) -> list[Finding]:
    """Return a finding for each labelled split that lacks classes which another split has."""
    findings = []
    num_classes = len(evidence.class_names)
    for name, split in evidence.splits.items():
        if split.labels is None:
            continue
        missing = [evidence.class_names[label] for label in np.flatnonzero(split.counts(num_classes) == 0).tolist()]
        if not missing:
            continue
        message = (
            f"{called(name).capitalize()} has no picture of {agree(len(missing), 'class', 'classes')} "
            f"{named(missing, most=_MOST_NAMED)}. "
            f"{agree(len(missing), *_MEANING.get(name, _MEANING['train']))}"
        )
        findings.append(Finding("missing-class", name, len(missing), (), message))
    return findings


def check_imbalance(evidence: Evidence) -> list[Finding]:
    """Return at most one finding: one class has ten times as many pictures to train on as another, or more."""
    name = pool_name(evidence.splits)
    if name is None:
        return []
    counts = evidence.splits[name].counts(len(evidence.class_names))
    present = np.flatnonzero(counts)  # `check_missing` reports a class without pictures
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
        "small classes do: look at the balanced accuracy, and give each class the same weight."
    )
    options = ("--set", "class_weights=balanced")
    return [Finding("imbalance", name, len(small), (), message, options=options)]
