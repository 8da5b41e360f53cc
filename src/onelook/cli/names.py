"""`onelook models`, `onelook recipes`, `onelook datasets`: list the names that other commands take."""

from __future__ import annotations

from typing import Annotated

import typer

from onelook.cli.options import Debug, Json
from onelook.cli.output.printer import Printer
from onelook.cli.summary import Classes, Input, parse_shape

Toml = Annotated[
    str | None,
    typer.Option("--toml", metavar="NAME", help="Print this network as a TOML file instead, to change it."),
]


def models(
    toml: Toml = None, shape: Input = None, classes: Classes = None, json: Json = False, debug: Debug = False
) -> None:
    """List the networks and classical models for --model.

    With --toml it prints one network as the file that --model takes: the beginning of a network of your own.

    Examples:
    $ onelook train photos/ --model resnet
    $ onelook summary resnet
    $ onelook models --toml cnn --input 128x128x3 > mine.toml
    """
    if toml is not None:
        from onelook.commands.summary import network_file

        text = network_file(toml, input_shape=None if shape is None else parse_shape(shape), num_classes=classes)
        if json:
            Printer(json=True).document({"name": toml, "toml": text})
        else:
            print(text, end="")
        return
    from onelook.classical import CLASSICAL
    from onelook.models import MODELS

    _show({name: known.describe(name) for known in (MODELS, CLASSICAL) for name in known}, json)


def recipes(json: Json = False, debug: Debug = False) -> None:
    """List the published trainings for --recipe.

    Examples:
    $ onelook train mnist --recipe mnist-tutorial
    """
    from onelook.recipes import load_recipe, recipe_names

    _show({name: load_recipe(name).description for name in recipe_names()}, json)


def datasets(json: Json = False, debug: Debug = False) -> None:
    """List the built-in data sets.

    Examples:
    $ onelook train digits
    """
    from onelook.data.layouts.builtin import DATASETS

    _show({name: DATASETS.describe(name) for name in DATASETS}, json)


def _show(lines: dict[str, str], json: bool) -> None:
    say = Printer(json=json)
    if json:
        say.document([{"name": name, "description": line} for name, line in lines.items()])
    else:
        say.table(("name", "what it is"), list(lines.items()), left=2)
