"""`onelook tune`: search for the settings with the best validation accuracy; the best trial becomes a run."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from onelook.errors import ConfigError, unknown_name
from onelook.files import json_text, write_text
from onelook.optional_packages import import_ray, require_torch
from onelook.planning.request import Request, Say, silent
from onelook.planning.time_budget import TimeBudget
from onelook.report.results import read_evaluation
from onelook.report.search_page import KeptRun, render_search
from onelook.run_folder import RunFolder, next_run_folder
from onelook.runs.prepare import prepare_training
from onelook.runs.resumed import RUNS, find_run_to_resume, keep_fixes, name_of_data, refuse_place
from onelook.runs.run import Run
from onelook.runtime import command_started, launch, versions
from onelook.tuning.default_space import default_space, planned_point
from onelook.tuning.dimensions import parse_space
from onelook.tuning.search import BEST, Search
from onelook.tuning.search_request import FILE, gather_search, search_to_resume
from onelook.tuning.search_result import SearchResult, best_of
from onelook.tuning.study import open_study, require_optuna, trial_rows

if TYPE_CHECKING:
    from onelook.data.pictures.protocol import OnProgress

TABLE = "trials.csv"
HERE, ON_RAY = "here", "ray"


def tune(
    data: Any,
    *,
    trials: int = 30,
    out: Path | str | None = None,
    resume: bool = False,
    on: str = HERE,
    config: Path | str | None = None,
    sets: Sequence[str] = (),
    command: str | None = None,
    quiet: bool = False,
    say: Say = print,
    on_progress: OnProgress | None = None,
    **settings: Any,
) -> SearchResult:
    """Train trials with different settings on the training and validation pictures, and keep the best as a run.

    Optuna's tree-structured Parzen estimator (Bergstra et al. 2011, NeurIPS) draws the points; the first point has the
    settings that `train` would pick. A trial stops early if its validation accuracy after an epoch is below the median
    of the earlier trials. Only the best trial is scored on the test set, once, at the end.

    Args:
        data: as `train` takes it.
        trials: the number of trials, including those before a resume.
        out: the folder of the search; by default `runs/<data>-NNN`.
        resume: resume the search in `out`, or else the newest search of this data.
        on: `here`, one trial after another; or `ray`, several at a time on the cluster at `RAY_ADDRESS`, or else on
            two workers on this machine.
        config: a TOML file of settings, perhaps with a `[space]` table.
        sets, command, quiet, say, on_progress: as `train` takes them.
        **settings: fields of `TrainSettings`, the same for all trials; `time_limit` covers the whole search.

    Raises:
        ConfigError: the request is wrong, or every trial failed.
        DataError: the data is wrong or missing.
    """
    started = command_started()
    require_torch("tuning")
    require_optuna()
    from onelook.training.measurements.speed import measure_slowness

    if on not in (HERE, ON_RAY):
        raise unknown_name("place to search", on, (HERE, ON_RAY))
    if on == ON_RAY:
        from onelook.ray_cluster import cluster_address, refuse_unreachable

        import_ray("onelook tune --on ray")
        refuse_unreachable(cluster_address())
    tell = silent if quiet else say
    if launch().count > 1:
        raise ConfigError("onelook tune under torchrun: trials are trained by one process. Start it without torchrun.")
    request = gather_search(settings, sets, None if config is None else Path(config))
    limit = request.asked.pop("time_limit_seconds", None)
    resumed = find_run_to_resume(data, out) if resume else None
    if resumed is not None:
        request = search_to_resume(resumed.path, request)
    refuse_place(out, resumed)
    asked, space = request.asked, request.space
    opened = time.perf_counter()
    plan, _ = prepare_training(Request(data, asked, quiet=quiet, say=tell, on_progress=on_progress))
    opening_seconds = time.perf_counter() - opened
    planned = plan.settings
    dimensions = parse_space(space, "the space") if space else default_space(planned, asked)
    if resumed is not None:
        folder = resumed.path
    else:
        folder = (RunFolder.create(Path(out)) if out is not None else next_run_folder(RUNS, name_of_data(data))).path
        keep_fixes(planned.fixes, RunFolder(folder))
        write_text(folder / FILE, json_text({**request.to_dict(), "command": command}) + "\n")
    tell("searching  " + "\n           ".join(one.in_words() for one in dimensions))
    with open_study(folder, planned.seed) as study:
        if not study.trials:
            study.enqueue_trial(dict(planned_point(dimensions, planned)))
        search = Search(data, folder, study, dimensions, planned, asked, trials, tell)
        slowness = 1.0 if limit is None else measure_slowness()
        # The best trial opens the data again, to be scored.
        deadline = TimeBudget(limit).deadline(started, ending_seconds=opening_seconds, slowness=slowness)
        if on == ON_RAY:
            from onelook.tuning.on_ray import run_on_ray

            status = run_on_ray(search, deadline)
        else:
            status = search.run(deadline)
        best = search.best
        rows = tuple(search.rows())
        run = search.finish(best) if status == "complete" and best is not None else None
    found = SearchResult(
        folder, "complete" if run is not None and run.status == "complete" else "interrupted", rows, best, run
    )
    write_text(folder / TABLE, found.csv())
    write_search_page(found)
    return found


def rebuild_search_page(folder: Path, out: Path | None = None) -> Path:
    """Write the page of a search again, from its database, and return the page's path.

    Args:
        folder: the search's folder.
        out: the file; None for the one in the folder.

    Raises:
        ConfigError: Optuna is not installed, or the page cannot be written.
        ModelError: the evaluation of the best trial is damaged.
    """
    require_optuna()
    with open_study(folder, seed=0) as study:
        rows = tuple(trial_rows(study))
    kept = RunFolder(folder / BEST)
    evaluation = read_evaluation(kept)
    run = None if evaluation is None else Run(kept, evaluation, "complete")
    best = best_of(rows)
    return write_search_page(SearchResult(folder, "complete" if run else "interrupted", rows, best, run), out)


def write_search_page(found: SearchResult, out: Path | None = None) -> Path:
    """Write the page of a search into its folder: the trials, and what each setting did; return the page's path."""
    run, target = found.run, found.page if out is None else out
    kept = None
    if run is not None:
        report = run.folder.report.resolve()
        address = quote(Path(os.path.relpath(report, target.resolve().parent)).as_posix())
        kept = KeptRun(address, run.evaluation.accuracy, run.evaluation.rows, run.evaluation.set_name)
    page = render_search(
        found.trials, found.best, kept, name=found.path.resolve().name, version=versions().get("onelook", "")
    )
    write_text(target, page)
    return target
