"""Show progress while pictures are read: a bar in a terminal; in a log file a line every half minute."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

# In a log file, short work needs no line, and one line every half minute shows that the work still moves.
_SECONDS_BEFORE_FIRST_LINE = 10.0
_SECONDS_BETWEEN_LINES = 30.0
_REFRESHES_A_SECOND = 4  # each refresh costs the work about 2 ms


class PictureProgress:
    """Shows progress on standard error, and reports where interrupted work is resumed.

    Call it with (pictures done, pictures in all). Work that is done at once shows nothing. When all is done, the
    count may start again at 0, for a second pass over the pictures. As a context manager it removes its bar at the
    end, and on Ctrl-C it prints what is kept.

    Args:
        what: the work, as in "reading pictures".
        clock: returns the time in seconds.
        into_cache: whether what is done is kept in the cache; if not, the command itself reports what is kept.
    """

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic, *, into_cache: bool = True) -> None:
        self._what = what
        self._into_cache = into_cache
        self._clock = clock
        self._is_terminal = sys.stderr.isatty()
        self._bar: Progress | None = None
        self._next_line = clock() + _SECONDS_BEFORE_FIRST_LINE
        self._kept = "in the cache" if into_cache else "done"
        self._has_begun = False
        self._has_read_all = False
        self._done, self._total = 0, 0

    def __call__(self, done: int, total: int) -> None:
        if not self._has_begun and 0 < done < total:
            self._say(f"{self._what}: resumed at {done:,} of {total:,}; the others are already {self._kept}")
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
        if self._into_cache and isinstance(error, KeyboardInterrupt) and 0 < self._done < self._total:
            kept = "the pictures read are kept" if self._has_read_all else "the same command resumes there"
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
