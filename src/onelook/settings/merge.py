"""Where a run's settings come from: defaults < recipe < TOML file < flags and keywords, merged and validated once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from onelook.settings.train import TrainSettings
from onelook.settings.validation_errors import as_config_error

Overrides = dict[str, Any]  # a part of TrainSettings as nested plain values


def merge(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """One nested dictionary from several, the later ones winning, table by table.

    Example:
        >>> merge({"a": {"x": 1, "y": 2}}, {"a": {"y": 3}})
        {'a': {'x': 1, 'y': 3}}
    """
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            below = merged.get(key)
            merged[key] = merge(below, value) if isinstance(value, Mapping) and isinstance(below, Mapping) else value
    return merged


def spell_out(values: Mapping[str, Any]) -> Overrides:
    """The overrides with what stands for another setting as that setting.

    Example:
        >>> spell_out({"epochs": 3, "batch_size": "auto"})
        {'epochs': 3, 'auto_batch_size': True}
    """
    if values.get("batch_size") != "auto":
        return dict(values)
    return {name: value for name, value in values.items() if name != "batch_size"} | {"auto_batch_size": True}


def build_settings(values: Mapping[str, Any], where: str) -> TrainSettings:
    """The validated settings; what is missing has its default.

    Raises:
        ConfigError: a value out of its range, of the wrong kind, or an unknown key.
    """
    try:
        return TrainSettings.model_validate(spell_out(values))
    except ValidationError as error:
        raise as_config_error(error, where, TrainSettings) from error


def differences(old: TrainSettings, new: TrainSettings) -> dict[str, tuple[Any, Any]]:
    """The settings in which two runs differ: dotted name to (old value, new value)."""
    before, after = dict(_leaves(old.model_dump(mode="json"))), dict(_leaves(new.model_dump(mode="json")))
    keys = sorted(before.keys() | after.keys())
    return {key: (before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)}


def _leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value
