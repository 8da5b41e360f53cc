"""Run one command line: print an error (with --json also as a document), and return the exit code."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping, Sequence

import typer

from onelook.cli.app import build_app
from onelook.cli.output.failure import as_document, describe, exit_code, interrupted
from onelook.cli.output.printer import drop_output, print_document, print_error, print_interruption


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code. It raises no exception.

    Args:
        arguments: the words of the command line; by default those of `sys.argv`.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = build_app().main(args=words, prog_name="onelook", standalone_mode=False, obj=words)
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
        return 0
    except SystemExit as leaving:  # by completion scripts, and by rich if a pipe breaks in the middle of a help page
        code = leaving.code
    except typer.Abort as stopped:
        message = str(stopped) or "interrupted"  # the command may know how to resume
        print_interruption(message)
        _print_error_document(interrupted(message), words)
        return 130
    except Exception as error:
        if "--debug" in words:  # in the words themselves, so that it also works if they cannot be parsed
            traceback.print_exception(error, file=sys.stderr)
        print_error(_in_process() + describe(error))
        _print_error_document(as_document(error), words)
        return exit_code(error)
    return code if isinstance(code, int) else 0


def _print_error_document(document: Mapping[str, object], words: Sequence[str]) -> None:
    """Print the error's document if --json is among the words, even if the words could not be parsed."""
    if "--json" not in words or _in_process():
        return
    try:
        print_document(document)
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()


def _in_process() -> str:
    """Return a prefix that names this process if torchrun started several and this is not the first, else ""."""
    from onelook.runtime import launch  # imports numpy, for which --help must not wait

    launched = launch()
    return f"process {launched.rank} of {launched.count}: " if launched.rank else ""
