"""How the weights are trained: optimizer, learning-rate schedule, loss, and what watches a run."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from onelook.settings.base import Settings, facts_of, setting
from onelook.settings.setting_facts import PartFacts
from onelook.wording import listed

Monitor = Literal["val_loss", "val_accuracy", "train_loss", "train_accuracy"]


def _read_under(*names: str) -> PartFacts:
    return PartFacts(read_under=names)


class _Named(Settings):
    """A section whose `name` decides which of its settings are read."""

    @model_validator(mode="after")
    def _nothing_is_ignored(self) -> Self:
        """Refuses what is set and not read. Before the name is known, nothing can be said."""
        fields = type(self).model_fields
        name = getattr(self, "name", None)
        for part, field in fields.items() if "name" in self.model_fields_set else ():
            readers = facts_of(field, PartFacts).read_under
            if readers and name not in readers and getattr(self, part) != field.default:
                raise ValueError(f"no {part}, which {name} does not read; {listed(readers)} would")
        return self


class OptimizerSettings(_Named):
    """The rule that moves the weights. Defaults are Keras'."""

    name: Literal["sgd", "adagrad", "rmsprop", "adam", "adamw", "muon"] = setting("adam", "The rule.")
    learning_rate: float = setting(1e-3, "Highest learning rate of the run.", gt=0)
    momentum: float = setting(
        0.0,
        "SGD, RMSprop and Muon: share of the last step kept.",
        _read_under("sgd", "rmsprop", "muon"),
        ge=0,
        lt=1,
    )
    nesterov: bool = setting(False, "SGD: look ahead (Nesterov 1983).", _read_under("sgd"))
    rho: float = setting(0.9, "RMSprop: share of the old mean square kept.", _read_under("rmsprop"), ge=0, lt=1)
    beta_1: float = setting(
        0.9, "Adam, AdamW (and Muon's): decay of the first moment.", _read_under("adam", "adamw", "muon"), ge=0, lt=1
    )
    beta_2: float = setting(
        0.999, "Adam, AdamW (and Muon's): decay of the second moment.", _read_under("adam", "adamw", "muon"), ge=0, lt=1
    )
    epsilon: float = setting(1e-7, "Added for numerical stability.", gt=0)
    other_rate: float = setting(
        0.02,
        "Muon: the rate of weights that are no kernels, which AdamW moves, as a share of the rate.",
        _read_under("muon"),
        gt=0,
    )
    weight_decay: float = setting(
        0.0,
        "SGD, AdamW, Muon: share of a weight removed at each step, times the rate.",
        _read_under("sgd", "adamw", "muon"),
        ge=0,
    )
    layer_decay: float = setting(
        1.0,
        "Rate of each group of layers (those that give pictures of one size), as a share of the next one's above.",
        gt=0,
        le=1,
    )
    clip_norm: float | None = setting(
        None, "Gradients longer than this, all weights together, are shortened to it (Pascanu et al. 2013).", gt=0
    )

    @model_validator(mode="after")
    def _nesterov_has_momentum(self) -> Self:
        if self.nesterov and self.momentum == 0:
            raise ValueError("a momentum above 0 with nesterov")
        return self


class ScheduleSettings(_Named):
    """How the learning rate goes over the run. Counted in steps, not epochs, so that it is smooth."""

    name: Literal["constant", "one_cycle", "cosine", "step"] = setting("constant", "The shape.")
    warmup_fraction: float = setting(
        0.2,
        "one_cycle, cosine: share of the run in which the rate rises.",
        _read_under("one_cycle", "cosine"),
        ge=0,
        lt=1,
    )
    final_fraction: float = setting(
        0.0,
        "one_cycle, cosine: the rate at the end, as a share of the highest.",
        _read_under("one_cycle", "cosine"),
        ge=0,
        le=1,
    )
    step_epochs: int = setting(10, "step: epochs between two drops.", _read_under("step"), ge=1)
    step_factor: float = setting(0.1, "step: what the rate is multiplied by.", _read_under("step"), gt=0, lt=1)


class LossSettings(Settings):
    """Cross-entropy and its two refinements."""

    label_smoothing: float = setting(
        0.0, "Share of the target spread over all classes (Szegedy et al. 2015).", ge=0, lt=1
    )
    class_weights: Literal["none", "balanced"] = setting(
        "none", "balanced: rare classes count more, by rows / (classes * rows of the class)."
    )


class EarlyStoppingSettings(Settings):
    """Ends the run when the monitored value has stopped improving."""

    monitor: Monitor = setting("val_loss", "What is watched.")
    patience: int = setting(0, "Epochs without improvement before the run ends.", ge=0)
    min_delta: float = setting(0.0, "Smallest change that counts as improvement.", ge=0)
    restore_best: bool = setting(True, "End with the weights of the best epoch by the monitored value.")
    start_from_epoch: int = setting(0, "Epochs to wait before watching.", ge=0)


class ReduceOnPlateauSettings(Settings):
    """Lowers the learning rate when the monitored value has stopped improving."""

    monitor: Monitor = setting("val_loss", "What is watched.")
    factor: float = setting(0.1, "What the rate is multiplied by.", gt=0, lt=1)
    patience: int = setting(10, "Epochs without improvement before the rate is lowered.", ge=0)
    min_delta: float = setting(1e-4, "Smallest change that counts as improvement.", ge=0)
    cooldown: int = setting(0, "Epochs to wait after lowering before watching again.", ge=0)
    min_learning_rate: float = setting(0.0, "The rate never goes below.", ge=0)
