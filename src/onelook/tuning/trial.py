"""One trial of a search: a point of the space trained, and judged on the validation pictures alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from onelook.errors import OnelookError
from onelook.planning.request import Request
from onelook.runs.prepare import prepare_training
from onelook.runs.run import UnscoredFolder, run_plan
from onelook.runs.stages import Clock
from onelook.settings import TrainSettings
from onelook.settings.merge import Overrides
from onelook.tuning.default_space import overrides_of

# Hears an epoch's number, from 1, and its validation accuracy; says whether the trial is to be given up.
Judge = Callable[[int, float], bool]


class GivenUp(Exception):  # noqa: N818 - no error
    """The trial is not worth its time."""


@dataclass(frozen=True)
class Outcome:
    """What came of a trial."""

    state: Literal["complete", "pruned", "failed", "interrupted"]
    accuracies: tuple[float, ...] = ()  # of the validation pictures, epoch by epoch
    seconds: float = 0.0
    note: str = ""  # why it failed

    @property
    def best(self) -> float:
        """The best epoch's accuracy; 0 where there is none."""
        return max(self.accuracies, default=0.0)


@dataclass(frozen=True)
class Job:
    """A point of the space, and all that it takes to train it, here or on another machine."""

    number: int  # of the trial, from 1
    point: dict[str, Any]  # dotted name of a setting to the value to try
    planned: TrainSettings  # of the first run, whose augmentation a factor is of
    asked: Overrides  # beside the space
    folder: Path  # of the run, which is not there yet

    def in_words(self) -> str:
        """The point as a person reads it."""
        return ", ".join(
            f"{name.rpartition('.')[2]} {value:.3g}"
            if isinstance(value, float)
            else f"{name.rpartition('.')[2]} {value}"
            for name, value in self.point.items()
        )


def train_trial(data: Any, job: Job, judge: Judge) -> Outcome:
    """Trains at the point and leaves the run, without a score, in the job's folder.

    Args:
        data: as `train` takes it.
        job: what to train.
        judge: asked after each epoch; what it says of the last one is not heeded, as there is nothing left to save.

    Raises:
        KeyboardInterrupt: Ctrl-C while no batch was trained on.
    """
    began = time.perf_counter()
    watcher = watch(judge)
    try:
        asked = overrides_of(job.point, job.planned, job.asked)
        plan, prepared = prepare_training(Request(data, asked))
        sink = UnscoredFolder(prepared, job.folder)
        fitted = run_plan(plan, prepared.training_data, sink, Clock(), listeners=(watcher,))
    except GivenUp:
        return Outcome("pruned", tuple(watcher.accuracies), time.perf_counter() - began)
    except OnelookError as problem:
        return Outcome("failed", tuple(watcher.accuracies), time.perf_counter() - began, str(problem))
    accuracies = tuple(record.val_accuracy for record in fitted.result.history)
    state: Literal["complete", "interrupted"] = "interrupted" if fitted.result.status == "interrupted" else "complete"
    return Outcome(state, accuracies, time.perf_counter() - began)


def watch(judge: Judge) -> Any:
    """A listener that has each epoch judged, and ends a trial that is not worth its time."""
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
                raise GivenUp

    return Watcher()
