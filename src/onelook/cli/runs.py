"""`onelook runs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from onelook.cli.options import Debug, Json
from onelook.cli.output.printer import Printer
from onelook.cli.output.runs import print_runs
from onelook.runtime import command_name

_RUNS = "runs"  # where onelook train writes
Folder = Annotated[str, typer.Argument(metavar="FOLDER", help="The folder that holds the runs.")]


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
    print_runs(say, found)
    for run in found:
        if run.problem:
            say.warn(run.problem)
