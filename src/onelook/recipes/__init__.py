"""Recipes: published trainings, with their model, preparation and settings, one TOML file each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from onelook.errors import unknown_name
from onelook.settings.merge import Overrides


@dataclass(frozen=True)
class Recipe:
    """One published training. A setting that `settings` leaves out has Keras' default."""

    name: str
    description: str
    data: str  # the data that it was published for
    published: str  # the score that its author reports, and what is wrong with it
    settings: Overrides
    space: Mapping[str, object] = field(default_factory=dict)  # the space for `onelook tune`, as a `[space]` table


def recipe_names() -> list[str]:
    """Return the names of all recipes, in alphabetical order."""
    return sorted(
        entry.name.removesuffix(".toml") for entry in files(__name__).iterdir() if entry.name.endswith(".toml")
    )


def load_recipe(name: str) -> Recipe:
    """Return the recipe with this name.

    Raises:
        ConfigError: the name is unknown; the message suggests the nearest one.
    """
    names = recipe_names()
    if name not in names:
        raise unknown_name("recipe", name, names)
    settings = tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))
    about, space = settings.pop("recipe"), settings.pop("space", {})
    return Recipe(name=name, settings=settings, space=space, **about)
