"""Build the optimizer that the settings name."""

from __future__ import annotations

from collections.abc import Iterable

from torch import nn

from onelook.settings import OptimizerSettings
from onelook.training.optimizers.adaptive import AdaGrad, Adam, AdamW, MomentumRMSprop, RMSprop
from onelook.training.optimizers.base import UpdateRule
from onelook.training.optimizers.muon import Muon
from onelook.training.optimizers.sgd import SGD, MomentumSGD


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
