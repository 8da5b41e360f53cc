"""One command line, run to its exit code: an error is one line for a person and, with --json, one JSON document."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from typing import Any

import typer

from onelook.cli.app import build_app
from onelook.cli.output.failure import INTERRUPTED, as_document, describe, exit_code
from onelook.cli.output.printer import drop_output, print_document, say_error


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the words of a command line, by default `sys.argv`'s, and return the exit code. Nothing is raised."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = build_app().main(args=words, prog_name="onelook", standalone_mode=False, obj=words)
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
        return 0
    except SystemExit as leaving:  # completion scripts, and rich where a pipe breaks in the middle of a help page
        code = leaving.code
    except typer.Abort:
        typer.echo("interrupted", err=True)
        _answer(INTERRUPTED, words)
        return 130
    except Exception as error:
        if "--debug" in words:  # looked for here, so that it also holds when the words cannot be parsed
            traceback.print_exception(error, file=sys.stderr)
        say_error(_in_process() + describe(error))
        _answer(as_document(error), words)
        return exit_code(error)
    return code if isinstance(code, int) else 0


def _answer(document: dict[str, Any], words: Sequence[str]) -> None:
    """Print the error's document where --json stands among the words, whether or not these could be parsed."""
    if "--json" not in words or _in_process():
        return
    try:
        print_document(document)
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()


def _in_process() -> str:
    """Which of the processes that torchrun started is speaking, where it is not the first."""
    from onelook.runtime import launch  # which knows numpy; nobody's --help should wait for that

    launched = launch()
    return f"process {launched.rank} of {launched.count}: " if launched.rank else ""
