"""Compare a translated network with the original module on pictures, with weights other than zero and one."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from onelook.errors import ConfigError
from onelook.models.layers.build import build_network
from onelook.models.timm.module_layers import NotLayers
from onelook.settings.network import NetworkSettings

# Even and odd sides, square and wide, so that errors of padding and of windows at the edges appear.
_SIZES = ((96, 96), (75, 110))
_AGREEMENT = 1e-4  # a share of the features' standard deviation; both sides are computed in double precision


def check_translation(module: nn.Module, network: NetworkSettings, names: Mapping[str, str]) -> None:
    """Refuse a translation whose features differ from the module's. The module gets new random weights.

    Args:
        module: takes (batch, 3, height, width) and gives flat features.
        network: its translation, with a head of some dropout and one dense layer.
        names: our name of each weight -> the module's name of it.

    Raises:
        NotLayers: the features differ, or cannot be compared.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        _draw_vectors(module)
        module = module.double().eval()
        pictures = [torch.randn(2, 3, *size, dtype=torch.float64) for size in _SIZES]
    state = module.state_dict()
    for images in pictures:
        try:
            with torch.device("meta"):  # weights take no memory: they are replaced at once
                ours = build_network(network, (3, images.shape[2], images.shape[3]), 2, is_loaded=True)
            ours = ours.double().eval()
            own = {name: _in_shape(state[names[name]], tensor) for name, tensor in _features(ours).items()}
            ours.load_state_dict(own, strict=False, assign=True)
            with torch.no_grad():
                found, expected = ours[:-2](images), module(images)
        except (ConfigError, RuntimeError, KeyError) as problem:
            raise NotLayers(f"something that fails as layers ({problem})") from problem
        if found.shape != expected.shape or not _agree(found, expected):
            raise NotLayers("something that gives other numbers as layers")


def _features(network: nn.Sequential) -> dict[str, Tensor]:
    """Return the weights below the head, which is the last two layers."""
    below = len(network) - 2
    return {name: tensor for name, tensor in network.state_dict().items() if int(name.partition(".")[0]) < below}


def _in_shape(values: Tensor, like: Tensor) -> Tensor:
    """Return a dense layer's weights in the shape of a 1×1 convolution."""
    return values.reshape(like.shape) if values.numel() == like.numel() else values


def _draw_vectors(module: nn.Module) -> None:
    """Draw norms, biases and scales other than 0 and 1, so that a wrong name or position changes the features."""
    for name, values in module.state_dict().items():
        if values.ndim == 1:
            low, high = (-0.5, 0.5) if name.endswith(("bias", "running_mean")) else (0.5, 1.5)
            values.uniform_(low, high)


def _agree(found: Tensor, expected: Tensor) -> bool:
    spread = expected.std()
    are_distinct = bool(torch.isfinite(expected).all()) and bool((expected[0] - expected[1]).abs().max() > 0)
    return are_distinct and bool((found - expected).abs().max() <= _AGREEMENT * spread)
