"""`onelook export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from onelook.cli.options import Debug, Json, Model
from onelook.cli.output.printer import Printer
from onelook.wording import counted, size

Format = Annotated[str, typer.Option("--to", metavar="onnx", help="The file format.", rich_help_panel="Output")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="The file to write. (default: <model>.onnx)", rich_help_panel="Output"),
]


def export(model: Model, to: Format, out: Out = None, json: Json = False, debug: Debug = False) -> None:
    """Write a model as one file that runs without onelook.

    The file takes raw pixels, (batch, height, width, channels), and returns probabilities. Before it is kept, it is
    read back, and must give the model's own probabilities for the model's golden pictures and for 256 random ones.

    Examples:
    $ onelook export runs/photos-001 --to onnx --out photos.onnx
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
