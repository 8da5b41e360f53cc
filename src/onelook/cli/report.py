"""`onelook report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from onelook.cli.options import Debug, Json, Run
from onelook.cli.output.printer import Printer


def report(
    run: Run,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE.html",
            help="The file to write. (default: report.html in the run)",
            rich_help_panel="Output",
        ),
    ] = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Rebuild the HTML report of a run.

    The report is one self-contained file. It is made from the run's result files only: it needs neither the model
    nor the data.

    Examples:
    $ onelook report runs/photos-001
    """
    from onelook.commands.report import rebuild_report

    say = Printer(json=json)
    written = rebuild_report(run, out)
    if json:
        say.document({"report": str(written)})
    else:
        say(f"report: {written}")
