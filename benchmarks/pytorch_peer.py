"""The same network in plain PyTorch, and the loop that one writes by hand: torch's own layers and optimizers."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator

import numpy as np
import torch
from torch import nn

from onelook.settings.network import Activation, BatchNorm, Conv, Dense, Dropout, Flatten, Layer, NetworkSettings, Pool
from onelook.settings.optimization import OptimizerSettings


def build_pytorch(network: NetworkSettings, input_shape: tuple[int, int, int], num_classes: int) -> nn.Sequential:
    """`nn.Sequential` from pictures (batch, channels, height, width) to logits, for `input_shape` without the batch."""
    first_flat = next(position for position, layer in enumerate(network.layers) if isinstance(layer, Flatten))
    modules = [
        module
        for position, layer in enumerate(network.layers)
        for module in _modules(layer, num_classes, is_flat=position > first_flat)
    ]
    built = nn.Sequential(*modules)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Lazy modules are a new feature")
        built.eval()(torch.zeros(1, *input_shape))  # torch's lazy layers learn their inputs
    return built.train()


def build_pytorch_optimizer(settings: OptimizerSettings, module: nn.Module) -> torch.optim.Optimizer:
    """torch's optimizer of that name, with torch's own choice of how it goes over the weights."""
    if settings.name == "rmsprop":
        return torch.optim.RMSprop(
            module.parameters(), settings.learning_rate, alpha=settings.rho, eps=settings.epsilon
        )
    if settings.name == "adam":
        return torch.optim.Adam(module.parameters(), settings.learning_rate, eps=settings.epsilon)
    raise ValueError(f"no recipe of the tutorials uses {settings.name}")


def train_epochs(
    module: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: np.ndarray,
    labels: np.ndarray,
    *,
    batch: int,
    bfloat16: bool = False,
) -> Iterator[float]:
    """Trains on shuffled batches for as long as it is asked; each `next` is an epoch and gives its seconds.

    Args:
        module: from pictures to logits.
        optimizer: of its weights.
        images: (rows, height, width, channels), uint8.
        labels: (rows,), int64.
        batch: pictures in a step.
        bfloat16: whether forward passes and losses are under torch's autocast.
    """
    pictures, targets = torch.from_numpy(images).permute(0, 3, 1, 2), torch.from_numpy(labels)
    loss_of = nn.CrossEntropyLoss()
    while True:
        start = time.perf_counter()
        for rows in torch.randperm(len(targets)).split(batch):
            with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
                loss = loss_of(module(pictures[rows].float() / 255), targets[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        yield time.perf_counter() - start


def _modules(layer: Layer, num_classes: int, *, is_flat: bool) -> list[nn.Module]:
    match layer:
        case Conv():
            conv = nn.LazyConv2d(layer.filters, layer.kernel, layer.stride, padding=layer.padding)
            return [conv, *_activation(layer.activation)]
        case BatchNorm():
            norm = nn.LazyBatchNorm1d if is_flat else nn.LazyBatchNorm2d
            return [norm(layer.epsilon, 1 - layer.momentum)]
        case Pool(type="max_pool", padding="valid"):
            return [nn.MaxPool2d(layer.size, layer.stride)]
        case Dropout():
            return [nn.Dropout(layer.rate)]
        case Flatten():
            return [nn.Flatten()]
        case Dense():
            dense = nn.LazyLinear(num_classes if layer.units == "classes" else layer.units)
            return [dense, *_activation(layer.activation)]
    raise ValueError(f"no network of the tutorials has a layer {layer.type}")


def _activation(name: Activation) -> list[nn.Module]:
    return {"linear": [], "relu": [nn.ReLU()]}[name]
