"""What `onelook train` prints at its end: of one run, of folds, and of several models."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING

from onelook.cli.output.comparison import say_comparison
from onelook.cli.output.failure import describe, exit_code
from onelook.cli.output.printer import Say, say_error
from onelook.wording import percent

if TYPE_CHECKING:
    from onelook.runs.fold_scores import CrossValidation
    from onelook.runs.model_list import TrainedModels
    from onelook.runs.run import Run


def say_run(say: Say, run: Run) -> None:
    folder = run.folder.path
    say(f"\n{run}")
    for warning in run.evaluation.warnings:
        say(f"  {warning}")
    say(f"\nreport  {run.folder.report}\nmodel   {run.folder.model}\n\nnext")
    say(f"  onelook predict {folder} NEW_PICTURES --out predictions.csv\n  onelook serve {folder}")


def say_folds(say: Say, found: CrossValidation) -> None:
    """The folds in a table, their mean, and where everything is."""
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
        ),
        [
            (
                f"{fold.number}" if fold.status == "complete" else f"{fold.number} ({fold.status})",
                f"{fold.evaluation.rows:,}",
                percent(fold.evaluation.accuracy, 2),
                *(score.in_words(fold.evaluation.scores[name]) for name, score in scores.items()),
                *((percent(fold.test.accuracy, 2) if fold.test else "",) if has_test else ()),
            )
            for fold in found.folds
        ],
    )
    say(f"\n{found}")
    say(f"\nreport       {found.path / 'report.html'}")
    say(f"predictions  {found.predictions}  (of each picture, by its own fold)")


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
