"""How the weights are trained: optimizer, learning-rate schedule, loss, early stopping, reducing the rate."""

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
        """Refuse a setting that the named optimizer or schedule does not read. Without a name, nothing is refused."""
        fields = type(self).model_fields
        name = getattr(self, "name", None)
        for part, field in fields.items() if "name" in self.model_fields_set else ():
            readers = facts_of(field, PartFacts).read_under
            if readers and name not in readers and getattr(self, part) != field.default:
                raise ValueError(f"no {part}, which {name} does not read; {listed(readers)} would")
        return self


class OptimizerSettings(_Named):
    """The rule that changes the weights. Defaults are Keras'."""

    name: Literal["sgd", "adagrad", "rmsprop", "adam", "adamw", "muon"] = setting("adam", "The rule.")
    learning_rate: float = setting(
        1e-3,
        "The highest learning rate of the run.",
        PartFacts(
            flag="--learning-rate",
            other_flag="--lr",
            metavar="RATE",
            shown_default="picked with the optimizer",
            also_called=("lr", "lr0", "initial_lr", "max_lr", "base_lr", "learningrate", "eta"),
        ),
        gt=0,
    )
    momentum: float = setting(
        0.0,
        "SGD, RMSprop, Muon: share of the last step that is added to the next.",
        _read_under("sgd", "rmsprop", "muon"),
        ge=0,
        lt=1,
    )
    nesterov: bool = setting(False, "SGD: use Nesterov momentum (Nesterov 1983).", _read_under("sgd"))
    rho: float = setting(0.9, "RMSprop: decay of the mean square.", _read_under("rmsprop"), ge=0, lt=1)
    beta_1: float = setting(
        0.9,
        "Adam, AdamW (also inside Muon): decay of the first moment.",
        _read_under("adam", "adamw", "muon"),
        ge=0,
        lt=1,
    )
    beta_2: float = setting(
        0.999,
        "Adam, AdamW (also inside Muon): decay of the second moment.",
        _read_under("adam", "adamw", "muon"),
        ge=0,
        lt=1,
    )
    epsilon: float = setting(1e-7, "Added for numerical stability.", gt=0)
    other_rate: float = setting(
        0.02,
        "Muon: learning rate of the weights that are not kernels, which AdamW trains, as a share of learning_rate.",
        _read_under("muon"),
        gt=0,
    )
    weight_decay: float = setting(
        0.0,
        "SGD, AdamW, Muon: share of each weight that a step removes, multiplied by the learning rate.",
        PartFacts(read_under=("sgd", "adamw", "muon"), also_called=("wd", "decay", "l2")),
        ge=0,
    )
    layer_decay: float = setting(
        1.0,
        "Learning rate of each group of layers, as a share of the next later group's. Layers whose outputs have the "
        "same size are one group.",
        gt=0,
        le=1,
    )
    clip_norm: float | None = setting(
        None, "Largest norm of the gradient of all weights; a longer one is shortened (Pascanu et al. 2013).", gt=0
    )

    @model_validator(mode="after")
    def _nesterov_has_momentum(self) -> Self:
        if self.nesterov and self.momentum == 0:
            raise ValueError("a momentum above 0 with nesterov")
        return self


class ScheduleSettings(_Named):
    """How the learning rate changes over the run. It changes at every step, not every epoch, so that it is smooth."""

    name: Literal["constant", "one_cycle", "cosine", "step"] = setting("constant", "The shape of the schedule.")
    warmup_fraction: float = setting(
        0.2,
        "one_cycle, cosine: share of the run in which the rate rises.",
        _read_under("one_cycle", "cosine"),
        ge=0,
        lt=1,
    )
    final_fraction: float = setting(
        0.0,
        "one_cycle, cosine: the rate at the end of the run, as a share of the highest.",
        _read_under("one_cycle", "cosine"),
        ge=0,
        le=1,
    )
    step_epochs: int = setting(10, "step: epochs between two drops.", _read_under("step"), ge=1)
    step_factor: float = setting(
        0.1, "step: the factor by which a drop multiplies the rate.", _read_under("step"), gt=0, lt=1
    )


class LossSettings(Settings):
    """Cross-entropy, with two options."""

    label_smoothing: float = setting(
        0.0, "Share of each target that is spread evenly over all classes (Szegedy et al. 2015).", ge=0, lt=1
    )
    class_weights: Literal["none", "balanced"] = setting(
        "none", "balanced: a picture's loss is weighted by rows / (classes * rows of its class)."
    )


class EarlyStoppingSettings(Settings):
    """Stop the run when the monitored value no longer improves. Names and defaults are Keras'."""

    monitor: Monitor = setting("val_loss", "The monitored value.")
    patience: int = setting(
        0,
        "Epochs without improvement before the run stops.",
        PartFacts(flag="--patience", metavar="N", shown_default="no early stopping"),
        ge=0,
    )
    min_delta: float = setting(0.0, "Smallest change that counts as improvement.", ge=0)
    restore_best: bool = setting(True, "Keep the weights of the epoch with the best monitored value.")
    start_from_epoch: int = setting(0, "Epochs before monitoring starts.", ge=0)


class ReduceOnPlateauSettings(Settings):
    """Lower the learning rate when the monitored value no longer improves. Names and defaults are Keras'."""

    monitor: Monitor = setting("val_loss", "The monitored value.")
    factor: float = setting(0.1, "The factor by which the rate is multiplied.", gt=0, lt=1)
    patience: int = setting(10, "Epochs without improvement before the rate is lowered.", ge=0)
    min_delta: float = setting(1e-4, "Smallest change that counts as improvement.", ge=0)
    cooldown: int = setting(0, "Epochs after each lowering in which nothing is monitored.", ge=0)
    min_learning_rate: float = setting(0.0, "The lowest learning rate.", ge=0)
