"""`onelook predict`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onelook.cli.options import (
    CropToContent,
    Data,
    Debug,
    Invert,
    Json,
    KeepAs,
    Model,
    Quiet,
    RejectBelow,
    number_option,
    read_opening_options,
    take_opening_options,
)
from onelook.cli.output.printer import Printer
from onelook.wording import counted, percent

if TYPE_CHECKING:
    from onelook.commands.predict import Predicted

_MOST_LISTED = 5  # unreadable pictures that are named one by one
_MOST_PREDICTIONS = 20  # printed; a file holds them all
_MOST_BESIDE = 3  # classes of a picture in one row; more of them get a row each

Out = Annotated[
    str | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="The file to write, or its address: .csv, .jsonl or .parquet; with --on, a folder. Without it, the "
        "predictions are printed.",
        rich_help_panel="Output",
    ),
]
Like = Annotated[
    Path | None,
    typer.Option(
        "--like",
        metavar="SAMPLE.csv",
        help="Copy the columns, ids and order of this file.",
        rich_help_panel="Output",
    ),
]
Probabilities = Annotated[
    bool, typer.Option("--probabilities", help="Add a column for each class.", rich_help_panel="Output")
]
Embeddings = Annotated[
    bool,
    typer.Option(
        "--embeddings",
        help="Add what the network makes of each picture before its last layer; .parquet or .jsonl.",
        rich_help_panel="Output",
    ),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Continue the file of the same command that was cut off.",
        rich_help_panel="Output",
    ),
]
On = Annotated[
    str,
    typer.Option(
        "--on",
        metavar="PLACE",
        help="ray: predict on the cluster at RAY_ADDRESS, or with two workers here.",
        show_default=False,
        rich_help_panel="Several machines",
    ),
]
RayAddress = Annotated[
    str | None,
    typer.Option(
        "--ray-address",
        metavar="HOST:PORT",
        help="The cluster of --on ray.",
        rich_help_panel="Several machines",
    ),
]
Workers = Annotated[
    int | None,
    number_option(
        "--workers",
        expected="1 or more workers",
        low=1,
        metavar="N",
        help="The workers of --on ray. (default: all that fit)",
        rich_help_panel="Several machines",
    ),
]
Top = Annotated[
    int,
    number_option(
        "--top",
        expected="1 or more classes for each picture",
        low=1,
        metavar="N",
        help="Show the N likeliest classes of each picture.",
        rich_help_panel="Output",
    ),
]


def predict(
    model: Model,
    data: Data,
    *,
    out: Out = None,
    like: Like = None,
    probabilities: Probabilities = False,
    embeddings: Embeddings = False,
    top: Top = 1,
    reject_below: RejectBelow = 0.0,
    resume: Resume = False,
    on: On = "here",
    ray_address: RayAddress = None,
    workers: Workers = None,
    invert: Invert = None,
    crop_to_content: CropToContent = None,
    keep_as: KeepAs = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,
    **flags: Any,
) -> None:
    """Predict a label for each picture. Print the predictions, or write a file.

    DATA may be one picture, a folder, a zip or a table, labelled or not, or an address, such as s3://bucket/photos.
    There is a row for each picture, in the order of the data. A picture that cannot be read gets an empty label and
    a warning. With --like, where no label may be empty, it gets the same probability for all classes.

    Examples:
    $ onelook predict runs/photos-001 photo.jpg --top 3
    $ onelook predict runs/photos-001 new_photos/ --out labels.csv
    $ onelook predict runs/train-001 test.csv --out mine.csv --like sample.csv
    """
    from onelook.commands.decoding_flags import DecodingFlags
    from onelook.commands.predict import predict as predict_pictures

    say = Printer(json=json, quiet=quiet)
    opening = read_opening_options(flags)
    with say.progress("predicting pictures", into_cache=False) as on_progress:
        result = predict_pictures(
            model,
            data,
            out,
            like=like,
            resume=resume,
            keep=None if json else _MOST_PREDICTIONS,
            on=on,
            ray_address=ray_address,
            workers=workers,
            probabilities=probabilities,
            embeddings=embeddings,
            top=top,
            reject_below=reject_below,
            decoding=DecodingFlags(invert, crop_to_content, keep_as),
            opening=opening,
            say=say,
            on_progress=on_progress,
        )
    for identifier, reason in list(result.unreadable.items())[:_MOST_LISTED]:
        say.warn(f"{identifier} cannot be read: {reason}")
    if (more := result.tally.unread - _MOST_LISTED) > 0:
        say.warn(f"{counted(more, 'more picture')} cannot be read; --json lists them all")
    for warning in result.warnings:
        say.warn(warning)
    if keep_as is not None:
        say(f"the model that does the same to its pictures: {keep_as}")
    if json:
        say.document(result.to_dict())
        return
    if result.out is None:
        _print_predictions(say, result)
        return
    say(str(result.dataset))
    by_count = sorted(result.class_counts.items(), key=lambda item: -item[1])
    say()
    counts = [(name, f"{number:,}") for name, number in by_count if number]
    if result.tally.not_sure:
        below = f"{result.options.reject_below:g}"
        counts.append((f"not sure (confidence below {below})", f"{result.tally.not_sure:,}"))
    say.table(("predicted class", "pictures"), counts)
    say(f"\n{counted(result.rows, 'row')}: {result.out}")
    if result.explanation:
        say(result.explanation)


take_opening_options(predict, "predict")


def _print_predictions(say: Printer, result: Predicted) -> None:
    """Print a table of the first pictures' likeliest classes, and how many more pictures there are."""
    for note in result.dataset.notes:
        say(f"note: {note}")
    batch, top = result.batch, result.options.top
    shown = min(len(batch), _MOST_PREDICTIONS)
    sure = batch.sure(result.options.reject_below)
    rows = []
    for row in range(shown):
        found = [(name, percent(share)) for name, share in batch.likeliest(row, top)]
        if found and not sure[row]:
            found[0] = (f"not sure ({found[0][0]})", found[0][1])
        found = found or [("cannot be read", "")]
        cells = [(name, share.rjust(len("100.0 %"))) for name, share in found]
        if top > _MOST_BESIDE:
            rows += [[batch.ids[row] if at == 0 else "", *cell] for at, cell in enumerate(cells)]
        else:
            rows.append([batch.ids[row], *cells[0], ", ".join(f"{name} {share}" for name, share in found[1:])])
    heads = ("picture", "predicted class", "confidence", "then")
    columns = len(heads) if 1 < top <= _MOST_BESIDE else len(heads) - 1
    say.table(heads[:columns], [row[:columns] for row in rows], left=columns)
    if (more := result.rows - shown) > 0:
        say(f"… and {counted(more, 'more picture')}; --out FILE.csv writes them all")
