"""`onelook train`: train on data, and write a run folder with the model, its score and a report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from onelook.commands.train_summary import say_in_python
from onelook.optional_packages import require_torch
from onelook.planning.request import Say, silent
from onelook.runs.fold_scores import CrossValidation
from onelook.runs.model_list import TrainedModels
from onelook.runs.resumed import named_folder
from onelook.runs.run import Run
from onelook.runs.stages import Clock
from onelook.runs.train_request import train_request
from onelook.runtime import command_started, launch
from onelook.training.parallel import join_processes

if TYPE_CHECKING:
    from onelook.data.pictures.protocol import OnProgress


@overload
def train(data: Any, *, folds: int, **options: Any) -> CrossValidation: ...
@overload
def train(data: Any, *, models: Sequence[str] | str, **options: Any) -> TrainedModels: ...
@overload
def train(
    data: Any,
    *,
    out: Path | str | None = None,
    name: str | None = None,
    resume: bool = False,
    config: Path | str | None = None,
    sets: Sequence[str] = (),
    command: str | None = None,
    quiet: bool = False,
    say: Say = print,
    on_progress: OnProgress | None = None,
    summary: bool = True,
    **settings: Any,
) -> Run: ...
def train(
    data: Any,
    *,
    out: Path | str | None = None,
    name: str | None = None,
    resume: bool = False,
    config: Path | str | None = None,
    sets: Sequence[str] = (),
    command: str | None = None,
    quiet: bool = False,
    say: Say = print,
    on_progress: OnProgress | None = None,
    summary: bool = True,
    **settings: Any,
) -> Run | CrossValidation | TrainedModels:
    """Train a classifier, and write a run folder with its model, evaluation and report.

    With `folds` (also from `config` or `sets`) it does the same as `cross_validate`, and with `models` the same as
    `train_models`.

    Args:
        data: what `open_dataset` opens: a path, a built-in name, arrays `(X, y)`, or an opened `Dataset` or one of
            its parts.
        out: the run's folder; by default `runs/<data>-NNN`.
        name: the name of a folder in `runs/` to write to, instead of `out`.
        resume: resume the interrupted run in `out`, or else the newest run of this data; without one, start a run.
        config: a TOML file of settings.
        sets: `key=value` pairs, as `--set` takes them.
        command: the command line, recorded in the run.
        quiet: print nothing and show no progress.
        say: prints a line.
        on_progress: called with pictures decoded and pictures in all, before training.
        summary: print the score, the paths of what was written, and what comes next, at the end.
        **settings: fields of `TrainSettings`, such as `model="cnn"`, `epochs=8`, `val=0.2`, `time_limit="3m"`, also by
            the names of the command's options, such as `lr=0.01` and `patience=3`.

    Raises:
        ConfigError: the request is wrong; nothing was written.
        DataError: the data is wrong or missing; nothing was written.
    """
    clock = Clock(command_started())  # importing torch takes a second or more, which is part of a time limit
    require_torch("training")
    folder = None if out is None else Path(out)
    if name is not None:
        folder = named_folder(name, folder, resume=resume)
    with join_processes(launch()) as processes:
        found = train_request(
            data,
            settings,
            processes,
            out=folder,
            resume=resume,
            config=None if config is None else Path(config),
            sets=sets,
            command=command,
            quiet=quiet or not processes.is_first,
            say=say,
            on_progress=on_progress if processes.is_first else None,
            clock=clock,
        )
    if isinstance(found, TrainedModels):
        from onelook.commands.compare import compare_trained

        found = compare_trained(found, silent if quiet else say)
    if summary and not quiet and processes.is_first:
        say_in_python(say, found)
    return found


def cross_validate(data: Any, folds: int = 5, **options: Any) -> CrossValidation:
    """Train a classifier for each fold, and return the runs, the mean scores and the interval of each mean.

    Each training picture is a validation picture once, in the run of its fold, a folder in `out`.

    Args:
        data: what `train` takes.
        folds: the number of folds, at least 2.
        **options: what `train` takes; the errors are those of `train`, too.
    """
    found: CrossValidation = train(data, folds=folds, **options)
    return found


def train_models(data: Any, models: Sequence[str] | str, **options: Any) -> TrainedModels:
    """Train several models on the same split, and return their runs with a comparison.

    Args:
        data: what `train` takes.
        models: names, or TOML files; each gets its own run folder in `out`.
        **options: what `train` takes; the errors are those of `train`, too.
    """
    found: TrainedModels = train(data, models=models, **options)
    return found
