"""The options that several commands share."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from math import inf
from pathlib import Path
from typing import Annotated, Any

import typer

from onelook.errors import ConfigError, unknown_name
from onelook.settings import TrainSettings
from onelook.settings.opening import OpeningOptions, opening_options
from onelook.settings.parse import parse_flags
from onelook.settings.queries import all_facts, every_setting
from onelook.settings.setting_facts import Command
from onelook.wording import LANGUAGES, pages_in


class _NumberError(ConfigError):
    kind = "usage"  # as for whatever else cannot be parsed


def number_option(
    flag: str,
    *,
    expected: str,
    low: float,
    high: float = inf,
    kind: type[int] | type[float] = int,
    **appearance: Any,
) -> Any:
    """Return an option that takes a number.

    Anything else is refused with what is expected: a word, an empty text, a number out of range.

    Args:
        flag: the option, such as --top.
        expected: what the error says is expected.
        low, high: the smallest and the largest number that is taken.
        kind: whole numbers or all.
        **appearance: forwarded to `typer.Option`.
    """

    def read(text: Any) -> float:
        try:
            number = kind(text)
        except (TypeError, ValueError, OverflowError):
            number = low - 1
        if not low <= number <= high:  # so that "nan" is refused, too
            raise _NumberError(f"{flag} {str(text) or repr(text)}: expected {expected}.")
        return number

    return typer.Option(flag, parser=read, **appearance)


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


def take_settings(command: Any, paths: Iterable[str], option: Callable[[str], Any]) -> None:
    """Replace `**flags` in a command's signature by an option for each setting. The values stay text.

    Args:
        command: the function; the options follow its first two parameters.
        paths: the settings' dotted paths; a dot is `__` in the name of the parameter.
        option: returns the option of a setting, by its path.
    """
    flags = [_parameter(path, option(path)) for path in paths]
    own = list(inspect.signature(command, eval_str=True).parameters.values())
    parameters = [*own[:2], *flags, *(p for p in own[2:] if p.kind is not p.VAR_KEYWORD)]
    command.__signature__ = inspect.Signature(parameters)
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}


def _parameter(path: str, option: Any) -> inspect.Parameter:
    is_switch = every_setting()[path].field.annotation is bool
    return inspect.Parameter(
        path.replace(".", "__"),
        inspect.Parameter.KEYWORD_ONLY,
        default=False if is_switch else None,
        annotation=Annotated[bool if is_switch else str | None, option],
    )


def flag_of_setting(name: str) -> Any:
    """Return the option that has a setting's flag, for a command other than `train`."""
    facts = all_facts()[name]
    text = facts.help_there or TrainSettings.model_fields[name].description
    return typer.Option(facts.flag, metavar=facts.metavar, help=text)


def take_opening_options(command: Any, name: Command) -> None:
    """Replace `**flags` in the signature of a command that opens data by the options of opening that it has."""
    names = [each for each in OpeningOptions.model_fields if name in all_facts()[each].also_of]
    # Those on labels first, which predictions do not have.
    take_settings(command, sorted(names, key=lambda each: "predict" in all_facts()[each].also_of), flag_of_setting)


def read_opening_options(flags: Mapping[str, Any]) -> OpeningOptions:
    """Return the options of opening that the flags give.

    Raises:
        ConfigError: a text cannot be parsed.
    """
    return opening_options(parse_flags(flags), "the options")


def opening_words(flags: Mapping[str, Any]) -> list[str]:
    """Return the options of opening as the user types them.

    Example:
        >>> opening_words({"layout": "idx", "label_from": None, "ignore_groups": True})
        ['--layout', 'idx', '--no-groups']
    """
    given = [(all_facts()[name].flag or "", value) for name, value in flags.items() if value not in (None, False)]
    return [word for flag, value in given for word in ((flag,) if value is True else (flag, value))]


Json = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON document; messages go to stderr.", rich_help_panel="Output"),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print only warnings and errors.", rich_help_panel="Output")]
# cli/run_command.py looks for --debug among the words themselves, so that it also holds if they cannot be parsed.
Debug = Annotated[bool, typer.Option("--debug", help="Print the traceback of an error.", rich_help_panel="Output")]


def _write_pages_in(context: typer.Context, name: str) -> str:
    """Write the pages of the command in a language, until the command ends."""
    if name not in LANGUAGES:
        raise unknown_name("language", name, LANGUAGES)
    context.with_resource(pages_in(name))
    return name


Lang = Annotated[
    str,
    typer.Option(
        "--lang",
        metavar="LANGUAGE",
        help="The language of the page: en, or ko for Korean.",
        callback=_write_pages_in,
        rich_help_panel="Output",
    ),
]

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
RejectBelow = Annotated[
    float,
    number_option(
        "--reject-below",
        expected="a confidence from 0 to 1, such as 0.8 for 80 %",
        low=0,
        high=1,
        kind=float,
        metavar="SHARE",
        help='Answer "not sure" where the confidence is lower, such as 0.8. The report suggests a value.',
        rich_help_panel="Output",
        show_default=False,
    ),
]
Invert = Annotated[
    bool | None,
    typer.Option(
        "--invert/--no-invert",
        help="Exchange dark and light, such as for dark digits on paper. By default as the model does.",
        rich_help_panel="Pictures",
        show_default=False,
    ),
]
CropToContent = Annotated[
    bool | None,
    typer.Option(
        "--crop-to-content/--no-crop-to-content",
        help="Cut the content out of each picture, and centre it as MNIST's digits are. By default as the model does.",
        rich_help_panel="Pictures",
        show_default=False,
    ),
]
KeepAs = Annotated[
    Path | None,
    typer.Option(
        "--keep-as",
        metavar="FOLDER",
        help="Save a copy of the model that inverts or crops its pictures by itself.",
        rich_help_panel="Pictures",
        show_default=False,
    ),
]
Run = Annotated[str, typer.Argument(metavar="RUN", help="A run folder, such as runs/photos-001.", show_default=False)]
Strict = Annotated[bool, flag_of_setting("strict")]
