"""`onelook compare`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from onelook.cli.options import Debug, Json
from onelook.cli.quantities import count, seconds, size
from onelook.cli.say import Say

if TYPE_CHECKING:
    from onelook.workflow.compare import ComparedRun

Runs = Annotated[list[str], typer.Argument(metavar="RUN", help="Run folders, such as runs/photos-001.")]


def compare(runs: Runs, json: Json = False, debug: Debug = False) -> None:
    """Set runs side by side: accuracy, size, training time.

    Runs that were scored on different pictures are refused: such figures cannot be compared.

    Examples:
    $ onelook compare runs/photos-001 runs/photos-002
    """
    from onelook.workflow.compare import compare_runs

    say = Say(json=json)
    rows = compare_runs(runs)
    if json:
        say.document({"runs": [row.to_dict() for row in rows]})
        return
    say_comparison(say, rows)


def say_comparison(say: Say, rows: Sequence[ComparedRun]) -> None:
    """The runs in a table, and what its columns are."""
    say.table(("run", "model", "accuracy, %", "F1", "params", "size", "time"), [_cells(row) for row in rows], left=2)
    say(
        f"\nscored on the same {rows[0].rows:,} pictures of the {rows[0].set_name} set; in brackets the 95 % interval; "
        "F1: mean over the classes; time: training"
    )


def _cells(row: ComparedRun) -> tuple[str, ...]:
    low, high = row.accuracy_interval
    return (
        row.run,
        row.model or "?",
        f"{100 * row.accuracy:.2f} ({100 * low:.1f}–{100 * high:.1f})",
        f"{row.macro_f1:.3f}",
        count(row.parameters),
        size(row.size_bytes),
        seconds(row.train_seconds),
    )
