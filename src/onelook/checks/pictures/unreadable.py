"""Report pictures that cannot be read."""

from __future__ import annotations

from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding, called
from onelook.wording import agree, counted


def check(evidence: Evidence) -> list[Finding]:
    """Return a finding for each split in which pictures were quarantined."""
    findings = []
    for name, split in evidence.splits.items():
        ids = tuple(split.quarantined)
        if not ids:
            continue
        first = f"{ids[0]}: {split.quarantined[ids[0]]}"
        message = (
            f"{counted(len(ids), 'picture')} in {called(name)} cannot be read and {agree(len(ids), 'is', 'are')} left "
            f"out{agree(len(ids), ':', ', such as')} {first}. A run lists each with its reason in ledger.csv."
        )
        findings.append(Finding("unreadable", name, len(ids), ids, message))
    return findings
