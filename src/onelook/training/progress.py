"""Progress for a person: a live bar in a terminal or a notebook, a line an epoch in log files, or nothing."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from onelook.data.pictures.protocol import OnProgress
from onelook.notebook import in_notebook
from onelook.training.listeners import BatchStatus, Listener, TrainingStart
from onelook.training.result import EpochRecord, FitResult
from onelook.wording import counted, percentage

# A refresh takes about 2 ms, most of it rich's: five a second cost 1 % of one core.
_SECONDS_BETWEEN_REFRESHES = 0.2
_LOG_COLUMNS = 80


def choose_progress(console: Console | None = None, *, quiet: bool = False) -> Listener:
    """Return the progress listener that suits the console: standard error, unless another is given."""
    if quiet:
        return Listener()
    if console is None and in_notebook():
        from onelook.training.notebook_bar import NotebookBar

        return NotebookBar()
    console = console or Console(stderr=True, highlight=False)
    if console.is_terminal and not console.is_dumb_terminal and not console.is_jupyter:
        return LiveBar(console)
    return PlainLines(console)


@contextmanager
def picture_bar(what: str, *, quiet: bool = False) -> Iterator[OnProgress | None]:
    """Show the progress of work on pictures while the block runs: a bar in a terminal or a notebook, else nothing.

    Args:
        what: the name of the work, shown before the bar.
        quiet: show nothing.
    """
    if in_notebook() and not quiet:
        from onelook.training.notebook_bar import notebook_picture_bar

        with notebook_picture_bar(what) as on_progress:
            yield on_progress
        return
    console = Console(stderr=True, highlight=False)
    if quiet or not console.is_terminal or console.is_dumb_terminal or console.is_jupyter:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, refresh_per_second=4, redirect_stdout=False) as bar:
        task = bar.add_task(what, total=None, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=done < total)


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
        self._say(textwrap.fill(note, width, break_long_words=False, break_on_hyphens=False))

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


class RunForecast:
    """The speed of the run, including validation, and the time to its end.

    Args:
        start: the size of the training, and what was done before a resume.
        began: when this process began to train, in seconds.

    Attributes:
        epochs: the epochs in all.
    """

    def __init__(self, start: TrainingStart, began: float) -> None:
        self._rows_before = len(start.history) * start.train_rows
        self._train_rows = start.train_rows
        self.epochs = start.epochs
        self._began = began

    def rows_per_second(self, rows_seen: int, now: float) -> float:
        """Return the training pictures a second. `rows_seen` counts all epochs."""
        return (rows_seen - self._rows_before) / max(now - self._began, 1e-9)

    def seconds_left(self, rows_seen: int, now: float) -> float:
        """Return the seconds to the end of the last epoch."""
        return (self.epochs * self._train_rows - rows_seen) / max(self.rows_per_second(rows_seen, now), 1e-9)


def epoch_line(record: EpochRecord, epochs: int, is_best: bool) -> str:
    """Return the figures of one epoch in one line of at most 80 columns.

    Example:
        >>> epoch_line(EpochRecord(3, 12.34, 0.001, 0.0812, 0.9751, 0.0413, 0.988), epochs=30, is_best=True)
        'epoch  3/30* train loss 0.0812 acc 97.51 %  val loss 0.0413 acc 98.80 %  12.3 s'
    """
    percent = " %" if epochs < 100 else "%"  # the third digit of the counter takes the column of the space
    return (
        f"epoch {counter_text(record.epoch, epochs)}{'*' if is_best else ' '} "
        f"train loss {loss_text(record.train_loss)} acc {percent_text(record.train_accuracy)}{percent}  "
        f"val loss {loss_text(record.val_loss)} acc {percent_text(record.val_accuracy)}{percent}  "
        f"{seconds_text(record.seconds)}"
    )


def counter_text(number: int, of: int) -> str:
    """Return a counter that is equally wide for all numbers: " 3/30"."""
    return f"{number:>{len(str(of))}}/{of}"


def loss_text(loss: float) -> str:
    """Return a loss in six characters up to 9,999.9, in seven above.

    Example:
        >>> [loss_text(loss) for loss in (0.08123, 12.3456, 1234.56, 123456.0)]
        ['0.0812', '12.346', '1234.6', '1.2e+05']
    """
    texts = (f"{loss:.{digits}f}" for digits in (4, 3, 2, 1))
    return next((text for text in texts if len(text) <= 6), f"{loss:.1e}")


def percent_text(share: float) -> str:
    """Return a share as a percentage in five characters; only all is 100.0.

    Example:
        >>> [percent_text(share) for share in (0.97512, 0.0975, 0.99996, 1.0)]
        ['97.51', ' 9.75', '99.99', '100.0']
    """
    return "100.0" if share == 1 else percentage(share, 2)[:5].rjust(5)


def seconds_text(seconds: float) -> str:
    """Return a duration in six characters: "12.3 s", " 123 s", "12 min".

    Example:
        >>> [seconds_text(seconds) for seconds in (1.23, 12.3, 123.4, 1234.0)]
        [' 1.2 s', '12.3 s', ' 123 s', '21 min']
    """
    if seconds < 99.95:
        return f"{seconds:4.1f} s"
    return f"{seconds:4.0f} s" if seconds < 999.5 else f"{seconds / 60:2.0f} min"


def clock_text(seconds: float) -> str:
    """Return minutes and seconds, with hours from one hour on: 0:07, 12:30, 1:02:30."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
