"""`onelook summary`: a network's layers, shapes and cost, by name, from a TOML file, or from a model folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from onelook.classifier.folder import read_model
from onelook.models.model_input import ModelInput
from onelook.models.read import network_named
from onelook.models.summary import summarize

if TYPE_CHECKING:
    from onelook.models.summary import NetworkSummary

# What each network is shown for where nothing is said: MNIST's pictures, or what its tutorial was written for.
_USUAL_INPUT = ModelInput(height=28, width=28, channels=1, num_classes=10, rows=60_000)
_TUTORIAL_INPUTS = {
    "dogs-vs-cats": ModelInput(height=128, width=128, channels=3, num_classes=2, rows=25_000),
    "cifar10-cnn": ModelInput(height=32, width=32, channels=3, num_classes=10, rows=50_000),
}


def summarize_network(
    what: str, *, input_shape: tuple[int, int, int] | None = None, num_classes: int | None = None
) -> NetworkSummary:
    """The summary of a network.

    Args:
        what: a name that `onelook models` lists, a TOML file, or a model (run folder, `model/`, or zip).
        input_shape: (height, width, channels) of the pictures. A model has its own; a tutorial's network its
            tutorial's; else 28×28 grey.
        num_classes: likewise; else 10.

    Raises:
        ConfigError: nothing has that name, or the shapes cannot work.
        ModelError: the model folder is damaged.
    """
    if Path(what).is_dir() or what.endswith(".zip"):
        card = read_model(Path(what)).card
        height, width, channels = input_shape or (card.decode.height, card.decode.width, card.decode.channels)
        found = summarize(card.network, (channels, height, width), num_classes or len(card.class_names))
        return replace(found, views=card.views.count)
    usual = _TUTORIAL_INPUTS.get(what, _USUAL_INPUT)
    height, width, channels = input_shape or (usual.height, usual.width, usual.channels)
    facts = ModelInput(height, width, channels, num_classes or usual.num_classes, usual.rows)
    return summarize(network_named(what, facts), facts.shape, facts.num_classes)
