"""What `onelook train --models` says at its end."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING

from onelook.cli.compare import say_comparison
from onelook.cli.output.failure import describe, exit_code
from onelook.cli.output.printer import Say, say_error

if TYPE_CHECKING:
    from onelook.runs.model_list import TrainedModels


def say_models(say: Say, found: TrainedModels, *, debug: bool) -> int:
    """The comparison, where everything is, and the models that failed; gives the exit code.

    It is that of the first failure: a script that asked for five models learns that it has four.
    """
    from onelook.commands.compare import PAGE

    if found.comparison is not None:
        say()
        say_comparison(say, found.comparison)
        say(f"\npage  {found.path / PAGE}")
    for model in found.failed:
        reason = describe(model.cause) if model.cause else model.error
        if debug and model.cause:
            traceback.print_exception(model.cause, file=sys.stderr)
        say_error(f"{model.model} could not be trained: {reason}")
    causes = [model.cause for model in found.failed if model.cause]
    return exit_code(causes[0]) if causes else 0
