"""What watches a training run, with Keras' meanings and defaults."""

from __future__ import annotations

from typing import Literal

from onelook.settings.base import Settings, setting

Monitor = Literal["val_loss", "val_accuracy", "train_loss", "train_accuracy"]


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
