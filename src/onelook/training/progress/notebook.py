"""Progress in a notebook: one bar for the whole training, which moves in place and ends as one line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from onelook.data.pictures.protocol import OnProgress
from onelook.notebook import LiveOutput
from onelook.training.listeners import BatchStatus, Listener, TrainingStart
from onelook.training.progress.figures import RunForecast, clock_text, counter_text, loss_text
from onelook.training.result import EpochRecord, FitResult
from onelook.wording import counted, duration, percent

_SECONDS_BETWEEN_REFRESHES = 0.25  # each is a message to the browser
_SECONDS_BEFORE_PICTURES = 0.5  # shorter work on pictures shows nothing


class NotebookBar(Listener):
    """One bar over all epochs, with the best epoch so far below it."""

    def __init__(self, output: LiveOutput | None = None, clock: Callable[[], float] = time.perf_counter) -> None:
        self._output = output or LiveOutput()
        self._clock = clock
        self._best = ""
        self._notes: tuple[str, ...] = ()
        self._line, self._share = "", 0.0
        self._has_ended = False

    def on_start(self, start: TrainingStart) -> None:
        self._start = start
        self._began = self._clock()
        self._forecast = RunForecast(start, began=self._began)
        self._refreshed = float("-inf")
        self._show("training", len(start.history) / max(1, start.epochs))

    def on_epochs(self, epochs: int) -> None:
        self._start = replace(self._start, epochs=epochs)
        self._forecast.epochs = epochs

    def on_batch(self, status: BatchStatus) -> None:
        now = self._clock()
        if now - self._refreshed < _SECONDS_BETWEEN_REFRESHES:
            return
        self._refreshed = now
        seen = (status.epoch - 1) * self._start.train_rows + status.metrics.rows
        self._show(
            f"epoch {counter_text(status.epoch, self._start.epochs)}  loss {loss_text(status.metrics.loss)}  "
            f"{self._forecast.rows_per_second(seen, now):,.0f} pictures/s  "
            f"{clock_text(self._forecast.seconds_left(seen, now))} left",
            seen / max(1, self._start.epochs * self._start.train_rows),
        )

    def on_epoch(self, record: EpochRecord, is_best: bool) -> None:
        if is_best:
            self._best = f"best so far: {_figures(record)}"
        self._show(f"epoch {counter_text(record.epoch, self._start.epochs)}", record.epoch / self._start.epochs)

    def on_note(self, note: str) -> None:
        self._notes += (note,)
        self._show(self._line, self._share)

    def on_end(self, result: FitResult) -> None:
        self._has_ended = True
        epochs = counted(len(result.history), "epoch")
        kept = f"; kept {_figures(result.best)}" if result.best else ""
        self._best = ""
        line = f"trained {epochs} in {duration(self._clock() - self._began)}{kept}"
        self._show(f"interrupted: {line}" if result.status == "interrupted" else line, None)

    def close(self) -> None:
        if not self._has_ended and self._output.is_shown:
            self._show(f"stopped: {self._line}", None)

    def _show(self, line: str, share: float | None) -> None:
        self._line, self._share = line, share or 0.0
        self._output.show(line, share, (*filter(None, [self._best]), *self._notes))


def _figures(record: EpochRecord) -> str:
    return (
        f"epoch {record.epoch}, validation accuracy {percent(record.val_accuracy, 2)}, "
        f"loss {loss_text(record.val_loss)}"
    )


@contextmanager
def notebook_picture_bar(
    what: str, output: LiveOutput | None = None, clock: Callable[[], float] = time.perf_counter
) -> Iterator[OnProgress]:
    """Show the progress of work on pictures while the block runs, and nothing afterwards. Short work shows nothing.

    Args:
        what: the name of the work.
        output: where it is shown.
        clock: returns the time in seconds.
    """
    output = output or LiveOutput()
    began = clock()
    refreshed = float("-inf")

    def on_progress(done: int, total: int) -> None:
        nonlocal refreshed
        now = clock()
        if done < total and now - began > _SECONDS_BEFORE_PICTURES and now - refreshed > _SECONDS_BETWEEN_REFRESHES:
            refreshed = now
            output.show(f"{what}: {done:,} of {total:,}", done / max(1, total))

    try:
        yield on_progress
    finally:
        output.clear()
