"""The options that several commands share."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from onelook.settings import TrainSettings
from onelook.settings.queries import all_facts, every_setting


def setting_option(path: str) -> Any:
    """Return the option of a setting as `onelook train` shows it: with its default, in its panel.

    Args:
        path: the setting's dotted path, such as epochs or optimizer.learning_rate.
    """
    field, facts = every_setting()[path].field, every_setting()[path].facts
    default = facts.shown_default or getattr(field.default, "name", field.default)
    text = field.description if default in (None, False, ()) else f"{field.description} (default: {default})"
    flags = filter(None, (facts.flag, facts.other_flag))
    return typer.Option(*flags, metavar=facts.metavar, help=text, rich_help_panel=facts.panel)


def flag_of_setting(name: str, text: str | None = None) -> Any:
    """Return an option that has a setting's flag, for a command other than `train`.

    Args:
        name: the setting's name.
        text: the help text; by default the setting's description.
    """
    facts = all_facts()[name]
    return typer.Option(facts.flag, metavar=facts.metavar, help=text or TrainSettings.model_fields[name].description)


Json = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON document; messages go to stderr.", rich_help_panel="Output"),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print only warnings and errors.", rich_help_panel="Output")]
# cli/run_command.py looks for --debug among the words themselves, so that it also holds if they cannot be parsed.
Debug = Annotated[bool, typer.Option("--debug", help="Print the traceback of an error.", rich_help_panel="Output")]

Model = Annotated[
    str,
    typer.Argument(metavar="MODEL", help="A run folder, its model/, or a .zip of it.", show_default=False),
]
Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA", help="A file, folder, .zip or .tar, or a name from onelook datasets.", show_default=False
    ),
]
Run = Annotated[str, typer.Argument(metavar="RUN", help="A run folder, such as runs/photos-001.", show_default=False)]
# Options of other commands that mean the same as a setting of `onelook train`.
ClassNames = Annotated[str | None, flag_of_setting("class_names", "Names of integer labels, in numeric order.")]
Strict = Annotated[bool, flag_of_setting("strict", "Stop at the first picture that cannot be read.")]
Layout = Annotated[str | None, flag_of_setting("layout")]
LabelColumn = Annotated[str | None, flag_of_setting("label_column")]
NoGroups = Annotated[bool, flag_of_setting("ignore_groups")]
LabelFrom = Annotated[str | None, flag_of_setting("label_from")]
