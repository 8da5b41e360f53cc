"""`onelook report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from onelook.cli.options import Debug, Json, Lang, Run
from onelook.cli.output.printer import Printer
from onelook.wording import ENGLISH


def report(
    run: Run,
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE.html",
            help="The file to write. (default: report.html in the run)",
            rich_help_panel="Output",
        ),
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(
            "--figures",
            metavar="FOLDER",
            help="Also write the curves, the confusion matrix and the worst errors as PNG and SVG.",
            rich_help_panel="Output",
        ),
    ] = None,
    lang: Lang = ENGLISH,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Rebuild the HTML report of a run.

    The report is one self-contained file. It is made from the run's result files only: it needs neither the model
    nor the data.

    Examples:
    $ onelook report runs/photos-001
    $ onelook report runs/photos-001 --figures slides/
    """
    from onelook.commands.report import rebuild_report, refuse_figures, write_figures

    say = Printer(json=json)
    if figures is not None:
        refuse_figures(run, figures)
    written = rebuild_report(run, out)
    drawn = [] if figures is None else write_figures(run, figures)
    if json:
        say.document(
            {"report": str(written), **({} if figures is None else {"figures": [str(path) for path in drawn]})}
        )
        return
    say(f"report: {written}")
    for path in drawn:
        say(f"figure: {path}")
