"""Print what a command says: text for a person, tables, warnings, errors, or one JSON document."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_GAP = 2  # spaces between the columns of a table
# A terminal obeys these: they move the cursor, change colours or the direction of reading, or are halves of characters.
_CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_LINE_END = re.compile("\n(?!\n|  )")
_LONG_WORD = re.compile(r"\S{400,}")
_WORD_BEGINS, _WORD_ENDS = 200, 60  # characters shown of a word that is longer than any real path


class Printer:
    """Prints the output of one command.

    Args:
        json: print text on standard error, so that standard output holds the JSON document alone.
        quiet: print warnings, errors and the JSON document only.
    """

    def __init__(self, *, json: bool = False, quiet: bool = False) -> None:
        self.wants_json = json
        self.quiet = quiet
        self.stream: TextIO = sys.stderr if json else sys.stdout

    def __call__(self, text: str = "") -> None:
        """Print text for a person, wrapped between words; a line that is a command stays one line."""
        if not self.quiet:
            print(_wrapped(escaped(text)), file=self.stream, flush=True)

    def warn(self, text: str, command: str = "") -> None:
        """Print a warning on standard error, also with --quiet.

        Args:
            text: the warning.
            command: a command to copy, printed on a line of its own.
        """
        lines = [_sentence(f"warning: {escaped_line(text)}"), *([f"  {command}"] if command else [])]
        print("\n".join(lines), file=sys.stderr, flush=True)

    def as_is(self, lines: Sequence[str]) -> None:
        """Print lines that are within the width, or that stay whole because they are copied. Their text is escaped."""
        if not self.quiet:
            print("\n".join(lines), file=self.stream, flush=True)

    def show(self, renderable: RenderableType) -> None:
        """Print a rich table (or the like), without the spaces that rich adds at the end of each line."""
        with self.console.capture() as captured:
            self.console.print(renderable, crop=False)  # a table that asks for more columns gets them
        if not self.quiet:
            print("\n".join(map(str.rstrip, captured.get().strip("\n").splitlines())), file=self.stream, flush=True)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> None:
        """Print a table within the terminal's width.

        Args:
            heads: the columns' headings.
            rows: a text for each column.
            left: how many columns, from the left, hold text; the others hold numbers and are aligned right.
        """
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
        for position, head in enumerate(heads):
            table.add_column(head, justify="left" if position < left else "right", overflow="fold")
        for row in rows:
            table.add_row(*(Text(escaped(cell)) for cell in row))
        self.show(table)

    @contextmanager
    def progress(self, what: str, *, into_cache: bool = True) -> Iterator[Callable[[int, int], None] | None]:
        """Show progress while pictures are processed.

        Args:
            what: the work, as in "reading pictures".
            into_cache: as for `PictureProgress`.

        Yields:
            A function to call with (pictures done, pictures in all). None with --quiet.
        """
        if self.quiet:
            yield None
            return
        from onelook.cli.output.progress import PictureProgress

        with PictureProgress(what, into_cache=into_cache) as progress:
            yield progress

    def document(self, content: Any) -> None:
        """Print the command's JSON document on standard output."""
        print_document(content)

    @cached_property
    def console(self) -> Console:
        """A rich console on the stream that text is printed on."""
        from rich.console import Console

        return Console(file=self.stream, highlight=False)


def print_document(content: Any) -> None:
    """Print plain values as one JSON document on standard output."""
    import json  # here, as `onelook --help` must not wait for it

    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    # A file's name may hold half a character. UTF-8 cannot write it, but JSON can, escaped.
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode() + "\n")


_NO_BREAK = "\N{NO-BREAK SPACE}"


def print_error(message: str) -> None:
    """Print `error: …` on standard error, wrapped between words, with "error:" in red in a terminal.

    Only the first line begins with "error:". For programs there is the document of --json.
    """
    # A path longer than a line stays on the line of "error:".
    text = _sentence(f"error:{_NO_BREAK}{escaped_line(message)}").replace(_NO_BREAK, " ", 1)
    if sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
        text = text.replace("error:", "\033[1;31merror:\033[0m", 1)
    print(text, file=sys.stderr, flush=True)


def print_interruption(message: str) -> None:
    """Print on standard error what Ctrl-C stopped, and on a line of its own the command that resumes it."""
    print(_wrapped(escaped(message)), file=sys.stderr, flush=True)


def drop_output() -> None:
    """Discard standard output, whose reader has gone: flushing its buffer at exit must not raise again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _wrapped(text: str) -> str:
    width = get_terminal_size().columns  # of the terminal, else $COLUMNS, else 80
    return "\n".join(
        line if len(line) <= width or _is_command(line) else _fill(line, width) for line in text.split("\n")
    )


def _sentence(text: str) -> str:
    """Return an error or a warning within the width; an address or a path in it stays whole."""
    width = get_terminal_size().columns
    return "\n".join(
        line if len(line) <= width or (line.startswith("  ") and _is_command(line)) else _fill(line, width)
        for line in text.split("\n")
    )


def _fill(line: str, width: int) -> str:
    from onelook.wording import wrapped  # here, as `onelook --help` must not wait for it

    indent = _indent(line)
    return "\n".join(wrapped(line.lstrip(), width, first_indent=indent, indent=f"{indent}  "))


def _is_command(line: str) -> bool:
    """Return whether a line has a command, an option or an address to copy."""
    from onelook.runtime import command_name  # imports numpy, for which --help must not wait

    return "://" in line or line.removeprefix("  shown by").lstrip().startswith(
        (f"{command_name()} ", "onelook ", "--")
    )


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def escaped(text: str) -> str:
    r"""Return the text with its control characters written as escapes, and with very long words cut.

    Line ends stay, because our own messages have them.

    Example:
        >>> escaped("no column '\x1b[31m'")
        "no column '\\x1b[31m'"
    """
    printable = _CONTROL_CHARACTERS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
    return _LONG_WORD.sub(lambda found: f"{found[0][:_WORD_BEGINS]}…{found[0][-_WORD_ENDS:]}", printable)


def escaped_line(text: str) -> str:
    r"""Return the text as `escaped` does, with its line ends escaped too, except those of lists indented by two spaces.

    Example:
        >>> escaped_line("no file 'a\nb'. Known:\n  c\n  d")
        "no file 'a\\nb'. Known:\n  c\n  d"
    """
    return _LINE_END.sub(r"\\n", escaped(text).rstrip("\n"))
