"""Print the result of `onelook train` in tables: of folds, or of several models."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING

from onelook.cli.output.comparison import print_comparison
from onelook.cli.output.failure import describe, exit_code
from onelook.cli.output.printer import Printer, print_error
from onelook.wording import duration, percent

if TYPE_CHECKING:
    from onelook.runs.fold_scores import CrossValidation
    from onelook.runs.model_list import TrainedModels


def print_folds(say: Printer, found: CrossValidation) -> None:
    """Print a table of the folds, their mean, and the paths of what was written."""
    from onelook.commands.train_summary import say_folds
    from onelook.metrics.scores import further_scores

    has_test = any(fold.test is not None for fold in found.folds)
    scores = further_scores([fold.evaluation.scores for fold in found.folds], "folds")
    say()
    say.table(
        (
            "fold",
            "pictures",
            "accuracy",
            *(score.label for score in scores.values()),
            *(("test accuracy",) if has_test else ()),
            "time",
        ),
        [
            (
                f"{fold.number}" if fold.status == "complete" else f"{fold.number} ({fold.status})",
                f"{fold.evaluation.rows:,}",
                percent(fold.evaluation.accuracy, 2),
                *(score.in_words(fold.evaluation.scores[name]) for name, score in scores.items()),
                *((percent(fold.test.accuracy, 2) if fold.test else "",) if has_test else ()),
                "" if fold.seconds is None else duration(fold.seconds),
            )
            for fold in found.folds
        ],
    )
    say_folds(say, found)


def print_models(say: Printer, found: TrainedModels, *, debug: bool) -> int:
    """Print the comparison, the path of its page, and the models that failed; return the exit code.

    The exit code is that of the first failure, so that a script notices that one model is missing.
    """
    from onelook.commands.compare import PAGE
    from onelook.commands.train_summary import say_next_of_models

    if found.comparison is not None:
        say()
        print_comparison(say, found.comparison)
        say(f"\npage  {found.path / PAGE}")
        say_next_of_models(say, found)
    for model in found.failed:
        reason = describe(model.cause) if model.cause else model.error
        if debug and model.cause:
            traceback.print_exception(model.cause, file=sys.stderr)
        print_error(f"{model.model} could not be trained: {reason}")
    causes = [model.cause for model in found.failed if model.cause]
    return exit_code(causes[0]) if causes else 0
