"""The figures of a progress line: speed, time left, and numbers in texts of one width."""

from __future__ import annotations

from onelook.training.listeners import TrainingStart
from onelook.training.result import EpochRecord
from onelook.wording import percentage


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
    gap = "  " if epochs < 100 else " "  # a counter of three digits takes a column of each gap
    return (
        f"epoch {counter_text(record.epoch, epochs)}{'*' if is_best else ' '} "
        f"train loss {loss_text(record.train_loss)} acc {percent_text(record.train_accuracy)} %{gap}"
        f"val loss {loss_text(record.val_loss)} acc {percent_text(record.val_accuracy)} %{gap}"
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
