"""Build the optimizer that the settings name: for all weights, or for groups with their own rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn

from onelook.settings import OptimizerSettings
from onelook.training.optimizers.adaptive import AdaGrad, Adam, AdamW, MomentumRMSprop, RMSprop
from onelook.training.optimizers.base import UpdateRule, clip
from onelook.training.optimizers.muon import Muon
from onelook.training.optimizers.sgd import SGD, MomentumSGD

_STEPS = "steps"


def build_optimizer(settings: OptimizerSettings, parameters: Iterable[nn.Parameter]) -> UpdateRule:
    """Return the optimizer that `settings` name, for those parameters that require a gradient."""
    trainable = [parameter for parameter in parameters if parameter.requires_grad]
    rule: type[UpdateRule]
    match settings.name:
        case "sgd":
            rule = MomentumSGD if settings.momentum > 0 else SGD
        case "adagrad":
            rule = AdaGrad
        case "rmsprop":
            rule = MomentumRMSprop if settings.momentum > 0 or settings.rho == 0 else RMSprop
        case "adam":
            rule = Adam
        case "adamw":
            rule = AdamW
        case "muon":
            rule = Muon
    return rule(trainable, settings)


class GroupedOptimizer:
    """An optimizer for each group of weights, which are trained at their own rates, or from different epochs on.

    Each has its own share of the rate and its own count of steps. The topmost group has the full rate; each other
    group has `layer_decay` times the rate of the group above ("discriminative fine-tuning", Howard & Ruder 2018,
    arXiv:1801.06146). A group that is unfrozen late begins its running means as if the run began there.

    Args:
        groups: the weights of each group, the lowest group first.
        settings: the settings of every optimizer.

    Attributes:
        steps_done: how often `step` was called, whichever groups it moved.
    """

    def __init__(self, groups: Iterable[list[nn.Parameter]], settings: OptimizerSettings) -> None:
        weights = list(groups)
        self.steps_done = 0
        # Gradients are clipped by their length over all groups together, before any group is updated.
        own = settings.model_copy(update={"clip_norm": None, "layer_decay": 1.0})
        self._parts = [build_optimizer(own, group) for group in weights]
        self._shares = [settings.layer_decay ** (len(weights) - 1 - number) for number in range(len(weights))]
        self._clip_norm = settings.clip_norm

    @torch.no_grad()
    def step(self, learning_rate: float) -> None:
        """Move the weights of every group that has gradients."""
        self.steps_done += 1
        if self._clip_norm is not None:
            weights = (weight for part in self._parts for weight in part.parameters)
            clip([weight.grad for weight in weights if weight.grad is not None], self._clip_norm)
        for part, share in zip(self._parts, self._shares, strict=True):
            if any(weight.grad is not None for weight in part.parameters):
                part.step(learning_rate * share)

    def zero_grad(self) -> None:
        """Drop the gradients of all groups."""
        for part in self._parts:
            part.zero_grad()

    def tensors(self) -> dict[str, Tensor]:
        """Return the running values of all groups, and how many steps each has done."""
        return {
            f"{number}.{name}": tensor
            for number, part in enumerate(self._parts)
            for name, tensor in (part.tensors() | {_STEPS: torch.tensor(part.steps_done)}).items()
        }

    @torch.no_grad()
    def load(self, tensors: Mapping[str, Tensor], steps_done: int) -> None:
        """Restore the running values that `tensors` returned after `steps_done` steps.

        Raises:
            ModelError: the tensors belong to another optimizer or another network.
        """
        for number, part in enumerate(self._parts):
            prefix = f"{number}."
            own = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
            steps = own.pop(_STEPS, None)
            part.load(own, 0 if steps is None else int(steps))
        self.steps_done = steps_done
