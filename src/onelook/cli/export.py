"""`onelook export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onelook.cli.options import Debug, Json, Model, number_option
from onelook.cli.output.printer import Printer
from onelook.errors import ConfigError
from onelook.export import EXPORTS
from onelook.wording import counted, listed, percent, size

if TYPE_CHECKING:
    from onelook.export.target import Exported, Int8Result

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


Int8 = Annotated[
    bool,
    typer.Option(
        "--int8",
        help="Write it in 8 bits: smaller, and faster on processors with 8-bit dot products.",
        rich_help_panel="8 bits",
    ),
]
Calibrate = Annotated[
    str | None,
    typer.Option(
        "--calibrate",
        metavar="DATA",
        help="Labelled pictures for --int8: some give the ranges of values, others the accuracy before and after.",
        rich_help_panel="8 bits",
    ),
]
AllowLoss = Annotated[
    float,
    number_option(
        "--allow-loss",
        expected="percentage points of accuracy from 0 to 100, such as 2",
        low=0,
        high=100,
        kind=float,
        metavar="POINTS",
        help="The most accuracy that --int8 may cost, in percentage points.",
        rich_help_panel="8 bits",
    ),
]


def export(
    model: Model,
    to: Format,
    out: Out = None,
    *,
    int8: Int8 = False,
    calibrate: Calibrate = None,
    allow_loss: AllowLoss = 1.0,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Write a model in a format that runs without onelook.

    What is written takes raw pixels, (batch, height, width, channels), and returns probabilities. Before it is kept,
    it is read back, and must give the model's own probabilities for the golden pictures and for 256 random ones.

    Examples:
    $ onelook export runs/photos-001 --to onnx --out photos.onnx
    $ onelook export runs/photos-001 --to litert
    $ onelook export runs/photos-001 --to onnx --int8 --calibrate photos/
    """
    from onelook.commands.export import Int8Request, export_model

    if int8 != (calibrate is not None):
        missing, given = ("--calibrate DATA", "--int8") if int8 else ("--int8", "--calibrate")
        raise ConfigError(f"{given} needs {missing}: labelled pictures show what 8 bits cost.", options=[missing])
    say = Printer(json=json)
    with say.progress("reading pictures") as on_progress:
        request = None if calibrate is None else Int8Request(calibrate, allow_loss, on_progress)
        written = export_model(model, to, out, int8=request)
    if json:
        say.document(written.to_dict())
        return
    if written.int8 is not None:
        _show_int8(say, written, written.int8)
    else:
        say(
            f"{written.path}, {size(written.size_bytes)}: its probabilities differ from the model's by at most "
            f"{written.difference:.1e}, on {counted(written.golden_pictures, 'golden picture')} and "
            f"{counted(written.random_pictures, 'random one')}"
        )
    say(f"classes, in the order of the probabilities: {', '.join(written.class_names)}")
    if written.then:
        say(f"next, in {written.path}: {written.then}")


def _show_int8(say: Printer, written: Exported, result: Int8Result) -> None:
    """Print what 8 bits cost and gain, in one table."""
    say(f"{written.path}, {size(written.size_bytes)}, in 8 bits")
    sides = (result.before, result.after)
    shares = [side.accuracy(result.rows) for side in sides]
    say.table(
        (counted(result.rows, "picture"), "float32", "8 bits"),
        [
            ("accuracy", *(percent(share, 2) for share, _ in shares)),
            ("95 % interval", *(f"{percent(low, 2)} to {percent(high, 2)}" for _, (low, high) in shares)),
            ("graph", *(size(side.size_bytes) for side in sides)),
            ("pictures a second here", *(f"{side.pictures_per_second:,.0f}" for side in sides)),
        ],
    )
    changed = counted(result.changed, "picture")
    say(
        f"{0 - result.lost_points:+.2f} points of accuracy; {changed} of {result.rows:,} get another answer. "
        f"The ranges come from {counted(result.calibration_pictures, 'other picture')}."
    )
