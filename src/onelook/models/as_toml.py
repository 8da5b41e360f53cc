"""Write a network as the TOML file that `--model` takes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from onelook.settings import NetworkSettings


def network_toml(network: NetworkSettings, comments: Iterable[str] = ()) -> str:
    """Return a network as TOML: a `[[layers]]` table for each layer, with its settings except defaults.

    Args:
        network: the network.
        comments: lines above it.

    Example:
        >>> from onelook.settings.network import Dense, Flatten
        >>> print(network_toml(NetworkSettings(layers=(Flatten(), Dense(units="classes")))))
        [[layers]]
        type = "flatten"
        <BLANKLINE>
        [[layers]]
        type = "dense"
        units = "classes"
        <BLANKLINE>
    """
    values = network.model_dump(mode="json", exclude_defaults=True)
    top = [f"{name} = {_value(value)}" for name, value in values.items() if name != "layers"]
    heading = "\n".join([*(f"# {comment}" for comment in comments), *top])
    layers = network.model_dump(mode="json")["layers"]
    kept = network.model_dump(mode="json", exclude_defaults=True)["layers"]
    tables = ["\n".join(_table(*each, "layers")) for each in zip(layers, kept, strict=True)]
    return "\n\n".join(filter(None, [heading, *tables])) + "\n"


def _table(layer: Mapping[str, Any], kept: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield the lines of a layer: its type first, then its settings, then the tables of the layers in it."""
    indent = "  " * path.count(".")
    yield f"{indent}[[{path}]]"
    if "type" in layer:  # a branch has none
        yield f"{indent}type = {_value(layer['type'])}"
    inner = {name: value for name, value in kept.items() if name in ("layers", "shortcut", "branches")}
    for name, value in kept.items():
        if name != "type" and name not in inner:
            yield f"{indent}{name} = {_value(value)}"
    for name, tables in inner.items():
        for each in zip(layer[name], tables, strict=True):
            yield ""
            yield from _table(*each, f"{path}.{name}")


def _value(value: Any) -> str:
    """Return a plain value as TOML; text, numbers, booleans and lists of them have the same form in JSON."""
    return json.dumps(value, ensure_ascii=False)
