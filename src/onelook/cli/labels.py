"""What `onelook inspect --labels` says of labels that look wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from onelook.cli.output.printer import Say
from onelook.wording import counted, percent

if TYPE_CHECKING:
    from onelook.inspection.label_check import LabelCheck

_MOST_SHOWN = 10


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
