"""Run all checks, and summarise the findings in a few lines."""

from __future__ import annotations

from collections.abc import Sequence

from onelook.checks import CHECKS
from onelook.checks.evidence import Evidence
from onelook.checks.finding import SEVERITIES, Finding, called


def find_problems(evidence: Evidence) -> list[Finding]:
    """Return the findings of every registered check, the most severe first; ties keep the order of the registry."""
    findings = [finding for name in CHECKS for finding in CHECKS.load(name)(evidence)]
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def summary_lines(findings: Sequence[Finding]) -> list[str]:
    """Return errors and warnings in full, and the notes in one sentence, for commands other than `inspect`.

    Example:
        >>> summary_lines([Finding("dark", "train", 3, ("a", "b", "c"), "…", severity="note")])
        ['Worth a look: 3 dark in the training set. `onelook inspect` with --html shows them.']
    """
    lines = [finding.message for finding in findings if finding.severity != "note"]
    notes = [finding for finding in findings if finding.severity == "note"]
    if notes:
        by_split = [
            ", ".join(f"{note.count:,} {note.check}" for note in notes if note.split == split) + f" in {called(split)}"
            for split in dict.fromkeys(note.split for note in notes)
        ]
        lines.append(f"Worth a look: {'; '.join(by_split)}. `onelook inspect` with --html shows them.")
    return lines
