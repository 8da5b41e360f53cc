"""Which layers of a network are trained, when, and at what share of the learning rate."""

from __future__ import annotations

from collections.abc import Iterable

from torch import nn

from onelook.models.layers.build import layer_groups
from onelook.settings import OptimizerSettings
from onelook.settings.train import Tune
from onelook.training.optimizers.base import Optimizer
from onelook.training.optimizers.build import GroupedOptimizer, build_optimizer


class LayerGroups:
    """The layers of a network that is trained in groups, lower ones at lower rates, or later than those above.

    With `tune = "gradual"` the first epoch trains the topmost group alone, and the others follow one after the other,
    the next below first, until in the second half of the epochs all are trained (Howard & Ruder 2018,
    arXiv:1801.06146, "gradual unfreezing"). What is not trained yet behaves as in prediction: its batch-norms use and
    keep their moving statistics, its dropout is off. Every other way trains all groups from the first epoch on, with
    batch-norms that normalise by the batch and move their statistics.

    Args:
        network: a module as `build_network` makes it, or any other, which is then one group.
        tune: how the layers are trained.
        epochs: of the whole run.
    """

    def __init__(self, network: nn.Module, tune: Tune, epochs: int) -> None:
        self._groups = layer_groups(network)
        self._trainable = [[weight for weight in weights_of(group) if weight.requires_grad] for group in self._groups]
        self._is_gradual = tune == "gradual"
        self._epochs = epochs

    def begin_epoch(self, epoch: int) -> None:
        """Sets a network that is in training mode to what this epoch, from 1, trains."""
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
        """What moves the weights: one rule for all, or one for each group where these differ in rate or in time."""
        if settings.layer_decay == 1 and not self._is_gradual:
            return build_optimizer(settings, [weight for weights in self._trainable for weight in weights])
        return GroupedOptimizer(self._trainable, settings)


def first_trained_group(epoch: int, epochs: int, groups: int) -> int:
    """The lowest group that is trained in an epoch, from 1: the topmost in the first, all in the second half.

    Example:
        >>> [first_trained_group(epoch, 8, 5) for epoch in range(1, 9)]
        [4, 3, 2, 1, 0, 0, 0, 0]
    """
    return max(0, groups - 1 - (epoch - 1) * 2 * (groups - 1) // max(1, epochs))


def weights_of(modules: Iterable[nn.Module]) -> list[nn.Parameter]:
    """The parameters of several modules, in order."""
    return [weight for module in modules for weight in module.parameters()]
