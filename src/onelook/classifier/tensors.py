"""Weights as safetensors: read without running anything, and held against what the architecture expects."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as safetensors_load
from safetensors.numpy import save as safetensors_save

from onelook.classifier.card import ModelCard
from onelook.errors import ConfigError, ModelError
from onelook.models.shapes import leaves, plan_network, weight_shapes
from onelook.transforms.preprocess.steps import ZCA_MATRIX
from onelook.wording import listed

Weights = Mapping[str, NDArray[Any]]

# Far past any network that this product trains, and within what a machine survives: 1 GiB of float32 for one
# layer's output, minutes for one picture, and a number of layers that is still planned and built in seconds.
_MAXIMUM_VALUES = 2**28
_MAXIMUM_MULTIPLY_ADDS = 10**13
_MAXIMUM_LAYERS = 10_000

_SHOWN = 3


def to_safetensors(tensors: Weights) -> bytes:
    """The tensors as the content of a safetensors file; the same tensors give the same bytes."""
    return safetensors_save({name: np.ascontiguousarray(tensors[name]) for name in sorted(tensors)})


def from_safetensors(content: bytes, where: str) -> dict[str, NDArray[Any]]:
    """The tensors in the content of a safetensors file. What is allocated is never more than the file holds.

    Raises:
        ModelError: the content is not safetensors, or of a type that NumPy has not.
    """
    try:
        return dict(safetensors_load(content))
    except (SafetensorError, ValueError, TypeError, LookupError, AttributeError, OverflowError) as problem:
        raise ModelError(f"{where}: not readable as safetensors. It is damaged: copy the model again.") from problem


def expected_weights(card: ModelCard) -> dict[str, tuple[int, ...]]:
    """The name and shape of every tensor that the card's architecture has. Allocates nothing.

    Raises:
        ModelError: the architecture does not work, or is larger than any machine would bear.
    """
    height, width, channels = card.input_shape
    try:
        plan = plan_network(card.need_network("weights"), (channels, height, width), len(card.class_names))
    except ConfigError as problem:
        raise ModelError(
            f"the model's network does not work for pictures of {height}×{width}×{channels} and "
            f"{len(card.class_names)} classes: {problem}"
        ) from problem
    layers = leaves(plan)
    values = max(prod(planned.output_shape) for planned in layers)
    multiply_adds = sum(planned.multiply_adds for planned in layers)
    for what, found, limit in (
        ("layers", len(layers), _MAXIMUM_LAYERS),
        ("values in one layer's output", values * card.views.count, _MAXIMUM_VALUES),
        ("multiply-adds for one picture", multiply_adds * card.views.count, _MAXIMUM_MULTIPLY_ADDS),
    ):
        if found > limit:
            raise ModelError(f"the model's network has {found:,} {what}, expected at most {limit:,}. It is refused.")
    expected = weight_shapes(plan)
    if card.preprocess.settings.zca_whitening:
        expected[ZCA_MATRIX] = (prod(card.input_shape),) * 2
    return expected


def check_weights(weights: Weights, card: ModelCard, where: str) -> None:
    """Returns quietly where the tensors are those that the architecture has.

    Raises:
        ModelError: names, shapes or types differ; the first few are listed, found and expected.
    """
    expected = expected_weights(card)
    differences = [
        f"'{name}' is missing, expected {_shape(shape)}" for name, shape in expected.items() if name not in weights
    ]
    differences += [
        f"'{name}' is {_shape(tensor.shape)}, the architecture has no such tensor"
        for name, tensor in weights.items()
        if name not in expected
    ]
    differences += [
        f"'{name}' is {weights[name].dtype} {_shape(weights[name].shape)}, expected float32 {_shape(shape)}"
        for name, shape in expected.items()
        if name in weights and (weights[name].shape != shape or weights[name].dtype != np.float32)
    ]
    if differences:
        raise ModelError(
            f"{where}: the weights do not fit the architecture: {listed(differences, most=_SHOWN, last='')}. "
            "Expected weights of the same network, picture size and classes."
        )


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "one number"
