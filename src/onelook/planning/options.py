"""Gather the settings that the user gave, before data is read: recipe < TOML file < flags and keywords."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from onelook.classical import CLASSICAL
from onelook.classifier.foreign import SUFFIXES, foreign_model, how_to_train
from onelook.errors import ConfigError, unknown_name
from onelook.models import ModelInput
from onelook.models.pretrained.backbone import TIMM
from onelook.planning.classical_request import refuse_wrong_parameters
from onelook.recipes import load_recipe
from onelook.settings import TrainSettings
from onelook.settings.merge import Overrides, build_settings, merge, spell_out
from onelook.settings.parse import parse_flags, parse_set
from onelook.settings.queries import excluded_by, flag_of
from onelook.settings.toml_text import read_toml

# The pictures for which a network is built only to check its name: the real size is not known yet.
_ANY_PICTURES = ModelInput(height=224, width=224, channels=3, num_classes=2, rows=1)


def gather_overrides(flags: Mapping[str, Any], sets: Sequence[str] = (), config: Path | None = None) -> Overrides:
    """Return the settings that the user gave, merged and checked. The others are picked from the data later.

    Raises:
        ConfigError: an unknown setting, recipe or file, a value out of range, or options that exclude each other.
    """
    given = parse_flags(flags)
    from_file = read_toml(config) if config else {}
    from_file.pop("space", None)  # one file may hold settings and the search space of `onelook tune`
    if from_file:
        build_settings(from_file, str(config))
    asked = spell_out(merge(from_file, given, parse_set(sets)))
    _refuse_exclusive(asked)
    name = asked.get("recipe")
    if name is not None:
        for own in excluded_by("recipe"):
            if own in asked:
                raise ConfigError(
                    f"{flag_of(own)} {_typed(asked[own])} and --recipe {name}: a recipe brings its own model. Give one "
                    "of them."
                )
        asked = merge(load_recipe(name).settings, asked)
    build_settings(asked, f"recipe {name}" if name and not (given or sets) else "the options")
    return asked


def _refuse_exclusive(asked: Overrides) -> None:
    """Refuse options that set the same thing twice. (An option replaces a recipe's own validation share.)"""
    if asked.get("split") is not None:
        for other in excluded_by("split"):
            if asked.get(other) is not None:
                raise ConfigError(
                    f"--split {asked['split']} and {flag_of(other)} {asked[other]}: a split says already which "
                    "pictures validate. Give one of them."
                )
    for other in excluded_by("models"):
        if asked.get("models") is not None and asked.get(other) is not None:
            why = "one model or several" if other == "model" else "each of them can be cross-validated by itself"
            raise ConfigError(
                f"--models {_typed(asked['models'])} and {flag_of(other)} {asked[other]}: {why}. Give one of them."
            )
    if asked.get("from_model") is not None:
        for brought in excluded_by("from_model"):
            if brought in asked:
                raise ConfigError(
                    f"--from {asked['from_model']} and {flag_of(brought)}: the network, the size of "
                    "pictures and their preparation are the model's own. Leave it out, or train a new model without "
                    "--from."
                )
    elif asked.get("force"):
        raise ConfigError("--force: it goes with --from, and there is no --from. Leave it out.")


def resolve_settings(asked: Overrides, planned: Overrides) -> TrainSettings:
    """Return the settings of the run. A recipe is completed by Keras' defaults, other requests by the planned settings.

    Raises:
        ConfigError: a setting that the optimizer or schedule, known only now, does not read.
    """
    settings = build_settings(asked if "recipe" in asked else merge(planned, asked), "the settings")
    return build_settings(settings.model_dump(), "the settings")  # again, with every default explicit


def check_names(asked: Overrides) -> None:
    """Refuse an unknown model, or parameters that it does not have, before any data is read.

    Raises:
        ConfigError: no such network or classical model, no such TOML file, or no such parameter.
    """
    from onelook.models import MODELS
    from onelook.models.find_network import network_named, read_network

    features = asked.get("features", {}).get("name")
    if str(features).startswith(TIMM):
        network_named(str(features), _ANY_PICTURES)
    for model in filter(None, (asked.get("model"), *model_list(asked))):
        if str(model).endswith(".toml"):
            read_network(Path(model))
        elif model in CLASSICAL:
            refuse_wrong_parameters(model, {**asked, "model": model, "models": None})
        elif str(model).startswith(TIMM):
            network_named(str(model), _ANY_PICTURES)  # also creates and translates a network of timm
        elif model not in MODELS and (kind := foreign_model(Path(model))):
            raise ConfigError(f"--model {model}: {kind}. {how_to_train(kind)}")
        elif model not in MODELS:
            if Path(model).suffix.lower() in SUFFIXES and not Path(model).exists():
                raise ConfigError(f"--model {model}: there is no such file. {how_to_train()}")
            raise unknown_name("model", str(model), (*MODELS, *CLASSICAL))


def model_list(asked: Overrides) -> tuple[str, ...]:
    """Return the models of `--models`, in the order given; empty if one model is trained."""
    models = asked.get("models") or ()
    return tuple(map(str.strip, models.split(","))) if isinstance(models, str) else tuple(models)


def _typed(value: Any) -> str:
    """Return a setting as the user types it after its flag."""
    return value if isinstance(value, str) else ",".join(map(str, value))
