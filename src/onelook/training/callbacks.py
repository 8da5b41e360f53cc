"""What watches a run and acts after each epoch, with Keras' meanings.

A callback is anything with the three methods of `Callback`. It sees the epoch's record, acts through the
`RunControl`, and keeps everything that it must remember in a `state` of plain JSON values, so that a resumed run
goes on as if it had never stopped. Values are compared as float32, as Keras does: a tie stays a tie however the
last digits of a mean were rounded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from onelook.settings import EarlyStoppingSettings, ReduceOnPlateauSettings
from onelook.settings.optimization import Monitor
from onelook.training.result import EpochRecord
from onelook.wording import counted


@dataclass
class RunControl:
    """What a callback can change."""

    learning_rate: float  # the highest rate of the schedule
    stop_reason: str | None = None  # a sentence; the run ends after this epoch
    notes: list[str] = field(default_factory=list)  # what happened in this epoch, each a plain sentence

    def take_notes(self) -> list[str]:
        """What happened since the last call, why the run stops included; the notes are empty afterwards."""
        taken = self.notes + ([self.stop_reason] if self.stop_reason else [])
        self.notes = []
        return taken


class Callback(Protocol):
    """Looks at every finished epoch."""

    def after_epoch(self, record: EpochRecord, control: RunControl) -> None:
        """Acts on what the epoch brought."""
        ...

    def state(self) -> dict[str, Any]:
        """All that must be remembered, as JSON values."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a `state`."""
        ...


class BestEpoch:
    """Knows which epoch is the best so far: the first with the best monitored value.

    Args:
        monitor: the value; losses are better when lower, accuracies when higher.
    """

    def __init__(self, monitor: Monitor) -> None:
        self.monitor = monitor
        self.best: float | None = None
        self.best_epoch: int | None = None

    def after_epoch(self, record: EpochRecord, control: RunControl) -> None:
        value = record.value(self.monitor)
        if is_improvement(self.monitor, value, self.best):
            self.best, self.best_epoch = value, record.epoch

    def state(self) -> dict[str, Any]:
        return {"best": self.best, "best_epoch": self.best_epoch}

    def restore(self, state: dict[str, Any]) -> None:
        self.best, self.best_epoch = state["best"], state["best_epoch"]


class EarlyStopping:
    """Ends the run when the monitored value has not improved for `patience` epochs, as Keras' callback does.

    Attributes:
        best_epoch: the epoch whose weights Keras would restore; None before `start_from_epoch`.
    """

    def __init__(self, settings: EarlyStoppingSettings) -> None:
        self.settings = settings
        self.best: float | None = None
        self.best_epoch: int | None = None
        self.wait = 0

    def after_epoch(self, record: EpochRecord, control: RunControl) -> None:
        settings = self.settings
        if record.epoch <= settings.start_from_epoch:
            return
        value = record.value(settings.monitor)
        self.wait += 1
        if is_improvement(settings.monitor, value, self.best, settings.min_delta):
            self.best, self.best_epoch, self.wait = value, record.epoch, 0
        elif self.wait >= settings.patience:
            control.stop_reason = (
                f"stopped after epoch {record.epoch}: {settings.monitor} has not been better than in epoch "
                f"{self.best_epoch} ({self.best:.4f})."
            )

    def state(self) -> dict[str, Any]:
        return {"best": self.best, "best_epoch": self.best_epoch, "wait": self.wait}

    def restore(self, state: dict[str, Any]) -> None:
        self.best, self.best_epoch, self.wait = state["best"], state["best_epoch"], state["wait"]


class ReduceLROnPlateau:
    """Lowers the rate when the monitored value has not improved for `patience` epochs, as Keras' callback does.

    It lowers the height of the schedule: the rate of a step is this times the schedule's factor, and the floor
    holds for the height.
    """

    def __init__(self, settings: ReduceOnPlateauSettings) -> None:
        self.settings = settings
        self.best: float | None = None
        self.wait = 0
        self.cooldown = 0  # epochs left before watching again

    def after_epoch(self, record: EpochRecord, control: RunControl) -> None:
        settings = self.settings
        value = record.value(settings.monitor)
        if self.cooldown > 0:
            self.cooldown -= 1
            self.wait = 0
        if is_improvement(settings.monitor, value, self.best, settings.min_delta):
            self.best, self.wait = value, 0
        elif self.cooldown == 0:
            self.wait += 1
            if self.wait >= settings.patience and control.learning_rate > settings.min_learning_rate:
                self._lower(control)

    def _lower(self, control: RunControl) -> None:
        settings = self.settings
        control.learning_rate = max(control.learning_rate * settings.factor, settings.min_learning_rate)
        control.notes.append(
            f"learning rate lowered to {control.learning_rate:.3g}: {settings.monitor} was not better than "
            f"{self.best:.4f} for {counted(self.wait, 'epoch')}."
        )
        self.wait, self.cooldown = 0, settings.cooldown

    def state(self) -> dict[str, Any]:
        return {"best": self.best, "wait": self.wait, "cooldown": self.cooldown}

    def restore(self, state: dict[str, Any]) -> None:
        self.best, self.wait, self.cooldown = state["best"], state["wait"], state["cooldown"]


def is_improvement(monitor: Monitor, value: float, best: float | None, min_delta: float = 0.0) -> bool:
    """Whether `value` beats `best` by more than `min_delta`; the first value always does.

    Example:
        >>> is_improvement("val_loss", 0.7, 0.8), is_improvement("val_accuracy", 0.7, 0.8)
        (True, False)
    """
    if best is None:
        return True
    if monitor.endswith("loss"):
        return bool(np.float32(value + min_delta) < np.float32(best))
    return bool(np.float32(value - min_delta) > np.float32(best))


def divergence_advice(epoch: int, learning_rate: float, value_range: tuple[float, float] | None = None) -> str:
    """What to tell when the loss of `epoch` was not a number, and what to try.

    Args:
        epoch: from 1.
        learning_rate: the one that it happened at.
        value_range: lowest and highest prepared value that the network saw, where known.
    """
    seen = f" (the network saw {value_range[0]:.3g} to {value_range[1]:.3g})" if value_range else ""
    return (
        f"training diverged in epoch {epoch}: the loss is not a finite number. "
        f"Try a lower learning rate, such as --set optimizer.learning_rate={learning_rate / 10:.3g} "
        f"(it was {learning_rate:.3g}); check that the prepared pictures are small numbers around 0{seen}; "
        "and switch label smoothing off if it is on (--set loss.label_smoothing=0)."
    )


def build_callbacks(
    keep_best: Monitor, reduce_on_plateau: ReduceOnPlateauSettings | None, early_stopping: EarlyStoppingSettings | None
) -> tuple[list[Callback], BestEpoch | EarlyStopping]:
    """Return the callbacks of a run, and the one among them that decides which epoch is kept."""
    keeper: BestEpoch | EarlyStopping = BestEpoch(keep_best)
    callbacks: list[Callback] = [keeper]
    if reduce_on_plateau:
        callbacks.append(ReduceLROnPlateau(reduce_on_plateau))
    if early_stopping:
        stopper = EarlyStopping(early_stopping)
        callbacks.append(stopper)
        keeper = stopper if early_stopping.restore_best else keeper
    return callbacks, keeper
