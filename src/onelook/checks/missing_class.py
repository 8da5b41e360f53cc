"""Classes that a split has no picture of."""

from __future__ import annotations

import numpy as np

from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding, called

_MOST_NAMED = 10

# What it means that a class is missing, by where it is missing.
_MEANING = {
    "train": "The model cannot learn what it never sees: add pictures, or remove the class.",
    "val": "How well it is recognised has no part in choosing the best epoch.",
    "test": "The score says nothing about it.",
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
        names = ", ".join(f"'{each}'" for each in missing[:_MOST_NAMED])
        if (more := len(missing) - _MOST_NAMED) > 0:
            names += f" and {more:,} more"
        message = (
            f"{called(name).capitalize()} has no picture of {'class' if len(missing) == 1 else 'classes'} {names}. "
            f"{_MEANING.get(name, _MEANING['train'])}"
        )
        findings.append(Finding("missing-class", name, len(missing), (), message))
    return findings
