"""Report labels that are not classes: several per picture, or numbers to predict."""

from __future__ import annotations

from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding


def check(evidence: Evidence) -> list[Finding]:
    """Return a finding that says what the labels are, if they are not classes; else none."""
    if not evidence.no_classes:
        return []
    name, split = next(iter(evidence.splits.items()))
    return [Finding("no-classes", name, len(split.ids), (), evidence.no_classes, severity="error")]
