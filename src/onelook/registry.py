"""Registries: names of things, whose modules are imported only when a thing is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from onelook.errors import unknown_name


@dataclass(frozen=True)
class Entry:
    """One registered thing: its module and object, and a description of one line."""

    target: str  # "module:object"
    description: str


class Registry:
    """The named things of one kind. `load` imports a thing.

    Args:
        kind: the kind in error messages, as in "unknown model 'x'".
        entries: name to (`"module:object"`, one line of description).

    Example:
        >>> shapes = Registry("number", {"pi": ("math:pi", "a circle's ratio")})
        >>> round(shapes.load("pi"), 2)
        3.14
    """

    def __init__(self, kind: str, entries: dict[str, tuple[str, str]]) -> None:
        self.kind = kind
        self._entries = {name: Entry(*entry) for name, entry in entries.items()}

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def describe(self, name: str) -> str:
        """Return the description of `name`."""
        return self._entry(name).description

    def module(self, name: str) -> str:
        """Return the name of the module that `name` is in."""
        return self._entry(name).target.partition(":")[0]

    def load(self, name: str) -> Any:
        """Import and return the object with this name.

        Raises:
            ConfigError: the name is unknown; the message suggests the nearest one.
        """
        attribute = self._entry(name).target.partition(":")[2]
        return getattr(import_module(self.module(name)), attribute)

    def _entry(self, name: str) -> Entry:
        if name not in self._entries:
            raise unknown_name(self.kind, name, self._entries)
        return self._entries[name]
