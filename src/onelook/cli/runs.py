"""`onelook runs`."""

from __future__ import annotations

from typing import Annotated

import typer

from onelook.cli.options import Debug, Json
from onelook.cli.output.printer import Printer
from onelook.wording import percent

Folder = Annotated[str, typer.Argument(metavar="FOLDER", help="The folder that holds the runs.")]
_NO_BREAK = "\u00a0"


def runs(folder: Folder = "runs", json: Json = False, debug: Debug = False) -> None:
    """List your runs, newest first.

    onelook train writes a run to runs/<data>-NNN in the current folder, or where --name or --out say. A run
    holds the report, the model, the score, and what is needed to resume it.

    Examples:
    $ onelook runs
    $ onelook runs runs/photos-tune-001
    """
    from onelook.commands.runs import list_runs

    say = Printer(json=json)
    found = list_runs(folder)
    if json:
        say.document([run.to_dict() for run in found])
        return
    if not found:
        say(f"{folder} holds no run yet. Begin with: onelook train digits")
        return
    rows = [
        (
            str(run.path),
            run.data,
            run.model,
            "" if run.accuracy is None else percent(run.accuracy, 2),
            run.scored_on,
            run.created[:16].replace("T", _NO_BREAK),
            run.status,
        )
        for run in found
    ]
    say.table(("run", "data", "model", "score", "on", "begun", "status"), rows, left=7)
    for run in found:
        if run.problem:
            say.warn(run.problem)
