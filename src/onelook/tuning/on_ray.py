"""A search whose trials are trained several at a time, by the workers of a Ray cluster.

Ray places and runs the trials; Optuna alone draws points and gives up on trials, in the process that was started, over
the same SQLite file as without Ray. Ray Tune would put a record of its own, a search wrapper and a scheduler between
the two: there would be two accounts of what was tried, to be kept in step when a search goes on. So no worker needs
Optuna or opens the database (SQLite over a network's file system is not safe), and a search may go on with Ray or
without, whichever way it was begun.
"""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onelook.errors import ConfigError, in_words
from onelook.runtime import available_cores, import_ray, ray_address, versions
from onelook.tuning.study import Asked, Search
from onelook.tuning.trial import Job, Outcome, train_trial
from onelook.wording import counted

_LOCAL_WORKERS = 2
_MOST_CORES = 4  # of a trial: small networks gain little from more, and more trials at a time gain in proportion
_POLL_SECONDS = 0.1
_CONNECT_SECONDS = 10.0


@dataclass(frozen=True)
class Refused:
    """Why a machine of the cluster cannot train any trial."""

    reason: str


@dataclass(frozen=True)
class Places:
    """How many trials a cluster trains at a time, and what each of them has."""

    count: int
    cores: int
    gpus: int = 0

    def in_words(self) -> str:
        """For the line that says where trials are trained."""
        each = "1 GPU" if self.gpus else counted(self.cores, "core")
        return f"{counted(self.count, 'trial')} at a time, {each} each"


class Board:
    """Where workers tell how their epochs went and the search says which trials to give up: an actor in the cluster."""

    def __init__(self) -> None:
        self._reports: list[tuple[int, int, float]] = []
        self._answers: dict[int, asyncio.Future[bool]] = {}

    async def report(self, number: int, epoch: int, accuracy: float) -> bool:
        """Whether the trial is to be given up: known once the search has looked at this epoch."""
        self._answers[number] = answer = asyncio.get_running_loop().create_future()
        self._reports.append((number, epoch, accuracy))
        gives_up: bool = await answer
        return gives_up

    async def reports(self) -> list[tuple[int, int, float]]:
        """What came since this was asked last: trial, epoch, validation accuracy. Each wants an answer."""
        found, self._reports = self._reports, []
        return found

    async def answer(self, number: int, gives_up: bool) -> None:
        """Lets a trial go on, or end."""
        self._answers.pop(number).set_result(gives_up)


def refuse_unreachable() -> None:
    """Returns quietly where something listens at RAY_ADDRESS, or that names no host.

    Ray itself, asked to connect where nobody is, tries for twelve minutes.

    Raises:
        ConfigError: nothing does.
    """
    address = ray_address() or ""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        return
    try:
        socket.create_connection((host, int(port)), timeout=_CONNECT_SECONDS).close()
    except (OSError, OverflowError) as problem:
        raise _no_cluster(address, problem) from problem


def go_on_ray(search: Search, deadline: float | None) -> str:
    """Tries points as `Search.go_on` does, several at a time; gives `complete` or `interrupted`.

    A trial whose worker dies is a trial that failed. After Ctrl-C those that were running are begun anew when the
    search goes on.

    Raises:
        ConfigError: Ray is not installed; no cluster answers; a machine of it sees other files or has another version
            of onelook; or the first trials failed.
    """
    ray = import_ray("onelook tune --on ray")
    try:
        with _cluster(ray) as known:
            places = known or _places(ray, wants_gpu=search.planned.device != "cpu")
            search.say(f"on Ray     {places.in_words()}")
            search.take_back_stale()
            running: dict[Any, Asked] = {}
            try:
                _try_all(ray, search, deadline, places, running)
            except KeyboardInterrupt:
                for task, asked in running.items():
                    ray.cancel(task, force=True)
                    search.take_back(asked)
                return "interrupted"
    except KeyboardInterrupt:  # while Ray was starting, or ending
        return "interrupted"
    return "complete"


def _try_all(ray: Any, search: Search, deadline: float | None, places: Places, running: dict[Any, Asked]) -> None:
    """Keeps every place busy until nothing more is wanted; `running` holds what is not settled."""
    board = ray.remote(Board).options(num_cpus=0).remote()
    # Never tried again by Ray: what killed a worker once, too little memory say, kills the next one too.
    train = ray.remote(_train).options(num_cpus=places.cores, num_gpus=places.gpus, max_retries=0)
    data, machine = ray.put(search.data), _Machine.this(search.folder)
    while True:
        while len(running) < places.count and search.wants_more(len(running), deadline):
            asked = search.ask()
            search.say(f"trial {asked.job.number} begins: {asked.job.in_words()}")
            running[train.remote(data, asked.job, board, machine)] = asked
        if not running:
            return
        done, _ = ray.wait([*running], timeout=_POLL_SECONDS)
        by_number = {asked.job.number: asked for asked in running.values()}
        for number, epoch, accuracy in ray.get(board.reports.remote()):
            if number not in by_number:
                continue  # the last words of a worker that is known to be dead
            gives_up = search.is_behind(by_number[number], epoch, accuracy, deadline)
            board.answer.remote(number, gives_up)
        for task in done:
            outcome = _outcome(ray, task)
            if isinstance(outcome, Refused):
                raise ConfigError(f"{outcome.reason} What was tried is kept: go on with --resume.")
            asked = running.pop(task)
            search.say(f"trial {asked.job.number}: {search.settle(asked, outcome)}")
        search.refuse_hopeless()


def _outcome(ray: Any, task: Any) -> Outcome | Refused:
    try:
        found: Outcome | Refused = ray.get(task)
    except ray.exceptions.RayTaskError as problem:  # an error that is none of ours, raised in the trial
        return Outcome("failed", note=f"{type(problem.cause).__name__}: {in_words(problem.cause)}")
    except ray.exceptions.RayError as problem:
        kind = type(problem).__name__
        return Outcome("failed", note=f"its worker died ({kind}): out of memory, perhaps, or its machine went away")
    if isinstance(found, Outcome) and found.state == "interrupted":
        return Outcome("failed", found.accuracies, found.seconds, "its worker was told to stop")
    return found


@dataclass(frozen=True)
class _Machine:
    """What a machine must have in common with the one that searches."""

    working_folder: Path  # which relative paths, of the data and in settings, start from
    search_folder: Path  # where runs are written
    version: str  # of onelook

    @classmethod
    def this(cls, search_folder: Path) -> _Machine:
        return cls(Path.cwd(), search_folder.resolve(), versions()["onelook"])

    def refusal(self) -> Refused | None:
        """Why this process, on whichever machine it runs, cannot train a trial."""
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
    """Runs in a worker."""
    ray = import_ray("a worker of onelook tune --on ray")
    if (refused := machine.refusal()) is not None:
        return refused
    os.chdir(machine.working_folder)

    def judge(epoch: int, accuracy: float) -> bool:
        return bool(ray.get(board.report.remote(job.number, epoch, accuracy)))

    return train_trial(data, job, judge)


@contextmanager
def _cluster(ray: Any) -> Iterator[Places | None]:
    """Ray, connected: the caller's own, else the cluster at RAY_ADDRESS, else one on this machine for the while.

    Gives the places of the latter, which are known before; None where they have to be looked for.
    """
    if ray.is_initialized():
        yield None
        return
    address, quiet = ray_address(), {"log_to_driver": False, "logging_level": logging.ERROR}
    cores = max(1, available_cores() // _LOCAL_WORKERS)
    try:
        if address is None:
            ray.init(address="local", num_cpus=cores * _LOCAL_WORKERS, include_dashboard=False, **quiet)
        else:
            ray.init(address=address, **quiet)
    except Exception as problem:  # what Ray raises where it cannot start or connect shares no base but this one
        if address is None:
            raise ConfigError(
                f"Ray does not start on this machine ({in_words(problem)}). It gives its parts some seconds to start "
                "in, too few where all cores are busy. Go on with --resume: later, or without --on ray."
            ) from problem
        raise _no_cluster(address, problem) from problem
    try:
        yield Places(_LOCAL_WORKERS, cores) if address is None else None
    finally:
        ray.shutdown()


def _no_cluster(address: str, problem: BaseException) -> ConfigError:
    return ConfigError(
        f"RAY_ADDRESS={address}: no Ray cluster answers there ({in_words(problem)}). Expected the address of one "
        "that `ray start --head` began, with the same versions of Ray and Python; without the variable two workers "
        "are started here."
    )


def _places(ray: Any, *, wants_gpu: bool) -> Places:
    """A trial for each GPU of a cluster, where it has some and they are wanted, else for some cores.

    Raises:
        ConfigError: it has neither.
    """
    machines = [machine["Resources"] for machine in ray.nodes() if machine["Alive"]]
    with_gpus = [one for one in machines if one.get("GPU", 0) >= 1]
    if wants_gpu and with_gpus:
        cores = min(int(one.get("CPU", 0) // one["GPU"]) for one in with_gpus)
        return Places(int(sum(one["GPU"] for one in with_gpus)), cores, gpus=1)
    cores_of = [int(one["CPU"]) for one in machines if one.get("CPU", 0) >= 1]
    if not cores_of:
        raise ConfigError("the Ray cluster has no cores to train on. Expected a machine that `ray start` added.")
    cores = min(_MOST_CORES, *cores_of)
    return Places(sum(own // cores for own in cores_of), cores)
