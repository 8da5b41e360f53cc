"""The options that several commands share, each written once."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from onelook.settings import TrainSettings
from onelook.settings.queries import all_facts


def setting_option(name: str) -> Any:
    """Return the option of a setting as `onelook train` shows it: with its default, in its panel."""
    field, facts = TrainSettings.model_fields[name], all_facts()[name]
    default = facts.shown_default or getattr(field.default, "name", field.default)
    told = field.description if default is None or default is False else f"{field.description} (default: {default})"
    return typer.Option(facts.flag, metavar=facts.metavar, help=told, rich_help_panel=facts.panel)


def flag_of_setting(name: str, text: str | None = None) -> Any:
    """Return an option with a setting's flag, for another command than `train`.

    Args:
        name: of the setting.
        text: what the help says there, where that is not the setting's own description.
    """
    facts = all_facts()[name]
    return typer.Option(facts.flag, metavar=facts.metavar, help=text or TrainSettings.model_fields[name].description)


Json = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON document, and messages on standard error.", rich_help_panel="Output"),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print errors only.", rich_help_panel="Output")]
# Read from the words themselves in cli/run_command.py, so that it also holds when these cannot be parsed.
Debug = Annotated[bool, typer.Option("--debug", help="Add the traceback to an error.", rich_help_panel="Output")]

Model = Annotated[
    str,
    typer.Argument(metavar="MODEL", help="A run folder, its model/, or a .zip of it.", show_default=False),
]
Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA", help="A file, folder, .zip or .tar, or a name: onelook datasets lists them.", show_default=False
    ),
]
Run = Annotated[str, typer.Argument(metavar="RUN", help="A run folder, such as runs/photos-001.", show_default=False)]
# Options of other commands that say what a setting of `onelook train` says.
ClassNames = Annotated[str | None, flag_of_setting("class_names", "Names of integer labels, in numeric order.")]
Strict = Annotated[bool, flag_of_setting("strict", "Stop at the first picture that cannot be read.")]
Layout = Annotated[str | None, flag_of_setting("layout")]
LabelColumn = Annotated[str | None, flag_of_setting("label_column")]
LabelFrom = Annotated[str | None, flag_of_setting("label_from")]
