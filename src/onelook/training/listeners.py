"""Who hears of a run while it goes on: progress, the history file, loggers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onelook.training.result import EpochRecord, FitResult
from onelook.training.running_metrics import RunningMetrics


@dataclass(frozen=True)
class TrainingStart:
    """What is about to happen."""

    epochs: int
    steps_per_epoch: int
    train_rows: int
    val_rows: int
    history: tuple[EpochRecord, ...]  # epochs that were done before a resume


@dataclass(frozen=True)
class BatchStatus:
    """Where the run stands after a batch."""

    epoch: int  # from 1
    step: int  # in this epoch, from 1
    learning_rate: float
    metrics: RunningMetrics  # of this epoch so far; reading its means waits for the device, so read it seldom


class Listener:
    """Hears of a run; every method may be left as it is.

    Nothing that a listener does changes the weights.
    """

    def on_start(self, start: TrainingStart) -> None:
        """The first batch is about to be trained on."""

    def on_batch(self, status: BatchStatus) -> None:
        """A batch is done. Called hundreds of times a second: return quickly."""

    def on_epoch(self, record: EpochRecord, is_best: bool) -> None:
        """An epoch is done and, where there is a checkpoint folder, safe on the disk."""

    def on_note(self, note: str) -> None:
        """Something happened that the user should know: one plain sentence or two."""

    def on_end(self, result: FitResult) -> None:
        """The run came to an end that it can account for."""

    def close(self) -> None:
        """The run is over, whatever ended it. Called last, and once."""


class Listeners(Listener):
    """Several listeners as one; each hears of everything, in their order."""

    def __init__(self, listeners: Sequence[Listener]) -> None:
        self._listeners = tuple(listeners)

    def on_start(self, start: TrainingStart) -> None:
        for listener in self._listeners:
            listener.on_start(start)

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
