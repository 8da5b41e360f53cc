"""Progress in a terminal: a live bar; or, in log files, a line an epoch."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from onelook.training.listeners import BatchStatus, Listener, TrainingStart
from onelook.training.progress.figures import (
    RunForecast,
    clock_text,
    counter_text,
    epoch_line,
    loss_text,
    percent_text,
)
from onelook.training.result import EpochRecord, FitResult
from onelook.wording import counted, wrapped

# A refresh takes about 2 ms, most of it rich's: five a second cost 1 % of one core.
_SECONDS_BETWEEN_REFRESHES = 0.2
_LOG_COLUMNS = 80


class PlainLines(Listener):
    """Progress as one line an epoch, for log files and CI."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._epochs = 0

    def on_start(self, start: TrainingStart) -> None:
        self._epochs = start.epochs
        pictures = counted(start.train_rows, "picture")
        self._say(f"training on {pictures}, validating on {start.val_rows:,}; * is the best so far")

    def on_epochs(self, epochs: int) -> None:
        self._epochs = epochs

    def on_epoch(self, record: EpochRecord, is_best: bool) -> None:
        self._say(epoch_line(record, self._epochs, is_best))

    def on_note(self, note: str) -> None:
        width = self._console.width if self._console.is_terminal else _LOG_COLUMNS
        self._say("\n".join(wrapped(note, width)))

    def on_end(self, result: FitResult) -> None:
        if result.best:
            loss, accuracy = loss_text(result.best.val_loss), percent_text(result.best.val_accuracy)
            self._say(f"kept epoch {result.best_epoch}: val loss {loss}, accuracy {accuracy} %")

    def _say(self, line: str) -> None:
        # Rich wraps at the width of a terminal that is not there.
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


class LiveBar(PlainLines):
    """Progress as one line an epoch, with a bar for the present epoch below them."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.perf_counter) -> None:
        super().__init__(console)
        self._clock = clock
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[figures]}"),
            console=console,
            auto_refresh=False,  # its thread would interrupt a step
            transient=True,
            expand=True,
        )
        self._task = self._bar.add_task("", total=None, figures="")

    def on_start(self, start: TrainingStart) -> None:
        super().on_start(start)
        self._start = start
        self._forecast = RunForecast(start, began=self._clock())
        self._refreshed = float("-inf")
        self._bar.start()

    def on_epochs(self, epochs: int) -> None:
        super().on_epochs(epochs)
        self._forecast.epochs = epochs

    def on_batch(self, status: BatchStatus) -> None:
        now = self._clock()
        is_last = status.step == self._start.steps_per_epoch
        if now - self._refreshed < _SECONDS_BETWEEN_REFRESHES and not is_last:
            return
        self._refreshed = now
        self._bar.update(
            self._task,
            description=f"epoch {counter_text(status.epoch, self._epochs)}",
            completed=status.step,
            total=self._start.steps_per_epoch,
            figures="validating" if is_last else self._figures(status, now),
        )
        self._bar.refresh()

    def on_end(self, result: FitResult) -> None:
        self._bar.stop()
        super().on_end(result)

    def close(self) -> None:
        self._bar.stop()

    def _figures(self, status: BatchStatus, now: float) -> str:
        seen = (status.epoch - 1) * self._start.train_rows + status.metrics.rows
        return (
            f"loss {loss_text(status.metrics.loss)} acc {percent_text(status.metrics.accuracy)} %  "
            f"rate {status.learning_rate:.1e}  {self._forecast.rows_per_second(seen, now):,.0f}/s  "
            f"{clock_text(self._forecast.seconds_left(seen, now))} left"
        )
