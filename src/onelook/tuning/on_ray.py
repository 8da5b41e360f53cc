"""Run several trials of a search at a time, on the workers of a Ray cluster.

Ray places and runs the trials. Optuna draws the points and stops trials early, only in the process that the user
started, with the same SQLite file as without Ray. Ray Tune is not used: it would add its own record of the trials, a
search wrapper and a scheduler, and two records would have to agree when a search is resumed. Therefore no worker needs
Optuna or opens the database (SQLite is not safe on a network file system), and a search can be resumed with or without
Ray, however it was started.
"""

from __future__ import annotations

import asyncio
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onelook.errors import ConfigError, in_words
from onelook.optional_packages import import_ray
from onelook.ray_cluster import Places, cluster_address, connected, places_of
from onelook.runtime import versions
from onelook.tuning.search import PendingTrial, Search
from onelook.tuning.trial import Job, Outcome, train_trial

_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Refused:
    """Why a machine of the cluster cannot train any trial."""

    reason: str


class Board:
    """A Ray actor through which workers report their epochs and the search answers which trials to stop."""

    def __init__(self) -> None:
        self._reports: list[tuple[int, int, float]] = []
        self._answers: dict[int, asyncio.Future[bool]] = {}

    async def report(self, number: int, epoch: int, accuracy: float) -> bool:
        """Report an epoch, wait for the search's answer, and return whether to stop the trial."""
        self._answers[number] = answer = asyncio.get_running_loop().create_future()
        self._reports.append((number, epoch, accuracy))
        stops: bool = await answer
        return stops

    async def reports(self) -> list[tuple[int, int, float]]:
        """Return the reports since the last call, as (trial, epoch, validation accuracy). Each needs an answer."""
        found, self._reports = self._reports, []
        return found

    async def answer(self, number: int, stops: bool) -> None:
        """Answer a trial's report: continue, or stop."""
        self._answers.pop(number).set_result(stops)


def run_on_ray(search: Search, deadline: float | None) -> str:
    """Run trials as `Search.run` does, several at a time; return `complete` or `interrupted`.

    A trial whose worker dies has failed. After Ctrl-C, a resumed search starts the trials that were running again.

    Raises:
        ConfigError: Ray is not installed; no cluster answers; one of its machines does not see the files or has
            another version of onelook; or the first trials failed.
    """
    ray = import_ray("onelook tune --on ray")
    try:
        with connected(ray, cluster_address()) as known:
            places = known or places_of(ray, wants_gpu=search.planned.device != "cpu")
            search.say(f"on Ray     {places.in_words()}")
            search.retry_stale()
            running: dict[Any, PendingTrial] = {}
            try:
                _try_all(ray, search, deadline, places, running)
            except KeyboardInterrupt:
                for task, pending in running.items():
                    ray.cancel(task, force=True)
                    search.retry(pending)
                return "interrupted"
    except KeyboardInterrupt:  # while Ray was starting, or ending
        return "interrupted"
    return "complete"


def _try_all(
    ray: Any, search: Search, deadline: float | None, places: Places, running: dict[Any, PendingTrial]
) -> None:
    """Keep every place busy until no more trials are wanted; `running` holds the trials without a result."""
    board = ray.remote(Board).options(num_cpus=0).remote()
    # Ray must not retry: what killed one worker, such as too little memory, kills the next one too.
    train = ray.remote(_train).options(num_cpus=places.cores, num_gpus=places.gpus, max_retries=0)
    data, machine = ray.put(search.data), _Machine.this(search.folder)
    while True:
        while len(running) < places.count and search.wants_more(len(running), deadline):
            pending = search.ask(deadline)
            search.say(f"trial {pending.job.number} begins: {pending.job.in_words()}")
            running[train.remote(data, pending.job, board, machine)] = pending
        if not running:
            return
        done, _ = ray.wait([*running], timeout=_POLL_SECONDS)
        by_number = {pending.job.number: pending for pending in running.values()}
        for number, epoch, accuracy in ray.get(board.reports.remote()):
            if number not in by_number:
                continue  # the last report of a worker that has died
            board.answer.remote(number, search.is_behind(by_number[number], epoch, accuracy, deadline))
        for task in done:
            outcome = _outcome(ray, task)
            if isinstance(outcome, Refused):
                raise ConfigError(f"{outcome.reason} The finished trials are kept: resume with --resume.")
            pending = running.pop(task)
            search.say(f"trial {pending.job.number}: {search.settle(pending, outcome)}")
        search.stop_if_hopeless()


def _outcome(ray: Any, task: Any) -> Outcome | Refused:
    try:
        found: Outcome | Refused = ray.get(task)
    except ray.exceptions.RayTaskError as problem:  # an error in the trial that is not an OnelookError
        return Outcome("failed", note=f"{type(problem.cause).__name__}: {in_words(problem.cause)}")
    except ray.exceptions.RayError as problem:
        kind = type(problem).__name__
        return Outcome("failed", note=f"its worker died ({kind}): perhaps out of memory, or its machine was lost")
    if isinstance(found, Outcome) and found.state == "interrupted":
        return Outcome("failed", found.accuracies, found.seconds, "its worker was interrupted")
    return found


@dataclass(frozen=True)
class _Machine:
    """The facts that a machine of the cluster must share with the machine that searches."""

    working_folder: Path  # the start of relative paths, of the data and in settings
    search_folder: Path  # runs are written here
    version: str  # of onelook

    @classmethod
    def this(cls, search_folder: Path) -> _Machine:
        return cls(Path.cwd(), search_folder.resolve(), versions()["onelook"])

    def refusal(self) -> Refused | None:
        """Return why this process cannot train a trial on its machine; None if it can."""
        if (own := versions()["onelook"]) != self.version:
            return Refused(
                f"machine {platform.node()} of the Ray cluster has onelook {own}, and the search {self.version}. "
                "Install the same on all."
            )
        for folder in (self.working_folder, self.search_folder):
            if not folder.is_dir():
                return Refused(
                    f"machine {platform.node()} of the Ray cluster does not see {folder}. Expected all of them to see "
                    "the data, and the folder of the search, under the same path: put both on a shared file system."
                )
        return None


def _train(data: Any, job: Job, board: Any, machine: _Machine) -> Outcome | Refused:
    """Train a trial in a worker."""
    ray = import_ray("a worker of onelook tune --on ray")
    if (refused := machine.refusal()) is not None:
        return refused
    os.chdir(machine.working_folder)

    def judge(epoch: int, accuracy: float) -> bool:
        return bool(ray.get(board.report.remote(job.number, epoch, accuracy)))

    return train_trial(data, job, judge)
