"""`onelook runs`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from onelook.cli.options import Debug, Json
from onelook.cli.output.printer import Printer
from onelook.runtime import command_name
from onelook.wording import percent

_RUNS = "runs"  # where onelook train writes
Folder = Annotated[str, typer.Argument(metavar="FOLDER", help="The folder that holds the runs.")]
_HEADS = ("run", "data", "model", "score", "on", "begun", "status")
_SHORTENED = (_HEADS.index("data"), _HEADS.index("model"))  # a path is copied, and so never cut


def runs(folder: Folder = _RUNS, json: Json = False, debug: Debug = False) -> None:
    """List your runs, newest first.

    onelook train writes a run to runs/<data>-NNN in the current folder, or where --name or --out say. A run
    holds the report, the model, the score, and what is needed to resume it.

    Examples:
    $ onelook runs
    $ onelook runs runs/photos-tune-001
    """
    from onelook.commands.runs import list_runs

    say = Printer(json=json)
    # Where nothing was trained yet there is no such folder, which is no mistake.
    found = [] if folder == _RUNS and not Path(folder).exists() else list_runs(folder)
    if json:
        say.document([run.to_dict() for run in found])
        return
    if not found:
        say(f"{folder} holds no run yet. Begin with: {command_name()} train digits")
        return
    rows = [
        (
            str(run.path),
            run.data,
            run.model,
            "" if run.accuracy is None else percent(run.accuracy, 2),
            run.scored_on,
            _begun(run.created),
            "" if run.status == "complete" else run.status,
        )
        for run in found
    ]
    columns = len(_HEADS) if any(row[-1] for row in rows) else len(_HEADS) - 1
    say.table(_HEADS[:columns], [row[:columns] for row in rows], left=columns, shorten=_SHORTENED)
    for run in found:
        if run.problem:
            say.warn(run.problem)


def _begun(created: str) -> str:
    """Return an ISO time as month, day and time; in an earlier year as its day."""
    day, _, time = created.partition("T")
    year, _, rest = day.partition("-")
    return f"{rest} {time[:5]}" if year == str(datetime.now(UTC).year) else day
