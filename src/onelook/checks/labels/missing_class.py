"""Classes that a split has no picture of."""

from __future__ import annotations

import numpy as np

from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding, called
from onelook.wording import agree, named

_MOST_NAMED = 10

# What it means that a class is missing, or that several are, by where they are missing.
_MEANING = {
    "train": (
        "The model cannot learn what it never sees: add pictures, or remove the class.",
        "The model cannot learn what it never sees: add pictures, or remove the classes.",
    ),
    "val": (
        "It is trained on and not judged: how well it is recognised has no part in choosing the best epoch.",
        "They are trained on and not judged: how well they are recognised has no part in choosing the best epoch.",
    ),
    "test": ("The score says nothing about it.", "The score says nothing about them."),
}


def check(evidence: Evidence) -> list[Finding]:
    """A finding for each labelled split that lacks classes which another split has."""
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
