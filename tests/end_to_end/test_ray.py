"""`onelook tune --on ray`: a Ray of two workers on this machine, which is gone when the command ends."""

from __future__ import annotations

import csv
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.end_to_end.conftest import Finished

WORDS = ("tune", "digits", "--model", "mlp", "--epochs", "2", "--trials", "4")


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many threads in a worker as without Ray: sums in another order would end in other digits."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)


def read_trials(folder: Path) -> list[dict[str, str]]:
    with (folder / "trials.csv").open(newline="") as file:
        return [{name: value for name, value in row.items() if name != "seconds"} for row in csv.DictReader(file)]


def processes_in(folder: Path) -> list[str]:
    """The command lines of processes that were started in the folder, as those of Ray's are."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder and int(process.name) != os.getpid():
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue  # it ended meanwhile, or is another user's
    return found


def wait_for_end(folder: Path) -> list[str]:
    """The processes that are still there two minutes after the command: Ray's are told to end, and need a moment."""
    until = time.monotonic() + 120
    while (found := processes_in(folder)) and time.monotonic() < until:
        time.sleep(0.2)
    return found


@pytest.mark.timeout(3600)  # beside other work each of Ray's ten processes gets little of two cores
def test_the_trials_of_two_workers_are_those_of_none(
    one_thread: None, onelook: Callable[..., Finished], tmp_path: Path
) -> None:
    done = onelook(*WORDS, "--on", "ray", "--out", "ray")
    assert done.code == 0, done.err
    assert "2 trials at a time" in done.out
    assert "Warning" not in done.err
    assert "ray.io" not in done.out + done.err  # nothing of Ray's own talk
    assert wait_for_end(tmp_path) == []
    assert json.loads((tmp_path / "ray" / "best" / "run.json").read_text())["status"] == "complete"
    trials = read_trials(tmp_path / "ray")

    assert onelook(*WORDS, "--out", "here").code == 0
    assert trials == read_trials(tmp_path / "here")

    more = onelook(*WORDS[:-1], "5", "--resume", "--on", "ray", "--out", "ray")
    assert more.code == 0, more.err
    assert read_trials(tmp_path / "ray")[:4] == trials
    assert len(read_trials(tmp_path / "ray")) == 5


def test_a_cluster_that_is_not_there_is_named(
    one_thread: None, onelook: Callable[..., Finished], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    done = onelook(*WORDS, "--on", "ray", "--out", "ray")
    assert done.code == 2
    assert "RAY_ADDRESS=127.0.0.1:1: no Ray cluster answers there" in " ".join(done.err.split())
