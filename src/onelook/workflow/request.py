"""What the user asked for: recipe < TOML file < flags and keywords, before the data is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from onelook.errors import ConfigError
from onelook.recipes import load_recipe
from onelook.settings import TrainSettings
from onelook.settings.merge import Overrides, build_settings, merge, parse_flags, parse_set, read_toml


def gather_overrides(flags: Mapping[str, Any], sets: Sequence[str] = (), config: Path | None = None) -> Overrides:
    """All that was asked for, merged and checked for itself: what is not in it is picked from the data later.

    Raises:
        ConfigError: an unknown setting, recipe or file, a value out of range, or options that exclude each other.
    """
    given = parse_flags(flags)
    from_file = read_toml(config) if config else {}
    if from_file:
        build_settings(from_file, str(config))
    asked = merge(from_file, given, parse_set(sets))
    name = asked.get("recipe")
    if name is not None:
        if "model" in asked:
            raise ConfigError(
                f"--model {asked['model']} and --recipe {name}: a recipe brings its own model. Give one of them."
            )
        asked = merge(load_recipe(name).settings, asked)
    build_settings(asked, f"recipe {name}" if name and not (given or sets) else "the options")
    return asked


def resolve_settings(asked: Overrides, planned: Overrides) -> TrainSettings:
    """The settings of the run. A recipe stands on Keras' defaults, everything else on what the data suggests.

    Raises:
        ConfigError: a setting that the optimizer or schedule, now that it is known which, does not read.
    """
    settings = build_settings(asked if "recipe" in asked else merge(planned, asked), "the settings")
    return build_settings(settings.model_dump(), "the settings")  # again, with every default said


def check_names(asked: Overrides) -> None:
    """Refuses a model that nobody knows before any data is read.

    Raises:
        ConfigError: no such network, or no such TOML file.
    """
    from onelook.models import MODELS

    model = asked.get("model")
    if model is None:
        return
    if str(model).endswith(".toml"):
        read_toml(Path(model))
    else:
        MODELS.describe(model)
