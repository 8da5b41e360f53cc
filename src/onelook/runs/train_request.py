"""Check a request to train, and train one run, the folds of a cross-validation, or a list of models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onelook.errors import ConfigError
from onelook.planning.options import check_names, gather_overrides
from onelook.planning.request import Request, Say, silent
from onelook.run_folder import RunFolder
from onelook.runs.fold_scores import FILE, CrossValidation
from onelook.runs.model_list import FILE as MODELS_FILE
from onelook.runs.model_list import TrainedModels
from onelook.runs.prepare import prepare_training
from onelook.runs.resumed import RUNS, find_run_to_resume, name_of_data, refuse_place
from onelook.runs.run import Run, ScoredFolder, run_plan
from onelook.runs.stages import Clock
from onelook.training.parallel import Processes

if TYPE_CHECKING:
    from onelook.data.pictures.protocol import OnProgress


def train_request(
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
    clock: Clock,
) -> Run | CrossValidation | TrainedModels:
    """Gather and check the settings, and train. The arguments are those of `onelook.train`.

    A time limit counts from the start of the clock.

    Raises:
        ConfigError: the request is wrong; nothing was written.
        DataError: the data is wrong or missing; nothing was written.
    """
    tell = silent if quiet else say
    shared_speed = _shared_speed(processes)
    # The first process decodes, and the others read its cache. If it refuses the data, only it prints the error.
    with processes.first_alone():
        asked = gather_overrides(settings, sets, config)
        check_names(asked)
        resumed = find_run_to_resume(data, out) if resume else None
        if resume and resumed is None:
            tell(f"nothing is saved in {out or RUNS / name_of_data(data)} yet: the run begins")
        refuse_place(out, resumed)
        request = Request(data, asked, out, resumed, command, quiet, tell, on_progress, shared_speed)
        if _is_for_several(request, "models", MODELS_FILE, processes):
            from onelook.runs.train_models import train_models

            return train_models(request, clock)
        if _is_for_several(request, "folds", FILE, processes):
            from onelook.runs.cross_validate import cross_validate

            return cross_validate(request, clock)
        if resumed is not None:
            _refuse_single_fold(RunFolder.open(resumed.path))

        with clock.stage("open"):
            plan, prepared = prepare_training(request)
    sink = ScoredFolder(prepared, out, resumed, command, tell, processes)
    return run_plan(plan, prepared.training_data, sink, clock, quiet=quiet, say=tell)


def _shared_speed(processes: Processes) -> float | None:
    """Return the machine's speed, the same in all processes; None for one process, which measures it if needed."""
    if processes.count == 1:
        return None
    from onelook.runtime import choose_device
    from onelook.training.measurements.speed import measure_matmul_speed

    return processes.count * processes.from_first(lambda: measure_matmul_speed(choose_device("auto")))


def _is_for_several(request: Request, what: str, file: str, processes: Processes) -> bool:
    """Return whether several `what` are to be trained, or to be resumed in a folder with their file.

    Raises:
        ConfigError: there are several processes.
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
            f"{run.path}: this is one fold of a cross-validation, which is resumed as a whole: --out {folder} --resume."
        )
