"""`onelook export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from onelook.cli.options import Debug, Json, Model
from onelook.cli.output.printer import Printer
from onelook.export import EXPORTS
from onelook.wording import counted, listed, size

Format = Annotated[
    str,
    typer.Option(
        "--to",
        metavar="FORMAT",
        help=f"The format: {listed(EXPORTS, most=len(EXPORTS), last='or')}.",
        rich_help_panel="Output",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="PATH",
        help="The file, or for some formats the folder, to write. (default: named after the model)",
        rich_help_panel="Output",
    ),
]


def export(model: Model, to: Format, out: Out = None, json: Json = False, debug: Debug = False) -> None:
    """Write a model in a format that runs without onelook.

    What is written takes raw pixels, (batch, height, width, channels), and returns probabilities. Before it is kept,
    it is read back, and must give the model's own probabilities for the golden pictures and for 256 random ones.

    Examples:
    $ onelook export runs/photos-001 --to onnx --out photos.onnx
    $ onelook export runs/photos-001 --to litert
    """
    from onelook.commands.export import export_model

    say = Printer(json=json)
    written = export_model(model, to, out)
    if json:
        say.document(written.to_dict())
        return
    say(
        f"{written.path}, {size(written.size_bytes)}: its probabilities differ from the model's by at most "
        f"{written.difference:.1e}, on {counted(written.golden_pictures, 'golden picture')} and "
        f"{counted(written.random_pictures, 'random one')}"
    )
    say(f"classes, in the order of the probabilities: {', '.join(written.class_names)}")
