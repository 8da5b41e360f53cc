"""`onelook export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from onelook.cli.options import Debug, Json, Model
from onelook.cli.output.printer import Say
from onelook.wording import size

Format = Annotated[str, typer.Option("--to", metavar="onnx", help="The format.", rich_help_panel="Output")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Where. (default: <model>.onnx)", rich_help_panel="Output"),
]


def export(model: Model, to: Format, out: Out = None, json: Json = False, debug: Debug = False) -> None:
    """Write a model as one file that runs on its own.

    The file is read back and compared with the model on its golden pictures before it is kept. It takes raw pixels,
    (batch, height, width, channels), and gives probabilities.

    Examples:
    $ onelook export runs/photos-001 --to onnx --out photos.onnx
    """
    from onelook.commands.export import export_model

    say = Say(json=json)
    written = export_model(model, to, out)
    if json:
        say.document(written.to_dict())
        return
    say(f"{written.path}, {size(written.size_bytes)}: differs by at most {written.difference:.1e} from the original")
    say(f"classes, in the order of its output: {', '.join(written.class_names)}")
