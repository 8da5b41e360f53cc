"""Print the result of `onelook inspect`: the data, the findings, and labels that look wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from onelook.wording import counted, percent

if TYPE_CHECKING:
    from onelook.checks.finding import Finding
    from onelook.cli.output.printer import Printer
    from onelook.inspection.inspection import Inspection
    from onelook.inspection.label_check import LabelCheck

_MOST_LISTED = 5  # pictures that are named one by one
_MOST_SUSPECTS = 10  # labels that look wrong, in the table
_SPLITS = ("train", "val", "test", "all")
_HEADINGS = {"error": "wrong", "warning": "to mend"}


def print_inspection(say: Printer, found: Inspection, *, has_page: bool) -> None:
    """Print the counts of pictures, those that cannot be read, and the findings.

    Args:
        say: prints.
        found: the inspected data.
        has_page: whether a page is written too.
    """
    say(f"\n{found.reading.ledger.in_words()}")
    unreadable = [entry for entry in found.reading.ledger.entries if entry.status == "quarantined"]
    for entry in unreadable[:_MOST_LISTED]:
        say(f"  {entry.id}: {entry.reason}")
    if (more := len(unreadable) - _MOST_LISTED) > 0:
        say(f"  … and {counted(more, 'more picture')}")
    print_findings(say, found.findings, has_page=has_page)


def print_findings(say: Printer, findings: Sequence[Finding], *, has_page: bool) -> None:
    """Print every finding, errors first, then warnings, then notes.

    Args:
        say: prints.
        findings: what the checks found.
        has_page: whether a page is written too; without one, the option for it is offered.
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
        _print_notes(say, notes)
        where = "The page" if has_page else "With --html FILE.html a page"
        say(f"{where} explains each, and shows the pictures.")


def _print_notes(say: Printer, notes: Sequence[Finding]) -> None:
    """Print a table with a row for each check: its worst picture, and the number of pictures in each split."""
    splits = [split for split in _SPLITS if any(note.split == split for note in notes)]
    rows = []
    for check in dict.fromkeys(note.check for note in notes):
        of_check = {note.split: note for note in notes if note.check == check}
        counts = [f"{of_check[split].count:,}" if split in of_check else "" for split in splits]
        ids = [note.ids[0] for note in of_check.values() if note.ids]
        rows.append((check, ids[0] if ids else "", *counts))
    say()
    say.table(("worth a look", "such as", *splits), rows, left=2)


def print_label_check(say: Printer, check: LabelCheck, path: Path | None) -> None:
    """Print how the labels were judged and a table of the worst suspects.

    Args:
        say: prints.
        check: the judged labels.
        path: a CSV file to write all suspects to; None: no file.
    """
    say(f"\n{check}")
    if check.is_reliable and not check.listed:
        say("they find no wrong label")
    if check.listed:
        say.table(
            ("picture", "labelled", "looks like", "sure"),
            [
                (each.id, each.label, each.suggested, percent(each.probability, 0))
                for each in check.listed[:_MOST_SUSPECTS]
            ],
            left=3,
        )
        if (more := len(check.listed) - _MOST_SUSPECTS) > 0:
            say(f"… and {counted(more, 'more label')}{'' if path else ': list them with --suspects FILE.csv'}")
    if path is not None:
        check.write(path)
        say(f"suspects: {path} ({counted(len(check.listed), 'label')}, worst first)")
