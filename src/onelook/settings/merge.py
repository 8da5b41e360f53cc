"""Merge settings from several places (defaults < recipe < TOML file < flags and keywords) and validate them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from onelook.settings.train import TrainSettings
from onelook.settings.validation_errors import as_config_error

Overrides = dict[str, Any]  # some fields of TrainSettings, as nested plain values
SectionValues = dict[str, bool | float | str]  # some fields of one of its sections, such as `optimizer`


def merge(*layers: Mapping[str, Any]) -> Overrides:
    """Merge nested dictionaries, table by table. Later ones override earlier ones.

    Example:
        >>> merge({"a": {"x": 1, "y": 2}}, {"a": {"y": 3}})
        {'a': {'x': 1, 'y': 3}}
    """
    merged: Overrides = {}
    for layer in layers:
        for key, value in layer.items():
            below = merged.get(key)
            merged[key] = merge(below, value) if isinstance(value, Mapping) and isinstance(below, Mapping) else value
    return merged


def spell_out(values: Mapping[str, Any]) -> Overrides:
    """Return the overrides with `batch_size = "auto"` written as the setting that it means.

    Example:
        >>> spell_out({"epochs": 3, "batch_size": "auto"})
        {'epochs': 3, 'auto_batch_size': True}
    """
    if values.get("batch_size") != "auto":
        return dict(values)
    return {name: value for name, value in values.items() if name != "batch_size"} | {"auto_batch_size": True}


def build_settings(values: Mapping[str, Any], where: str) -> TrainSettings:
    """Return validated settings. A missing setting has its default.

    Args:
        values: nested plain values.
        where: the values' source, such as a file's path; error messages begin with it. Messages on `TYPED` begin with
            the setting, as the user typed it.

    Raises:
        ConfigError: a value is out of its range or of the wrong type, or a key is unknown.
    """
    try:
        return TrainSettings.model_validate(spell_out(values))
    except ValidationError as error:
        raise as_config_error(error, where, TrainSettings) from error


def differences(old: TrainSettings, new: TrainSettings) -> dict[str, tuple[Any, Any]]:
    """Return the settings that differ: dotted name to (old value, new value)."""
    before, after = dict(leaves(old.model_dump(mode="json"))), dict(leaves(new.model_dump(mode="json")))
    keys = sorted(before.keys() | after.keys())
    return {key: (before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)}


def leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each value of nested tables with its dotted name. An empty table has none."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value
