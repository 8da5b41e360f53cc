"""Turn a Keras file into a network of onelook, its weights, and what is known of its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from onelook.errors import ConfigError, ModelError, shown
from onelook.models.describe import describe_shape
from onelook.models.keras.file import Config, KerasFile, LayerPlace, WeightReader, open_keras_file
from onelook.models.keras.graph import MODELS, follow_model
from onelook.models.keras.layer import KerasLayer, custom_code
from onelook.models.keras.steps import Step
from onelook.models.keras.values import Value, numbered_weights, steps_between
from onelook.settings.network import ActivationLayer, Conv, Dense, DepthwiseConv, Dropout, Flatten, NetworkSettings
from onelook.settings.pictures import LARGEST_SIDE
from onelook.settings.shape_layers import Crop, Rescale, Reshape, Resize, ZeroPad

_CHANNELS = (1, 3)
_BEFORE_RESCALING = (Resize, Crop, ZeroPad, Reshape, Dropout)


@dataclass(frozen=True)
class KerasNetwork:
    """A network that Keras wrote, as ours: its last layer gives one logit a class."""

    network: NetworkSettings
    weights: Mapping[str, NDArray[np.float32]]
    picture: tuple[int, int, int]  # (height, width, channels)
    num_classes: int
    has_rescaling: bool  # whether it prepares its own pixels, so that it takes 0 to 255
    is_binary: bool  # whether its one sigmoid became two classes: not the second, the second
    version: str  # of Keras; empty if the file does not say
    notes: tuple[str, ...]  # sentences about what was taken for granted


def read_keras_network(path: Path, image_size: tuple[int, int] | None = None) -> KerasNetwork:
    """Return the network in a `.keras` or `.h5` file. It runs nothing from the file.

    Args:
        path: the file.
        image_size: (height, width) of the pictures, for a network that takes any.

    Raises:
        ModelError: the file is no Keras model or damaged, or a layer of it cannot be imported; the message names it.
        ConfigError: the network takes pictures of any size and no size is given, or of another than the given one.
    """
    with open_keras_file(path) as file:
        model = _outermost(file)
        shape = _input_shape(model)
        if shape is None:
            raise model.refusal("does not say what pictures it takes. Call it once in Keras, and save it again.")
        picture, has_channels, note = _picture(shape, image_size, model)
        value: Value = Value((picture[2], picture[0], picture[1]), has_channels=has_channels)
        if len(shape) == 1:
            value = value.then(model, (Step(Flatten()),))
        end = follow_model(model, value, WeightReader(file))
        steps = steps_between(None, end)
        rescaling = _has_rescaling(steps)
        steps, is_binary, notes = _as_logits(model, end, steps)
    if note:
        notes = (note, *notes)
    layers = tuple(step.layer for step in steps if step.layer is not None)
    return KerasNetwork(
        network=NetworkSettings(layers=layers),
        weights=MappingProxyType(numbered_weights(steps)),
        picture=picture,
        num_classes=2 if is_binary else end.shape[0],
        has_rescaling=rescaling,
        is_binary=is_binary,
        version=file.version,
        notes=notes,
    )


def _outermost(file: KerasFile) -> KerasLayer:
    kind, config = file.model.get("class_name"), file.model.get("config")
    if isinstance(config, list):  # Keras before 2.2.3 wrote a Sequential's layers alone
        config = {"layers": config}
    if not isinstance(kind, str) or not isinstance(config, dict):
        raise ModelError(f"{file.where}: describes no model ({shown(kind)}). Expected a Keras model.")
    name = config.get("name")
    model = KerasLayer(
        kind, name if isinstance(name, str) else "model", config, LayerPlace(), file.where, file.is_keras_2
    )
    if kind not in MODELS:
        raise custom_code(model)
    return model


def _input_shape(model: KerasLayer) -> list[JsonValue] | None:
    """Return the shape of one input, without the axis of the batch; None if the file does not say it."""
    config: Config = model.config
    for _ in range(20):  # the first layer may be a model itself
        layers = config.get("layers")
        first = layers[0] if isinstance(layers, list) and layers else None
        inner = first.get("config") if isinstance(first, dict) else None
        found = [config.get("build_input_shape"), config.get("batch_input_shape")]
        if isinstance(inner, dict):
            built = first.get("build_config") if isinstance(first, dict) else None
            found = [inner.get("batch_shape"), inner.get("batch_input_shape"), *found]
            found += [built.get("input_shape")] if isinstance(built, dict) else []
        for shape in found:
            if isinstance(shape, list) and len(shape) > 1:
                return shape[1:]
        if not isinstance(inner, dict):
            return None
        config = inner
    return None


def _picture(
    shape: list[JsonValue], image_size: tuple[int, int] | None, model: KerasLayer
) -> tuple[tuple[int, int, int], bool, str]:
    """Return (height, width, channels) of the pictures, whether Keras' shape has the channels, and a note."""
    sizes = [each if isinstance(each, int) and not isinstance(each, bool) else None for each in shape]
    if len(sizes) == 1:
        return _flat_picture(sizes[0], image_size, model)
    if len(sizes) not in (2, 3):
        raise model.refusal(f"takes inputs of the shape {shown(shape)}, expected pictures: (height, width, channels).")
    height, width, channels = (*sizes, 1) if len(sizes) == 2 else sizes
    if channels not in _CHANNELS:
        wrong = f"takes pictures of {shown(channels)} channels, expected 1 (grey) or 3 (colour)"
        is_first = len(sizes) == 3 and sizes[0] in _CHANNELS
        raise model.refusal(f"{wrong}{', as the last axis (channels_first is not imported)' if is_first else ''}.")
    if height is None or width is None:
        if image_size is None:
            raise ConfigError(
                f"{model.where}: the network takes pictures of any size. Add --image-size with that of your training, "
                "such as --image-size 180x180."
            )
        height, width = image_size
    if image_size is not None and image_size != (height, width):
        raise ConfigError(
            f"{model.where}: the network takes pictures of {height}×{width}, not {image_size[0]}×{image_size[1]}. "
            "Leave --image-size out."
        )
    if not (0 < height <= LARGEST_SIDE and 0 < width <= LARGEST_SIDE):
        raise model.refusal(f"takes pictures of {height}×{width}, expected 1 to {LARGEST_SIDE:,} pixels a side.")
    return (height, width, channels), len(sizes) == 3, ""


def _flat_picture(
    values: int | None, image_size: tuple[int, int] | None, model: KerasLayer
) -> tuple[tuple[int, int, int], bool, str]:
    """Return the picture whose values, row by row, are the network's flat input."""
    for channels in _CHANNELS:
        side = isqrt(max(0, values or 0) // channels)
        height, width = image_size or (side, side)
        if values and height * width * channels == values and max(height, width) <= LARGEST_SIDE:
            note = f"The network takes {values:,} flat values: a picture of {height}×{width}"
            return (height, width, channels), True, f"{note}, {'grey' if channels == 1 else 'colour'}, row by row."
    if image_size is None:
        raise ConfigError(
            f"{model.where}: the network takes {shown(values)} flat values, which are no square picture. Add "
            "--image-size with its height and width, such as --image-size 28x28."
        )
    raise ConfigError(
        f"{model.where}: the network takes {shown(values)} flat values, which are no picture of "
        f"{image_size[0]}×{image_size[1]}, grey or colour."
    )


def _has_rescaling(steps: list[Step]) -> bool:
    """Return whether the network's first steps rescale its pixels."""
    for step in steps:
        if not isinstance(step.layer, _BEFORE_RESCALING):
            return isinstance(step.layer, Rescale)
    return False


def _as_logits(model: KerasLayer, end: Value, steps: list[Step]) -> tuple[list[Step], bool, tuple[str, ...]]:
    """Return the steps up to one logit a class, whether they were one sigmoid, and notes.

    Raises:
        ModelError: the network does not end as a classifier does.
    """
    shape = end.shape
    if len(shape) > 1 and shape[1:] == (1, 1):
        steps, shape = [*steps, Step(Flatten())], shape[:1]
    if len(shape) > 1 or not end.has_channels:
        raise model.refusal(f"gives {describe_shape(shape)}, expected one number a class. It is no classifier.")
    if end.is_softmax:
        if shape[0] == 1:
            raise model.refusal("ends with a softmax of one number, which is always 1. Expected two classes or more.")
        return [step for step in steps if step.layer is not None], False, ()
    last, activation = _without_activation(steps)
    if activation not in ("linear", "sigmoid"):
        raise model.refusal(f"ends with {activation}, expected softmax, sigmoid, or plain logits.")
    if shape[0] == 1:
        note = () if activation == "sigmoid" else (_ONE_LOGIT,)
        return _two_logits(last), True, note
    if activation == "sigmoid":
        raise model.refusal(
            f"ends with {shape[0]} sigmoids: each says yes or no by itself, so several classes can be true of a "
            "picture. onelook's models give one class; train with softmax instead."
        )
    return steps, False, (_LOGITS,)


_LOGITS = (
    "The network ends without softmax: its numbers are taken for logits (from_logits=True), and softmax follows them."
)
_ONE_LOGIT = (
    "The network ends with one number without sigmoid: it is taken for the logit of the second class "
    "(from_logits=True)."
)


def _without_activation(steps: list[Step]) -> tuple[list[Step], str]:
    """Return the steps without the activation at their end, and its name."""
    at = len(steps) - 1
    while at > 0 and isinstance(steps[at].layer, Dropout | Flatten):
        at -= 1
    layer, after = steps[at].layer, steps[at + 1 :]
    if isinstance(layer, ActivationLayer):
        return steps[:at] + after, layer.function
    if isinstance(layer, Dense | Conv | DepthwiseConv) and layer.activation != "linear":
        plain = Step(layer.model_copy(update={"activation": "linear"}), steps[at].weights)
        return [*steps[:at], plain, *after], layer.activation
    return steps, "linear"


def _two_logits(steps: list[Step]) -> list[Step]:
    """Return the steps to two logits, 0 and the one there is: softmax then gives what sigmoid gave."""
    last = steps[-1]
    if isinstance(last.layer, Dense):
        twice = {name: np.concatenate([np.zeros_like(values), values]) for name, values in last.weights.items()}
        return [*steps[:-1], Step(last.layer.model_copy(update={"units": 2}), twice)]
    return [*steps, Step(Dense(units=2, bias=False), {"weight": np.array([[0.0], [1.0]], np.float32)})]
