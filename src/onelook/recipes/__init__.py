"""Published trainings by name, one TOML file each: model, preparation, training."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from onelook.errors import unknown_name


@dataclass(frozen=True)
class Recipe:
    """One published training. `settings` is a part of `TrainSettings`; what it leaves out has Keras' default."""

    name: str
    description: str
    data: str  # what it was published for
    published: str  # the figure that its author gives, and what is wrong with it
    settings: dict[str, Any]
    space: dict[str, Any] = field(default_factory=dict)  # what `onelook tune` looks through


def recipe_names() -> list[str]:
    """Every recipe, in alphabetical order."""
    return sorted(
        entry.name.removesuffix(".toml") for entry in files(__name__).iterdir() if entry.name.endswith(".toml")
    )


def load_recipe(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        ConfigError: there is none; the nearest name is offered.
    """
    names = recipe_names()
    if name not in names:
        raise unknown_name("recipe", name, names)
    settings = tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))
    about, space = settings.pop("recipe"), settings.pop("space", {})
    return Recipe(name=name, settings=settings, space=space, **about)
