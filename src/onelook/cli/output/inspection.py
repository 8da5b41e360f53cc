"""What `onelook inspect` prints: the data, what the checks found, and labels that look wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from onelook.wording import counted, percent

if TYPE_CHECKING:
    from onelook.checks.finding import Finding
    from onelook.cli.output.printer import Say
    from onelook.inspection.inspection import Inspection
    from onelook.inspection.label_check import LabelCheck

_MOST_LISTED = 5  # pictures that are named one by one
_MOST_SHOWN = 10
_SPLITS = ("train", "val", "test", "all")
_HEADINGS = {"error": "wrong", "warning": "to mend"}


def say_inspection(say: Say, found: Inspection, *, has_page: bool) -> None:
    say(f"\n{found.reading.ledger.in_words()}")
    unreadable = [entry for entry in found.reading.ledger.entries if entry.status == "quarantined"]
    for entry in unreadable[:_MOST_LISTED]:
        say(f"  {entry.id}: {entry.reason}")
    if (more := len(unreadable) - _MOST_LISTED) > 0:
        say(f"  … and {counted(more, 'more picture')}")
    say_findings(say, found.findings, has_page=has_page)


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


def say_label_check(say: Say, check: LabelCheck, path: Path | None) -> None:
    """How the labels were judged, the worst suspects in a table, and all of them in the file where one is asked."""
    say(f"\n{check}")
    if check.is_reliable and not check.listed:
        say("no label looks wrong to them")
    if check.listed:
        say.table(
            ("picture", "labelled", "looks like", "sure"),
            [
                (each.id, each.label, each.suggested, percent(each.probability, 0))
                for each in check.listed[:_MOST_SHOWN]
            ],
            left=3,
        )
        if (more := len(check.listed) - _MOST_SHOWN) > 0:
            say(f"… and {counted(more, 'more label')}{'' if path else ': list them with --suspects FILE.csv'}")
    if path is not None:
        check.write(path)
        say(f"suspects: {path} ({counted(len(check.listed), 'label')}, worst first)")
