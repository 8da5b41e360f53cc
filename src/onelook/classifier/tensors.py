"""Read and write weights as safetensors, without running code, and check them against the architecture."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.classifier.card import ModelCard
from onelook.errors import ConfigError, ModelError
from onelook.models.shapes import leaves, plan_network, weight_shapes
from onelook.transforms.preprocess.steps import ZCA_MATRIX
from onelook.wording import listed

Weights = Mapping[str, NDArray[Any]]

# Far above any network that onelook trains, and below what crashes a machine: 1 GiB of float32 for one layer's output,
# minutes for one picture, and a number of layers that is planned and built in seconds.
_MAXIMUM_VALUES = 2**28
_MAXIMUM_MULTIPLY_ADDS = 10**13
_MAXIMUM_LAYERS = 10_000

_SHOWN = 3  # differences in an error message


def to_safetensors(tensors: Weights) -> bytes:
    """Return the content of a safetensors file with these tensors; equal tensors give equal bytes."""
    from safetensors.numpy import save  # here and below, as its import takes longer than planning a training

    return save({name: np.ascontiguousarray(tensors[name]) for name in sorted(tensors)})


def from_safetensors(content: bytes, where: str) -> dict[str, NDArray[Any]]:
    """Return the tensors in the content of a safetensors file. It never allocates more than the file contains.

    Raises:
        ModelError: the content is not safetensors, or has a type that NumPy does not have.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return dict(load(content))
    except (SafetensorError, ValueError, TypeError, LookupError, AttributeError, OverflowError) as problem:
        raise ModelError(f"{where}: not readable as safetensors. It is damaged: copy the model again.") from problem


def checked_version(version: NDArray[Any] | None, newest: int, where: str, *, what: str) -> int:
    """Return the version of a file. Refuse a newer one, and a file without one.

    Args:
        version: the file's tensor of that name, (1,) int32, from 1; None if it has none.
        newest: the newest version that this onelook reads.
        where: the file's path.
        what: what the file should be, such as "the picture list".

    Raises:
        ModelError: there is no version, or a newer one.
    """
    if version is None or version.shape != (1,) or version.dtype != np.int32 or version[0] < 1:
        raise ModelError(f"{where}: it has no version. This is not {what} of a model: copy the model again.")
    if version[0] > newest:
        raise ModelError(
            f"{where}: written in version {version[0]}; this onelook reads up to version {newest}. "
            "Update it: pip install -U onelook"
        )
    return int(version[0])


def expected_weights(card: ModelCard) -> dict[str, tuple[int, ...]]:
    """Return the name and shape of every tensor of the card's architecture. It allocates no tensor.

    Raises:
        ModelError: the architecture does not work, or is too large for any machine.
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
    """Refuse tensors that do not fit the architecture.

    Raises:
        ModelError: names, shapes or types differ; the message lists the first few, found and expected.
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
