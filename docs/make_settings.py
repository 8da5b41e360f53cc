"""Writes docs/settings.md from the settings classes' own fields: `python docs/make_settings.py`."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from onelook.settings import TrainSettings
from onelook.settings.base import Settings, section_of
from onelook.settings.queries import all_facts

TARGET = Path(__file__).parent / "settings.md"
HEAD = """# Settings

<!-- Written by docs/make_settings.py from the settings classes. Change the fields, not this page. -->

These settings, together with the data, decide a run. A setting with a flag is an option of `onelook train`. You can
give every setting with `--set key=value` (the last part of the name is enough if only one section has it), in a TOML
file with `--config`, or in a recipe. Flags override the TOML file, which overrides the recipe, which overrides the
defaults. Without a recipe, some defaults are picked from the data; the run prints which ones, and why.

```toml
# my.toml: onelook train photos/ --config my.toml
epochs = 20

[augment]
rotation_range = 15
horizontal_flip = true

[optimizer]
name = "sgd"
momentum = 0.9
```
"""


def settings_page() -> str:
    """The page as Markdown."""
    parts = [HEAD, _table(TrainSettings, "")]
    for name, field in TrainSettings.model_fields.items():
        section = section_of(field.annotation)
        if section is not None:
            optional = " It is off unless you set one of these; `none` switches it off again." * (field.default is None)
            parts.append(f"\n## `[{name}]`\n\n{inspect.cleandoc(section.__doc__ or '')}{optional}\n")
            parts.append(_table(section, f"{name}."))
    return "\n".join(parts)


def _table(settings: type[Settings], prefix: str) -> str:
    rows = ["| setting | values | default | flag | |", "|---|---|---|---|---|"]
    for name, field in settings.model_fields.items():
        if section_of(field.annotation) is None:
            flag = all_facts()[name].flag if settings is TrainSettings else None
            cells = (
                f"`{prefix}{name}`",
                _values(field.annotation),
                f"`{_plain(field.default)}`",
                f"`{flag}`" if flag else "",
                field.description,
            )
            rows.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def _values(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(_values(each) for each in arguments if each is not NoneType))
    if origin is Annotated:
        return _values(arguments[0])
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin is tuple:
        return "a list" if Ellipsis in arguments else "a pair"
    return {float: "number", int: "whole number", bool: "true, false", str: "text"}[annotation]


def _plain(value: Any) -> str:
    if value == ():
        return "[]"
    return (
        {True: "true", False: "false", None: "none"}.get(value, value)
        if value is None or isinstance(value, bool)
        else value
    )


if __name__ == "__main__":
    TARGET.write_text(settings_page(), encoding="utf-8")
