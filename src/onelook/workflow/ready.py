"""A network with all that trains it, ready for its first step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from onelook.runtime import choose_device, seed_everything
from onelook.settings import FittedPreprocess, NetworkSettings
from onelook.workflow.opening import OpenedData
from onelook.workflow.start import value_range

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from torch import nn

    from onelook.data.dataset import ImageSet
    from onelook.transforms.augment import Augment

_STATISTICS_BATCH = 1024  # pictures read at a time while the training set's mean and deviation are measured

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
class Ready:
    """A network before its first step."""

    network: nn.Module
    work: Work
    preprocess: FittedPreprocess  # what the work's is made of
    extra_weights: dict[str, NDArray[np.float32]]  # the preparation's, where it has some


def make_ready(opened: OpenedData, network_settings: NetworkSettings) -> Ready:
    """Measures the preparation on the training side alone, and builds the network; the seed decides its weights."""
    import torch

    from onelook.models.layers import build_network
    from onelook.models.whitening import measure_whitening
    from onelook.transforms.augment import Augment
    from onelook.transforms.preprocess import Preprocess
    from onelook.transforms.statistics import fit_preprocess

    settings, decode, start = opened.settings, opened.decode, opened.start
    split, values = opened.prepared.split, value_range(opened)
    if start is None:
        preprocess, extra_weights = fit_preprocess(settings.preprocess, split.train.batches(_STATISTICS_BATCH), values)
    else:
        preprocess, extra_weights = start.card.preprocess, start.preparation_weights
    seed_everything(settings.seed)
    classes = len(opened.dataset.class_names)
    network = build_network(network_settings, (decode.channels, decode.height, decode.width), classes)
    prepare = Preprocess(preprocess, extra_weights)
    if start is None:
        measure_whitening(network, lambda: prepare(_some_pictures(split.train)))
    else:
        network.load_state_dict({name: torch.tensor(array) for name, array in start.network_weights.items()})
    work = Work(
        train=split.train,
        val=split.val,
        preprocess=prepare,
        augment=Augment(settings.augment, values) if settings.augment.is_active else None,
        device=choose_device(settings.device),
    )
    return Ready(network, work, preprocess, extra_weights)


def _some_pictures(train: ImageSet) -> torch.Tensor:
    """Pictures spread over the training set, raw: (pictures, channels, height, width), float32."""
    import numpy as np
    import torch

    positions = np.unique(np.linspace(0, len(train) - 1, _WHITENING_PICTURES).astype(np.int64))
    return torch.from_numpy(train.take(positions).astype(np.float32)).permute(0, 3, 1, 2)
