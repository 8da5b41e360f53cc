"""Choose how progress is shown: a live bar in a terminal or a notebook, a line an epoch in log files, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from onelook.data.pictures.protocol import OnProgress
from onelook.notebook import in_notebook
from onelook.training.listeners import Listener
from onelook.training.progress.notebook import NotebookBar, notebook_picture_bar
from onelook.training.progress.terminal import LiveBar, PlainLines


def choose_progress(console: Console | None = None, *, quiet: bool = False) -> Listener:
    """Return the progress listener that suits the console: standard error, unless another is given."""
    if quiet:
        return Listener()
    if console is None and in_notebook():
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
