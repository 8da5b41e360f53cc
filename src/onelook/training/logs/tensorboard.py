"""`--log tensorboard`: event files in the run's folder, for `tensorboard --logdir runs`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from onelook.training.listeners import TrainingStart
from onelook.training.logs.log import RunLog, hyper_parameters
from onelook.training.result import EpochRecord, FitResult

_FOLDER = "tensorboard"
# The metrics that the table of hyper-parameters shows, where they were recorded.
_SHOWN_METRICS = ("accuracy/val", "loss/val", "test/accuracy", "test/loss")


class TensorBoardLog(RunLog):
    """A log of each epoch's figures, the notes as text, the settings as hyper-parameters, and the final score.

    A step is an epoch. A resumed run writes all epochs of its checkpoint again, with their times, and voids the earlier
    entries. So the log is right both for epochs that were logged after the checkpoint and for epochs that were not
    logged because the process was killed.
    """

    def on_start(self, start: TrainingStart) -> None:
        self._writer = self._open(purge_step=1)
        now = time.time()
        seconds_after = sum(record.seconds for record in start.history)
        for record in start.history:
            seconds_after -= record.seconds
            self._add(record, now - seconds_after)
        from torch.utils.tensorboard.summary import hparams

        settings = hyper_parameters(self.folder.read_run()["settings"])
        # The third summary would mark the run as finished.
        for summary in hparams(settings, dict.fromkeys(_SHOWN_METRICS, 0.0))[:2]:  # type: ignore[no-untyped-call]
            self._writer.file_writer.add_summary(summary)
        self._epochs = len(start.history)

    def on_epoch(self, record: EpochRecord, is_best: bool) -> None:
        self._add(record, time.time())
        self._epochs = record.epoch
        self._writer.flush()

    def on_note(self, note: str) -> None:
        self._writer.add_text("notes", note, self._epochs)

    def on_end(self, result: FitResult) -> None:
        self._writer.flush()

    def close(self) -> None:
        if hasattr(self, "_writer"):
            self._writer.close()

    def on_finish(self, set_name: str, metrics: Mapping[str, float]) -> None:
        writer = self._open()
        for name, value in metrics.items():
            writer.add_scalar(f"{set_name}/{name}", value, len(self.folder.read_history()))
        writer.close()

    def _open(self, purge_step: int | None = None) -> Any:
        from torch.utils.tensorboard import SummaryWriter

        return SummaryWriter(str(self.folder.path / _FOLDER), purge_step=purge_step)

    def _add(self, record: EpochRecord, when: float) -> None:
        values = {
            "loss/train": record.train_loss,
            "loss/val": record.val_loss,
            "accuracy/train": record.train_accuracy,
            "accuracy/val": record.val_accuracy,
            "learning_rate": record.learning_rate,
            "seconds": record.seconds,
        }
        for name, value in values.items():
            self._writer.add_scalar(name, value, record.epoch, walltime=when)
