"""Writes docs/settings.md, and the layers of docs/own-network.md, from the fields: `python docs/make_settings.py`."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from onelook.settings import TrainSettings
from onelook.settings.base import Settings, section_of
from onelook.settings.network import Layer
from onelook.settings.queries import every_setting

TARGET = Path(__file__).parent / "settings.md"
OWN_NETWORK = Path(__file__).parent / "own-network.md"
_BEGIN, _END = "<!-- layers: docs/make_settings.py -->\n", "<!-- end of layers -->"
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


def layers_table() -> str:
    """The rows of the page on own networks: every layer with its settings, as Markdown."""
    rows = ["| `type` | settings (and defaults) | what it does |", "|---|---|---|"]
    for layer in get_args(get_args(Layer)[0]):
        types = ", ".join(f"`{name}`" for name in get_args(layer.model_fields["type"].annotation))
        settings = [_of_layer(name, field) for name, field in layer.model_fields.items() if name != "type"]
        does = inspect.cleandoc(layer.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
        rows.append(f"| {types} | {', '.join(settings)} | {does} |")
    return "\n".join(rows) + "\n"


def _of_layer(name: str, field: Any) -> str:
    return f"`{name}`" if field.is_required() else f"`{name}` ({_plain(field.default)})"


def own_network_page() -> str:
    """The page on own networks with its table of layers written anew."""
    before, rest = OWN_NETWORK.read_text(encoding="utf-8").split(_BEGIN)
    return before + _BEGIN + layers_table() + _END + rest.split(_END)[1]


def _table(settings: type[Settings], prefix: str) -> str:
    rows = ["| setting | values | default | flag | |", "|---|---|---|---|---|"]
    for name, field in settings.model_fields.items():
        if section_of(field.annotation) is None:
            flag = every_setting()[prefix + name].facts.flag
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
    OWN_NETWORK.write_text(own_network_page(), encoding="utf-8")
