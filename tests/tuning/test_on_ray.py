"""Trials several at a time: how places are filled, what a dead worker, a wrong machine and Ctrl-C leave behind.

A stand-in takes Ray's place, with threads for workers and scripted trials. The real one is in the end-to-end tests.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from onelook import ray_cluster
from onelook.cli import main
from onelook.errors import ConfigError
from onelook.optional_packages import RAY_VARIABLES, import_ray
from onelook.settings import TrainSettings
from onelook.tuning import on_ray as search_on_ray
from onelook.tuning.dimensions import Dimension
from onelook.tuning.on_ray import run_on_ray
from onelook.tuning.search import Search
from onelook.tuning.study import open_study
from onelook.tuning.trial import Job, Judge, Outcome


class RayError(Exception):
    """As Ray's."""


class RayTaskError(RayError):
    """As Ray's: the task raised something."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.cause = cause


class WorkerCrashedError(RayError):
    """As Ray's: the worker is gone."""


class StandIn:
    """As much of Ray as a search uses; tasks run in threads, actors in an event loop."""

    exceptions = SimpleNamespace(RayError=RayError, RayTaskError=RayTaskError)

    def __init__(self) -> None:
        self.begun: list[dict[str, Any]] = []  # the options of each `init`
        self.options: list[dict[str, Any]] = []  # of each task
        self.ended = 0
        self.cancelled: list[Any] = []
        self.problem: BaseException | None = None  # of connecting
        self._pool = ThreadPoolExecutor(8)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def close(self) -> None:
        self._pool.shutdown()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def is_initialized(self) -> bool:
        return False

    def init(self, **options: Any) -> None:
        self.begun.append(options)
        if self.problem is not None:
            raise self.problem

    def shutdown(self) -> None:
        self.ended += 1

    def remote(self, work: Any) -> Any:
        def with_options(**options: Any) -> Any:
            if isinstance(work, type):
                return SimpleNamespace(remote=lambda: _Actor(work(), self._loop))
            self.options.append(options)
            return SimpleNamespace(remote=lambda *args: self._pool.submit(work, *args))

        return SimpleNamespace(options=with_options)

    def put(self, value: Any) -> Any:
        return value

    def get(self, future: Future[Any]) -> Any:
        try:
            return future.result()
        except RayError:
            raise
        except Exception as problem:
            raise RayTaskError(problem) from problem

    def wait(self, futures: list[Future[Any]], timeout: float) -> tuple[list[Any], list[Any]]:
        done, left = wait(futures, timeout, FIRST_COMPLETED)
        return [*done], [*left]

    def cancel(self, future: Any, force: bool) -> None:
        self.cancelled.append(future)


class _Actor:
    def __init__(self, actor: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._actor, self._loop = actor, loop

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._actor, name)
        return SimpleNamespace(remote=lambda *args: asyncio.run_coroutine_threadsafe(method(*args), self._loop))


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    stand_in = StandIn()
    monkeypatch.setitem(sys.modules, "ray", stand_in)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    for name, value in RAY_VARIABLES.items():  # a search sets them: none is to outlive its test
        monkeypatch.setenv(name, value)
    yield stand_in
    stand_in.close()


@pytest.fixture
def said() -> list[str]:
    """What the search says."""
    return []


@pytest.fixture
def search(tmp_path: Path, said: list[str]) -> Iterator[Search]:
    with open_study(tmp_path, seed=0) as study:
        space = (Dimension("dropout", low=0.0, high=0.5),)
        yield Search("digits", tmp_path, study, space, TrainSettings(), {}, trials=6, say=said.append)


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Job, Judge], Outcome]], None]:
    """`scripted(trial)`: what stands in for training."""
    return lambda trial: monkeypatch.setattr(search_on_ray, "train_trial", lambda data, job, judge: trial(job, judge))


def _epochs(job: Job, judge: Judge) -> Outcome:
    """Two epochs, better in each trial than in the one before it."""
    accuracies = (0.1 * job.number, 0.1 * job.number + 0.05)
    for epoch, accuracy in enumerate(accuracies, 1):
        if judge(epoch, accuracy):
            return Outcome("pruned", accuracies[:epoch])
    return Outcome("complete", accuracies)


def test_all_trials_are_tried_two_at_a_time_and_told_to_the_study(
    ray: StandIn, search: Search, scripted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_cluster, "available_cores", lambda: 6)
    together = threading.Barrier(2, timeout=20)  # trials that are not two at a time break it

    def trial(job: Job, judge: Judge) -> Outcome:
        together.wait()
        return _epochs(job, judge)

    scripted(trial)
    assert run_on_ray(search, None) == "complete"
    rows = [*search.rows()]
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert {row.state for row in rows} == {"complete"}
    assert [row.val_accuracy for row in rows] == pytest.approx([0.1 * number + 0.05 for number in range(1, 7)])
    assert [row.epochs for row in rows] == [2] * 6
    assert search.best == 6
    assert (ray.begun[0]["address"], ray.begun[0]["num_cpus"], ray.ended) == ("local", 6, 1)
    assert ray.options == [{"num_cpus": 3, "num_gpus": 0, "max_retries": 0}]


def test_the_first_points_are_those_of_a_search_without_ray(
    ray: StandIn, search: Search, scripted: Any, tmp_path: Path
) -> None:
    scripted(_epochs)
    run_on_ray(search, None)
    (tmp_path / "other").mkdir()
    with open_study(tmp_path / "other", seed=0) as study:
        other = Search("digits", tmp_path, study, search.space, search.planned, {}, 6, lambda _: None)
        for _ in range(6):
            asked = other.ask()
            other.settle(asked, Outcome("complete", (0.1 * asked.job.number,)))
        assert [row.settings for row in other.rows()] == [row.settings for row in search.rows()]


def test_a_worker_that_dies_loses_its_trial_only(ray: StandIn, search: Search, scripted: Any) -> None:
    def trial(job: Job, judge: Judge) -> Outcome:
        if job.number == 2:
            judge(1, 0.9)
            raise WorkerCrashedError("the worker died unexpectedly")
        if job.number == 3:
            raise MemoryError
        return _epochs(job, judge)

    scripted(trial)
    assert run_on_ray(search, None) == "complete"
    rows = [*search.rows()]
    assert [row.state for row in rows] == ["complete", "failed", "failed", "complete", "complete", "complete"]
    assert rows[1].note.startswith("its worker died (WorkerCrashedError)")
    assert rows[2].note == "MemoryError: it is too large for this machine's memory"
    assert search.best == 6


def test_trials_are_given_up_by_the_search_when_the_time_is_up(
    ray: StandIn, search: Search, said: list[str], scripted: Any
) -> None:
    def trial(job: Job, judge: Judge) -> Outcome:
        while job.number == 2 and not any(line.startswith("trial 1: ") for line in said):
            time.sleep(0.01)
        return _epochs(job, judge)

    scripted(trial)
    assert run_on_ray(search, deadline=0.0) == "complete"
    assert [(row.number, row.state, row.epochs) for row in search.rows()] == [(1, "complete", 2), (2, "pruned", 1)]
    assert said[-1] == "the time is up after 2 of 6 trials"


def test_ctrl_c_takes_back_what_was_running(
    ray: StandIn, search: Search, scripted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted(lambda job, judge: Outcome("complete", (0.5,)))

    def stop(futures: Any, timeout: float) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(ray, "wait", stop)
    assert run_on_ray(search, None) == "interrupted"
    assert len(ray.cancelled) == 2
    assert ray.ended == 1
    assert search.tried() == 0
    taken_back = [trial.params for trial in search.study.trials[:2]]
    assert [search.ask().job.point for _ in range(2)] == taken_back


def test_ctrl_c_while_ray_starts_is_an_interruption(ray: StandIn, search: Search) -> None:
    ray.problem = KeyboardInterrupt()
    assert run_on_ray(search, None) == "interrupted"
    assert search.tried() == 0


def test_a_machine_without_the_folders_ends_the_search(
    ray: StandIn, search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = search_on_ray._Machine(Path.cwd(), Path("/no/such/folder"), search_on_ray.versions()["onelook"])
    monkeypatch.setattr(search_on_ray._Machine, "this", lambda folder: elsewhere)
    with pytest.raises(ConfigError, match="does not see /no/such/folder. Expected all of them to see"):
        run_on_ray(search, None)
    assert ray.ended == 1


def test_a_machine_with_another_version_is_refused() -> None:
    refused = search_on_ray._Machine(Path.cwd(), Path.cwd(), "0.0.1").refusal()
    assert refused is not None
    assert "and the search 0.0.1. Install the same on all." in refused.reason


def test_a_cluster_that_does_not_answer_is_named(ray: StandIn, search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "10.0.0.1:6379")
    ray.problem = ConnectionError("ray client connection timeout")
    with pytest.raises(ConfigError, match=r"RAY_ADDRESS=10\.0\.0\.1:6379: no Ray cluster answers there") as caught:
        run_on_ray(search, None)
    assert caught.value.exit_code == 2
    assert ray.begun[0]["address"] == "10.0.0.1:6379"
    assert "num_cpus" not in ray.begun[0]


def test_where_ray_does_not_start_the_error_says_how_to_resume(ray: StandIn, search: Search) -> None:
    ray.problem = RuntimeError("the current node timed out during startup")
    with pytest.raises(ConfigError, match="timed out during startup.*Resume with --resume, later or without --on ray"):
        run_on_ray(search, None)
    assert search.tried() == 0


def test_ray_is_told_how_to_start_and_a_users_own_choice_stands(ray: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {"RAY_worker_niceness": "10"}
    with monkeypatch.context() as patch:
        patch.setattr(os, "environ", environment)
        assert import_ray("a search") is ray
    assert environment == RAY_VARIABLES | {"RAY_worker_niceness": "10"}


def test_where_nobody_listens_it_is_told_before_any_data_is_read(
    ray: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    assert main(["tune", "digits", "--on", "ray", "--out", str(tmp_path / "a")]) == 2
    assert "RAY_ADDRESS=127.0.0.1:1: no Ray cluster answers there" in " ".join(capsys.readouterr().err.split())
    assert not ray.begun
    assert not (tmp_path / "a").exists()


def test_without_ray_the_extra_is_named_before_any_data_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    assert main(["tune", "digits", "--on", "ray", "--out", str(tmp_path / "a")]) == 2
    assert "pip install 'onelook[ray]'" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "a").exists()
