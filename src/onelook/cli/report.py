"""`onelook report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from onelook.cli.options import Debug, Json, Run
from onelook.cli.output.printer import Say


def report(
    run: Run,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE.html", help="Where. (default: report.html in the run)", rich_help_panel="Output"
        ),
    ] = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Rebuild the HTML report of a run.

    One self-contained file, from the run's result files alone: no model runs, no data is read.

    Examples:
    $ onelook report runs/photos-001
    """
    from onelook.commands.report import rebuild_report

    say = Say(json=json)
    written = rebuild_report(run, out)
    if json:
        say.document({"report": str(written)})
    else:
        say(f"report: {written}")
