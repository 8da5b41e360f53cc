"""How far the reading of pictures has come: a bar in a terminal, elsewhere a line now and then if it takes long."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

# In a log file: what takes less needs no line, and a line half a minute is enough to see that it moves.
_SECONDS_BEFORE_FIRST_LINE = 10.0
_SECONDS_BETWEEN_LINES = 30.0
_REFRESHES_A_SECOND = 4  # each takes about 2 ms from the work


class PictureProgress:
    """Told (done, in all), it shows how far that is, on standard error; and it says where earlier work is gone on with.

    After all is done it may begin from 0 again, with another look at what was read. Nothing is shown where all is done
    at once. As a context it ends its bar, and on Ctrl-C says what is kept.

    Args:
        what: what is done, as in "reading pictures".
        clock: seconds.
    """

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._clock = clock
        self._is_terminal = sys.stderr.isatty()
        self._bar: Progress | None = None
        self._next_line = clock() + _SECONDS_BEFORE_FIRST_LINE
        self._has_begun = False
        self._has_read_all = False
        self._done, self._total = 0, 0

    def __call__(self, done: int, total: int) -> None:
        if not self._has_begun and 0 < done < total:
            self._say(f"{self._what}: going on at {done:,} of {total:,}, the others are there already")
        self._has_begun = True
        self._done, self._total = done, total
        if done >= total:
            self._has_read_all = True
            self._end_bar()
        elif self._is_terminal:
            self._show_bar()
        elif done and self._clock() >= self._next_line:
            self._next_line = self._clock() + _SECONDS_BETWEEN_LINES
            self._say(f"{self._what}: {done:,} of {total:,}")

    def __enter__(self) -> PictureProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_bar()
        if isinstance(error, KeyboardInterrupt) and 0 < self._done < self._total:
            kept = "what was read is kept" if self._has_read_all else "the same command goes on from there"
            self._say(f"interrupted at {self._done:,} of {self._total:,} pictures: {kept}")

    def _show_bar(self) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            console = Console(stderr=True)
            self._bar = Progress(
                *columns, console=console, transient=True, refresh_per_second=_REFRESHES_A_SECOND, redirect_stdout=False
            )
            self._bar.add_task(self._what, total=self._total, completed=self._done)
            self._bar.start()
        self._bar.update(self._bar.task_ids[0], completed=self._done, total=self._total)

    def _end_bar(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)
