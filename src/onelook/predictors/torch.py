"""Predict with PyTorch, on any of its devices."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from onelook.data.pictures.protocol import Images
from onelook.models.layers.build import build_network
from onelook.models.shapes import head_of, plan_network, weight_shapes
from onelook.predictors.network_weights import PREPROCESS_PREFIX, network_weights
from onelook.predictors.predictor import (
    OnFeatures,
    Probabilities,
    check_images,
    network_batch_size,
    predict_in_batches,
)
from onelook.settings.network import NetworkSettings
from onelook.settings.pictures import ONE_VIEW, FittedPreprocess, ViewSettings
from onelook.transforms.preprocess.in_torch import Preprocess
from onelook.transforms.views import View, views_of


class TorchPredictor:
    """A predictor that runs views, preparation, network, the views' mean and softmax as one torch module.

    Args:
        network: the layers.
        fitted: the fixed preparation.
        weights: the state dict of `build_network`'s module as arrays, and `preprocess.zca_matrix` where
            whitening is on.
        input_shape: (height, width, channels) of a picture.
        num_classes: number of probabilities.
        views: the views of each picture that the network gets; by default the picture alone.
        temperature: divides the logits before softmax.
        device: the device to run on.
        exact: whether to compute in float64, so that a picture's probabilities do not depend on the rest of its
            batch, to 1e-12. It takes twice as long.

    Raises:
        ConfigError: the network does not fit the pictures.
        ModelError: the weights are not those of this network.
    """

    name = "torch"

    def __init__(
        self,
        network: NetworkSettings,
        fitted: FittedPreprocess,
        weights: Mapping[str, NDArray[Any]],
        input_shape: tuple[int, int, int],
        num_classes: int,
        *,
        views: ViewSettings = ONE_VIEW,
        temperature: float = 1.0,
        device: torch.device | str = "cpu",
        exact: bool = False,
    ) -> None:
        height, width, channels = input_shape
        planes = (channels, height, width)
        layers = plan_network(network, planes, num_classes)
        own_weights = network_weights(weights, weight_shapes(layers))
        module = build_network(network, planes, num_classes, is_loaded=True)
        head = head_of(layers)
        self._head = None if head is None else module[head]
        # Copied, because an array of a memory-mapped file must not be written to.
        module.load_state_dict({name: torch.tensor(array) for name, array in own_weights.items()})
        extra_weights = {name: array for name, array in weights.items() if name.startswith(PREPROCESS_PREFIX)}
        self.input_shape = input_shape
        self.num_classes = num_classes
        self.device = torch.device(device)
        self._batch_size = network_batch_size(views.count, height, width)
        plan = views_of(views, height, width)
        prepare = Preprocess(fitted, extra_weights)
        as_float64 = (_ToFloat64(),) if exact else ()
        self._dtype = np.dtype(np.float64 if exact else np.float32)
        module = module.double() if exact else module
        softmax = (_Tempered(temperature), nn.Softmax(dim=1))
        self._model = nn.Sequential(_Views(plan), prepare, *as_float64, module, _MeanOfViews(plan), *softmax)
        self._model.to(self.device).eval()

    @property
    def module(self) -> nn.Module:
        """The module from raw pictures, (batch, channels, height, width), to probabilities, in inference mode."""
        return self._model

    def probabilities(self, images: Images, on_features: OnFeatures | None = None) -> Probabilities:
        """Return one row for every picture, in order; see `Predictor.probabilities`.

        Raises:
            DataError: the pictures are of another size than the model's.
        """
        check_images(images, self.input_shape)
        # TF32 would round CUDA's convolutions to ten bits: more than the 1e-4 that engines may differ by.
        exact = torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False)
        with torch.inference_mode(), exact:
            predict = partial(self._predict, on_features)
            return predict_in_batches(images, predict, self.num_classes, self._batch_size, dtype=self._dtype)

    def _predict(self, on_features: OnFeatures | None, batch: Images) -> Probabilities:
        planes = torch.from_numpy(np.ascontiguousarray(batch.transpose(0, 3, 1, 2))).to(self.device)
        if on_features is None or self._head is None:
            return self._probabilities(planes)
        found: list[Tensor] = []
        seen = self._head.register_forward_pre_hook(lambda _module, values: found.append(values[0]))
        try:
            probabilities = self._probabilities(planes)
        finally:
            seen.remove()
        # Where there are several views, the first is the picture itself.
        on_features(found[0][: len(batch)].float().cpu().numpy())
        return probabilities

    def _probabilities(self, planes: Tensor) -> Probabilities:
        probabilities: Probabilities = self._model(planes).cpu().numpy()
        return probabilities


class FromChannelsLast(nn.Module):
    """A module that takes decoded pictures with the channels last, (batch, height, width, channels)."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, images: Tensor) -> Tensor:
        result: Tensor = self.module(images.permute(0, 3, 1, 2).contiguous())
        return result


class _ToFloat64(nn.Module):
    """Prepared pictures in float64, in which the order of a sum does not matter."""

    def forward(self, images: Tensor) -> Tensor:
        return images.double()


class _Tempered(nn.Module):
    """Logits divided by a temperature."""

    def __init__(self, temperature: float) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(self, logits: Tensor) -> Tensor:
        return logits if self.temperature == 1.0 else logits / self.temperature


class _Views(nn.Module):
    """The views of pictures: (batch, channels, height, width) of any dtype to (views x batch, …), view after view."""

    def __init__(self, views: tuple[View, ...]) -> None:
        super().__init__()
        self.count = len(views)
        for number, view in enumerate(views):
            self.register_buffer(f"rows_{number}", torch.from_numpy(view.rows), persistent=False)
            self.register_buffer(f"columns_{number}", torch.from_numpy(view.columns), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        if self.count == 1:
            return images
        seen = [
            images.index_select(2, self.get_buffer(f"rows_{number}")).index_select(
                3, self.get_buffer(f"columns_{number}")
            )
            for number in range(self.count)
        ]
        return torch.cat(seen)


class _MeanOfViews(nn.Module):
    """The weighted mean of the views' logits: (views x batch, classes) to (batch, classes)."""

    weights: Tensor

    def __init__(self, views: tuple[View, ...]) -> None:
        super().__init__()
        weights = torch.tensor([view.weight for view in views])[:, None, None]
        self.register_buffer("weights", weights, persistent=False)

    def forward(self, logits: Tensor) -> Tensor:
        if len(self.weights) == 1:
            return logits
        by_view = logits.reshape(len(self.weights), -1, logits.shape[1])
        return (by_view * self.weights).sum(dim=0)
