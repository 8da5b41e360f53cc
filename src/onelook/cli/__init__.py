"""The command line: it reads options, calls a function in `commands`, and prints text or one JSON document."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code.

    Exit codes: 0 done, 1 a bug, 2 the request is wrong, 3 the data is wrong, 4 the model folder is wrong,
    130 interrupted.

    Args:
        arguments: the words of the command line; by default those of this process.
    """
    try:
        from onelook.cli.run_command import run

        return run(arguments)
    except KeyboardInterrupt:  # while modules were still loading: nothing had started
        if "--json" in (sys.argv[1:] if arguments is None else arguments):
            from onelook.cli.output.failure import interrupted
            from onelook.cli.output.printer import print_document

            print_document(interrupted())
        return 130
    finally:
        if arguments is None:  # the process ends now
            # Python looks through all objects once more at its end, which took 0.9 of 4.6 s of processor time after a
            # short training. The system frees their memory anyway.
            gc.freeze()
