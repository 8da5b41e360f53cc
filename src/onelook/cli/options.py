"""The options that several commands share, each written once."""

from __future__ import annotations

from typing import Annotated

import typer

Json = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON document, and messages on standard error.", rich_help_panel="Output"),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print errors only.", rich_help_panel="Output")]
# Read from the words themselves in cli/run.py, so that it also holds when these cannot be parsed.
Debug = Annotated[bool, typer.Option("--debug", help="Add the traceback to an error.", rich_help_panel="Output")]

Model = Annotated[
    str,
    typer.Argument(metavar="MODEL", help="A run folder, its model/, or a .zip of it.", show_default=False),
]
Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA", help="A file, folder, .zip or .tar, or a name: onelook datasets lists them.", show_default=False
    ),
]
Run = Annotated[str, typer.Argument(metavar="RUN", help="A run folder, such as runs/photos-001.", show_default=False)]
ClassNames = Annotated[
    str | None, typer.Option("--class-names", metavar="a,b,c", help="Names of integer labels, in numeric order.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Stop at the first picture that cannot be read.")]
Layout = Annotated[
    str | None, typer.Option("--layout", metavar="NAME", help="How the data is laid out, where two layouts fit.")
]
LabelColumn = Annotated[
    str | None, typer.Option("--label-column", metavar="NAME", help="The CSV column that holds the label.")
]
LabelFrom = Annotated[
    str | None,
    typer.Option(
        "--label-from",
        metavar="PATTERN|folder:N",
        help="Where paths have the label: a regex with a group 'label', or folder:2.",
    ),
]
