"""The lines that end a training: the score, its warnings, the paths of what was written, and what comes next."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from onelook.comparison.advice import advised_run
from onelook.data.fixes.suspects_file import FILL_IN
from onelook.planning.request import Say
from onelook.run_folder import RunFolder
from onelook.runtime import PICTURES_TO_COME, command_line
from onelook.settings.python_words import python_words
from onelook.wording import percent, wrapped

if TYPE_CHECKING:
    from onelook.runs.fold_scores import CrossValidation
    from onelook.runs.model_list import TrainedModels
    from onelook.runs.run import Run


def say_run(say: Say, run: Run, *, in_python: bool = False) -> None:
    """Print the run's score, its warnings, the paths of what was written, and the commands that come next.

    Args:
        say: prints a line.
        run: the run.
        in_python: whether what comes next are calls in Python, after `import onelook as ol`.
    """
    say(f"\n{run}")
    record = run.folder.read_run()
    if run.status == "interrupted" and run.evaluation.set_name == "val" and record["split"]["test"]:
        say("  The test pictures are scored once, when the run has ended.")
    for warning in run.evaluation.warnings:
        say(_in_lines(python_words(warning) if in_python else warning))
    say(f"\nreport  {run.folder.report}\nmodel   {run.folder.model}")
    folder = str(run.path)
    earlier = record["settings"].get("split")
    has_earlier = earlier and RunFolder(Path(earlier)).run_json.is_file()
    if in_python:
        _say_next(say, *([f"ol.compare_runs({[earlier, folder]})"] if has_earlier else []), _predict_call(folder))
        return
    compare = [_command("compare", earlier, folder)] if has_earlier else []
    _say_next(say, *compare, _command("predict", folder, PICTURES_TO_COME), _command("serve", folder))


def say_folds(say: Say, found: CrossValidation, *, in_python: bool = False) -> None:
    """Print the mean over the folds, the paths of what was written, and the commands or calls that come next."""
    say(f"\n{found}")
    say(_in_lines(found.labels)) if found.labels else None
    say(f"\nreport       {found.path / 'report.html'}")
    say(f"predictions  {found.predictions}  (of each picture, by its own fold)")
    if found.findings:
        say(f"suspects     {found.suspects}  (labels that look wrong)")
        decide = f"{FILL_IN} Then train with --fixes {found.suspects}"
        say(_in_lines(python_words(decide) if in_python else decide))
    if found.status != "complete":
        return
    best = max(found.folds, key=lambda fold: fold.evaluation.accuracy)
    if in_python:
        _say_next(say, _predict_call(str(best.run.path)))
        return
    words = _without_folds(found)
    doubted = [_command("review", str(found.path))] if found.findings else []
    without_folds = [_command(*words)] if words else []
    _say_next(say, *doubted, *without_folds, _command("predict", str(best.run.path), PICTURES_TO_COME))


def say_next_of_models(say: Say, found: TrainedModels, *, in_python: bool = False) -> None:
    """Print what uses the model that the advice says to take; nothing before all models were tried."""
    if found.comparison is None:
        return
    folder = advised_run(found.comparison.runs, found.comparison.best).run
    if in_python:
        _say_next(say, _predict_call(folder))
    else:
        _say_next(say, _command("predict", folder, PICTURES_TO_COME), _command("serve", folder))


def _say_next(say: Say, *lines: str) -> None:
    say("\nnext")
    for line in lines:
        say(f"  {line}")


def _command(*words: str) -> str:
    return command_line(*words)


def _predict_call(folder: str) -> str:
    return f"ol.load({folder!r}).predict({PICTURES_TO_COME!r})"


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


def say_models(say: Say, found: TrainedModels, *, in_python: bool = False) -> None:
    """Print each model's score or why it failed, the path of the page that compares them, and what comes next."""
    from onelook.commands.compare import PAGE

    say("")
    for model in found.models:
        if model.evaluation is not None:
            say(f"{model.model}: {percent(model.evaluation.accuracy, 2)}, in {model.run.path}")
        elif model.error:
            say(f"{model.model}: could not be trained: {model.error}")
    if found.comparison is not None:
        say(f"\npage  {found.path / PAGE}")
    say_next_of_models(say, found, in_python=in_python)


def say_in_python(say: Say, found: Run | CrossValidation | TrainedModels) -> None:
    """Print what ends a training that a Python program began, and how to resume one that was interrupted."""
    from onelook.runs.fold_scores import CrossValidation
    from onelook.runs.run import Run

    if isinstance(found, Run):
        say_run(say, found, in_python=True)
    elif isinstance(found, CrossValidation):
        say_folds(say, found, in_python=True)
    else:
        say_models(say, found, in_python=True)
    if found.status == "interrupted":
        again = f"ol.train(data, out={str(found.path)!r}, resume=True)"
        say(f"\ninterrupted: all that was done is safe. Resume with: {again}")


def _in_lines(warning: str) -> str:
    """Return a warning within 80 columns; paths and options stay in one piece."""
    return "\n".join(wrapped(warning, 80, first_indent="  ", indent="    "))
