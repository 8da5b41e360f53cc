"""A trained network as a torch module that can be opened: for gradients, and for what its layers give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from onelook.data.pictures.protocol import Images
from onelook.models.layers.build import Network, build_network
from onelook.models.shapes import PlannedLayer, plan_network, weight_shapes
from onelook.predictors.network_weights import PREPROCESS_PREFIX, network_weights
from onelook.settings.network import NetworkSettings
from onelook.settings.pictures import FittedPreprocess
from onelook.transforms.preprocess.in_torch import Preprocess


class NetworkModule:
    """A network with its weights and its preparation, in inference mode; its weights need no gradients.

    Args:
        network, fitted, weights, input_shape, num_classes: as for `TorchPredictor`.

    Attributes:
        plan: the layers with their shapes.
        network: the module, from prepared pictures to logits.

    Raises:
        ConfigError: the network does not fit the pictures.
        ModelError: the weights are not those of this network.
    """

    def __init__(
        self,
        network: NetworkSettings,
        fitted: FittedPreprocess,
        weights: Mapping[str, NDArray[Any]],
        input_shape: tuple[int, int, int],
        num_classes: int,
    ) -> None:
        height, width, channels = input_shape
        planes = (channels, height, width)
        self.plan: tuple[PlannedLayer, ...] = plan_network(network, planes, num_classes)
        own_weights = network_weights(weights, weight_shapes(self.plan))
        self.network: Network = build_network(network, planes, num_classes, is_loaded=True)
        # Copied, because an array of a memory-mapped file must not be written to.
        self.network.load_state_dict({name: torch.tensor(array) for name, array in own_weights.items()})
        self.network.eval().requires_grad_(False)
        extra = {name: array for name, array in weights.items() if name.startswith(PREPROCESS_PREFIX)}
        self._preprocess = Preprocess(fitted, extra).eval()

    def prepare(self, images: Images) -> Tensor:
        """Return pictures, (batch, height, width, channels), prepared as (batch, channels, height, width), float32."""
        prepared: Tensor = self._preprocess(torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2))))
        return prepared
