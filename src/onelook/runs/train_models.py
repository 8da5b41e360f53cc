"""`onelook train --models a,b,c`: an ordinary run for each model on the same split."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from onelook.errors import ConfigError, DataError, OnelookError
from onelook.evaluation.result import Evaluation
from onelook.files import json_text, write_text
from onelook.planning.classical_request import is_classical
from onelook.planning.options import model_list
from onelook.planning.request import Request, silent
from onelook.planning.time_budget import TimeBudget
from onelook.run_folder import RunFolder, folder_name, next_run_folder
from onelook.runs.model_list import FILE, Status, TrainedModel, TrainedModels, read_models
from onelook.runs.prepare import prepare_training
from onelook.runs.resumed import RUNS, name_of_data, present_fixes
from onelook.runs.run import InterruptedRun, ScoredFolder, run_plan
from onelook.runs.stages import Clock
from onelook.settings.merge import Overrides
from onelook.wording import duration

_TIMES_OF_A_NETWORK = 3  # as much time as a classical model, which is fitted in one go


def train_models(request: Request, clock: Clock) -> TrainedModels:
    """Train the models one after the other, each into a run folder of its own.

    All have the same settings except the model. The same seed gives the same split, and the pictures are cached.
    Settings that depend on the model, such as its learning rate, are picked for each. If a model fails, the failure is
    reported and the others are trained. A resume keeps the complete models, resumes the interrupted one, and tries the
    failed ones again.

    Args:
        request: has `models`, or resumes such a request.
        clock: a time limit counts from its start.

    Raises:
        ConfigError: two models would share a folder, or none could be trained.
        DataError: the data is wrong or missing.
    """
    found = _begin(request) if request.resumed is None else _list_to_resume(request.resumed.path, request.asked)
    _write(found, request)
    try:
        for position in range(len(found.models)):
            tried = _train_one(position, found, _share_of_time(found, clock, position), request)
            if position == 0 and isinstance(tried.cause, DataError):
                raise tried.cause  # the data is the same for all
            found = replace(found, models=(*found.models[:position], tried, *found.models[position + 1 :]))
            _write(found, request)
            if tried.status == "interrupted":
                return found
        if not found.complete:
            raise _all_failed(found)
    finally:
        _remove_if_nothing_began(found)
    return found


def _train_one(position: int, found: TrainedModels, limit: Overrides, request: Request) -> TrainedModel:
    """Train one model. A complete one is kept, and one that was begun is resumed."""
    model = found.models[position]
    resumed = model.run if model.run.run_json.is_file() else None
    try:
        if resumed is not None and resumed.read_run().get("status") == "complete":
            return replace(model, status="complete", evaluation=_evaluation(resumed))
        share = f", within {duration(limit['time_limit_seconds'])} of the limit" if limit else ""
        request.say(f"\nmodel {position + 1} of {len(found.models)}: {model.model}{share}")
        if resumed is None:
            model.run.clear_unbegun()
        clock = Clock()
        with clock.stage("open"):
            asked = {**found.asked, **limit, "model": model.model}
            if (fixes := present_fixes(asked.get("fixes"), [each.run for each in found.models])) is not None:
                asked["fixes"] = fixes  # of a model that is resumed: the copy in another one's folder may be needed
            if resumed is not None:
                asked = {name: asked[name] for name in ("device",) if name in asked}
            # The findings are the same for all models, so they are printed once.
            say = request.say if position == 0 else silent
            plan, data = prepare_training(replace(request, asked=asked, resumed=resumed, say=say))
        sink = ScoredFolder(data, model.run.path, resumed, request.command, request.say)
        run = run_plan(plan, data.training_data, sink, clock, quiet=request.quiet, say=request.say)
    except KeyboardInterrupt as stopped:  # names the folder of all models, not that of one
        raise InterruptedRun(found.path) from stopped
    except Exception as problem:  # also from a library, or no memory: the other models are still trained
        error = str(problem) if isinstance(problem, OnelookError) else f"{type(problem).__name__}: {problem}"
        request.say(f"  {model.model} could not be trained: {error}")
        return replace(model, status="failed", error=error, cause=problem)
    status: Status = "complete" if run.status == "complete" else "interrupted"
    return replace(model, status=status, evaluation=run.evaluation, error="", cause=None)


def _begin(request: Request) -> TrainedModels:
    """Make a new folder with the list of models. None of them is trained yet."""
    names = model_list(request.asked)
    folders = [folder_name(Path(name).stem if name.endswith(".toml") else name) for name in names]
    twice = next((folder for folder in folders if folders.count(folder) > 1), None)
    if twice is not None:
        raise ConfigError(f"--models {','.join(names)}: two of them would have the folder {twice}. Rename one file.")
    folder = next_run_folder(RUNS, name_of_data(request.data)) if request.out is None else RunFolder.create(request.out)
    shared = {name: value for name, value in request.asked.items() if name not in ("models", "model")}
    models = tuple(TrainedModel(name, RunFolder(folder.path / own)) for name, own in zip(names, folders, strict=True))
    return TrainedModels(folder.path, models, shared)


def _list_to_resume(folder: Path, asked: Overrides) -> TrainedModels:
    """Return the list that was begun in the folder. Only the device may change.

    Raises:
        ConfigError: another setting has a new value.
    """
    found = read_models(folder)
    begun = {**found.asked, "models": [model.model for model in found.models]}
    for name, value in json.loads(
        json_text({**asked, **({"models": model_list(asked)} if "models" in asked else {})})
    ).items():
        if name != "device" and str(begun.get(name)) != str(value):
            raise ConfigError(
                f"{folder}: a resumed list of models keeps the settings that it began with ({name} was "
                f"{begun.get(name)}, asked {value}). Leave them out, or start again with another --out."
            )
    device = {"device": asked["device"]} if "device" in asked else {}
    return replace(found, asked=found.asked | device)


def _share_of_time(found: TrainedModels, clock: Clock, position: int) -> Overrides:
    """Return the time limit of the model at this position: its share of the remaining time."""
    budget = TimeBudget(found.asked.get("time_limit_seconds"))
    times = [1 if is_classical(each.model) else _TIMES_OF_A_NETWORK for each in found.models[position:]]
    comparing = budget.comparing_seconds(len(found.models))
    share = budget.share(clock.so_far()["total"], left=sum(times) / times[0], ending_seconds=comparing)
    return {} if share is None else {"time_limit_seconds": share}


def _evaluation(run: RunFolder) -> Evaluation:
    return Evaluation.from_dict(json.loads(run.evaluation.read_text(encoding="utf-8")))


def _all_failed(found: TrainedModels) -> Exception:
    """Return the error if no model could be trained; it has the class of the first failure."""
    first = found.models[0].cause or ConfigError(found.models[0].error)
    if len(found.models) == 1 or not isinstance(first, OnelookError):
        return first
    reasons = " ".join(f"{model.model}: {model.error}" for model in found.models)
    return type(first)(f"none of the {len(found.models)} models could be trained. {reasons}")


def _remove_if_nothing_began(found: TrainedModels) -> None:
    """Remove the folder if the request or the data was refused before any run began."""
    if not any(model.run.path.exists() for model in found.models):
        (found.path / FILE).unlink(missing_ok=True)
        with suppress(OSError):  # the folder holds something that is not ours
            found.path.rmdir()
            if found.path.parent == RUNS:  # this folder may also be new
                RUNS.rmdir()


def _write(found: TrainedModels, request: Request) -> None:
    """Write `models.json`, the list with the results so far."""
    values = {name: value for name, value in found.to_dict().items() if name != "comparison"}
    write_text(found.path / FILE, json_text({**values, "asked": found.asked, "command": request.command}) + "\n")
