"""`onelook predict`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from onelook.cli.options import Data, Debug, Json, Layout, Model, Quiet
from onelook.cli.output.printer import Printer
from onelook.wording import counted

_MOST_LISTED = 5  # unreadable pictures that are named one by one

Out = Annotated[
    Path, typer.Option("--out", metavar="FILE.csv", help="The CSV file to write.", rich_help_panel="Output")
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


def predict(
    model: Model,
    data: Data,
    *,
    out: Out,
    like: Like = None,
    probabilities: Probabilities = False,
    quiet: Quiet = False,
    layout: Layout = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Predict a label for each picture, and write a CSV file.

    DATA may be one picture, a folder, a zip or a table, labelled or not. The file has a row for each picture, in
    the order of the data. A picture that cannot be read gets an empty label and a warning. With --like, where no
    label may be empty, it gets the same probability for all classes.

    Examples:
    $ onelook predict runs/photos-001 new_photos/ --out labels.csv
    $ onelook predict runs/train-001 test.csv --out mine.csv --like sample_submission.csv
    """
    from onelook.commands.predict import predict_to_file

    say = Printer(json=json, quiet=quiet)
    with say.progress("reading pictures") as on_progress:
        result = predict_to_file(
            model, data, out, like=like, probabilities=probabilities, layout=layout, on_progress=on_progress
        )
    for identifier, reason in list(result.unreadable.items())[:_MOST_LISTED]:
        say.warn(f"{identifier} cannot be read: {reason}")
    if (more := len(result.unreadable) - _MOST_LISTED) > 0:
        say.warn(f"{counted(more, 'more picture')} cannot be read; --json lists them all")
    if json:
        say.document(result.to_dict())
        return
    say(str(result.dataset))
    by_count = sorted(result.class_counts.items(), key=lambda item: -item[1])
    say()
    say.table(("predicted class", "pictures"), [(name, f"{number:,}") for name, number in by_count if number])
    say(f"\n{counted(result.rows, 'row')}: {result.out}")
    if result.explanation:
        say(result.explanation)
