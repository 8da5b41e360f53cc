"""Check weights from a model's file against the network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.errors import ModelError
from onelook.models.describe import Shape
from onelook.wording import named

PREPROCESS_PREFIX = "preprocess."

_SHOWN_NAMES = 3


def network_weights(weights: Mapping[str, NDArray[Any]], expected: dict[str, Shape]) -> dict[str, NDArray[np.float32]]:
    """Return the network's own weights, without those of the preparation.

    Args:
        weights: a state dict as arrays, by the names of `build_network`'s module; those that begin with
            `preprocess.` belong to the preparation and are left out.
        expected: name to shape, from `weight_shapes`.

    Raises:
        ModelError: a weight is missing, of another shape, or not part of the network.
    """
    own = {name: array for name, array in weights.items() if not name.startswith(PREPROCESS_PREFIX)}
    if missing := [name for name in expected if name not in own]:
        raise ModelError(
            f"the weights lack {named(missing, most=_SHOWN_NAMES)} of this network. They belong to another one, or "
            "are incomplete."
        )
    if unknown := [name for name in own if name not in expected]:
        raise ModelError(
            f"the weights hold {named(unknown, most=_SHOWN_NAMES)}, not part of this network. They belong to "
            "another one."
        )
    for name, shape in expected.items():
        if own[name].shape != shape:
            raise ModelError(
                f"weight '{name}' has shape {own[name].shape}, this network needs {shape}. "
                "The weights belong to a network for other pictures or classes."
            )
    return {name: np.ascontiguousarray(own[name], np.float32) for name in expected}
