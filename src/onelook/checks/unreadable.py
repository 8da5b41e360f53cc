"""Pictures that cannot be read."""

from __future__ import annotations

from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding, called, pictures


def check(evidence: Evidence) -> list[Finding]:
    """A finding for each split in which pictures were quarantined."""
    findings = []
    for name, split in evidence.splits.items():
        ids = tuple(split.quarantined)
        if not ids:
            continue
        first = f"{ids[0]}: {split.quarantined[ids[0]]}"
        message = (
            f"{pictures(len(ids))} in {called(name)} cannot be read and {'is' if len(ids) == 1 else 'are'} left out"
            f"{':' if len(ids) == 1 else ', such as'} {first}. A run lists each with its reason in ledger.csv."
        )
        findings.append(Finding("unreadable", name, len(ids), ids, message))
    return findings
