"""Where words go: to a person on standard output, or beside a JSON document on standard error."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, TextIO

from onelook.cli.output.escape import visible, visible_line

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


class Say:
    """The output of one command.

    Args:
        json: words go to standard error, so that standard output holds the document alone.
        quiet: no words at all, but warnings, errors and the document.
    """

    def __init__(self, *, json: bool = False, quiet: bool = False) -> None:
        self.wants_json = json
        self.quiet = quiet
        self.stream: TextIO = sys.stderr if json else sys.stdout

    def __call__(self, text: str = "") -> None:
        """One sentence or line for a person; in a terminal wrapped between words."""
        if not self.quiet:
            print(_wrapped(visible(text), self.stream), file=self.stream, flush=True)

    def warn(self, text: str) -> None:
        """Something that the person must know, also with --quiet; on standard error."""
        print(_wrapped(f"warning: {visible_line(text)}", sys.stderr), file=sys.stderr, flush=True)

    def show(self, renderable: RenderableType) -> None:
        """A rich table or the like, without the spaces that rich fills its lines with."""
        with self.console.capture() as captured:
            self.console.print(renderable)
        if not self.quiet:
            print("\n".join(map(str.rstrip, captured.get().strip("\n").splitlines())), file=self.stream, flush=True)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> None:
        """An aligned table within the terminal's width; the first `left` columns are text, the others numbers."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for position, head in enumerate(heads):
            table.add_column(head, justify="left" if position < left else "right", overflow="fold")
        for row in rows:
            table.add_row(*(Text(visible(cell)) for cell in row))
        self.show(table)

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[int, int], None] | None]:
        """What is to be told (done, in all) of work on pictures, and shows it; None with --quiet."""
        if self.quiet:
            yield None
            return
        from onelook.cli.output.progress import PictureProgress

        with PictureProgress(what) as progress:
            yield progress

    def document(self, content: Any) -> None:
        """The one JSON document, on standard output."""
        print_document(content)

    @cached_property
    def console(self) -> Console:
        """A rich console on the stream that words go to."""
        from rich.console import Console

        return Console(file=self.stream, highlight=False)


def print_document(content: Any) -> None:
    """Print plain values as one JSON document on standard output."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    # Half a character, as a file's name may hold, cannot be written as UTF-8; as JSON's escape it can.
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode() + "\n")


def say_error(message: str) -> None:
    """`error: …` on standard error: one line, in a terminal wrapped between words, with a red first word."""
    text = _wrapped(f"error: {visible_line(message)}", sys.stderr)
    if sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
        text = text.replace("error:", "\033[1;31merror:\033[0m", 1)
    print(text, file=sys.stderr, flush=True)


def drop_output() -> None:
    """Sends standard output nowhere: its reader is gone, and what is buffered must not raise again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _wrapped(text: str, stream: TextIO) -> str:
    if not stream.isatty():
        return text
    width = get_terminal_size().columns
    return "\n".join(
        textwrap.fill(
            line, width, subsequent_indent=_indent(line) + "  ", break_long_words=False, break_on_hyphens=False
        )
        for line in text.split("\n")
    )


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
