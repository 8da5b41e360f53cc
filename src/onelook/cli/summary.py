"""`onelook summary`."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from onelook.cli.options import Debug, Json, number_option
from onelook.cli.output.printer import Printer
from onelook.errors import ConfigError

What = Annotated[
    str,
    typer.Argument(
        metavar="NETWORK", help="A name from onelook models, a FILE.toml, or a model folder.", show_default=False
    ),
]
Input = Annotated[
    str | None,
    typer.Option("--input", metavar="28x28x1", help="Height, width and channels of the pictures."),
]
Classes = Annotated[
    int | None,
    number_option("--classes", expected="2 or more classes", low=2, metavar="N", help="Number of classes."),
]


def summary(
    network: What, shape: Input = None, classes: Classes = None, json: Json = False, debug: Debug = False
) -> None:
    """Show a network's layers, shapes, parameters and cost.

    Defaults of --input and --classes: for a model folder the model's own; for a tutorial's network those of its
    tutorial; for other networks 28x28x1 and 10.

    Examples:
    $ onelook summary digit-recognizer
    $ onelook summary cnn --input 128x128x3 --classes 2
    """
    from onelook.commands.summary import summarize_network

    say = Printer(json=json)
    input_shape = None if shape is None else parse_shape(shape)
    result = summarize_network(network, input_shape=input_shape, num_classes=classes)
    if json:
        say.document(result.to_dict())
    else:
        say.show(result.table())


def parse_shape(text: str) -> tuple[int, int, int]:
    """Return height, width and channels from a text such as `28x28x1`.

    Raises:
        ConfigError: the text has another form.
    """
    match = re.fullmatch(r"([1-9]\d{0,4})[x×]([1-9]\d{0,4})(?:[x×]([1-9]\d{0,3}))?", text.strip())
    if match is None:
        raise ConfigError(f"--input {text}: expected height x width x channels, such as 28x28x1.")
    return int(match[1]), int(match[2]), int(match[3] or 1)
