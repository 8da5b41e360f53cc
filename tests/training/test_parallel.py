"""Two processes that share every batch end where a single one does, but for rounding."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.training.parallel_runs import VAL_ROWS, run

from onelook.errors import ConfigError, OnelookError
from onelook.runtime import Launch
from onelook.training.parallel import ALONE, Processes, join_processes

ROOT = Path(__file__).parents[2]


def start(folder: Path, *names: str) -> list[subprocess.Popen[str]]:
    """Two processes with the variables that `torchrun` sets."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    common = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "TORCHELASTIC_RUN_ID": "test"}
    return [
        subprocess.Popen(
            [sys.executable, "-m", "tests.training.parallel_runs", str(folder), *names],
            cwd=ROOT,
            env={**os.environ, **common, "RANK": str(rank), "LOCAL_RANK": str(rank), "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in range(2)
    ]


@dataclass(frozen=True)
class Ended:
    """What two processes have left: of each whole training a folder, and their exit codes and words."""

    folder: Path
    codes: tuple[int, ...]
    said: tuple[str, ...]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Two processes that share one training after the other. In the last one, the second process ends on the way."""
    folder = tmp_path_factory.mktemp("parallel")
    processes = start(folder, "everything", "one-left-over", "mixed", "bfloat16", "everything:ends")
    said = tuple(process.communicate(timeout=120)[0] for process in processes)
    return Ended(folder, tuple(process.returncode for process in processes), said)


@pytest.fixture(scope="module")
def ended(both: Ended) -> Path:
    """Where they have left what the whole trainings ended with."""
    assert (both.folder / "bfloat16-1").is_dir(), both.said
    return both.folder


def read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    with np.load(path / "weights.npz") as weights:
        return {name: weights[name] for name in weights.files}, json.loads((path / "run.json").read_text())


@pytest.mark.parametrize("name", ["everything", "one-left-over", "mixed"])
def test_the_result_is_a_single_process_but_for_rounding(name: str, ended: Path) -> None:
    expected = run(name)
    weights, found = read(ended / f"{name}-0")
    assert weights.keys() == expected.weights.keys()
    for key, array in expected.weights.items():
        np.testing.assert_allclose(weights[key], array, rtol=1e-4, atol=2e-6, err_msg=key)
    for record, alone in zip(found["history"], expected.history, strict=True):
        assert record["train_loss"] == pytest.approx(alone.train_loss, rel=1e-5)
        assert record["val_loss"] == pytest.approx(alone.val_loss, rel=1e-5)
        # Shares of whole pictures, each counted once.
        assert record["train_accuracy"] == alone.train_accuracy
        assert record["val_accuracy"] == alone.val_accuracy
        assert (record["val_accuracy"] * VAL_ROWS) % 1 == pytest.approx(0, abs=1e-9)
    assert found["notes"] == list(expected.notes)


@pytest.mark.parametrize(
    ("variables", "said"),
    [({}, "MASTER_ADDR"), ({"MASTER_ADDR": "127.0.0.1"}, "MASTER_PORT")],
    ids=["no address", "no port"],
)
def test_processes_that_nothing_tells_where_the_others_are(
    variables: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"RANK": "1", "WORLD_SIZE": "2", **variables}.items():
        monkeypatch.setenv(name, value)
    with (
        pytest.raises(OnelookError, match=rf"process 1 of 2 does not find the others: .*{said}.*\. Start them with: t"),
        join_processes(Launch(1, 1, 2)),
    ):
        raise AssertionError("it connected")


def test_bfloat16_is_rounded_more_coarsely_and_no_more(ended: Path) -> None:
    _, found = read(ended / "bfloat16-0")
    for record, alone in zip(found["history"], run("bfloat16").history, strict=True):
        assert record["train_loss"] == pytest.approx(alone.train_loss, rel=0.02)


@pytest.mark.parametrize("name", ["everything", "one-left-over", "mixed", "bfloat16"])
def test_both_processes_hold_the_same_bits_and_the_same_history(name: str, ended: Path) -> None:
    (weights, first), (others, second) = (read(ended / f"{name}-{rank}") for rank in range(2))
    for key, array in weights.items():
        assert array.tobytes() == others[key].tobytes(), key
    for records in (first["history"], second["history"]):
        for record in records:
            del record["seconds"]
    assert first == second


def test_where_one_process_ends_the_other_says_so_and_ends_too(both: Ended) -> None:
    assert both.codes == (1, 7), both.said
    assert "another of the 2 processes has ended" in both.said[0]


def test_parts_are_of_nearly_one_size_and_leave_nothing_out() -> None:
    for rows in range(12):
        for count in range(1, 5):
            parts = [range(rows)[Processes(rank, count).part(rows)] for rank in range(count)]
            assert [row for part in parts for row in part] == list(range(rows))
            assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_alone_nobody_is_asked() -> None:
    assert ALONE.is_first
    assert ALONE.part(7) == slice(0, 7)
    assert ALONE.from_first(lambda: "mine") == "mine"
    assert ALONE.agree(interrupted=True, now=3.5) == (True, 3.5)
    with ALONE.first_alone():
        pass


@pytest.mark.parametrize(
    ("rank", "interrupted", "others", "agreed"),
    [
        (0, False, [0.0, 0.0], (False, 3.5)),
        (0, False, [1.0, 0.0], (True, 3.5)),
        (0, True, [2.0, 0.0], (True, 3.5)),
        (2, False, [0.0, 7.25], (False, 7.25)),  # the clock of the first
        (2, True, [0.0, 7.25], (True, 7.25)),
    ],
)
def test_processes_agree_on_ctrl_c_of_any_and_on_the_clock_of_the_first(
    rank: int, interrupted: bool, others: list[float], agreed: tuple[bool, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Processes, "sum", lambda self, values: values + torch.tensor(others, dtype=torch.float64))
    assert Processes(rank, 3).agree(interrupted=interrupted, now=3.5) == agreed


def test_a_single_process_run_that_diverges_says_so() -> None:
    with pytest.raises(ConfigError, match="not a number|diverg"):
        run("diverging")
