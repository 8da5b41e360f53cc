"""A network with all that trains it, ready for its first step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from onelook.runtime import choose_device, seed_everything
from onelook.settings import FittedPreprocess, NetworkSettings, TrainSettings
from onelook.workflow.opening import OpenedData
from onelook.workflow.pretrained_request import backbone_of
from onelook.workflow.start import value_range

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from torch import nn

    from onelook.data.dataset import ImageSet
    from onelook.data.pictures.protocol import OnProgress
    from onelook.models.pretrained import Backbone
    from onelook.transforms.augment import Augment

    Weights = dict[str, NDArray[np.float32]]  # by the names of a state dict

STATISTICS_BATCH = 1024  # pictures read at a time while the training set's mean and deviation are measured

# Some millions of patches at 32×32, from which their directions come out the same to three digits.
_WHITENING_PICTURES = 2_000


@dataclass(frozen=True)
class Work:
    """What is trained on, with what, where: the arguments that `fit` and `Trainer` share."""

    train: ImageSet
    val: ImageSet
    preprocess: nn.Module
    augment: Augment | None
    device: torch.device


@dataclass(frozen=True)
class Sides:
    """The pictures that a network is to learn from and to be judged by as it learns."""

    train: ImageSet
    val: ImageSet
    value_range: tuple[float, float]  # the lowest and highest value that a picture may hold
    num_classes: int

    @property
    def planes(self) -> tuple[int, int, int]:
        """(channels, height, width) of a picture."""
        _, height, width, channels = self.train.images.shape
        return channels, height, width


@dataclass(frozen=True)
class Ready:
    """A network before its first step."""

    network: nn.Sequential
    work: Work
    preprocess: FittedPreprocess  # what the work's is made of
    extra_weights: dict[str, NDArray[np.float32]]  # the preparation's, where it has some
    # From what is trained to the whole network's weights: where features stand for pictures that is the head alone.
    whole_weights: Callable[[Weights], Weights] = dict
    words: str = ""  # on what was computed to get ready, where that takes time
    judging_seconds: float = 0.0  # for a picture, beyond what validating takes while training


def make_ready(opened: OpenedData, network_settings: NetworkSettings, on_progress: OnProgress | None = None) -> Ready:
    """Measures the preparation on the training side alone, and builds the network; the seed decides its weights.

    A pretrained network begins with its published weights and a last layer of zeros, and prepares pictures as these
    were trained with. Where its head alone is trained, on features, `on_progress` is told how many are computed.

    Raises:
        ConfigError: the pretrained weights are not there.
        ModelError: they are of another network, or damaged.
    """
    import torch

    settings, start, split = opened.settings, opened.start, opened.prepared.split
    sides = Sides(split.train, split.val, value_range(opened), len(opened.dataset.class_names))
    backbone = backbone_of(settings)
    if backbone is not None:
        ready = _drawn(network_settings, sides, settings, backbone.preprocess(sides.value_range, sides.planes[0]), {})
        _load_pretrained(ready.network, backbone, opened, network_settings)
    elif start is not None:
        ready = _drawn(network_settings, sides, settings, start.card.preprocess, start.preparation_weights)
        ready.network.load_state_dict({name: torch.tensor(array) for name, array in start.network_weights.items()})
    else:
        ready = make_fresh(network_settings, sides, settings)
    if settings.tune != "head":
        return ready
    from onelook.workflow.frozen import on_features

    return on_features(ready, opened, network_settings, on_progress)


def make_fresh(network_settings: NetworkSettings, sides: Sides, settings: TrainSettings) -> Ready:
    """A network that has learnt nothing yet; its preparation and whitening are measured on the training side alone."""
    from onelook.models.whitening import measure_whitening
    from onelook.transforms.statistics import fit_preprocess

    measured = fit_preprocess(settings.preprocess, sides.train.batches(STATISTICS_BATCH), sides.value_range)
    ready = _drawn(network_settings, sides, settings, *measured)
    measure_whitening(ready.network, lambda: ready.work.preprocess(_some_pictures(sides.train)))
    return ready


def _drawn(
    network_settings: NetworkSettings,
    sides: Sides,
    settings: TrainSettings,
    preprocess: FittedPreprocess,
    extra_weights: Weights,
) -> Ready:
    """The network with weights that the seed decides."""
    from onelook.models.layers import build_network
    from onelook.transforms.augment import Augment
    from onelook.transforms.preprocess import Preprocess

    seed_everything(settings.seed)
    work = Work(
        train=sides.train,
        val=sides.val,
        preprocess=Preprocess(preprocess, extra_weights),
        augment=Augment(settings.augment, sides.value_range) if settings.augment.is_active else None,
        device=choose_device(settings.device),
    )
    return Ready(build_network(network_settings, sides.planes, sides.num_classes), work, preprocess, extra_weights)


def _load_pretrained(
    network: nn.Sequential, backbone: Backbone, opened: OpenedData, network_settings: NetworkSettings
) -> None:
    """Puts the published weights into a network, and zeros into its last layer: it favours no class at first."""
    import torch

    from onelook.models.pretrained import feature_layers
    from onelook.models.pretrained_weights import find_weights, read_weights

    state = network.state_dict()
    below = feature_layers(network_settings)
    expected = {name: tuple(tensor.shape) for name, tensor in state.items() if int(name.partition(".")[0]) < below}
    found = read_weights(backbone, find_weights(backbone, opened.settings.weights), expected)
    head = {name: torch.zeros_like(tensor) for name, tensor in state.items() if name not in expected}
    network.load_state_dict(head | {name: torch.from_numpy(array) for name, array in found.items()})


def _some_pictures(train: ImageSet) -> torch.Tensor:
    """Pictures spread over the training set, raw: (pictures, channels, height, width), float32."""
    import numpy as np
    import torch

    positions = np.unique(np.linspace(0, len(train) - 1, _WHITENING_PICTURES).astype(np.int64))
    return torch.from_numpy(train.take(positions).astype(np.float32)).permute(0, 3, 1, 2)
