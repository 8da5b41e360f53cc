"""`onelook summary`: show the layers, shapes and cost of a network, given by name, TOML file or model folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from onelook.classical import CLASSICAL
from onelook.classifier.card import ModelCard
from onelook.classifier.folder import read_model
from onelook.classifier.foreign import foreign_model, how_to_train
from onelook.errors import ConfigError
from onelook.models import MODELS, ModelInput
from onelook.models.as_toml import network_toml
from onelook.models.find_network import network_named
from onelook.models.pretrained.registry import backbone_named, is_backbone
from onelook.models.summary import LayerSummary, NetworkSummary, summarize
from onelook.predictors.features import count_features
from onelook.runtime import command_name
from onelook.settings import NetworkSettings

# The default pictures that a network is shown for: MNIST's, or those of its tutorial.
_USUAL_INPUT = ModelInput(height=28, width=28, channels=1, num_classes=10, rows=60_000)
_TUTORIAL_INPUTS = {
    "dogs-vs-cats": ModelInput(height=128, width=128, channels=3, num_classes=2, rows=25_000),
    "cifar10-cnn": ModelInput(height=32, width=32, channels=3, num_classes=10, rows=50_000),
}


def summarize_network(
    what: str, *, input_shape: tuple[int, int, int] | None = None, num_classes: int | None = None
) -> NetworkSummary:
    """Return the summary of a network.

    Args:
        what: a name that `onelook models` lists, a TOML file, or a model (run folder, `model/`, or zip).
        input_shape: (height, width, channels) of the pictures. The default of a model is its own; of a tutorial's
            network that of the tutorial; of a pretrained network that of its weights; else 28×28 grey.
        num_classes: the number of classes. The default is found in the same way; else 10.

    Raises:
        ConfigError: the name is unknown, or the pictures are too small for the network.
        ModelError: the model folder is damaged.
    """
    if Path(what).is_dir() or what.endswith(".zip"):
        card = read_model(Path(what)).card
        if card.classical is not None:
            return _of_classical(card)
        height, width, channels = input_shape or (card.decode.height, card.decode.width, card.decode.channels)
        found = summarize(card.need_network("summary"), (channels, height, width), num_classes or len(card.class_names))
        return replace(found, views=card.views.count, pretrained=_origin(card.training.get("pretrained")))
    if what not in MODELS and (kind := foreign_model(Path(what))):
        raise ConfigError(f"{what}: {kind}. {how_to_train(kind)}")
    network, facts = _untrained(what, input_shape, num_classes)
    found = summarize(network, facts.shape, facts.num_classes)
    return replace(found, pretrained=backbone_named(what).in_words) if is_backbone(what) else found


def network_file(what: str, *, input_shape: tuple[int, int, int] | None = None, num_classes: int | None = None) -> str:
    """Return a network as the TOML file that `--model` takes.

    Args:
        what: a name that `onelook models` lists.
        input_shape: as in `summarize_network`: a network is scaled to its pictures.
        num_classes: as there; the file holds `classes` instead of the number if the network does.

    Raises:
        ConfigError: the name is unknown, or the pictures are too small for the network.
    """
    network, facts = _untrained(what, input_shape, num_classes)
    pictures = f"{facts.height}×{facts.width}×{facts.channels}"
    return network_toml(
        network,
        (
            f"The network {what} for pictures of {pictures}. Change what you like, then:",
            f"  {command_name()} summary mine.toml",
            f"  {command_name()} train DATA --model mine.toml",
            "The last layer returns a number for each class; softmax follows by itself.",
        ),
    )


def _untrained(
    what: str, input_shape: tuple[int, int, int] | None, num_classes: int | None
) -> tuple[NetworkSettings, ModelInput]:
    """Return a network by its name or file, and the pictures that it is for."""
    if what in CLASSICAL:
        raise ConfigError(
            f"{what} has no layers, and its size depends on the data. Expected a network (see `{command_name()} "
            "models`), or the folder of a trained model."
        )
    backbone = backbone_named(what) if is_backbone(what) else None
    usual = _TUTORIAL_INPUTS.get(what, _USUAL_INPUT)
    if backbone is not None:
        usual = ModelInput(backbone.image_size, backbone.image_size, 3, num_classes=10, rows=1)
    height, width, channels = input_shape or (usual.height, usual.width, usual.channels)
    facts = ModelInput(height, width, channels, num_classes or usual.num_classes, usual.rows)
    return network_named(what, facts), facts


def _origin(pretrained: object) -> str:
    """Return the published weights that a trained model started from, in words; empty if there were none."""
    if not isinstance(pretrained, dict):
        return ""
    return f"training started from the weights of {pretrained.get('trained_on')}, licence {pretrained.get('licence')}"


def _of_classical(card: ModelCard) -> NetworkSummary:
    """Return the summary of a fitted classical model, from its card. Its work per picture is not counted."""
    fitted, height, width, channels = card.classical, *card.input_shape
    if fitted is None:
        raise ConfigError("summary: the model is no classical one.")
    before: tuple[LayerSummary, ...] = ()
    steps = []
    if card.network is None:
        values = count_features(fitted.features, card.input_shape)
        steps = [(fitted.features.name, f"{fitted.features.name} of the picture", values, 0)]
    else:
        layers = summarize(card.network, (channels, height, width), len(card.class_names))
        pools = [number for number, line in enumerate(layers.layers, 1) if line.name.startswith("global")]
        before = layers.layers[: pools[-1]]
    if fitted.features.pca is not None:
        steps.append(("pca", "principal components of these", fitted.features.pca, 0))
    steps.append((fitted.name, f"{fitted.name}: {fitted.learnt}", len(card.class_names), fitted.size))
    lines = tuple(
        LayerSummary(f"{name}_{number}", description, (size,), parameters, 0)
        for number, (name, description, size, parameters) in enumerate(steps, start=len(before) + 1)
    )
    every = (*before, *lines)
    total = sum(line.parameters for line in every)
    return NetworkSummary(every, total, fitted.size, sum(line.multiply_adds for line in every))
