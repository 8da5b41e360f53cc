"""The interface of everything that is called while a run proceeds: progress, the history file, loggers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onelook.training.result import EpochRecord, FitResult
from onelook.training.running_metrics import RunningMetrics


@dataclass(frozen=True)
class TrainingStart:
    """The size of a training, and what was done before a resume."""

    epochs: int
    steps_per_epoch: int
    train_rows: int
    val_rows: int
    history: tuple[EpochRecord, ...]  # the epochs before a resume


@dataclass(frozen=True)
class BatchStatus:
    """The state of the run after a batch."""

    epoch: int  # from 1
    step: int  # in this epoch, from 1
    learning_rate: float
    metrics: RunningMetrics  # of this epoch so far; reading a mean waits for the device, so read it seldom


class Listener:
    """The interface of a listener. Every method does nothing unless it is overridden.

    A listener never changes the weights.
    """

    def on_start(self, start: TrainingStart) -> None:
        """Called before the first batch."""

    def on_epochs(self, epochs: int) -> None:
        """Called when the number of epochs has been corrected, to meet a time limit."""

    def on_batch(self, status: BatchStatus) -> None:
        """Called after each batch, hundreds of times a second: return quickly."""

    def on_epoch(self, record: EpochRecord, is_best: bool) -> None:
        """Called after each epoch, once its checkpoint is written."""

    def on_note(self, note: str) -> None:
        """Called with something that the user should know, in one or two plain sentences."""

    def on_end(self, result: FitResult) -> None:
        """Called when the run ends with a result, complete or interrupted."""

    def close(self) -> None:
        """Called last, and once, however the run has ended."""


class Listeners(Listener):
    """Several listeners as one. They are called in their order."""

    def __init__(self, listeners: Sequence[Listener]) -> None:
        self._listeners = tuple(listeners)

    def on_start(self, start: TrainingStart) -> None:
        for listener in self._listeners:
            listener.on_start(start)

    def on_epochs(self, epochs: int) -> None:
        for listener in self._listeners:
            listener.on_epochs(epochs)

    def on_batch(self, status: BatchStatus) -> None:
        for listener in self._listeners:
            listener.on_batch(status)

    def on_epoch(self, record: EpochRecord, is_best: bool) -> None:
        for listener in self._listeners:
            listener.on_epoch(record, is_best)

    def on_note(self, note: str) -> None:
        for listener in self._listeners:
            listener.on_note(note)

    def on_end(self, result: FitResult) -> None:
        for listener in self._listeners:
            listener.on_end(result)

    def close(self) -> None:
        for listener in self._listeners:
            listener.close()
