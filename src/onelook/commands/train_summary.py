"""The lines that end a training: the score, its warnings, the paths of what was written, and what comes next."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from textwrap import TextWrapper
from typing import TYPE_CHECKING

from onelook.planning.request import Say
from onelook.run_folder import RunFolder
from onelook.runtime import PICTURES_TO_COME, command_name
from onelook.wording import percent

if TYPE_CHECKING:
    from onelook.runs.fold_scores import CrossValidation
    from onelook.runs.model_list import TrainedModels
    from onelook.runs.run import Run

# Within 80 columns; paths and options stay in one piece.
_WARNING = TextWrapper(
    80, initial_indent="  ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
)


def say_run(say: Say, run: Run) -> None:
    """Print the run's score, its warnings, the paths of what was written, and the commands that come next."""
    say(f"\n{run}")
    for warning in run.evaluation.warnings:
        say(_WARNING.fill(warning))
    say(f"\nreport  {run.folder.report}\nmodel   {run.folder.model}")
    folder = str(run.path)
    earlier = run.folder.read_run()["settings"].get("split")
    followed = [("compare", earlier, folder)] if earlier and RunFolder(Path(earlier)).run_json.is_file() else []
    _say_next(say, *followed, ("predict", folder, PICTURES_TO_COME), ("serve", folder))


def say_folds(say: Say, found: CrossValidation) -> None:
    """Print the mean over the folds, the paths of what was written, and the commands that come next."""
    say(f"\n{found}")
    say(_WARNING.fill(found.labels)) if found.labels else None
    say(f"\nreport       {found.path / 'report.html'}")
    say(f"predictions  {found.predictions}  (of each picture, by its own fold)")
    if found.findings:
        say(f"suspects     {found.suspects}  (labels that look wrong)")
    if found.status != "complete":
        return
    best = max(found.folds, key=lambda fold: fold.evaluation.accuracy)
    without_folds = _without_folds(found)
    _say_next(say, *([without_folds] if without_folds else []), ("predict", str(best.run.path), PICTURES_TO_COME))


def say_next_of_models(say: Say, found: TrainedModels) -> None:
    """Print the commands that use the most accurate model; nothing before all models were tried."""
    if found.comparison is not None:
        folder = found.comparison.runs[found.comparison.best].run
        _say_next(say, ("predict", folder, PICTURES_TO_COME), ("serve", folder))


def _say_next(say: Say, *commands: Sequence[str]) -> None:
    say("\nnext")
    for words in commands:
        say(f"  {shlex.join([command_name(), *words])}")


def _without_folds(found: CrossValidation) -> list[str]:
    """Return the words that train one model on all pictures as the folds were trained; empty if they are not known."""
    _, *words = shlex.split(found.folds[0].run.read_run().get("command") or "onelook")
    kept: list[str] = []
    skip = False
    for word in words:
        flag, _, value = word.partition("=")
        if skip or flag in _OF_FOLDS:
            skip = not skip and flag in _OF_FOLDS and not value and flag != "--resume"
        else:
            kept.append(word)
    return kept


_OF_FOLDS = ("--folds", "--out", "--name", "--resume")


def say_models(say: Say, found: TrainedModels) -> None:
    """Print each model's score or why it failed, and the path of the page that compares them."""
    from onelook.commands.compare import PAGE

    say("")
    for model in found.models:
        if model.evaluation is not None:
            say(f"{model.model}: {percent(model.evaluation.accuracy, 2)}, in {model.run.path}")
        elif model.error:
            say(f"{model.model}: could not be trained: {model.error}")
    if found.comparison is not None:
        say(f"\npage  {found.path / PAGE}")
    say_next_of_models(say, found)


def say_in_python(say: Say, found: Run | CrossValidation | TrainedModels) -> None:
    """Print what ends a training that a Python program began, and how to resume one that was interrupted."""
    from onelook.runs.fold_scores import CrossValidation
    from onelook.runs.run import Run

    if isinstance(found, Run):
        say_run(say, found)
    elif isinstance(found, CrossValidation):
        say_folds(say, found)
    else:
        say_models(say, found)
    if found.status == "interrupted":
        again = f"train(data, out={str(found.path)!r}, resume=True)"
        say(f"\ninterrupted: all that was done is safe. Resume with: {again}")
