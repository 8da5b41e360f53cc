"""One trial of a search: train at a point of the space, and score on the validation pictures only."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from onelook.errors import OnelookError
from onelook.planning.request import Request
from onelook.planning.time_budget import until
from onelook.runs.prepare import prepare_training
from onelook.runs.run import UnscoredFolder, run_plan
from onelook.runs.stages import Clock
from onelook.settings import TrainSettings
from onelook.settings.merge import Overrides
from onelook.tuning.default_space import overrides_of
from onelook.tuning.dimensions import Point

# Called after each epoch with its number, from 1, and its validation accuracy; returns whether to stop the trial.
Judge = Callable[[int, float], bool]


class TrialStopped(Exception):  # noqa: N818 - not an error
    """The judge stopped the trial early."""


@dataclass(frozen=True)
class Outcome:
    """The result of a trial."""

    state: Literal["complete", "pruned", "failed", "interrupted"]
    accuracies: tuple[float, ...] = ()  # of the validation pictures, epoch by epoch
    seconds: float = 0.0
    note: str = ""  # why it failed

    @property
    def best(self) -> float:
        """The best epoch's accuracy; 0 without epochs."""
        return max(self.accuracies, default=0.0)


@dataclass(frozen=True)
class Job:
    """A point of the space with everything needed to train it, on this machine or another."""

    number: int  # of the trial, from 1
    point: Point
    planned: TrainSettings  # the settings that `train` would use; the point's factor of augmentation multiplies theirs
    asked: Overrides  # the settings that the user gave
    folder: Path  # of the run, not created yet
    seconds: float | None = None  # the time that the trial may take; None sets no limit

    def in_words(self) -> str:
        """Return the point as text for a person."""
        return ", ".join(
            f"{name.rpartition('.')[2]} {value:.3g}"
            if isinstance(value, float)
            else f"{name.rpartition('.')[2]} {value}"
            for name, value in self.point.items()
        )


def train_trial(data: Any, job: Job, judge: Judge) -> Outcome:
    """Train at the job's point, and write the run to the job's folder, without a test score.

    Args:
        data: as `train` takes it.
        job: what to train.
        judge: called after each epoch. Its answer after the last epoch is ignored, because the trial is done.

    Raises:
        KeyboardInterrupt: Ctrl-C before or after the training loop.
    """
    began = time.perf_counter()
    watcher = watch(judge)
    try:
        asked = overrides_of(job.point, job.planned, job.asked)
        plan, prepared = prepare_training(Request(data, asked))
        sink = UnscoredFolder(prepared, job.folder)
        left = until(job.seconds, time.perf_counter() - began)
        plan = replace(plan, most_seconds=left)
        fitted = run_plan(plan, prepared.training_data, sink, Clock(), listeners=(watcher,))
    except TrialStopped:
        return Outcome("pruned", tuple(watcher.accuracies), time.perf_counter() - began)
    except OnelookError as problem:
        return Outcome("failed", tuple(watcher.accuracies), time.perf_counter() - began, str(problem))
    accuracies = tuple(record.val_accuracy for record in fitted.result.history)
    state: Literal["complete", "interrupted"] = "interrupted" if fitted.result.status == "interrupted" else "complete"
    return Outcome(state, accuracies, time.perf_counter() - began)


def watch(judge: Judge) -> Any:
    """Return a listener that calls the judge after each epoch, and stops the trial if the judge says so."""
    from onelook.training.listeners import Listener, TrainingStart
    from onelook.training.result import EpochRecord

    class Watcher(Listener):
        def __init__(self) -> None:
            self.accuracies: list[float] = []
            self.epochs = 0

        def on_start(self, start: TrainingStart) -> None:
            self.epochs = start.epochs

        def on_epoch(self, record: EpochRecord, is_best: bool) -> None:
            self.accuracies.append(record.val_accuracy)
            if judge(record.epoch, record.val_accuracy) and record.epoch != self.epochs:
                raise TrialStopped

    return Watcher()
