"""Exact copies with the same label in one split."""

from __future__ import annotations

import numpy as np

from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding, called, for_example
from onelook.wording import agree, counted


def check(evidence: Evidence) -> list[Finding]:
    """A finding for each split that holds the same picture more than once; the first of each is not counted."""
    findings = []
    for name, split in evidence.splits.items():
        rows = np.flatnonzero(split.copy_of >= 0)
        if not len(rows):
            continue
        ids = tuple(split.ids[row] for row in rows.tolist())
        originals = (split.ids[row] for row in split.copy_of[rows].tolist())
        pairs = tuple(zip(originals, ids, strict=True))
        message = (
            f"{counted(len(ids), 'picture')} in {called(name)} "
            f"{agree(len(ids), 'is an exact copy', 'are exact copies')} of another there with the same label "
            f"({for_example(ids)}). Each picture is used once."
        )
        findings.append(Finding("duplicates", name, len(ids), ids, message, pairs, severity="note"))
    return findings
