"""The command line: options in, one call into `commands`, words or one JSON document out."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line, by default this process' own, and return its exit code.

    0 done, 1 unexpected, 2 the request is wrong, 3 the data, 4 the model folder, 130 interrupted.
    """
    try:
        from onelook.cli.run_command import run

        return run(arguments)
    except KeyboardInterrupt:  # while modules were still loading: nothing had begun
        if "--json" in (sys.argv[1:] if arguments is None else arguments):
            from onelook.cli.output.failure import INTERRUPTED
            from onelook.cli.output.printer import print_document

            print_document(INTERRUPTED)
        return 130
