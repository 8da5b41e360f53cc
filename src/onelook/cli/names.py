"""`onelook models`, `onelook recipes`, `onelook datasets`: list the names that other commands take."""

from __future__ import annotations

from onelook.cli.options import Debug, Json
from onelook.cli.output.printer import Printer


def models(json: Json = False, debug: Debug = False) -> None:
    """List the networks and classical models for --model.

    Examples:
    $ onelook train photos/ --model resnet
    $ onelook summary resnet
    """
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
