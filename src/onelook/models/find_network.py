"""Find a network: by the name of a family, by `timm:<name>`, or in a TOML file that the user wrote."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from onelook.errors import ConfigError, in_words
from onelook.models import MODELS, ModelInput
from onelook.models.pretrained.backbone import TIMM
from onelook.models.shapes import plan_network
from onelook.settings import TrainSettings
from onelook.settings.network import NetworkSettings, with_dropout
from onelook.settings.toml_text import parse_toml
from onelook.settings.validation_errors import as_config_error
from onelook.wording import listed

# Lines with an indent stay lines in an error of the command, so that they can be pasted into the file.
_EXAMPLE = (
    '[[layers]] tables, such as:\n  [[layers]]\n  type = "flatten"\n  [[layers]]\n  type = "dense"\n  units = "classes"'
)


def network_named(name_or_path: str | Path, facts: ModelInput) -> NetworkSettings:
    """Return the network with that name, fitted to the data, or the one in that file.

    Args:
        name_or_path: a registered name, `timm:<name>`, or a path: it ends with `.toml` or holds a separator.
        facts: the data that the network is for.

    Raises:
        ConfigError: an unknown name, a file that is missing or wrong, or shapes that cannot work with these
            pictures; the message names the layer.

    Example:
        >>> facts = ModelInput(height=28, width=28, channels=1, num_classes=10, rows=60_000)
        >>> [layer.type for layer in network_named("digits-minimal", facts).layers]
        ['conv', 'flatten', 'dense']
    """
    path = Path(name_or_path)
    if str(name_or_path).startswith(TIMM):
        from onelook.models.timm.network import timm_network

        where = f"model '{name_or_path}'"
        network = timm_network(str(name_or_path)).network
    elif path.suffix.lower() == ".toml" or len(path.parts) > 1:
        where = str(path)
        network = read_network(path)
    else:
        where = f"model '{name_or_path}'"
        network = MODELS.load(str(name_or_path))(facts)
    try:
        plan_network(network, facts.shape, facts.num_classes)
    except ConfigError as error:
        size = f"{facts.height}x{facts.width}"
        raise ConfigError(f"{where}, for {facts.num_classes} classes of {size} pictures: {error}") from error
    return network


def network_of_settings(settings: TrainSettings, facts: ModelInput) -> NetworkSettings:
    """Return the network that the settings name, with their dropout if they have one.

    Raises:
        ConfigError: as `network_named`.
    """
    network = network_named(settings.model, facts)
    return network if settings.dropout is None else with_dropout(network, settings.dropout)


def read_network(path: Path) -> NetworkSettings:
    """Return the network that a TOML file describes: `[[layers]]` tables from the picture to the logits.

    Raises:
        ConfigError: the file is missing or not TOML, or a layer is unknown or has wrong settings.
    """
    try:
        content = parse_toml(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path}: there is no such file. Expected a network's TOML file, or one of: "
            f"{listed(MODELS, most=len(MODELS))}.",
            options=MODELS,
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}. Expected {_EXAMPLE}") from error
    except (OSError, UnicodeDecodeError) as error:
        reason = in_words(error)
        raise ConfigError(f"{path}: cannot be read ({reason}). Expected a text file with {_EXAMPLE}") from error
    if "layers" not in content:
        raise ConfigError(f"{path}: no layers. Expected {_EXAMPLE}")
    if any(activation == "softmax" for activation in _activations(content["layers"])):
        raise ConfigError(
            f"{path}: softmax is not a layer's activation here: it follows the last layer by itself. "
            "Leave that activation out."
        )
    try:
        return NetworkSettings.model_validate(content)
    except ValidationError as error:
        raise as_config_error(error, str(path), NetworkSettings) from error


def _activations(layers: Any) -> Iterator[Any]:
    """Yield every activation that the tables name. The tables have not been validated yet."""
    for layer in layers if isinstance(layers, list) else []:
        if isinstance(layer, dict):
            yield layer.get("activation")
            yield layer.get("function")
            yield from _activations(layer.get("layers"))
            yield from _activations(layer.get("shortcut"))
            yield from _activations(layer.get("branches"))
