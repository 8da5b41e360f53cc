"""The third stage of a run: the network with its weights and preparation, ready for its first step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from onelook.planning.pretrained_request import backbone_of
from onelook.runs.begin import BegunRun
from onelook.runs.fitting.head_on_features import on_features
from onelook.runs.stages import STATISTICS_BATCH, ReadyNetwork, TrainingData
from onelook.runtime import choose_device, seed_everything
from onelook.settings import FittedPreprocess, TrainSettings

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from torch import nn

    from onelook.data.dataset import ImageSet
    from onelook.data.pictures.protocol import OnProgress
    from onelook.models.pretrained.backbone import Backbone
    from onelook.settings import NetworkSettings

    Weights = dict[str, NDArray[np.float32]]  # by the names of a state dict

# Some millions of patches at 32×32. Their principal directions then agree to three digits.
_WHITENING_PICTURES = 2_000


def build_ready_network(
    begun: BegunRun, on_progress: OnProgress | None = None, *, feature_seconds: float | None = None
) -> ReadyNetwork:
    """Build the network, and measure its preparation on the training side alone; the seed decides the weights.

    A pretrained network begins with its published weights and a last layer of zeros, and prepares pictures as these
    weights require. If only its head is trained, on features, `on_progress` is called with the number of features
    computed so far.

    Raises:
        ConfigError: the pretrained weights are not there.
        ModelError: they are of another network, or damaged.
    """
    import torch

    settings, start, data, network = begun.settings, begun.plan.start, begun.data, begun.own_network
    backbone = backbone_of(settings)
    if backbone is not None:
        preprocess = backbone.preprocess(data.value_range, data.planes[0])
        ready = _built(network, data, settings, preprocess, {}, is_loaded=True)
        _load_pretrained(ready.network, backbone, settings, network)
    elif start is not None:
        ready = _built(network, data, settings, start.card.preprocess, start.preparation_weights, is_loaded=True)
        ready.network.load_state_dict({name: torch.tensor(array) for name, array in start.network_weights.items()})
    else:
        ready = _fresh(network, data, settings)
    return on_features(ready, begun, on_progress, seconds=feature_seconds) if settings.tune == "head" else ready


def _fresh(network: NetworkSettings, data: TrainingData, settings: TrainSettings) -> ReadyNetwork:
    """Build a network with fresh weights; its preparation and whitening are measured on the training side only."""
    from onelook.models.layers.whitening import measure_whitening
    from onelook.transforms.preprocess.fit import fit_preprocess

    measured = fit_preprocess(settings.preprocess, data.train.batches(STATISTICS_BATCH), data.value_range)
    ready = _built(network, data, settings, *measured)
    measure_whitening(ready.network, lambda: ready.inputs.preprocess(_some_pictures(data.train)))
    return ready


def _built(
    network: NetworkSettings,
    data: TrainingData,
    settings: TrainSettings,
    preprocess: FittedPreprocess,
    extra_weights: Weights,
    *,
    is_loaded: bool = False,
) -> ReadyNetwork:
    """Build the network with weights that the seed decides, or without any if all of them are loaded next."""
    from onelook.models.layers.build import build_network
    from onelook.training.inputs.training_inputs import TrainingInputs
    from onelook.transforms.augment.augment import Augment
    from onelook.transforms.preprocess.in_torch import Preprocess

    seed_everything(settings.seed)
    inputs = TrainingInputs(
        train=data.train,
        val=data.val,
        preprocess=Preprocess(preprocess, extra_weights),
        augment=Augment(settings.augment, data.value_range) if settings.augment.is_active else None,
        device=choose_device(settings.device),
    )
    module = build_network(network, data.planes, data.num_classes, is_loaded=is_loaded)
    return ReadyNetwork(module, inputs, preprocess, extra_weights)


def _load_pretrained(
    network: nn.Sequential, backbone: Backbone, settings: TrainSettings, network_settings: NetworkSettings
) -> None:
    """Load the published weights into a network, and set its last layer to zero: it favours no class at first."""
    import torch

    from onelook.models.pretrained.backbone import feature_layers
    from onelook.models.pretrained.weights import find_weights, read_weights

    state = network.state_dict()
    below = feature_layers(network_settings)
    expected = {name: tuple(tensor.shape) for name, tensor in state.items() if int(name.partition(".")[0]) < below}
    found = read_weights(backbone, find_weights(backbone, settings.weights), expected)
    head = {name: torch.zeros_like(tensor) for name, tensor in state.items() if name not in expected}
    network.load_state_dict(head | {name: torch.from_numpy(array) for name, array in found.items()})


def _some_pictures(train: ImageSet) -> torch.Tensor:
    """Return pictures spread over the training set, raw: (pictures, channels, height, width), float32."""
    import numpy as np
    import torch

    positions = np.unique(np.linspace(0, len(train) - 1, _WHITENING_PICTURES).astype(np.int64))
    return torch.from_numpy(train.take(positions).astype(np.float32)).permute(0, 3, 1, 2)
