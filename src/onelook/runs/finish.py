"""The last stage of a run: save the model, score it on pictures that did not influence it, and write the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from onelook.heap import give_back_memory
from onelook.runs.begin import BegunRun
from onelook.runs.ending.plan import EndingPlan, ending_of, take_steps
from onelook.runs.ending.portable import build_model
from onelook.runs.ending.step import Ending
from onelook.runs.prepare import PreparedData
from onelook.runs.stages import Clock, Fitted

if TYPE_CHECKING:
    from onelook.evaluation.result import Evaluation, SetName
    from onelook.training.result import FitResult


def finish_run(begun: BegunRun, data: PreparedData, fitted: Fitted, clock: Clock) -> Evaluation:
    """Take the steps that end a run, add the last fields to `run.json`, and write the report and the model's README."""
    from onelook.report.build import build_report
    from onelook.report.model_readme import write_model_readme

    folder, plan = begun.own_folder, ending_of(begun)
    set_name, evaluation = _scored(plan, begun, data, fitted, clock)
    give_back_memory()  # the report reads files: no probabilities and no features of pictures
    scores = {name: value for name, value in evaluation.scores.items() if value is not None}
    folder.update_run(
        status=fitted.result.status,
        best_epoch=fitted.result.best_epoch,
        stopped_early=fitted.result.stopped_early,
        resumed_from_epoch=fitted.result.resumed_from_epoch,
        notes=list(fitted.result.notes),
        metrics={"set": set_name, **scores},
        model={**folder.read_run()["model"], "size_bytes": _size_of(folder.model)},
        # Up to here: the report shows these times, so its own (some tenths of a second) cannot be among them.
        timings=_with_earlier_epochs(clock.so_far(), fitted.result),
        left_out=list(plan.left_out),
    )
    build_report(folder)
    write_model_readme(folder)
    for log in fitted.logs:
        log.on_finish(set_name, scores)
    return evaluation


def _scored(
    plan: EndingPlan, begun: BegunRun, data: PreparedData, fitted: Fitted, clock: Clock
) -> tuple[SetName, Evaluation]:
    """Take the steps that end a run; return the set that the model was scored on, and the scores."""
    ending = Ending(begun, data, fitted, build_model(begun, data, fitted), reads_features=plan.reads_features)
    scored = take_steps(plan, ending, clock).scored
    return scored.set_name, scored.evaluation


def _with_earlier_epochs(seconds: dict[str, float], result: FitResult) -> dict[str, float]:
    """Return the seconds of each stage, with the epochs that were trained before the run was resumed.

    Example:
        >>> from types import SimpleNamespace as Some
        >>> resumed = Some(history=[Some(seconds=30.0), Some(seconds=20.0)], resumed_from_epoch=1)
        >>> _with_earlier_epochs({"train": 21.0, "total": 25.0}, resumed)
        {'train': 51.0, 'total': 55.0}
        >>> within_the_first = Some(history=[Some(seconds=30.0)], resumed_from_epoch=0)
        >>> _with_earlier_epochs({"train": 21.0, "total": 25.0}, within_the_first)
        {'train': 30.0, 'total': 34.0}
    """
    if "train" not in seconds or result.resumed_from_epoch is None:
        return seconds
    epochs = [epoch.seconds for epoch in result.history]
    # An epoch that was cut short counts its seconds from before, too.
    earlier = max(sum(epochs[: result.resumed_from_epoch]), sum(epochs) - seconds["train"])
    return seconds | {name: round(seconds[name] + earlier, 3) for name in ("train", "total")}


def _size_of(model: Path) -> int:
    """Return the bytes that the model folder takes on the disk."""
    return sum(file.stat().st_size for file in model.iterdir())
