"""Whether a translated network does what the module did: on pictures, with numbers of which none is zero or one."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from onelook.errors import ConfigError
from onelook.models.layers.build import build_network
from onelook.models.timm.module_layers import NotLayers
from onelook.settings.network import NetworkSettings

# Even and odd sides, tall and wide, so that padding and windows at the edges show themselves.
_SIZES = ((96, 96), (75, 110))
_AGREEMENT = 1e-4  # of the features' own spread; the two are computed in double precision


def check_translation(module: nn.Module, network: NetworkSettings, names: Mapping[str, str]) -> None:
    """Returns quietly where the features of both are the same. The module's weights are drawn anew.

    Args:
        module: from (batch, 3, height, width) to flat features.
        network: its translation, with a head of some dropout and one dense layer.
        names: a weight of the network's -> the module's own name of it.

    Raises:
        NotLayers: they are not the same, or cannot be compared.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        _draw(module)
        module = module.double().eval()
        pictures = [torch.randn(2, 3, *size, dtype=torch.float64) for size in _SIZES]
    state = module.state_dict()
    for images in pictures:
        try:
            ours = build_network(network, (3, images.shape[2], images.shape[3]), 2).double().eval()
            own = {name: _in_shape(state[names[name]], tensor) for name, tensor in _features(ours).items()}
            ours.load_state_dict(own, strict=False)
            with torch.no_grad():
                found, expected = ours[:-2](images), module(images)
        except (ConfigError, RuntimeError, KeyError) as problem:
            raise NotLayers(f"something that goes wrong as layers ({problem})") from problem
        if found.shape != expected.shape or not _agree(found, expected):
            raise NotLayers("something whose numbers come out otherwise as layers")


def _features(network: nn.Sequential) -> dict[str, Tensor]:
    """The weights below the head: below the last two layers."""
    below = len(network) - 2
    return {name: tensor for name, tensor in network.state_dict().items() if int(name.partition(".")[0]) < below}


def _in_shape(values: Tensor, like: Tensor) -> Tensor:
    """A dense layer's weights as those of a convolution that looks at one pixel."""
    return values.reshape(like.shape) if values.numel() == like.numel() else values


def _draw(module: nn.Module) -> None:
    """Norms, biases and scales away from zeros and ones: a wrong name or place has to show."""
    for name, values in module.state_dict().items():
        if values.ndim == 1:
            low, high = (-0.5, 0.5) if name.endswith(("bias", "running_mean")) else (0.5, 1.5)
            values.uniform_(low, high)


def _agree(found: Tensor, expected: Tensor) -> bool:
    spread = expected.std()
    tells_apart = bool(torch.isfinite(expected).all()) and bool((expected[0] - expected[1]).abs().max() > 0)
    return tells_apart and bool((found - expected).abs().max() <= _AGREEMENT * spread)
