"""Print the result of `onelook inspect`: the data, the findings, and labels that look wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from onelook.runtime import command_line
from onelook.wording import counted, percent

if TYPE_CHECKING:
    from onelook.cli.output.printer import Printer
    from onelook.inspection.inspection import Inspection
    from onelook.inspection.label_check import LabelCheck

_MOST_LISTED = 5  # pictures that are named one by one
_MOST_SUSPECTS = 10  # labels that look wrong, in the table


def print_inspection(say: Printer, found: Inspection, data: Sequence[str], *, has_page: bool) -> None:
    """Print the counts of pictures, those that cannot be read, and the findings, in the words of `onelook train`.

    Args:
        say: prints.
        found: the inspected data.
        data: the words that name the data on the command line.
        has_page: whether a page is written too; without one, the command for it is offered.
    """
    from onelook.checks.find_problems import finding_lines
    from onelook.wording import TITLE_COLUMNS, entry

    say("\n".join(entry("ledger", found.reading.ledger.in_words())))
    unreadable = [each for each in found.reading.ledger if each.status == "quarantined"]
    for each in unreadable[:_MOST_LISTED] if len(unreadable) > 1 else ():  # the finding names a single one
        say(f"{'':{TITLE_COLUMNS}}{each.id}: {each.reason}")
    if (more := len(unreadable) - _MOST_LISTED) > 0:
        say(f"{'':{TITLE_COLUMNS}}… and {counted(more, 'more picture')}")
    say("\n".join(finding_lines(found.findings, data, has_page=has_page)))


def print_label_check(say: Printer, check: LabelCheck, path: Path | None, data: Sequence[str]) -> None:
    """Print how the labels were judged and a table of the worst suspects.

    Args:
        say: prints.
        check: the judged labels.
        path: a CSV file to write all suspects to; None: no file.
        data: the words that name the data on the command line.
    """
    from onelook.data.fixes.suspects_file import FILL_IN

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
        if check.listed and "--fixes" in data:
            say(f"  {FILL_IN} Then add its rows to {data[data.index('--fixes') + 1]}.")
        elif check.listed:
            say(f"  {FILL_IN} Then it is a fixes file:")
            say(f"  {command_line('train', *data, '--fixes', str(path))}")
