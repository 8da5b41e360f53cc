"""Names to things, written as "module:object", so that naming a thing imports nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from onelook.errors import unknown_name


@dataclass(frozen=True)
class Entry:
    """One registered thing: where it lives, and one line on what it is."""

    target: str
    description: str


class Registry:
    """The things of one kind that can be named; each is imported when it is first asked for.

    Args:
        kind: the word that an error uses, as in "unknown model 'x'".
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
        """The one line that says what `name` is."""
        return self._entry(name).description

    def module(self, name: str) -> str:
        """The module that holds what `name` stands for."""
        return self._entry(name).target.partition(":")[0]

    def load(self, name: str) -> Any:
        """The object that `name` stands for.

        Raises:
            ConfigError: nothing has that name; the nearest one is offered.
        """
        attribute = self._entry(name).target.partition(":")[2]
        return getattr(import_module(self.module(name)), attribute)

    def _entry(self, name: str) -> Entry:
        if name not in self._entries:
            raise unknown_name(self.kind, name, self._entries)
        return self._entries[name]
