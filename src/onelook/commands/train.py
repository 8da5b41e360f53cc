"""`onelook train`: from data to a run folder with a model, its honest score and a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from onelook.errors import ConfigError
from onelook.planning.options import check_names, gather_overrides
from onelook.planning.request import Request, Say, silent
from onelook.run_folder import RunFolder
from onelook.runs.clock import Clock
from onelook.runs.fold_scores import FILE, CrossValidation
from onelook.runs.model_list import FILE as MODELS_FILE
from onelook.runs.model_list import TrainedModels
from onelook.runs.prepare import prepare_training
from onelook.runs.resumed import RUNS, find_run_to_resume, name_of_data
from onelook.runs.run import Run, ScoredFolder, run_plan
from onelook.runtime import launch, require_torch
from onelook.training.parallel import Processes, join_processes

if TYPE_CHECKING:
    from onelook.data.pictures.protocol import OnProgress


@overload
def train(
    data: Any,
    *,
    folds: int,
    out: Path | str | None = None,
    resume: bool = False,
    config: Path | str | None = None,
    sets: Sequence[str] = (),
    command: str | None = None,
    quiet: bool = False,
    say: Say = print,
    on_progress: OnProgress | None = None,
    **settings: Any,
) -> CrossValidation: ...
@overload
def train(
    data: Any,
    *,
    models: Sequence[str] | str,
    out: Path | str | None = None,
    resume: bool = False,
    config: Path | str | None = None,
    sets: Sequence[str] = (),
    command: str | None = None,
    quiet: bool = False,
    say: Say = print,
    on_progress: OnProgress | None = None,
    **settings: Any,
) -> TrainedModels: ...
@overload
def train(
    data: Any,
    *,
    out: Path | str | None = None,
    resume: bool = False,
    config: Path | str | None = None,
    sets: Sequence[str] = (),
    command: str | None = None,
    quiet: bool = False,
    say: Say = print,
    on_progress: OnProgress | None = None,
    **settings: Any,
) -> Run: ...
def train(
    data: Any,
    *,
    out: Path | str | None = None,
    resume: bool = False,
    config: Path | str | None = None,
    sets: Sequence[str] = (),
    command: str | None = None,
    quiet: bool = False,
    say: Say = print,
    on_progress: OnProgress | None = None,
    **settings: Any,
) -> Run | CrossValidation | TrainedModels:
    """Trains a classifier and leaves a run folder with its model, evaluation and report.

    With `folds`, also where a file or `sets` has it, that many classifiers are trained, each in a folder of its own
    below `out`, and what comes back is a `CrossValidation`: the folds' runs, their mean accuracy and its interval.
    With `models`, likewise, each of them is trained on the same split in a folder of its own, and what comes back is
    a `TrainedModels`: their runs, compared.

    Args:
        data: what `open_dataset` opens: a path, a built-in name, arrays `(X, y)`, or an opened `Dataset`.
        out: the run's folder; by default `runs/<data>-NNN`.
        resume: go on with the interrupted run in `out`, or else with the newest one of this data; begin where there
            is none yet.
        config: a TOML file of settings.
        sets: `key=value` pairs, as `--set` takes them.
        command: the command line, kept for the record.
        quiet: no words and no progress.
        say: where words go.
        on_progress: called with pictures decoded and pictures in all, before training.
        **settings: fields of `TrainSettings`, such as `model="cnn"`, `epochs=8`, `val=0.2`, `time_limit="3m"`.

    Raises:
        ConfigError: the request is wrong; nothing was written.
        DataError: the data is wrong or missing; nothing was written.
    """
    require_torch("training")
    with join_processes(launch()) as processes:
        return _train(
            data,
            settings,
            processes,
            out=None if out is None else Path(out),
            resume=resume,
            config=None if config is None else Path(config),
            sets=sets,
            command=command,
            quiet=quiet or not processes.is_first,
            say=say,
            on_progress=on_progress if processes.is_first else None,
        )


def _train(
    data: Any,
    settings: Mapping[str, Any],
    processes: Processes,
    *,
    out: Path | None,
    resume: bool,
    config: Path | None,
    sets: Sequence[str],
    command: str | None,
    quiet: bool,
    say: Say,
    on_progress: OnProgress | None,
) -> Run | CrossValidation | TrainedModels:
    clock, tell = Clock(), silent if quiet else say
    shared_speed = _shared_speed(processes)
    # The first process decodes, and the others find the pictures in the cache. What it refuses, it says alone.
    with processes.first_alone():
        asked = gather_overrides(settings, sets, config)
        check_names(asked)
        resumed = find_run_to_resume(data, out) if resume else None
        if resume and resumed is None:
            tell(f"nothing is saved in {out or RUNS / name_of_data(data)} yet: the run begins")
        if out is not None and not resume:
            RunFolder(out).refuse_existing()
        request = Request(data, asked, out, resumed, command, quiet, tell, on_progress, shared_speed)
        if _is_for_several(request, "models", MODELS_FILE, processes):
            from onelook.runs.train_models import train_models

            return _compared(train_models(request), tell)
        if _is_for_several(request, "folds", FILE, processes):
            from onelook.runs.cross_validate import cross_validate

            return cross_validate(request)
        if resumed is not None:
            _refuse_single_fold(RunFolder.open(resumed.path))

        with clock.stage("open"):
            plan, prepared = prepare_training(request)
    sink = ScoredFolder(prepared, out, resumed, command, tell, processes)
    return run_plan(plan, prepared.training_data, sink, clock, quiet=quiet, say=tell)


def _compared(found: TrainedModels, say: Say) -> TrainedModels:
    """Return the models with the comparison of those that are complete, once all were tried."""
    if found.status == "interrupted":
        return found
    from onelook.commands.compare import compare_runs, write_comparison

    comparison = compare_runs([model.run.path for model in found.complete], say)
    write_comparison(comparison, found.path)
    return replace(found, comparison=comparison)


def _shared_speed(processes: Processes) -> float | None:
    """The speed that all processes plan with, who must come to the same network; alone, one measures when it needs."""
    if processes.count == 1:
        return None
    from onelook.runtime import choose_device
    from onelook.training.speed import measure_matmul_speed

    return processes.count * processes.from_first(lambda: measure_matmul_speed(choose_device("auto")))


def _is_for_several(request: Request, what: str, file: str, processes: Processes) -> bool:
    """Whether several `what` are to be trained, or gone on with in a folder that holds such a file.

    Raises:
        ConfigError: several processes are to do it together.
    """
    found = request.asked.get(what) is not None if request.resumed is None else (request.resumed.path / file).is_file()
    if found and processes.count > 1:
        raise ConfigError(
            f"--{what} in {processes.count} processes of torchrun: {what} are trained by one process. Start it "
            f"without torchrun, or leave --{what} out."
        )
    return found


def _refuse_single_fold(run: RunFolder) -> None:
    if "fold" in run.read_run():
        folder = run.path.parent
        raise ConfigError(
            f"{run.path}: one fold of a cross-validation, which goes on as a whole: --out {folder} --resume."
        )
