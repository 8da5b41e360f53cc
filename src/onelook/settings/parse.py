"""Parse settings from flags, keywords and `--set key=value` into nested plain values."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

from onelook.errors import ConfigError, unknown_name
from onelook.settings.base import Settings, section_of
from onelook.settings.merge import Overrides, merge
from onelook.settings.queries import all_facts, every_setting, flag_of
from onelook.settings.setting_facts import Typed
from onelook.settings.toml_text import parse_toml
from onelook.settings.train import TrainSettings
from onelook.wording import agree, listed

_SECONDS = {"s": 1, "m": 60, "h": 3600}


def parse_seconds(text: str | float) -> float:
    """Return a duration in seconds, from `90`, `90s`, `3m`, `1h` or `1h30m`.

    Raises:
        ConfigError: the text has another form.

    Example:
        >>> parse_seconds("1m30s")
        90.0
    """
    if isinstance(text, int | float):
        return float(text)
    parts = re.findall(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if not parts or "".join(number + unit for number, unit in parts) != text.strip():
        raise ConfigError(f"'{text}' is not a length of time. Expected something like 90s, 3m or 1h30m.")
    return sum(float(number) * _SECONDS[unit or "s"] for number, unit in parts)


def parse_image_size(text: str | int | Sequence[int]) -> tuple[int, int]:
    """Return height and width in pixels, from `128` or `128x96` (height x width).

    Raises:
        ConfigError: the text has another form.

    Example:
        >>> parse_image_size("128x96")
        (128, 96)
    """
    if isinstance(text, int):
        return (text, text)
    if not isinstance(text, str):
        if len(text) != 2:
            raise ConfigError(f"image size {tuple(text)}: expected two numbers, height and width.")
        return (int(text[0]), int(text[1]))
    match = re.fullmatch(r"(\d+)(?:[x×](\d+))?", text.strip())
    if match is None:
        raise ConfigError(f"'{text}' is not an image size. Expected 128, or 128x96 for height x width.")
    height = int(match[1])
    return (height, int(match[2] or height))


def parse_names(text: str | Sequence[str]) -> tuple[str, ...]:
    """Return class names from `a,b,c` or from a sequence.

    Raises:
        ConfigError: a name is empty, or there twice.
    """
    names = tuple(name.strip() for name in (text.split(",") if isinstance(text, str) else map(str, text)))
    if "" in names:
        raise ConfigError(f"class names {', '.join(names)!r}: one of them is empty. Expected a,b,c.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        are = agree(len(twice), "is", "are")
        raise ConfigError(f"class names: {listed(twice)} {are} there more than once. Every class needs its own name.")
    return names


def _fraction_or_path(value: str | float | Path) -> float | str:
    try:
        number = str(value) if isinstance(value, Path) else float(value)
    except ValueError:
        return str(value)
    if isinstance(number, float) and not isfinite(number):
        raise ConfigError(
            f"'{value}' is no share of pictures. Expected one above 0 and below 1, such as 0.1, or a path."
        )
    return number


# For texts that pydantic cannot parse by itself.
_PARSERS: Mapping[Typed, Callable[[Any], Any]] = {
    "time": parse_seconds,
    "image size": parse_image_size,
    "names": parse_names,
    "fraction or pictures": _fraction_or_path,
}


def _parser_of(path: str) -> Callable[[Any], Any] | None:
    """Return the function that parses a setting's text; None if pydantic does."""
    facts = all_facts().get(path)
    return _PARSERS.get(facts.typed) if facts else None


def parse_flags(flags: Mapping[str, Any]) -> Overrides:
    """Return the overrides that flags or keywords give.

    Args:
        flags: name to text or value; None means not given. A name is that of a setting (or `time_limit`); for one in
            a section its own name, if no other section has it, or both with two underscores between them. The names
            of the command's options are taken too, such as `lr` and `patience`.

    Raises:
        ConfigError: a name is unknown, or a text cannot be parsed.

    Example:
        >>> parse_flags({"epochs": 3, "rotation_range": 10, "early_stopping__patience": 2})
        {'epochs': 3, 'augment': {'rotation_range': 10}, 'early_stopping': {'patience': 2}}
    """
    overrides: Overrides = {}
    keywords = _keywords()
    given: dict[str, str] = {}
    for name, value in flags.items():
        path = keywords.get(name) or _full_path(name.replace("__", "."), dot="__")
        if value is not None:
            if path in given:
                raise ConfigError(f"{given[path]} and {name}: both are {path}. Give one of them.")
            given[path] = name
            overrides = merge(overrides, _nested(path.split("."), _flag_value(path, value)))
    return overrides


@cache
def _keywords() -> Mapping[str, str]:
    """Return the path of each setting by its keyword, and by its flags: `lr` for --lr, `patience` for --patience."""
    by_flag = {
        flag.removeprefix("--").replace("-", "_"): path
        for path, each in every_setting().items()
        for flag in (each.facts.flag, each.facts.other_flag)
        if flag
    }
    return by_flag | {facts.keyword: name for name, facts in all_facts().items() if facts.keyword}


def _flag_value(path: str, value: Any) -> Any:
    facts = all_facts().get(path)
    if (
        facts
        and facts.typed in ("pictures", "fraction or pictures")
        and not isinstance(value, str | Path | int | float)
    ):
        raise ConfigError(
            f"{path} is a {type(value).__name__}, expected a path. Pass arrays together with those to train on: "
            f"{{'train': (X, y), '{path}': (X, y)}}."
        )
    if value == "" and facts and facts.typed in ("pictures", "fraction or pictures"):
        raise ConfigError(f"{flag_of(path)} '': expected a path.")  # an empty one would be the current folder
    if isinstance(value, Settings):
        return value.model_dump(exclude_unset=True)
    if path == "early_stopping.patience" and str(value).strip() == "0":
        raise ConfigError(
            "--patience 0: expected the epochs to wait for an improvement, 1 or more. Without --patience nothing stops "
            "the training early."
        )
    if parse := _parser_of(path):
        return _parsed(path, parse, value)
    if isinstance(value, str) and (section := _section_at(path)):
        parsed = _as_section(_toml_value(value), section)
        if not isinstance(parsed, Mapping) and parsed is not None:
            single = value if value in section.model_fields else next(iter(section.model_fields))
            raise ConfigError(
                f"{flag_of(path)} {value}: expected none. Its settings are given one by one, such as --set {single}=…"
            )
        return parsed
    return str(value) if isinstance(value, Path) else value


def _parsed(path: str, parse: Callable[[Any], Any], value: Any) -> Any:
    """Return a parsed text; the error for a text of another form names the option."""
    try:
        return parse(value)
    except ConfigError as problem:
        message = str(problem)
        raise ConfigError(f"{flag_of(path)} {message}" if message.startswith("'") else message) from problem


def parse_set(pairs: Sequence[str]) -> Overrides:
    """Return the overrides that `--set key=value` gives.

    A key is a dotted path, or a name that only one section has. A value is parsed as TOML if possible (`0.1`, `true`,
    `[0.8, 1.2]`), else it is text. A section that has a name takes the name as its value (`optimizer=adamw`). `true`
    switches an optional section on with its defaults; `false` or `none` switch it off, also augmentation, mixing and
    views.

    Raises:
        ConfigError: there is no `=`, the key is unknown (the nearest is offered), or several sections have the name.

    Example:
        >>> parse_set(["rotation_range=10", "optimizer.name=sgd"])
        {'augment': {'rotation_range': 10}, 'optimizer': {'name': 'sgd'}}
    """
    overrides: Overrides = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals:
            raise ConfigError(f"--set {pair}: expected key=value, such as --set dropout=0.")
        path = _full_path(key.strip())
        parse = _parser_of(path)
        value = _parsed(path, parse, text) if parse else _toml_value(text.strip())
        if section := _section_at(path):
            value = _as_section(value, section)
        overrides = merge(overrides, _nested(path.split("."), value))
    return overrides


def _full_path(key: str, dot: str = ".") -> str:
    if key in every_setting() or _is_open(key):
        return key
    matches = [path for path, each in every_setting().items() if each.short_name == key]
    if not matches:
        raise _unknown(key)
    if len(matches) > 1:
        matches = [match.replace(".", dot) for match in matches]
        which = listed(matches, last="or")
        raise ConfigError(f"{key}: several sections have this setting. Write {which}.", options=matches)
    return matches[0]


def _unknown(key: str) -> ConfigError:
    """Return the error for a name that no setting has. It suggests the setting that other libraries call so."""
    for each in every_setting().values():
        if key.casefold() in each.facts.also_called:
            name = each.short_name
            return ConfigError(f"unknown setting '{key}'. Did you mean '{name}'?", options=[name])
    names = {name for path, each in every_setting().items() for name in (path, each.short_name)}
    # A list of a hundred names does not help. If none is near, only the top-level names are listed.
    is_near = difflib.get_close_matches(key.casefold(), names, n=1)
    return unknown_name("setting", key, names if is_near else TrainSettings.model_fields)


def _is_open(key: str) -> bool:
    """Return whether the key's section also takes names that are not its fields."""
    section, _, name = key.rpartition(".")
    owner = _section_at(section) if section in TrainSettings.model_fields else None
    return owner is not None and owner.open_names and name.isidentifier()


def _section_at(path: str) -> type[Settings] | None:
    """Return the settings class at a dotted path; None for a plain value."""
    section: type[Settings] | None = TrainSettings
    for name in path.split("."):
        field = section.model_fields.get(name) if section else None
        section = section_of(field.annotation) if field else None
    return section


def _as_section(value: Any, section: type[Settings]) -> Any:
    """Return the section that a short value means: a name, `true`, `false` or `none`."""
    if isinstance(value, str) and "name" in section.model_fields:
        return {"name": value}
    # A section that is off by default would stay off with `true`: that value is kept, and refused as "no table" later.
    if isinstance(value, bool) and not (value and section.off_by_default):
        value = {} if value else None
    return {} if value is None and section.off_by_default else value


def _toml_value(text: str) -> Any:
    if text.lower() == "none":
        return None
    try:
        return parse_toml(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        pass
    try:
        return float(text)  # .5 is not valid TOML, but people write it
    except ValueError:
        return text


def _nested(path: Sequence[str], value: Any) -> Overrides:
    return {path[0]: _nested(path[1:], value) if len(path) > 1 else value}
