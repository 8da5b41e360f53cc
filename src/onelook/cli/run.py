"""One command line, run to its exit code: what was refused is said in one line, without a traceback."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

import typer

from onelook.cli.app import build_app
from onelook.cli.failure import describe, exit_code
from onelook.cli.say import drop_output, say_error


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs the words of a command line, by default `sys.argv`'s; gives the exit code and raises nothing."""
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
        return 130
    except Exception as error:
        if "--debug" in words:  # looked for here, so that it also holds when the words cannot be parsed
            traceback.print_exception(error, file=sys.stderr)
        say_error(_in_process() + describe(error))
        return exit_code(error)
    return code if isinstance(code, int) else 0


def _in_process() -> str:
    """Which of the processes that torchrun started is speaking, where it is not the first."""
    from onelook.runtime import launch  # which knows numpy; nobody's --help should wait for that

    launched = launch()
    return f"process {launched.rank} of {launched.count}: " if launched.rank else ""
