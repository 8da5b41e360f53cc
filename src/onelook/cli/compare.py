"""`onelook compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from onelook.cli.options import Debug, Json, Lang
from onelook.cli.output.comparison import print_comparison
from onelook.cli.output.printer import Printer
from onelook.wording import ENGLISH

Runs = Annotated[list[str], typer.Argument(metavar="RUN", help="Run folders, such as runs/photos-001.")]
Html = Annotated[
    Path | None,
    typer.Option(
        "--html",
        metavar="FILE",
        help="Also write an HTML page with charts and the pictures on which the runs differ.",
        rich_help_panel="Output",
    ),
]


def compare(runs: Runs, html: Html = None, lang: Lang = ENGLISH, json: Json = False, debug: Debug = False) -> None:
    """Compare runs by accuracy, speed and cost.

    All runs must have been scored on the same pictures. A paired statistical test tells real differences from
    chance. The speed of each model is measured on this machine, in turn, after warm-up.

    Examples:
    $ onelook compare runs/photos-001 runs/photos-002
    $ onelook compare runs/photos-003 --html compare.html  [dim]made by --models[/]
    """
    from onelook.commands.compare import compare_runs, comparison_page
    from onelook.files import write_text
    from onelook.report.page import refuse_page

    say = Printer(json=json)
    if html is not None:
        refuse_page(html, "--html")
    found = compare_runs(runs, say)
    if html is not None:
        write_text(html, comparison_page(found))
    if json:
        say.document(found.to_dict())
        return
    say()
    for warning in found.warnings:
        say.warn(warning)
    print_comparison(say, found)
    if html is not None:
        say(f"\npage  {html}")
