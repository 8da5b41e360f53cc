"""What `onelook train --folds` says at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from onelook.cli.output.printer import Say
from onelook.wording import percent

if TYPE_CHECKING:
    from onelook.runs.fold_scores import CrossValidation


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
