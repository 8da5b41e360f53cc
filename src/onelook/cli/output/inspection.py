"""What the checks found, on the console: sentences where something is wrong, a table of what is worth a look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onelook.checks.finding import Finding
    from onelook.cli.output.printer import Say

_SPLITS = ("train", "val", "test", "all")
_HEADINGS = {"error": "wrong", "warning": "to mend"}


def say_findings(say: Say, findings: Sequence[Finding], *, has_page: bool) -> None:
    """Every finding, the gravest first.

    Args:
        has_page: a page is written too, and need not be offered.
    """
    from onelook.checks import CHECKS

    if not findings:
        say(f"{len(CHECKS)} checks found nothing.")
        return
    for severity, heading in _HEADINGS.items():
        grave = [finding for finding in findings if finding.severity == severity]
        if grave:
            say(f"\n{heading}")
        for finding in grave:
            say(f"  {finding.check}: {finding.message}")
    notes = [finding for finding in findings if finding.severity == "note"]
    if notes:
        _say_notes(say, notes)
        where = "The page" if has_page else "With --html FILE.html a page"
        say(f"{where} says what each means, and shows the pictures.")


def _say_notes(say: Say, notes: Sequence[Finding]) -> None:
    """A row a check: the worst picture, and how many there are in each split."""
    splits = [split for split in _SPLITS if any(note.split == split for note in notes)]
    rows = []
    for check in dict.fromkeys(note.check for note in notes):
        of_check = {note.split: note for note in notes if note.check == check}
        counts = [f"{of_check[split].count:,}" if split in of_check else "" for split in splits]
        ids = [note.ids[0] for note in of_check.values() if note.ids]
        rows.append((check, ids[0] if ids else "", *counts))
    say()
    say.table(("worth a look", "such as", *splits), rows, left=2)
