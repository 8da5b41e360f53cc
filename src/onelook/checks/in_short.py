"""The checks' findings in a few lines, for a command that does something else."""

from __future__ import annotations

from collections.abc import Sequence

from onelook.checks.finding import Finding, called


def in_short(findings: Sequence[Finding]) -> list[str]:
    """What is wrong in full, and in one sentence how much is worth a look.

    Example:
        >>> in_short([Finding("dark", "train", 3, ("a", "b", "c"), "…", severity="note")])
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
