"""Optimizer, learning-rate schedule and loss."""

from __future__ import annotations

from typing import Literal

from onelook.settings.base import Settings, setting


class OptimizerSettings(Settings):
    """The rule that moves the weights. Defaults are Keras'."""

    name: Literal["sgd", "adagrad", "rmsprop", "adam", "adamw"] = setting("adam", "The rule.")
    learning_rate: float = setting(1e-3, "Highest learning rate of the run.", gt=0)
    momentum: float = setting(0.0, "SGD and RMSprop: share of the last step kept.", ge=0, lt=1)
    nesterov: bool = setting(False, "SGD: look ahead (Nesterov 1983).")
    rho: float = setting(0.9, "RMSprop: share of the old mean square kept.", ge=0, lt=1)
    beta_1: float = setting(0.9, "Adam, AdamW: decay of the first moment.", ge=0, lt=1)
    beta_2: float = setting(0.999, "Adam, AdamW: decay of the second moment.", ge=0, lt=1)
    epsilon: float = setting(1e-7, "Added for numerical stability.", gt=0)
    weight_decay: float = setting(0.0, "SGD and AdamW: share of a weight removed at each step, times the rate.", ge=0)


class ScheduleSettings(Settings):
    """How the learning rate goes over the run. Counted in steps, not epochs, so that it is smooth."""

    name: Literal["constant", "one_cycle", "cosine", "step"] = setting("constant", "The shape.")
    warmup_fraction: float = setting(0.2, "one_cycle, cosine: share of the run in which the rate rises.", ge=0, lt=1)
    final_fraction: float = setting(
        0.0, "one_cycle, cosine: the rate at the end, as a share of the highest.", ge=0, le=1
    )
    step_epochs: int = setting(10, "step: epochs between two drops.", ge=1)
    step_factor: float = setting(0.1, "step: what the rate is multiplied by.", gt=0, lt=1)


class LossSettings(Settings):
    """Cross-entropy and its two refinements."""

    label_smoothing: float = setting(
        0.0, "Share of the target spread over all classes (Szegedy et al. 2015).", ge=0, lt=1
    )
    class_weights: Literal["none", "balanced"] = setting(
        "none", "balanced: rare classes count more, by rows / (classes * rows of the class)."
    )
