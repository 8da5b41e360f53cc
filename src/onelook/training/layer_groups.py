"""The groups of a network's layers: in which epochs each is trained, and at what share of the learning rate."""

from __future__ import annotations

from collections.abc import Iterable

from torch import nn

from onelook.models.layers.build import layer_groups
from onelook.settings import OptimizerSettings
from onelook.settings.training_job import Tune
from onelook.training.optimizers.base import Optimizer
from onelook.training.optimizers.build import GroupedOptimizer, build_optimizer


class LayerGroups:
    """The layers of a network in groups: lower groups are trained at lower rates, or later than the groups above.

    With `tune = "gradual"` the first epoch trains the topmost group alone. The others follow one after the other, from
    the top down, until the second half of the epochs trains all of them (Howard & Ruder 2018, arXiv:1801.06146,
    "gradual unfreezing"). A frozen group behaves as in prediction: its batch-norms use and keep their moving
    statistics, and its dropout is off. Every other value of `tune` trains all groups from the first epoch, with
    batch-norms that normalise by the batch and update their statistics.

    Args:
        network: a module as `build_network` makes it; any other module is one group.
        tune: how the layers are trained.
        epochs: the number of epochs of the whole run.
    """

    def __init__(self, network: nn.Module, tune: Tune, epochs: int) -> None:
        self._groups = layer_groups(network)
        self._trainable = [[weight for weight in weights_of(group) if weight.requires_grad] for group in self._groups]
        self._is_gradual = tune == "gradual"
        self._epochs = epochs

    def begin_epoch(self, epoch: int) -> None:
        """Freeze and unfreeze the groups of a network in training mode, as this epoch, from 1, trains them."""
        if not self._is_gradual:
            return
        first = first_trained_group(epoch, self._epochs, len(self._groups))
        for number, (modules, weights) in enumerate(zip(self._groups, self._trainable, strict=True)):
            is_trained = number >= first
            for module in modules:
                module.train(is_trained)
            for weight in weights:
                weight.requires_grad_(is_trained)

    def build_optimizer(self, settings: OptimizerSettings) -> Optimizer:
        """Return one optimizer for all weights, or one for each group where groups differ in rate or in time."""
        if settings.layer_decay == 1 and not self._is_gradual:
            return build_optimizer(settings, [weight for weights in self._trainable for weight in weights])
        return GroupedOptimizer(self._trainable, settings)


def first_trained_group(epoch: int, epochs: int, groups: int) -> int:
    """Return the lowest group that is trained in an epoch, from 1: the topmost in the first, 0 in the second half.

    Example:
        >>> [first_trained_group(epoch, 8, 5) for epoch in range(1, 9)]
        [4, 3, 2, 1, 0, 0, 0, 0]
    """
    return max(0, groups - 1 - (epoch - 1) * 2 * (groups - 1) // max(1, epochs))


def weights_of(modules: Iterable[nn.Module]) -> list[nn.Parameter]:
    """Return the parameters of several modules, in order."""
    return [weight for module in modules for weight in module.parameters()]
