"""The callbacks of a run, which act after each epoch: keep the best one, stop early, lower the learning rate.

They mean the same as those of Keras. A callback reads the epoch's record and acts through the `RunControl`. All
that it remembers is in its `state`, plain numbers that the checkpoint stores, so that a resumed run equals one that
was never interrupted. Values are compared as float32, as in Keras: rounding in the last digits of a mean cannot
break a tie.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from onelook.settings import EarlyStoppingSettings, ReduceOnPlateauSettings
from onelook.settings.optimization import Monitor
from onelook.training.result import EpochRecord
from onelook.wording import counted


@dataclass
class RunControl:
    """The parts of a run that a callback can change."""

    learning_rate: float  # the highest rate of the schedule
    stop_reason: str | None = None  # a sentence; the run ends after this epoch
    notes: list[str] = field(default_factory=list)  # what happened in this epoch, each a plain sentence

    def take_notes(self) -> list[str]:
        """Return the notes since the last call, the reason for stopping included, and empty the list."""
        taken = self.notes + ([self.stop_reason] if self.stop_reason else [])
        self.notes = []
        return taken


@dataclass(frozen=True)
class CallbackState:
    """All that a callback remembers of the epochs so far. A callback leaves what it does not need at its default."""

    best: float | None = None  # the best monitored value
    best_epoch: int | None = None
    wait: int = 0  # epochs without improvement
    cooldown: int = 0  # epochs left before the value is monitored again


class Callback(Protocol):
    """The interface of a callback."""

    state: CallbackState

    def after_epoch(self, record: EpochRecord, control: RunControl) -> None:
        """Update `state` by the epoch's record, and change the run through `control` where that is due."""
        ...


class BestEpoch:
    """A callback that remembers the epoch with the best monitored value. Ties keep the first.

    Args:
        monitor: the value; losses are better when lower, accuracies when higher.
    """

    def __init__(self, monitor: Monitor) -> None:
        self.monitor = monitor
        self.state = CallbackState()

    @property
    def best_epoch(self) -> int | None:
        """The best epoch so far, from 1; None before the first."""
        return self.state.best_epoch

    def after_epoch(self, record: EpochRecord, control: RunControl) -> None:
        value = record.value(self.monitor)
        if is_improvement(self.monitor, value, self.state.best):
            self.state = CallbackState(best=value, best_epoch=record.epoch)


class EarlyStopping:
    """A callback that ends the run when the value has not improved for `patience` epochs, as in Keras."""

    def __init__(self, settings: EarlyStoppingSettings) -> None:
        self.settings = settings
        self.state = CallbackState()

    @property
    def best_epoch(self) -> int | None:
        """The epoch whose weights Keras would restore; None before `start_from_epoch`."""
        return self.state.best_epoch

    def after_epoch(self, record: EpochRecord, control: RunControl) -> None:
        settings = self.settings
        if record.epoch <= settings.start_from_epoch:
            return
        value = record.value(settings.monitor)
        if is_improvement(settings.monitor, value, self.state.best, settings.min_delta):
            self.state = CallbackState(best=value, best_epoch=record.epoch)
            return
        self.state = replace(self.state, wait=self.state.wait + 1)
        if self.state.wait >= settings.patience:
            control.stop_reason = (
                f"stopped after epoch {record.epoch}: {settings.monitor} has not been better than in epoch "
                f"{self.state.best_epoch} ({self.state.best:.4f})."
            )


class ReduceLROnPlateau:
    """A callback that lowers the rate when the value has not improved for `patience` epochs, as in Keras.

    It lowers the height of the schedule: the rate of a step is this height times the schedule's factor, and
    `min_learning_rate` is the lowest height.
    """

    def __init__(self, settings: ReduceOnPlateauSettings) -> None:
        self.settings = settings
        self.state = CallbackState()

    def after_epoch(self, record: EpochRecord, control: RunControl) -> None:
        settings, state = self.settings, self.state
        value = record.value(settings.monitor)
        if state.cooldown > 0:
            state = replace(state, cooldown=state.cooldown - 1, wait=0)
        if is_improvement(settings.monitor, value, state.best, settings.min_delta):
            state = replace(state, best=value, wait=0)
        elif state.cooldown == 0:
            state = replace(state, wait=state.wait + 1)
            if state.wait >= settings.patience and control.learning_rate > settings.min_learning_rate:
                self._lower_rate(control, state)
                state = replace(state, wait=0, cooldown=settings.cooldown)
        self.state = state

    def _lower_rate(self, control: RunControl, state: CallbackState) -> None:
        settings = self.settings
        control.learning_rate = max(control.learning_rate * settings.factor, settings.min_learning_rate)
        control.notes.append(
            f"learning rate lowered to {control.learning_rate:.3g}: {settings.monitor} was not better than "
            f"{state.best:.4f} for {counted(state.wait, 'epoch')}."
        )


def is_improvement(monitor: Monitor, value: float, best: float | None, min_delta: float = 0.0) -> bool:
    """Return whether `value` beats `best` by more than `min_delta`; the first value always does.

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
    """Return the message for an epoch whose loss was not a finite number, with what to try.

    Args:
        epoch: the epoch, from 1.
        learning_rate: the rate at which it happened.
        value_range: the lowest and highest prepared value that the network got, where known.
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
