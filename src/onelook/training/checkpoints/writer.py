"""The writing of checkpoints, and how often it is worth its time within an epoch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from onelook.training.checkpoints.checkpoint import Checkpoint, save_checkpoint

# A checkpoint costs milliseconds for a small network and a second for one of 100 MB.
SECONDS_BETWEEN_SAVES = 30.0
MOST_TIME_FOR_SAVING = 0.02  # share of the time


class CheckpointWriter:
    """The writer of the checkpoints of a run, each in place of the one before.

    Args:
        folder: where the checkpoint is kept; None writes nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._saved_at = perf_counter()
        self._cost = 0.0  # seconds that the last checkpoint took

    @property
    def is_due(self) -> bool:
        """Whether enough time has passed since the last checkpoint for another to be worth its time."""
        pause = max(SECONDS_BETWEEN_SAVES, self._cost / MOST_TIME_FOR_SAVING)
        return self._folder is not None and perf_counter() - self._saved_at >= pause

    def write(self, make: Callable[[], Checkpoint]) -> None:
        """Write the checkpoint that `make` returns. `make` is not called if nothing is written.

        Raises:
            OnelookError: it cannot be written; the one before stays.
        """
        if self._folder is None:
            return
        began = perf_counter()
        save_checkpoint(self._folder, make())
        self._saved_at = perf_counter()
        self._cost = self._saved_at - began
