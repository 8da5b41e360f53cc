"""`onelook import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from onelook.cli.options import Debug, Json
from onelook.cli.output.printer import Printer
from onelook.wording import counted

File = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="A .keras or .h5 file, written by Keras 2 or Keras 3.", show_default=False),
]
Out = Annotated[
    Path,
    typer.Option("--out", metavar="DIR", help="The new model folder.", rich_help_panel="Output", show_default=False),
]
ClassNames = Annotated[
    str | None,
    typer.Option(
        "--class-names",
        metavar="a,b,c",
        help="Names in the order of Keras' outputs, or the folder of the training pictures.",
        show_default=False,
    ),
]
Scale = Annotated[
    str | None,
    typer.Option(
        "--scale",
        metavar="unit|signed|none",
        help="What the notebook does to pixels: / 255, to -1 … 1, or nothing. (default: unit, or none if the network "
        "rescales by itself)",
        show_default=False,
    ),
]
ImageSize = Annotated[
    str | None,
    typer.Option(
        "--image-size",
        metavar="HEIGHTxWIDTH",
        help="Size of the pictures, for a network that takes any.",
        show_default=False,
    ),
]


def import_keras(
    file: File,
    out: Out,
    *,
    class_names: ClassNames = None,
    scale: Scale = None,
    image_size: ImageSize = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Turn a Keras model into a model folder of onelook.

    Keras is not needed, and no code of the file is run. Sequential and Functional models are imported, also inside one
    another. The folder predicts, serves, exports and is scored as one that onelook trained. A Lambda layer, or a class
    of your own, is refused by its name.

    Examples:
    $ onelook import model.keras --out cats --class-names cat,dog
    $ onelook import model.h5 --out flowers --class-names flower_photos/ --scale signed
    """
    from onelook.commands.import_keras import import_model

    say = Printer(json=json)
    imported = import_model(file, out, class_names=class_names, scale=scale, image_size=image_size)
    if json:
        say.document(imported.to_dict())
        return
    for note in imported.notes:
        say(note)
    height, width, channels = imported.classifier.card.input_shape
    kind = "grey" if channels == 1 else "colour"
    classes = counted(len(imported.classifier.class_names), "class")
    say(f"{imported.path}: {classes}, {kind} pictures of {height}×{width}; golden pictures are saved with it")
